"""Rows in the order of their numbers, cut into what one call can take."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from leadbridge.apply.journal import Operation
from leadbridge.plan.rows import WriteRow


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
