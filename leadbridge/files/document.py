"""A file people wrote, as plain data in which every key and value remembers where it stands."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final

from leadbridge.errors import Fault, FileFaults, UsageError
from leadbridge.files.marks import Mark, Marks, Path_, dotted

__all__ = ["LIMIT", "Document", "Mark", "Path_", "dotted", "load", "load_text", "shown"]

LIMIT: Final = 1024 * 1024
"""Largest file read, in bytes."""


class Document:
    """The data of one file, or of several merged by :meth:`merged`.

    Attributes:
        file: as shown to the user.
        data: plain Python: dict with text keys, list, str, int, Decimal, bool, None. Not to be changed.
    """

    def __init__(self, file: Path, data: dict[str, Any], marks: Mapping[Path_, Marks]) -> None:
        self.file = file
        self.data = data
        self._marks = marks

    def at(self, path: Path_) -> Any:
        """The value at a path. Raises LookupError where there is none."""
        value: Any = self.data
        for step in path:
            value = value[step]
        return value

    def mark(self, path: Path_, *, key: bool = False) -> Mark:
        """Where a value stands, or its key; where it is not in the file, its nearest ancestor that is."""
        for end in range(len(path), -1, -1):
            if (marks := self._marks.get(path[:end])) is not None:
                return marks.key if key and marks.key is not None else marks.value
        return Mark(self.file, 1, 1)

    def fault(self, path: Path_, message: str, suggestion: str | None = None, *, key: bool = False) -> Fault:
        """A fault at a value, or at its key."""
        mark = self.mark(path, key=key)
        return Fault(mark.file, mark.line, mark.column, dotted(path), message, suggestion)

    @classmethod
    def merged(cls, base: Document, over: Document) -> Document:
        """``over`` laid upon ``base``: mappings are merged key by key, anything else is replaced whole.

        The result is shown as ``over``'s file; every key and value keeps the place, and the file, it came from.
        """
        marks: dict[Path_, Marks] = {}
        data = _merge(base, over, (), marks)
        return cls(over.file, data, marks)

    def without(self, paths: Collection[Path_]) -> Document:
        """The document without the values at these paths, and without all below them."""
        gone = set(paths)
        marks = {path: mark for path, mark in self._marks.items() if not any(path[: len(g)] == g for g in gone)}
        return Document(self.file, _prune(self.data, (), gone), marks)

    def _take(self, path: Path_, value: Any, marks: dict[Path_, Marks]) -> Any:
        """The value as it is, its marks and those of all below it copied over."""
        if path in self._marks:
            marks[path] = self._marks[path]
        if isinstance(value, dict):
            return {key: self._take((*path, key), below, marks) for key, below in value.items()}
        if isinstance(value, list):
            return [self._take((*path, i), below, marks) for i, below in enumerate(value)]
        return value


def _prune(data: dict[str, Any], at: Path_, gone: set[Path_]) -> dict[str, Any]:
    kept = {key: value for key, value in data.items() if (*at, key) not in gone}
    return {k: _prune(v, (*at, k), gone) if isinstance(v, dict) else v for k, v in kept.items()}


def _merge(base: Document, over: Document, path: Path_, marks: dict[Path_, Marks]) -> dict[str, Any]:
    """The mapping at ``path``, which both documents hold, merged; base's keys first, in their order."""
    below, above = base.at(path), over.at(path)
    if path in over._marks:
        marks[path] = over._marks[path]
    merged: dict[str, Any] = {}
    for key in (*below, *(k for k in above if k not in below)):
        here = (*path, key)
        if key not in above:
            merged[key] = base._take(here, below[key], marks)
        elif isinstance(below.get(key), dict) and isinstance(above[key], dict):
            merged[key] = _merge(base, over, here, marks)
        else:
            merged[key] = over._take(here, above[key], marks)
    return merged


def shown(file: Path) -> Path:
    """The file as the user should see it: from the working directory where it lies below it."""
    try:
        return file.absolute().relative_to(Path.cwd())
    except (ValueError, OSError):
        return file


def load(file: Path) -> Document:
    """Read a YAML file. Raises :class:`UsageError` where it cannot be read, :class:`FileFaults` where it is wrong."""
    try:
        with file.open("rb") as stream:
            content = stream.read(LIMIT + 1)
    except FileNotFoundError as error:
        raise UsageError(f"{shown(file)} was not found; looked for {file.absolute()}") from error
    except IsADirectoryError as error:
        raise UsageError(f"{shown(file)} is a folder, not a file; looked for {file.absolute()}") from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"{shown(file)} cannot be read: {reason}; looked for {file.absolute()}") from error
    return load_text(_decode(content, shown(file)), shown(file))


def _decode(content: bytes, file: Path) -> str:
    if len(content) > LIMIT:
        raise FileFaults([_too_large(file)])
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise FileFaults([Fault(file, 1, 1, "", "the file is UTF-16; save it as UTF-8")])
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise FileFaults([Fault(file, line, column, "", "the file is not UTF-8; save it as UTF-8")]) from error


def _too_large(file: Path) -> Fault:
    return Fault(file, 1, 1, "", f"the file is larger than {LIMIT // 1024} KiB, the most that is read; split it")


def load_text(text: str, file: Path) -> Document:
    """Read YAML that is already text; ``file`` names it in messages. Raises :class:`FileFaults`."""
    from leadbridge.files.reader import read

    if len(text) > LIMIT:
        raise FileFaults([_too_large(file)])
    data, marks = read(text, file)
    return Document(file, data, marks)
