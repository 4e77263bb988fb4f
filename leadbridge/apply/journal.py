"""The journal: what becomes of each row. ``planned -> sent -> done | rejected | uncertain``.

A row is ``sent`` before its call and has an outcome after it; both are durable when the journal's method returns, and
nothing of either is kept where it does not. A row that was killed in between is looked up in the CRM by the next run.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from leadbridge.plan.rows import OperationState, WriteRow
from leadbridge.records import Ref, Reject
from leadbridge.values import MISSING, Raw


@dataclass(frozen=True, slots=True)
class Operation:
    """A row being carried out, as the journal knows it.

    Attributes:
        id: the record's id, once it is known.
        before: provider field -> what stood there before the write; one that the record did not carry is left out.
        after: provider field -> what the run left there, as agreed with the CRM; empty until there is an outcome.
    """

    row: WriteRow
    state: OperationState = "planned"
    id: str | None = None
    before: Mapping[str, Raw] = field(default_factory=dict)
    after: Mapping[str, Raw] = field(default_factory=dict)

    @property
    def ref(self) -> Ref:
        return Ref(self.row.connection, self.row.object, self.id or self.row.id or "")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a row, and what the state moves in the same transaction.

    ========== ======= ==================================================================================
    state      verb    what moves
    ========== ======= ==================================================================================
    done       create  a new link to ``id`` in the row's role, its base is ``after``; due as ``due`` says
    done       update  ``after`` is added to the link's base; due as ``due`` says
    done       delete  the link is gone
    done       convert nothing yet: ``after`` holds the ids of its records by role, and rows of their own tell the rest
    rejected   any     a reject is kept; ``after``, where some fields were accepted, is added to the base
    uncertain  any     a review asks what became of it; nothing is sent again
    planned    any     nothing: the call certainly did nothing, and the next run sends the row
    skipped    any     nothing: there is nothing to take back
    ========== ======= ==================================================================================

    Attributes:
        row: as it was sent: the ids of records that it refers to stand in its values.
        due: whether the link is to be looked at again: the CRM did not take a value, or could not be read back.
        reject: what was not taken; kept beside what moves where the row is done nevertheless.
    """

    row: WriteRow
    state: Literal["planned", "done", "rejected", "uncertain", "skipped"]
    id: str | None = None
    after: Mapping[str, Raw] = field(default_factory=dict)
    due: bool = False
    reject: Reject | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """What became of a row; see :class:`Operation`."""

    state: OperationState
    id: str | None = None
    before: Mapping[str, Raw] = field(default_factory=dict)
    after: Mapping[str, Raw] = field(default_factory=dict)


class Journal(Protocol):
    """Kept by the state, for one run. Its rows are there as ``planned`` before any is applied."""

    def sent(self, operations: Sequence[Operation]) -> None:
        """These rows, with their before-images, are about to be sent."""

    def outcomes(self, outcomes: Sequence[Outcome]) -> None:
        """Keep outcomes and all that they move, in one transaction. An outcome that is there already is not changed."""

    def unfinished(self, connection: str | None = None) -> Iterator[Operation]:
        """Operations that are planned or sent, by number; of one connection or of all.

        Read in chunks, so that outcomes may come in meanwhile; each is given in the state that it had when read.
        """

    def ids(self, numbers: Collection[int]) -> Mapping[int, str]:
        """Number -> id of the record that it made, for those of these rows that are done."""

    def past(self, numbers: Collection[int]) -> Mapping[int, Past]:
        """Number -> what became of the row, for those of these rows that have an outcome."""

    def refused(self) -> Collection[int]:
        """Conversions that were refused so far, see :mod:`leadbridge.plan.rows`."""


def present(values: Mapping[str, Raw]) -> dict[str, Raw]:
    """Without the fields that are missing: what can be kept."""
    return {name: raw for name, raw in values.items() if raw is not MISSING}
