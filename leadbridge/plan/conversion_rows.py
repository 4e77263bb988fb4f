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
from leadbridge.plan.carrying import RECORDS_COUNTED, Carrier, Note
from leadbridge.plan.compensating import compensate
from leadbridge.plan.elsewhere import NOT_KNOWN
from leadbridge.plan.layout import Scene
from leadbridge.plan.model import ConversionPlan
from leadbridge.plan.native_rows import NativeRows
from leadbridge.plan.parts import CARRIED, CLOSING, LEADS, NATIVE, OPENING, RECORDS, TOLD, UNDOING, Sections
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
        parts: of each row, where it stands beside rows of other rounds, see :mod:`leadbridge.plan.parts`.
        notes: what the policy asks for and a CRM does not do, and what no undo takes back.
        rejects: fields that a record cannot be given; the rest of it is.
    """

    rows: tuple[SettleRow | WriteRow, ...] = ()
    notes: tuple[Note, ...] = ()
    rejects: tuple[Reject, ...] = ()
    parts: tuple[int, ...] = ()


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
    sections = Sections(first)
    sections.add(OPENING, prepared.opening)
    sections.add(RECORDS, writing.records(sections.next, foretold.rows))
    carrier = Carrier(plan, scene.policy, book, writing.clerk)
    sections.add(CARRIED, carrier.rows(sections.next, groups, without=foretold.leads))
    sections.add(LEADS, writing.leads(sections.next, without=foretold.leads))
    natively = NativeRows(writing, foretold, groups)
    sections.add(NATIVE, natively.rows(sections.next, carrier))
    sections.add(TOLD, id_rows(sections.next, writing))
    writes = sections.writes
    sections.add(UNDOING, compensate(sections.next, writes))
    sections.add(CLOSING, closing_rows(sections.next, prepared.settled, writes, book, natively.apart))
    notes = (*carrier.notes(foretold.carries), *not_known(plan), *natively.notes())
    return Lowered(tuple(sections.rows), notes, tuple(writing.clerk.rejects), tuple(sections.parts))


def not_known(plan: ConversionPlan) -> Iterator[Note]:
    """What names somebody who has no record in the CRM where it should be said, once for each CRM and field."""
    kept = ((row.connection or "", change) for row in plan.rows for change in row.kept)
    found = Counter((connection, change.field) for connection, change in kept if change.rule == NOT_KNOWN)
    for (connection, name), number in sorted(found.items()):
        text = f"{name} is left out of {RECORDS_COUNTED}: nobody there is known to be who it names"
        yield Note(connection, text, number)
