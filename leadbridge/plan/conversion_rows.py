"""From a conversion plan to rows that can be applied: what is settled here, what is written, what takes it back.

By their numbers: records met for the first time, and golden records that are new -> accounts, contacts, opportunities,
prospects -> what is carried along -> the leads, closed -> leads that their CRM converts by itself, what that does, and
what follows it (:mod:`leadbridge.plan.native`) -> the ids that leads are told -> rows that take back what a refused
conversion did, the last first -> what is settled of the conversions that stand. Rows of one kind stand together,
whichever conversion they belong to, so that they go out in large batches.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from leadbridge.plan.asking import Foretold
from leadbridge.plan.bodies import groups_of
from leadbridge.plan.book import Book
from leadbridge.plan.carrying import Carrier, Note
from leadbridge.plan.compensating import compensate
from leadbridge.plan.elsewhere import NOT_KNOWN
from leadbridge.plan.layout import Scene
from leadbridge.plan.model import ConversionPlan
from leadbridge.plan.native_rows import NativeRows
from leadbridge.plan.rows import SettleRow, WriteRow
from leadbridge.plan.settle_rows import closing_rows
from leadbridge.plan.telling_ids import id_rows
from leadbridge.plan.writing import prepare
from leadbridge.records import Reject
from leadbridge.subjects.model import Catalogue

NOTHING = Foretold()


@dataclass(frozen=True, slots=True)
class Lowered:
    """What can be applied.

    Attributes:
        notes: what the policy asks for and a CRM does not do, and what no undo takes back.
        rejects: fields that a record cannot be given; the rest of it is.
    """

    rows: tuple[SettleRow | WriteRow, ...] = ()
    notes: tuple[Note, ...] = ()
    rejects: tuple[Reject, ...] = ()


def lower(  # noqa: PLR0913, PLR0917  (what is known, from all sides)
    plan: ConversionPlan,
    scene: Scene,
    catalogue: Catalogue,
    book: Book,
    first: int = 1,
    foretold: Foretold = NOTHING,
) -> Lowered:
    """Rows under numbers from ``first`` on; none where the plan converts nobody.

    The requests behind the plan must have gone through :func:`leadbridge.plan.agreeing.agreed` with the same book.
    """
    if not plan.conversions:
        return Lowered()
    prepared = prepare(plan, scene, catalogue, book, first)
    writing, groups = prepared.writing, groups_of(plan, plan.conversions)
    writes = writing.records(prepared.next, foretold.rows)
    carrier = Carrier(plan, scene.policy, book, writing.clerk)
    writes += carrier.rows(prepared.next + len(writes), groups, without=foretold.leads)
    writes += writing.leads(prepared.next + len(writes), without=foretold.leads)
    natively = NativeRows(writing, foretold, groups)
    writes += natively.rows(prepared.next + len(writes), carrier)
    writes += id_rows(prepared.next + len(writes), writing)
    rows: list[SettleRow | WriteRow] = [*prepared.opening, *writes]
    rows += compensate(first + len(rows), writes)
    rows += closing_rows(first + len(rows), prepared.settled, writes, book, natively.apart)
    notes = (*carrier.notes(foretold.carries), *not_known(plan), *natively.notes())
    return Lowered(tuple(rows), notes, tuple(writing.clerk.rejects))


def not_known(plan: ConversionPlan) -> Iterator[Note]:
    """What names somebody who has no record in the CRM where it should be said, once for each CRM and field."""
    kept = ((row.connection or "", change) for row in plan.rows for change in row.kept)
    found = Counter((connection, change.field) for connection, change in kept if change.rule == NOT_KNOWN)
    for (connection, name), number in sorted(found.items()):
        records = "1 record" if number == 1 else f"{number:,} records"
        yield Note(connection, f"{name} is left out of {records}: nobody there is known to be who it names")
