"""A plan: rows with values before and after, and why. Plain frozen records; nothing here acts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from leadbridge.extend import Reason
from leadbridge.plan.changing_role import AsContact
from leadbridge.records import Captured, Ref, Reject
from leadbridge.values import Value

RowVerb = Literal["create", "update", "keep"]


@dataclass(frozen=True, slots=True)
class United:
    """The values of one subject out of several records of it.

    Attributes:
        members: the records, in the order in which their values were preferred.
        origins: field -> the record that gave its value.
        why: what brought the members together, one sentence per pair; empty for one record alone.
    """

    members: tuple[Captured, ...]
    values: Mapping[str, Value]
    origins: Mapping[str, Ref]
    why: tuple[str, ...] = ()

    @property
    def refs(self) -> tuple[Ref, ...]:
        return tuple(member.ref for member in self.members)


@dataclass(frozen=True, slots=True)
class Match:
    """An existing record that the lead belongs to, and why (``email``, ``domain reuter.example``)."""

    record: Captured
    why: str


@dataclass(frozen=True, slots=True)
class Rating:
    """What scoring said of a lead, with its reasons."""

    total: int
    fit: int
    engagement: int
    grade: str
    rating: str
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """A lead that is to be converted, with all that the planner needs to know of it.

    Attributes:
        number: counts from 1 in the order in which leads are converted.
        targets: the connections in which its records are made.
        matched: (connection, role) -> the existing record.
        keys: role -> normalised keys (``domain:reuter.example``), strongest first; leads that share one and match no
            existing record share the record that is made.
        added: role -> field -> value, from plugins, where the policy leaves the field absent.
        own: connection -> the lead's record there as a contact, where one object holds both.
        changing: those of its records that become contacts so.
    """

    number: int
    lead: United
    targets: tuple[str, ...]
    matched: Mapping[tuple[str, str], Match] = field(default_factory=dict)
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    added: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    rating: Rating | None = None
    own: Mapping[str, AsContact] = field(default_factory=dict)
    changing: frozenset[Ref] = frozenset()


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a planned row.

    Attributes:
        old: what the record holds; MISSING for a new record.
        new: what it will hold; for a change that is not made, what was offered.
        rule: why, in words.
        origin: the record that the new value comes from, or None where the policy made it.
    """

    field: str
    old: Value
    new: Value
    rule: str
    origin: Ref | None = None


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """One record and what happens to it.

    Attributes:
        number: its number in the plan, from 1; other rows refer to it.
        connection: where the record lives, or None where LeadBridge alone keeps it.
        ref: the existing record, or None for one that is made.
        changes: fields that change, in the policy's order.
        kept: fields for which the lead had another value that is not taken, and why.
        refers: field -> number of the row whose record it names.
        why: what found the existing record, or what the row is for.
        changes_role: whether the record was the lead's, and becomes a contact.
    """

    number: int
    verb: RowVerb
    role: str
    connection: str | None
    ref: Ref | None
    label: str
    changes: tuple[Change, ...] = ()
    kept: tuple[Change, ...] = ()
    refers: Mapping[str, int] = field(default_factory=dict)
    why: str = ""
    changes_role: bool = False


@dataclass(frozen=True, slots=True)
class Conversion:
    """One lead and the rows that it becomes, in the order in which they are made. Numbers count from 1."""

    number: int
    label: str
    lead: United
    rating: Rating | None
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A lead that is not converted, and why."""

    lead: United
    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class ConversionPlan:
    """What a conversion would do. ``rejects`` are leads that were selected and cannot be converted."""

    policy: str
    version: int
    rows: tuple[PlannedRow, ...]
    conversions: tuple[Conversion, ...]
    rejects: tuple[Reject, ...] = ()

    def row(self, number: int) -> PlannedRow:
        return self.rows[number - 1]

    @property
    def changing(self) -> frozenset[Ref]:
        """Leads' own records that become contacts."""
        return frozenset(row.ref for row in self.rows if row.changes_role and row.ref is not None)


def label(values: Mapping[str, Value]) -> str:
    """The words by which people know a record: its name, else whatever identifies it."""
    person = " ".join(str(values[name]) for name in ("first_name", "last_name") if values.get(name))
    others = (str(values.get(name) or "") for name in ("name", "subject", "email", "phone", "company"))
    return next((text for text in (person, *others) if text), "")
