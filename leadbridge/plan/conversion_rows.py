"""From a conversion plan to rows that can be applied: what is settled here, what is written, what takes it back.

By their numbers: records met for the first time, and golden records that are new -> accounts, contacts, opportunities,
prospects -> what is carried along -> the leads, closed -> rows that take back what a refused conversion did, the last
first -> what is settled of the conversions that stand. Rows of one kind stand together, whichever conversion they
belong to, so that they go out in large batches.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from leadbridge.plan.adopting import Whose, adopt
from leadbridge.plan.bodies import first_users, groups_of, outcome
from leadbridge.plan.book import Book
from leadbridge.plan.carrying import Carrier, Note
from leadbridge.plan.compensating import compensate
from leadbridge.plan.gathering import Gathered, gather
from leadbridge.plan.layout import Scene
from leadbridge.plan.model import ConversionPlan, PlannedRow
from leadbridge.plan.record_rows import Clerk, Edit, Target
from leadbridge.plan.rows import SettleRow, WriteRow
from leadbridge.plan.settle_rows import Settled, closing_rows, is_opened, new_row
from leadbridge.records import Ref, Reject
from leadbridge.subjects.model import Catalogue

ORDER = ("account", "contact", "opportunity", "prospect")
"""Roles in the order in which their records are made: each may refer to those before it."""


@dataclass(frozen=True, slots=True)
class Lowered:
    """What can be applied.

    Attributes:
        notes: what the policy carries along and a CRM does not take.
        rejects: fields that a record cannot be given; the rest of it is.
    """

    rows: tuple[SettleRow | WriteRow, ...] = ()
    notes: tuple[Note, ...] = ()
    rejects: tuple[Reject, ...] = ()


def lower(plan: ConversionPlan, scene: Scene, catalogue: Catalogue, book: Book, first: int = 1) -> Lowered:
    """Rows under numbers from ``first`` on; none where the plan converts nobody.

    The requests behind the plan must have gone through :func:`leadbridge.plan.agreeing.agreed` with the same book.
    """
    if not plan.conversions:
        return Lowered()
    rows: list[SettleRow | WriteRow] = []
    adopted, whose = adopt(plan, book, first)
    gathered = gather(plan, whose, catalogue)
    settled = _settled(gathered, scene, book, first + len(adopted))
    rows += [*adopted, *(new_row(item.opened, item.body, item.after) for item in settled if item.opened is not None)]
    writing = _Writing(gathered, settled, whose, scene, Clerk(plan, book, first_users(plan)))
    writes = writing.records(first + len(rows))
    carrier = Carrier(plan, scene.policy, book, writing.clerk)
    writes += carrier.rows(first + len(rows) + len(writes), groups_of(plan, plan.conversions))
    writes += writing.leads(first + len(rows) + len(writes))
    rows += writes
    rows += compensate(first + len(rows), writes)
    rows += closing_rows(first + len(rows), settled, writes, book)
    return Lowered(tuple(rows), carrier.notes(), tuple(writing.clerk.rejects))


def _settled(gathered: Gathered, scene: Scene, book: Book, first: int) -> list[Settled]:
    """What every golden record says in the end; those that are new and needed early get a number."""
    found: list[Settled] = []
    number = first
    for body in gathered.bodies:
        closing = scene.policy.on_converted if body.leads else {}
        after = outcome(body, closing, scene.stages.illegal, book.run)
        opened = is_opened(body)
        found.append(Settled(body, after, number if opened else None))
        number += opened
    return found


@dataclass(frozen=True, slots=True)
class _Writing:
    """Writes the records of one plan."""

    gathered: Gathered
    settled: Sequence[Settled]
    whose: Mapping[Ref, Whose]
    scene: Scene
    clerk: Clerk

    def records(self, first: int) -> list[WriteRow]:
        """Accounts, contacts, opportunities and prospects."""
        rows: list[WriteRow] = []
        for role in ORDER:
            for planned in self.clerk.plan.rows:
                if planned.role == role and planned.number in self.gathered.users:
                    row = self.clerk.make(first + len(rows), planned, self._target(planned))
                    rows += [row] if row is not None else []
        return rows

    def _target(self, planned: PlannedRow) -> Target:
        item = self.settled[self.gathered.of_row[planned.number]]
        keep = item.body.keep
        own = keep if planned.ref is None else self.whose[planned.ref]
        golden, settle = (None, item.opened) if own is None else (own.golden, own.settle)
        return Target(golden, settle, item.after, self.gathered.users[planned.number])

    def leads(self, first: int) -> list[WriteRow]:
        """The leads' own records, closed; each must still say all that went into the conversion."""
        rows: list[WriteRow] = []
        for planned in self.clerk.plan.rows:
            if planned.role == "lead" and planned.ref is not None and planned.number in self.gathered.users:
                row = self._lead(first + len(rows), planned, planned.ref)
                rows += [row] if row is not None else []
        return rows

    def _lead(self, number: int, planned: PlannedRow, ref: Ref) -> WriteRow | None:
        entry, whose = self.clerk.book.records[ref], self.whose[ref]
        target = Target(whose.golden, whose.settle, {}, self.gathered.users[planned.number])
        wanted = {change.field: change.new for change in planned.changes if change.field not in entry.guarded}
        carried = self.scene.policy.carried_fields
        watched = [m.column for m in entry.mapping.fields if m.column and any(t.name in carried for t in m.targets)]
        edit = Edit(entry, target, planned.label, planned.why, wanted, changes=planned.changes, watched=watched)
        return self.clerk.update(number, edit)
