"""A journal in memory that survives a simulated kill, and what the tests of apply need around it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from leadbridge.apply import Operation, Options, Outcome, Past
from leadbridge.memory import MemoryCrm, MemoryProvider, MemorySettings, memory_crm
from leadbridge.plan.rows import WriteRow
from leadbridge.provider import FieldDescription, ObjectDescription, Site
from leadbridge.records import Ref, Reject
from leadbridge.testing.faults import Faults, FaultyProvider, Killed
from leadbridge.values import Raw

OBJECTS = (
    ObjectDescription("Account", (FieldDescription("Name"), FieldDescription("City")), writable=True),
    ObjectDescription(
        "Contact",
        (FieldDescription("Email"), FieldDescription("Phone"), FieldDescription("AccountId")),
        writable=True,
    ),
)


def _nothing(step: str) -> None:
    """Nobody pulls the plug."""


@dataclass
class MemoryJournal:
    """What is in it survives; ``step`` may raise Killed before and after every transaction.

    Attributes:
        bases: what the state would keep as each link's base.
        history: the states that every row went through.
    """

    step: Callable[[str], None] = _nothing
    operations: dict[int, Operation] = field(default_factory=dict)
    bases: dict[Ref, dict[str, Raw]] = field(default_factory=dict)
    due: dict[Ref, bool] = field(default_factory=dict)
    rejects: dict[int, Reject] = field(default_factory=dict)
    history: dict[int, list[str]] = field(default_factory=dict)

    def plan(self, rows: Sequence[WriteRow]) -> None:
        self.operations |= {row.number: Operation(row) for row in rows}
        self.history |= {row.number: ["planned"] for row in rows}

    def sent(self, operations: Sequence[Operation]) -> None:
        self.step("before sent")
        for operation in operations:
            assert self.operations[operation.row.number].state == "planned"
            self._set(replace(self.operations[operation.row.number], state="sent", before=operation.before))
        self.step("after sent")

    def outcomes(self, outcomes: Sequence[Outcome]) -> None:
        self.step("before outcomes")
        for outcome in outcomes:
            if self.operations[outcome.row.number].state in {"planned", "sent"}:
                self._move(outcome)
        self.step("after outcomes")

    def unfinished(self, connection: str | None = None) -> Iterator[Operation]:
        for number in sorted(self.operations):
            operation = self.operations[number]
            if operation.state in {"planned", "sent"} and connection in {None, operation.row.connection}:
                yield operation

    def ids(self, numbers: Collection[int]) -> Mapping[int, str]:
        known = {number: self.operations[number] for number in numbers if number in self.operations}
        return {number: one.id for number, one in known.items() if one.state == "done" and one.id}

    def past(self, numbers: Collection[int]) -> Mapping[int, Past]:
        known = {number: self.operations[number] for number in numbers if number in self.operations}
        return {
            number: Past(one.state, one.id, one.before, one.after)
            for number, one in known.items()
            if one.state not in {"planned", "sent"}
        }

    def refused(self) -> Collection[int]:
        lost = [o.row for o in self.operations.values() if o.state in {"rejected", "uncertain"}]
        return {number for row in lost if row.undoes is None for number in row.conversions}

    def _move(self, outcome: Outcome) -> None:
        old = self.operations[outcome.row.number]
        new = replace(old, state=outcome.state, id=outcome.id or old.id, after=outcome.after)
        self._set(new)
        if outcome.reject:
            self.rejects[outcome.row.number] = outcome.reject
        if outcome.state == "done" and outcome.row.verb == "delete":
            self.bases.pop(new.ref, None)
        elif outcome.after:
            self.bases[new.ref] = {**self.bases.get(new.ref, {}), **outcome.after}
            self.due[new.ref] = outcome.due or outcome.state == "rejected"

    def _set(self, operation: Operation) -> None:
        self.operations[operation.row.number] = operation
        self.history[operation.row.number].append(operation.state)

    def states(self) -> dict[int, str]:
        return {number: operation.state for number, operation in self.operations.items()}

    def codes(self) -> dict[int, str]:
        return {number: reject.code for number, reject in self.rejects.items()}


class Fuse:
    """Blows at the n-th step: a simulated kill. Counts steps, so that a test can kill at every one."""

    def __init__(self, at: int | None = None) -> None:
        self.at = at
        self.steps = 0

    def __call__(self, step: str) -> None:
        self.steps += 1
        if self.steps == self.at:
            raise Killed


class Clock:
    """Sleeps in no time and remembers how long."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


def options(clock: Clock | None = None, batch: int = 200, attempts: int = 5) -> Options:
    """Quick ones, for a saved plan: every record is read again before it is written."""
    return Options(batch=batch, staged_batch=batch, attempts=attempts, sleep=(clock or Clock()).sleep)


def crm(folder: Path, name: str = "crm") -> MemoryCrm:
    found = memory_crm(f"{folder}/{name}")
    for description in OBJECTS:
        found.define(description)
    return found


def connect(folder: Path, faults: Faults | None = None, name: str = "crm") -> FaultyProvider:
    """A new connection to the CRM, as a later process would make it."""
    crm(folder, name)
    inner = MemoryProvider(Site(name, folder), MemorySettings(crm=f"{folder}/{name}"))
    return FaultyProvider(inner, faults or Faults())


def create(number: int, object: str = "Account", connection: str = "crm", **values: Raw) -> WriteRow:
    return WriteRow(
        number, "create", connection, object, "account", f"row {number}", values=values, key=f"key-{number}"
    )


def update(number: int, id: str, expected: Mapping[str, Raw], object: str = "Account", **values: Raw) -> WriteRow:
    return WriteRow(
        number,
        "update",
        "crm",
        object,
        "account",
        f"row {number}",
        link=number,
        id=id,
        values=values,
        expected=expected,
    )


def delete(number: int, id: str, expected: Mapping[str, Raw], object: str = "Account") -> WriteRow:
    return WriteRow(number, "delete", "crm", object, "account", f"row {number}", link=number, id=id, expected=expected)
