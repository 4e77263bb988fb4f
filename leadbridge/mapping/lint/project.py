"""Checks across files: bases that nobody builds upon, locks that lock nothing, scoring of fields that nobody fills."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pydantic import BaseModel

from leadbridge.files.check import suggest
from leadbridge.files.document import Document
from leadbridge.files.shapes import keys_at
from leadbridge.mapping.lint.finding import Finding, Place, Seen
from leadbridge.mapping.lint.policies import Filled
from leadbridge.mapping.model import ConvertFile, MappingFile
from leadbridge.mapping.project import Mappings

SHAPES: Final[Mapping[str, type[BaseModel]]] = {"mapping": MappingFile, "convert": ConvertFile}


def check_bases(mappings: Mappings) -> Iterator[Finding]:
    used = {document.data.get("extends") for document in mappings.documents.values()}
    for name, document in mappings.documents.items():
        if document.data.get("abstract") and name not in used:
            message = "no file extends this one, so it says nothing"
            yield Place(document).warning("unused_base", ("abstract",), message, key=True)


def check_locks(mappings: Mappings) -> Iterator[Finding]:
    """A lock must name something that the files of its kind can say."""
    for document in mappings.documents.values():
        for number, lock in enumerate(document.data.get("lock") or ()):
            known = _lockable(mappings, document, lock)
            if lock.rpartition(".")[2] not in known:
                close = suggest(lock.rpartition(".")[2], known)
                suggestion = f"{lock.rpartition('.')[0]}.{close}".lstrip(".") if close else None
                yield Place(document).warning("idle_lock", ("lock", number), "locks nothing", suggestion)


def _lockable(mappings: Mappings, document: Document, lock: str) -> set[str]:
    """The keys that can stand where the last word of a lock stands."""
    above = tuple(lock.split(".")[:-1])
    if above and above[-1] == "fields" and len(above) <= 2:
        role = str(document.data.get("role")) if document.data["kind"] == "mapping" else above[0]
        subject = mappings.catalogue.of_role(role)
        return set(subject.fields) if subject is not None else set()
    here = _below(document, above)
    return keys_at(SHAPES[document.data["kind"]], above) | (set(here) if isinstance(here, dict) else set())


def _below(document: Document, path: tuple[str, ...]) -> object:
    try:
        return document.at(path)
    except (LookupError, TypeError):
        return None


def check_scoring(mappings: Mappings, all_seen: Sequence[Seen]) -> Iterator[Finding]:
    if mappings.scoring is None:
        return
    document = next(d for d in mappings.documents.values() if d.data["kind"] == "scoring")
    filled = Filled.of(mappings, all_seen)
    for number, rule in enumerate(mappings.scoring.rules):
        yield from filled.missing(Place(document), ("rules", number, "when"), rule.condition)
