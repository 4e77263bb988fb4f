"""What jobs name: connections, roles and policy files. Checked on the file as written, so that one fault hides none."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leadbridge.errors import Fault
from leadbridge.files.check import suggest
from leadbridge.files.document import Document, Path_, shown
from leadbridge.files.marks import clip

KINDS = ("sync", "convert")


@dataclass(frozen=True, slots=True)
class Known:
    """What the names of a job can mean. ``mappings`` is None where the folder itself is at fault."""

    connections: Collection[str]
    roles: Collection[str]
    mappings: Path | None


def check_names(document: Document, at: Path_, known: Known) -> Iterator[Fault]:
    """Faults of every name in the job at a path."""
    job = document.at(at)
    for kind in KINDS:
        listed = _texts(job, kind)
        yield from _connections(document, (*at, kind), listed, known.connections)
        yield from _twice(document, (*at, kind), listed)
    yield from _into(document, at, known)
    yield from _own(document, at, _own_connections(job))
    yield from _roles(document, at, known)
    yield from _policy(document, at, known)


def _texts(data: Any, key: str) -> list[tuple[int, str]]:
    """The texts of the list under a key, with their positions; shapes are checked elsewhere."""
    listed = data.get(key) if isinstance(data, dict) else None
    return [(i, item) for i, item in enumerate(listed) if isinstance(item, str)] if isinstance(listed, list) else []


def _mapping(data: Any, key: str) -> dict[str, Any]:
    below = data.get(key) if isinstance(data, dict) else None
    return below if isinstance(below, dict) else {}


def _connections(
    document: Document, at: Path_, listed: Sequence[tuple[int, str]], known: Collection[str]
) -> Iterator[Fault]:
    for i, name in listed:
        if name not in known:
            yield document.fault((*at, i), _no_connection(name), suggest(name, known))


def _no_connection(name: str) -> str:
    return f"there is no connection {clip(name)!r} in this file"


def _twice(document: Document, at: Path_, listed: Sequence[tuple[int, str]]) -> Iterator[Fault]:
    seen: set[str] = set()
    for i, name in listed:
        if name in seen:
            yield document.fault((*at, i), f"{clip(name)!r} is named twice")
        seen.add(name)


def _into(document: Document, at: Path_, known: Known) -> Iterator[Fault]:
    name = document.at(at).get("into")
    if isinstance(name, str) and name not in known.connections:
        yield document.fault((*at, "into"), _no_connection(name), suggest(name, known.connections))


def _own_connections(job: dict[str, Any]) -> list[str]:
    into = job.get("into")
    named = [name for kind in KINDS for _, name in _texts(job, kind)]
    return list(dict.fromkeys([*named, into] if isinstance(into, str) else named))


def _own(document: Document, at: Path_, own: list[str]) -> Iterator[Fault]:
    """Names that must be connections of the job itself: in policies per field, and of canary records."""
    job = document.at(at)
    for name in _mapping(_mapping(job, "brakes"), "canary"):
        if name not in own:
            yield document.fault((*at, "brakes", "canary", name), _not_own(name), suggest(name, own), key=True)
    for field, policy in _mapping(job, "fields").items():
        here = (*at, "fields", field)
        owner = policy.get("owner") if isinstance(policy, dict) else None
        if isinstance(owner, str) and owner not in own:
            yield document.fault((*here, "owner"), _not_own(owner), suggest(owner, own))
        preferred = _texts(policy, "prefer")
        for i, name in preferred:
            if name not in own:
                yield document.fault((*here, "prefer", i), _not_own(name), suggest(name, own))
        yield from _twice(document, (*here, "prefer"), preferred)


def _not_own(name: str) -> str:
    return f"{clip(name)!r} is no connection of this job"


def _roles(document: Document, at: Path_, known: Known) -> Iterator[Fault]:
    listed = _texts(document.at(at), "roles")
    for i, role in listed:
        if role not in known.roles:
            message = f"must be one of {', '.join(known.roles)}"
            yield document.fault((*at, "roles", i), message, suggest(role, known.roles))
    yield from _twice(document, (*at, "roles"), listed)


def _policy(document: Document, at: Path_, known: Known) -> Iterator[Fault]:
    job = document.at(at)
    name = job.get("policy")
    if not isinstance(name, str) or known.mappings is None or "convert" not in job:
        return
    here = (*at, "policy")
    if Path(name).name != name or "\\" in name or "\0" in name:
        yield document.fault(here, "must be the name of a file in the mappings folder, without a path")
    elif not (known.mappings / name).is_file():
        there = [file.name for file in known.mappings.glob("*.y*ml")]
        message = f"there is no file {clip(name)!r} in the mappings folder {shown(known.mappings)}"
        yield document.fault(here, message, suggest(name, there))
