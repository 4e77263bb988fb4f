"""Rows in the order of their numbers, cut into what one call can take."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

from leadbridge.apply.journal import Operation
from leadbridge.apply.options import Options
from leadbridge.plan.rows import WriteRow
from leadbridge.provider import Capabilities


def phases(operations: Iterable[Operation]) -> Iterator[Iterator[Operation]]:
    """What was only staged is durable before a CRM is asked to convert by itself, or anything is taken back."""
    return (part for _, part in groupby(operations, key=lambda operation: _phase(operation.row)))


def _phase(row: WriteRow) -> int:
    return 2 if row.undoes is not None else 1 if row.native is not None else 0


def most(row: WriteRow, can: Capabilities, options: Options) -> int:
    """Most rows like this one in a batch."""
    return can.converts_at_once if row.verb == "convert" else most_written(can, options)


def most_written(can: Capabilities, options: Options) -> int:
    """Most rows in a batch that is written."""
    return options.staged_batch if can.staged else can.at_once or options.batch


def batches(operations: Iterable[Operation], size: Callable[[WriteRow], int]) -> Iterator[list[Operation]]:
    """Neighbours of one connection, object, verb, part and state, at most ``size`` of one of them.

    No batch holds two rows of one record, or a row and another one that must be done before it.
    """
    batch: list[Operation] = []
    numbers: set[int] = set()
    records: set[str] = set()
    for operation in operations:
        row = operation.row
        full = len(batch) >= size(row)
        before = (*row.refers.values(), *(row.native.by if row.native else ()))
        bound = row.id in records or any(number in numbers for number in before)
        if batch and (full or bound or _kind(batch[0]) != _kind(operation)):
            yield batch
            batch, numbers, records = [], set(), set()
        batch.append(operation)
        numbers.add(row.number)
        if row.id is not None:
            records.add(row.id)
    if batch:
        yield batch


def _kind(operation: Operation) -> tuple[str, ...]:
    row = operation.row
    part = row.native.part if row.native else ""
    verb = "" if part == "effect" else row.verb  # what a CRM did by itself is only looked at
    return row.connection, row.object, verb, part, operation.state
