"""What an object looks like: its columns, and a few of their values."""

from __future__ import annotations

from itertools import islice

from leadbridge.provider import FieldDescription, ObjectDescription
from leadbridge_csv.cells import restore_row
from leadbridge_csv.rejects import printable
from leadbridge_csv.sheet import Sheet, opened
from leadbridge_csv.target import Target, key_place

_ROWS = 200
_SAMPLES = 5
_CHARACTERS = 200


def describe_object(target: Target, writable: bool) -> ObjectDescription:
    """The columns of all its files, in the order in which they are met. Raises ConnectionFailedError."""
    fields: dict[str, FieldDescription] = {}
    samples: dict[str, dict[str, None]] = {}
    for file in target.files:
        with opened(target.connection, file, target.settings) as sheet:
            key_place(target, sheet)
            for name, column in zip(sheet.names, sheet.columns, strict=True):
                description = FieldDescription(name, label=printable(column), required=name == target.key)
                fields.setdefault(name, description)
            _collect(sheet, samples)
    return ObjectDescription(
        target.object,
        tuple(fields.values()),
        key=target.key if target.key in fields else None,
        writable=writable and bool(fields),
        updates=target.key is not None,
        absent=not target.files,
        samples={name: tuple(samples.get(name, ())) for name in fields},
    )


def _collect(sheet: Sheet, samples: dict[str, dict[str, None]]) -> None:
    """A few different values of each column from the first rows; dictionaries keep their order."""
    rows = (row for block in sheet.blocks() for row in block.rows)
    for row in islice(rows, _ROWS):
        for name, cell in zip(sheet.names, restore_row(row), strict=True):
            found = samples.setdefault(name, {})
            if cell.strip() and len(found) < _SAMPLES:
                found[cell[:_CHARACTERS]] = None
