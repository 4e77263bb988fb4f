"""YAML text to plain data with places, from the parser's events, so that hostile text is refused while it is read.

Nothing is expanded or constructed: an alias is a fault where it stands, not a copy. Faults are gathered; reading ends
early only where the rest can no longer be understood (a syntax error) or is not worth it (a limit).
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from leadbridge.errors import Fault, FileFaults
from leadbridge.files import problems
from leadbridge.files.marks import Mark, Marks, Path_, clip, dotted
from leadbridge.files.scalars import meaning

DEPTH: Final = 50
"""Deepest nesting read."""

NODES: Final = 50_000
"""Most keys and values read from one file."""

FAULTS: Final = 100
"""Most faults of one file told at once."""

_LONG_TAG = re.compile(r"(?<![^\s\[\]{},])!\S{500}")
"""No tag is allowed; the parser takes long over long ones, so these are found before it starts."""

_LINE_END = re.compile(r"\r\n?|\n")


class _EndOfReadingError(Exception):
    """The rest of the file is not read; what is wrong is already among the faults."""


def read(text: str, file: Path) -> tuple[dict[str, Any], dict[Path_, Marks]]:
    """The data and the places of one document. Raises :class:`FileFaults` with every fault found."""
    reader = _Reader(text.removeprefix("\ufeff"), file)
    data: Any = {}
    try:
        data = reader.document()
    except _EndOfReadingError:
        pass
    except YAMLError as error:
        reader.syntax_error(error)
    except (ValueError, LookupError, AttributeError, TypeError, OverflowError, AssertionError) as error:
        reader.syntax_error(error)  # the parser's own slips on malformed text
    if reader.faults:
        raise FileFaults(reader.faults)
    return data, reader.marks


class _Reader:
    def __init__(self, text: str, file: Path) -> None:
        self.text = text
        self.file = file
        self.faults: list[Fault] = []
        self.marks: dict[Path_, Marks] = {}
        self._lines = [0, *(end.end() for end in _LINE_END.finditer(text))]
        self._nodes = 0
        self._events: Iterator[Event] = iter(())

    def document(self) -> Any:
        """The one mapping that the file must hold."""
        if tag := _LONG_TAG.search(self.text):
            self._end(tag.start(), (), problems.TAG)
        self._events = YAML(typ="safe", pure=True).parse(self.text)
        next(self._events)  # start of the stream
        start = next(self._events)
        if isinstance(start, StreamEndEvent):
            self._end(0, (), "the file is empty; expected `key: value` lines")
        if isinstance(start, DocumentStartEvent) and (start.version or start.tags):
            self._fault(0, (), "a `%` directive is not allowed; delete the line")
        top = next(self._events)
        if not isinstance(top, MappingStartEvent):
            empty = isinstance(top, ScalarEvent) and not top.value and not top.style
            what = "the file is empty" if empty else "the file holds no mapping"
            self._end(self._index(top), (), f"{what}; expected `key: value` lines")
        data = self._node(top, (), None)
        next(self._events)  # end of the document
        if isinstance(more := next(self._events), DocumentStartEvent):
            self._end(self._index(more), (), "a second document starts here; a file holds exactly one")
        return data

    def syntax_error(self, error: Exception) -> None:
        index, sentence = problems.explain(error, self.text, self._lines)
        self.faults.append(self._made(index, (), sentence))

    def _node(self, event: Event, path: Path_, key: Mark | None) -> Any:
        """The value that starts with this event, its places noted."""
        self._refuse(event, path)
        self._limit(event, path)
        empty = isinstance(event, ScalarEvent) and not event.value and not event.style
        self.marks[path] = Marks(key if empty and key else self._mark(self._index(event)), key)
        if isinstance(event, ScalarEvent):
            return meaning(event.value) if event.implicit[0] else event.value
        if isinstance(event, SequenceStartEvent):
            return self._sequence(path)
        if isinstance(event, MappingStartEvent):
            return self._mapping(path)
        return None  # an alias, refused

    def _sequence(self, path: Path_) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self._events), SequenceEndEvent):
            items.append(self._node(event, (*path, len(items)), None))
        return items

    def _mapping(self, path: Path_) -> dict[str, Any]:
        data: dict[str, Any] = {}
        while not isinstance(event := next(self._events), MappingEndEvent):
            name = self._key(event, path, data)
            if name is None:
                self._skip(next(self._events), path)
            else:
                data[name] = self._node(next(self._events), (*path, name), self._mark(self._index(event)))
        return data

    def _key(self, event: Event, path: Path_, taken: dict[str, Any]) -> str | None:
        """The key as text, whatever an unquoted one would mean as a value; None where it was refused."""
        if not isinstance(event, ScalarEvent):
            if not isinstance(event, AliasEvent):
                self._fault(self._index(event), path, "a key must be text; put text that begins with { or [ in quotes")
            self._skip(event, path)
            return None
        self._refuse(event, path)
        self._limit(event, path)
        name: str = event.value
        if not event.style and name in ("", "<<"):
            self._fault(self._index(event), path, problems.EMPTY_KEY if not name else problems.MERGE_KEY)
            return None
        if name in taken:
            first = self.mark_of((*path, name))
            self._fault(self._index(event), (*path, name), f"the key stands twice; the first is in line {first.line}")
            return None
        return name

    def mark_of(self, path: Path_) -> Mark:
        marks = self.marks[path]
        return marks.key or marks.value

    def _skip(self, event: Event, path: Path_) -> None:
        """Read on behind a value that has no place in the data; what is wrong inside it is still told."""
        kept, self.marks = self.marks, {}
        self._node(event, path, None)
        self.marks = kept

    def _refuse(self, event: Event, path: Path_) -> None:
        if isinstance(event, AliasEvent):
            self._fault(self._index(event), path, problems.ALIAS.format(name=clip(event.anchor)))
        elif isinstance(event, NodeEvent) and event.anchor is not None:
            self._fault(self._index(event), path, problems.ANCHOR.format(name=clip(event.anchor)))
        if getattr(event, "tag", None) is not None:
            self._fault(self._index(event), path, problems.TAG)

    def _limit(self, event: Event, path: Path_) -> None:
        self._nodes += 1
        if self._nodes > NODES:
            self._end(self._index(event), (), f"the file holds more than {NODES:,} keys and values; split it")
        if len(path) > DEPTH:
            self._end(self._index(event), (), f"nested deeper than {DEPTH} levels, the most that is read")

    def _fault(self, index: int, path: Path_, message: str) -> None:
        self.faults.append(self._made(index, path, message))
        if len(self.faults) >= FAULTS:
            self._end(index, (), f"the first {FAULTS} faults are shown; the rest of the file was not read")

    def _end(self, index: int, path: Path_, message: str) -> None:
        self.faults.append(self._made(index, path, message))
        raise _EndOfReadingError

    def _made(self, index: int, path: Path_, message: str) -> Fault:
        mark = self._mark(index)
        return Fault(self.file, mark.line, mark.column, dotted(path), message)

    def _mark(self, index: int) -> Mark:
        line = bisect.bisect_right(self._lines, index)
        return Mark(self.file, line, index - self._lines[line - 1] + 1)

    @staticmethod
    def _index(event: Event) -> int:
        return int(event.start_mark.index)
