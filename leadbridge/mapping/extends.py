"""`extends:` and `lock:`: a file laid upon another of its kind, which may forbid some of it.

Mappings are merged key by key, lists and plain values replaced; a field set to null is taken out again. Locks add up
along the chain. They are what lets a team's policy be specialised but not bent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from leadbridge.errors import Fault
from leadbridge.files.check import suggest
from leadbridge.files.document import Document, Path_, dotted

DEEPEST = 8
OWN_KEYS = frozenset({"kind", "extends", "lock", "abstract", "tests"})
"""Keys that belong to one file and are not inherited."""


def extend(name: str, documents: Mapping[str, Document], faults: list[Fault]) -> Document:
    """The document laid upon all it extends. What is wrong is added to ``faults`` and that base left out."""
    chain = list(_chain(name, documents, faults))
    merged = chain[-1]
    locks = _locks(chain[-1])
    for over in reversed(chain[:-1]):
        faults.extend(_broken_locks(over, locks, merged))
        locks |= _locks(over)
        merged = _own(Document.merged(merged, over), over)
    return merged


def _chain(name: str, documents: Mapping[str, Document], faults: list[Fault]) -> Iterator[Document]:
    seen = [name]
    document = documents[name]
    yield document
    while (base := document.data.get("extends")) is not None:
        fault = _bad_base(base, document, documents, seen)
        if fault is not None:
            faults.append(fault)
            return
        seen.append(base)
        document = documents[base]
        yield document


def _bad_base(base: object, document: Document, documents: Mapping[str, Document], seen: list[str]) -> Fault | None:
    if not isinstance(base, str) or base not in documents:
        message = f"there is no file {str(base)!r} in the mappings folder"
        return document.fault(("extends",), message, suggest(str(base), documents))
    if base in seen:
        return document.fault(("extends",), f"goes round in a circle: {' -> '.join([*seen, base])}")
    if len(seen) > DEEPEST:
        return document.fault(("extends",), f"goes more than {DEEPEST} files deep")
    if documents[base].data.get("kind") != document.data.get("kind"):
        return document.fault(("extends",), f"{base!r} is of another kind")
    return None


def _own(merged: Document, over: Document) -> Document:
    """The merged document without what only the base says of itself, and without fields that were taken out."""
    return merged.without([(key,) for key in OWN_KEYS if key not in over.data and key in merged.data] + _nulls(merged))


def _nulls(document: Document) -> list[Path_]:
    sections = [("fields",), *((part, "fields") for part in document.data if isinstance(part, str))]
    return [
        (*section, key)
        for section in sections
        for key, value in _mapping(document.data, section).items()
        if value is None
    ]


def _mapping(data: Any, path: Path_) -> dict[str, Any]:
    for step in path:
        data = data.get(step) if isinstance(data, dict) else None
    return data if isinstance(data, dict) else {}


def _locks(document: Document) -> dict[str, str]:
    """Locked path -> the file that locks it. Shapes are checked later, with the rest of the file."""
    listed = document.data.get("lock")
    names = listed if isinstance(listed, list) else []
    return {path: document.file.name for path in names if isinstance(path, str)}


def _broken_locks(over: Document, locks: Mapping[str, str], base: Document) -> Iterator[Fault]:
    for path in _paths(over.data, ()):
        text = dotted(path)
        for lock, owner in locks.items():
            replaced = lock.startswith(f"{text}.") and not isinstance(_value(over.data, path), dict)
            if text == lock or replaced:
                yield over.fault(path, f"is locked by {owner}{_where(base, path)}; leave it out", key=True)


def _where(base: Document, path: Path_) -> str:
    try:
        base.at(path)
    except (LookupError, TypeError):
        return ""
    mark = base.mark(path)
    return f" (set in {mark.file.name}, line {mark.line})"


def _paths(data: Any, at: Path_) -> Iterator[Path_]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield (*at, key)
            yield from _paths(value, (*at, key))


def _value(data: Any, path: Path_) -> Any:
    for step in path:
        data = data[step]
    return data
