"""The records of one conversion plan, as the writes of a conversion that LeadBridge does itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from leadbridge.plan.adopting import Whose, adopt
from leadbridge.plan.bodies import first_users, outcome
from leadbridge.plan.book import Book
from leadbridge.plan.gathering import Gathered, gather
from leadbridge.plan.layout import Scene
from leadbridge.plan.model import ConversionPlan, PlannedRow
from leadbridge.plan.record_rows import Clerk, Edit, Target
from leadbridge.plan.rows import SettleRow, WriteRow
from leadbridge.plan.settle_rows import Settled, is_opened, new_row
from leadbridge.records import Ref
from leadbridge.subjects.model import Catalogue

ORDER = ("account", "contact", "opportunity", "prospect")
"""Roles in the order in which their records are made: each may refer to those before it."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A plan before anything of it is written.

    Attributes:
        opening: rows that are settled first, under their numbers: records met for the first time, new golden records.
        next: the number after them.
    """

    opening: tuple[SettleRow, ...]
    gathered: Gathered
    settled: tuple[Settled, ...]
    next: int
    writing: Writing


def prepare(plan: ConversionPlan, scene: Scene, catalogue: Catalogue, book: Book, first: int) -> Prepared:
    """The requests behind the plan must have gone through :func:`leadbridge.plan.agreeing.agreed` with this book."""
    adopted, whose = adopt(plan, book, first)
    gathered = gather(plan, whose, catalogue)
    settled = _settled(gathered, scene, book, first + len(adopted))
    opened = [new_row(item.opened, item.body, item.after) for item in settled if item.opened is not None]
    opening = (*adopted, *opened)
    clerk = Clerk(plan, book, first_users(plan), scene.policy.carried_fields)
    writing = Writing(gathered, settled, whose, scene, clerk)
    return Prepared(opening, gathered, tuple(settled), first + len(opening), writing)


def _settled(gathered: Gathered, scene: Scene, book: Book, first: int) -> list[Settled]:
    """What every golden record says in the end; those that are new and needed early get a number."""
    found: list[Settled] = []
    number = first
    for body in gathered.bodies:
        closing = scene.policy.on_converted if body.leads else {}
        after = outcome(body, closing, scene.stages.barred, book.run)
        opened = is_opened(body)
        found.append(Settled(body, after, number if opened else None))
        number += opened
    return found


@dataclass(frozen=True, slots=True)
class Writing:
    """Writes the records of one plan."""

    gathered: Gathered
    settled: Sequence[Settled]
    whose: Mapping[Ref, Whose]
    scene: Scene
    clerk: Clerk

    def records(self, first: int, without: Collection[int] = ()) -> list[WriteRow]:
        """Accounts, contacts, opportunities and prospects, but for those of planned rows that go another way."""
        rows: list[WriteRow] = []
        for planned in self.in_order():
            row = None if planned.number in without else self.record(first + len(rows), planned)
            rows += [row] if row is not None else []
        return rows

    def in_order(self) -> list[PlannedRow]:
        """The plan's rows for records, each after those that it refers to."""
        rows = [row for row in self.clerk.plan.rows if row.number in self.gathered.users]
        rows.sort(key=lambda row: (row.connection or "", row.ref is not None))  # what goes out in one batch
        return [row for role in ORDER for row in rows if row.role == role]

    def drafts(self) -> dict[int, WriteRow]:
        """Planned row -> its write, numbered and referring by the numbers of planned rows. Nothing is kept of it."""
        apart = replace(self, clerk=replace(self.clerk, creates={}, rejects=[]))
        made = {planned.number: apart.record(planned.number, planned) for planned in self.in_order()}
        return {number: row for number, row in made.items() if row is not None}

    def record(self, number: int, planned: PlannedRow) -> WriteRow | None:
        return self.clerk.make(number, planned, self.target(planned))

    def target(self, planned: PlannedRow) -> Target:
        item = self.settled[self.gathered.of_row[planned.number]]
        keep = item.body.keep
        own = keep if planned.ref is None else self.whose[planned.ref]
        golden, settle = (None, item.opened) if own is None else (own.golden, own.settle)
        return Target(golden, settle, item.after, self.gathered.users[planned.number])

    def leads(self, first: int, without: Collection[Ref] = ()) -> list[WriteRow]:
        """The leads' own records, closed; each must still say all that went into the conversion."""
        rows: list[WriteRow] = []
        for planned in self.clerk.plan.rows:
            if planned.role == "lead" and planned.ref is not None and planned.number in self.gathered.users:
                row = None if planned.ref in without else self.clerk.update(first + len(rows), self.closing(planned))
                rows += [row] if row is not None else []
        return rows

    def closing(self, planned: PlannedRow) -> Edit:
        """How a lead's own record is closed."""
        if planned.ref is None:
            raise ValueError(f"row {planned.number} is no lead's own record")
        whose = self.whose[planned.ref]
        target = Target(whose.golden, whose.settle, {}, self.gathered.users[planned.number])
        return self.clerk.edit(planned.ref, planned, target, planned.changes)
