"""Connections: their settings against the provider's model, secrets by reference only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal, Protocol, get_args

from pydantic import SecretStr

from leadbridge.errors import Fault, FileFaults, UsageError
from leadbridge.files.check import UNKNOWN_KEY, collect_part
from leadbridge.files.document import Document, Path_, dotted
from leadbridge.files.shapes import types_at
from leadbridge.pacing import Pacer
from leadbridge.provider import Provider, Settings, Site
from leadbridge.secrets import FORMS, has_reference, misspelt, resolve

HardDelete = Literal["delete", "erasure"]
HARD_DELETE: Final = "hard_delete"
"""Key beside the provider's own settings."""


class Providers(Protocol):
    """Where provider classes come from; ``leadbridge.plugins.Plugins`` is one."""

    def provider(self, name: str) -> type[Provider]:
        """Raises UsageError where there is none of this name, or it cannot be used."""
        ...


@dataclass(frozen=True, slots=True)
class Connection:
    """One configured account of a provider. Its settings stay as written until it is opened.

    Attributes:
        hard_delete: what it means that a person's record went without leaving a tombstone.
    """

    name: str
    provider: str
    type: type[Provider] = field(repr=False)
    document: Document = field(repr=False)
    hard_delete: HardDelete = "delete"

    def settings(self, folder: Path) -> Settings:
        """The settings with their secrets. Raises FileFaults where one is not found or does not fit."""
        at = ("connections", self.name)
        written = _settings(self.document, at)
        faults: list[Fault] = []
        resolved = _resolved(self.document, at, written, folder, faults)
        made = None if faults else collect_part(self.document, self.type.settings_model, resolved, at, faults)
        if made is None:
            raise FileFaults([_discreet(fault, written, at) for fault in faults])
        return made

    def open(self, folder: Path, pacer: Pacer | None = None) -> Provider:
        """The provider for this connection; nothing is called on it yet. Raises as :meth:`settings` does."""
        return self.type(Site(self.name, folder, pacer), self.settings(folder))


def collect_connection(document: Document, name: str, providers: Providers, faults: list[Fault]) -> Connection | None:
    """Check one connection as it is written, references not followed; None where it has no usable provider."""
    at = ("connections", name)
    written = document.at(at)
    if not isinstance(written, dict):
        return None  # a fault of the file's shape
    found = _provider(document, at, providers, faults)
    references = [(path, text) for path, text in _texts(_settings(document, at), at) if has_reference(text)]
    faults.extend(document.fault(path, wrong) for path, text in references if (wrong := misspelt(text)))
    if found is None:
        return None
    unfit: list[Fault] = []
    collect_part(document, found.settings_model, _settings(document, at), at, unfit)
    unknown_yet = {dotted(path) for path, _ in references}
    faults.extend(fault for fault in unfit if fault.path not in unknown_yet or fault.message == UNKNOWN_KEY)
    faults.extend(_written_out(document, found.settings_model, at))
    hard_delete = _hard_delete(document, at, faults)
    return Connection(name, written["provider"], found, document, hard_delete)


def _hard_delete(document: Document, at: Path_, faults: list[Fault]) -> HardDelete:
    said = document.at(at).get(HARD_DELETE, "delete")
    if said not in get_args(HardDelete):
        faults.append(document.fault((*at, HARD_DELETE), f"must be one of {', '.join(get_args(HardDelete))}"))
        return "delete"
    return "erasure" if said == "erasure" else "delete"


def _provider(document: Document, at: Path_, providers: Providers, faults: list[Fault]) -> type[Provider] | None:
    name = document.at(at).get("provider")
    if not isinstance(name, str):
        message = "must be text" if name is not None else "needs the key `provider`"
        faults.append(document.fault(at if name is None else (*at, "provider"), message, key=name is None))
        return None
    try:
        return providers.provider(name)
    except UsageError as error:
        faults.append(document.fault((*at, "provider"), str(error)))
        return None


def _settings(document: Document, at: Path_) -> dict[str, Any]:
    return {key: value for key, value in document.at(at).items() if key not in {"provider", HARD_DELETE}}


def _texts(value: Any, at: Path_) -> Iterator[tuple[Path_, str]]:
    """Every text below a value, with its path."""
    if isinstance(value, str):
        yield at, value
    elif isinstance(value, dict | list):
        for step, below in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _texts(below, (*at, step))


def _written_out(document: Document, model: type[Settings], at: Path_) -> Iterator[Fault]:
    """Secrets that stand in the file themselves."""
    for path, text in _texts(_settings(document, at), at):
        if SecretStr in types_at(model, path[len(at) :]) and not has_reference(text):
            yield document.fault(path, f"a secret must not stand in this file; write it by reference: {FORMS}")


def _resolved(document: Document, at: Path_, value: Any, folder: Path, faults: list[Fault]) -> Any:
    """The value with every reference below it followed; each one that leads to nothing is a fault."""
    if isinstance(value, dict):
        return {key: _resolved(document, (*at, key), below, folder, faults) for key, below in value.items()}
    if isinstance(value, list):
        return [_resolved(document, (*at, i), below, folder, faults) for i, below in enumerate(value)]
    if not isinstance(value, str) or not has_reference(value):
        return value
    try:
        return resolve(value, folder)
    except UsageError as error:
        faults.append(document.fault(at, str(error)))
        return value


def _discreet(fault: Fault, written: dict[str, Any], at: Path_) -> Fault:
    """The fault of a resolved value, without anything a provider's own check may have quoted from it."""
    if fault.message.startswith("`${"):
        return fault
    behind = [path for path, text in _texts(written, at) if has_reference(text)]
    touched = any(dotted(path[:end]) == fault.path for path in behind for end in range(len(at), len(path) + 1))
    message = "what its reference gives is not what the provider expects; correct the secret, or name another"
    return replace(fault, message=message, suggestion=None) if touched else fault
