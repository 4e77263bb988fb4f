"""What the merge core is given and what it decides, as plain frozen records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from leadbridge.golden import Golden, Held, Link
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.records import Ref, Reject
from leadbridge.values import Raw, Value

PolicyKind = Literal["prefer", "owner", "newest", "fill_blank", "longest", "min", "max", "union", "restrictive", "ask"]


@dataclass(frozen=True, slots=True)
class FieldPolicy:
    """How conflicts of one field are settled.

    Attributes:
        order: connections, the preferred first; those that are not named come last, by name.
        owner: with ``owner``, the only connection whose changes count.
        first: what happens where both sides hold a value at first contact.
        legal: whether a change may lead from golden's value to another; one that may not does not count.
    """

    kind: PolicyKind = "prefer"
    order: tuple[str, ...] = ()
    owner: str = ""
    first: Literal["ask", "prefer"] = "ask"
    legal: Callable[[Value, Value], bool] | None = None

    def rank(self, connection: str) -> tuple[int, str]:
        """Smaller is preferred; an edit made here (no connection) comes before all, then the owner's."""
        if not connection:
            return (-2, "")
        if self.kind == "owner" and connection == self.owner:
            return (-1, connection)
        return (self.order.index(connection) if connection in self.order else len(self.order), connection)


@dataclass(frozen=True, slots=True)
class Side:
    """One link of a golden record in this run.

    Attributes:
        captured: provider field -> raw value as captured in this run; None where it was not: its base stands. A link
            that is still owed a write must have been read again: an overruled value moves no base, so the base does
            not say what the CRM holds.
        guarded: canonical fields that await a review, or are held by an undo: read, never written.
        stamps: canonical field -> when the CRM says it was set; only for policy ``newest``.
        place: where people find the record, if its id says nothing to them, as a row's in an inbox; else empty.
    """

    link: Link
    mapping: ObjectMapping
    captured: Mapping[str, Raw] | None = None
    guarded: frozenset[str] = frozenset()
    stamps: Mapping[str, datetime] = field(default_factory=dict)
    place: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value that wants to be golden. ``ref`` is None for the golden value itself; ``shows``: see :class:`Held`,
    ``place``: :class:`Side`.
    """

    value: Value
    connection: str
    ref: Ref | None = None
    stamp: datetime | None = None
    shows: int = 0
    place: str = field(default="", compare=False)

    @property
    def where(self) -> str:
        """For people; empty for what was set here."""
        return self.place or str(self.ref or self.connection)

    @classmethod
    def of(cls, held: Held) -> Candidate:
        return cls(held.value, held.origin, None, held.stamp, held.shows)


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that was settled against somebody: the losing value is kept here and can be restored."""

    golden: int
    field: str
    winner: Candidate
    losers: tuple[Candidate, ...]
    rule: str


@dataclass(frozen=True, slots=True)
class Question:
    """A field that only a person can settle; nothing is written to it until then."""

    golden: int
    field: str
    candidates: tuple[Candidate, ...]
    rule: str


@dataclass(frozen=True, slots=True)
class Move:
    """A golden field that takes a new value, and the rule that chose it."""

    field: str
    old: Value
    new: Candidate
    rule: str


@dataclass(frozen=True, slots=True)
class Owed:
    """An update that one link is owed: exactly these provider fields, where they still hold what is expected."""

    link: Link
    values: Mapping[str, Raw]
    expected: Mapping[str, Raw]


@dataclass(frozen=True, slots=True)
class Merged:
    """What became of one golden record.

    Attributes:
        bases: link id -> provider field -> raw value that is agreed from now on.
        rejects: fields that a link's CRM cannot be told; the rest of its update goes on.
    """

    golden: Golden
    moves: tuple[Move, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    questions: tuple[Question, ...] = ()
    bases: Mapping[int, Mapping[str, Raw]] = field(default_factory=dict)
    owed: tuple[Owed, ...] = ()
    rejects: tuple[Reject, ...] = ()
