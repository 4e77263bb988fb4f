"""What a capture or a write is about: an object of a connection, its files, and how their rows become records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from leadbridge.errors import ConnectionFailedError
from leadbridge.records import Record, Ref
from leadbridge_csv.cells import restore, restore_row
from leadbridge_csv.objects import CsvFile
from leadbridge_csv.rejects import printable
from leadbridge_csv.settings import CsvSettings
from leadbridge_csv.sheet import Sheet

_NAMES_SHOWN = 20
_NAME_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Target:
    """What is captured: an object of a connection, and its files in order."""

    connection: str
    object: str
    files: Sequence[CsvFile]
    settings: CsvSettings

    @property
    def key(self) -> str | None:
        return self.settings.key_of(self.object)


def key_place(target: Target, sheet: Sheet) -> int | None:
    """Where a table's key stands in a row; None for an inbox. Raises ConnectionFailedError where it is not there."""
    if target.key is None or not sheet.names:
        return None
    if target.key in sheet.names:
        return sheet.names.index(target.key)
    names = [printable(" ".join(name[:_NAME_SHOWN].split())) for name in sheet.names[:_NAMES_SHOWN]]
    shown = ", ".join(names) + (", ..." if len(sheet.names) > _NAMES_SHOWN else "")
    raise ConnectionFailedError(
        target.connection,
        f"connection {target.connection!r}: {sheet.file.label} has no column {target.key!r}, its key; it has: {shown}",
    )


def key_of(cell: str) -> str:
    """A record's id from the cell of its key."""
    return restore(cell).strip()


class RecordMaker:
    """Makes the records of one sheet."""

    def __init__(self, target: Target, sheet: Sheet) -> None:
        self._connection = target.connection
        self._object = target.object
        self._names = sheet.names
        self._label = sheet.file.label

    def make(self, id: str, row: Sequence[str], text: str, line: int) -> Record:
        """From raw cells and the text that they stood in; only a text with a quote can hold neutralised ones."""
        cells = restore_row(row) if "'" in text else row
        values = dict(zip(self._names, cells, strict=True))
        return Record(Ref(self._connection, self._object, id), values, f"{self._label}:{line}")
