"""Changes to one file, checked and staged in memory until they are written all at once."""

from __future__ import annotations

import abc
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from leadbridge.provider import Action
from leadbridge.records import Ref, Reject
from leadbridge.values import MISSING
from leadbridge_csv.added import Added
from leadbridge_csv.cells import as_text, neutralise, restore
from leadbridge_csv.index import GrowingIndex
from leadbridge_csv.matching import content_id
from leadbridge_csv.table import Row, Table
from leadbridge_csv.target import Target, key_of

_REMEDIES = {
    "append_only": "give the connection a key, so that its rows can be told apart",
    "duplicate_key": "keep one row per key",
    "gone": "capture the object again: the row was deleted, or its key changed",
    "stale": "capture the object again; raw holds what is there now",
    "unencodable": "save the file as UTF-8",
    "unknown_field": "add the column to the file's header, or take the field out of the mapping",
}


class RefusedError(Exception):
    """An action cannot be staged; caught where its result is made."""

    def __init__(self, reject: Reject) -> None:
        super().__init__(reject.reason)
        self.reject = reject


class Draft(abc.ABC):
    """
    Attributes:
        edits: place of a row -> its new cells, or None where it is deleted.
        added: new rows, in their order.
    """

    def __init__(self, target: Target, table: Table) -> None:
        self.target = target
        self.table = table
        names = table.sheet.names
        self._places = {name: place for place, name in reversed(list(enumerate(names)))}  # as index(): the first
        self.edits: dict[int, list[str] | None] = {}
        self.added = Added()

    @abc.abstractmethod
    def stage(self, action: Action) -> str:
        """Stage the action: its record's id. Raises RefusedError."""

    def _cells(self, action: Action, cells: Sequence[str]) -> list[str]:
        """These raw cells with the action's values set."""
        changed = list(cells)
        for name, raw in action.values.items():
            place, text = self._places.get(name, -1), as_text(raw)
            if place < 0:
                raise self._refused(action, "unknown_field", f"{self.table.file.label} has no column {name!r}", name)
            if raw is not MISSING and text != restore(changed[place]):
                changed[place] = self._cell(action, name, text)
        return changed

    def _cell(self, action: Action, name: str, text: str) -> str:
        encoding = self.table.sheet.encoding.name
        if "\0" in text:
            raise self._refused(action, "nul", "the value holds a NUL character", name)
        if len(text) >= self.target.settings.max_cell:
            reason = f"the value is longer than max_cell, {self.target.settings.max_cell} characters"
            raise self._refused(action, "cell_too_long", reason, name)
        try:
            text.encode(encoding)
        except UnicodeEncodeError as error:
            reason = f"the value holds characters that {self.table.file.label}, which is in {encoding}, cannot hold"
            raise self._refused(action, "unencodable", reason, name) from error
        return neutralise(text)

    def _refused(self, action: Action, code: str, reason: str, field: str = "") -> RefusedError:
        source = str(Ref(self.target.connection, action.object, action.id or ""))
        return RefusedError(Reject(code, reason, _REMEDIES.get(code, ""), source, field, dict(action.values)))


class InboxDraft(Draft):
    """Rows to append."""

    def __init__(self, target: Target, table: Table) -> None:
        super().__init__(target, table)
        self._staged: Counter[int] = Counter()

    def stage(self, action: Action) -> str:
        if action.verb != "create":
            raise self._refused(action, "append_only", "an inbox is only appended to")
        cells = self._cells(action, [""] * len(self.table.sheet.names))
        if not any(cells):
            raise self._refused(action, "blank_row", "a row of blank cells is no record")
        fingerprint = self.table.fingerprint(cells)
        self._staged[fingerprint] += 1
        self.added.append(cells)
        return content_id(fingerprint, self.table.count(fingerprint) + self._staged[fingerprint])

    def appended(self, create: Action) -> str | None:
        """The id of the last row that is equal to a create and was not given for another one yet."""
        fingerprint = self.table.fingerprint(self._cells(create, [""] * len(self.table.sheet.names)))
        times = self.table.count(fingerprint) - self._staged[fingerprint]
        self._staged[fingerprint] += 1
        return content_id(fingerprint, times) if times > 0 else None


class TableDraft(Draft):
    """Rows of a keyed table to change, delete and add. A row's id is its key, so a changed key is a changed id."""

    def __init__(self, target: Target, table: Table, key_place: int) -> None:
        super().__init__(target, table)
        self._key_place = key_place
        self._moved: dict[str, int] = {}
        self._new = GrowingIndex()

    def stage(self, action: Action) -> str:
        if action.verb == "create":
            return self._create(action)
        found = self._current(action)
        self._expect(action, found.cells)
        if action.verb == "delete":
            self._put(found, None)
            return key_of(found.cells[self._key_place])
        return self._update(action, found)

    def _create(self, action: Action) -> str:
        """Repeated with the same values, as after a crash, it is done already."""
        blank = [""] * len(self.table.sheet.names)
        cells = self._cells(action, blank)
        if not cells[self._key_place].strip() and action.key:
            cells[self._key_place] = self._cell(action, self._key, action.key)
        key = self._checked_key(action, cells)
        found = self._find(action, key)
        if found is not None:
            wanted = {name: as_text(raw) for name, raw in action.values.items() if raw is not MISSING}
            if any(text != self._value(found.cells, name) for name, text in wanted.items()):
                raise self._duplicate(action)
            return key
        self._new.add(_hash(key), self.added.append(cells))
        return key

    def _update(self, action: Action, found: Row) -> str:
        cells = self._cells(action, found.cells)
        key, before = self._checked_key(action, cells), key_of(found.cells[self._key_place])
        if key != before and self._find(action, key) is not None:
            raise self._duplicate(action)
        if cells != found.cells:
            self._put(found, cells)
        return key

    def _put(self, found: Row, cells: list[str] | None) -> None:
        """Set the row's cells, or delete it. A row that was added in this run has no place yet."""
        before = key_of(found.cells[self._key_place])
        after = key_of(cells[self._key_place]) if cells is not None else None
        added = self._added(before)
        if added is not None:
            self.added.replace(added, cells)
            if after is not None and after != before:
                self._new.add(_hash(after), added)
            return
        self._moved.pop(before, None)
        self.edits[found.place] = cells
        if after is not None and after != before:
            self._moved[after] = found.place

    def _added(self, key: str) -> int | None:
        """The place of the new row with this key."""
        for place in self._new.places(_hash(key)):
            cells = self.added.row(place)
            if cells is not None and key_of(cells[self._key_place]) == key:
                return place
        return None

    def _current(self, action: Action) -> Row:
        found = self._find(action, action.id or "")
        if found is None:
            raise self._refused(action, "gone", f"{self.table.file.label} has no such row any more")
        return found

    def _find(self, action: Action, key: str) -> Row | None:
        """The row as it would be now. Raises RefusedError where a key is repeated: which row was meant?"""
        added = self._added(key)
        if added is not None:
            return Row(-1, self.added.row(added) or [], "")
        rows = [self.table.row(self._moved[key])] if key in self._moved else self.table.find(key)
        current = [Row(row.place, cells, row.text) for row in rows if (cells := self.edits.get(row.place, row.cells))]
        same = [row for row in current if key_of(row.cells[self._key_place]) == key]
        if len(same) > 1:
            raise self._duplicate(action)
        return same[0] if same else None

    def _expect(self, action: Action, cells: list[str]) -> None:
        names = self.table.sheet.names
        there = {name: self._value(cells, name) if name in names else MISSING for name in action.expected}
        edited = [
            name
            for name, raw in action.expected.items()
            if (raw is MISSING) != (there[name] is MISSING) or as_text(raw) != as_text(there[name])
        ]
        if edited:
            refused = self._refused(action, "stale", "the row was edited meanwhile", edited[0])
            raise RefusedError(replace(refused.reject, raw={name: there[name] for name in edited}))

    def _checked_key(self, action: Action, cells: Sequence[str]) -> str:
        key = key_of(cells[self._key_place])
        if not key:
            raise self._refused(action, "missing_key", f"the row's {self._key!r}, the key, would be blank", self._key)
        return key

    def _duplicate(self, action: Action) -> RefusedError:
        reason = f"{self.table.file.label} has a row with this {self._key!r}, the key, already"
        return self._refused(action, "duplicate_key", reason, self._key)

    def _value(self, cells: Sequence[str], name: str) -> str:
        return restore(cells[self.table.sheet.names.index(name)])

    @property
    def _key(self) -> str:
        return self.table.sheet.names[self._key_place]


def _hash(key: str) -> int:
    return hash(key) & ((1 << 64) - 1)
