"""A convert policy, compiled: which leads are converted, and what each becomes, the same in every CRM."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from leadbridge.conditions import Condition
from leadbridge.mapping.model import Carried, Existing
from leadbridge.moments import Moment
from leadbridge.subjects.model import Field, Subject
from leadbridge.templates import Template
from leadbridge.values import MISSING, Present, Value

LEAD_ROLES: Final = frozenset({"lead", "prospect"})
"""Roles of records that are converted."""

CARRIED_ROLES: Final[Mapping[str, str]] = {
    "activities": "activity",
    "notes": "activity",
    "campaign_members": "campaign_member",
}
"""Word in ``carry:`` -> role of the records; what is not here has no object in any CRM that is mapped."""


@dataclass(frozen=True, slots=True)
class From:
    """The lead's own field."""

    field: str

    def value(self, lead: Mapping[str, Value], now: datetime) -> Value:
        return lead.get(self.field, MISSING)

    @property
    def names(self) -> frozenset[str]:
        return frozenset({self.field})


@dataclass(frozen=True, slots=True)
class Constant:
    """The same for every lead."""

    constant: Present
    names: frozenset[str] = frozenset()

    def value(self, lead: Mapping[str, Value], now: datetime) -> Value:
        return self.constant


@dataclass(frozen=True, slots=True)
class Made:
    """Text made of the lead's fields."""

    template: Template

    def value(self, lead: Mapping[str, Value], now: datetime) -> Value:
        return self.template.render(lead)

    @property
    def names(self) -> frozenset[str]:
        return self.template.names


@dataclass(frozen=True, slots=True)
class Dated:
    """A moment counted from the run's time; a calendar day where the target is one."""

    moment: Moment
    whole_day: bool
    names: frozenset[str] = frozenset()

    def value(self, lead: Mapping[str, Value], now: datetime) -> Value:
        return self.moment.day(now) if self.whole_day else self.moment.at(now)


Source = From | Constant | Made | Dated


@dataclass(frozen=True, slots=True)
class PolicyField:
    """One target field: where its value comes from, and what happens where the record has one already."""

    target: Field
    source: Source
    existing: Existing


@dataclass(frozen=True, slots=True)
class Part:
    """What a lead becomes in one role.

    Attributes:
        match: keys that find an existing record, in this order.
        when: only then is the record made or updated; None: always.
    """

    role: str
    subject: Subject
    match: tuple[str, ...]
    existing: Existing
    fields: tuple[PolicyField, ...]
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class ConvertPolicy:
    """A convert file, ready for use.

    Attributes:
        name: the file's name in the mappings folder, by which jobs call it.
        when, unless: which leads are converted, on canonical fields of the person.
        on_converted: canonical fields that a managed conversion sets on the lead.
        ids: role -> the lead's field that gets the id of the record that it became in another CRM.
        parts: role -> part, in the order in which records are made.
        carry: what goes along from the lead.
        dropped: the lead's fields that are lost on purpose.
        mode: who converts; None: the CRM where it can.
    """

    file: Path
    name: str
    version: int
    when: Condition | None
    unless: Condition | None
    on_converted: Mapping[str, Present]
    parts: Mapping[str, Part]
    carry: tuple[Carried, ...] = ()
    dropped: frozenset[str] = field(default_factory=frozenset)
    mode: Literal["managed", "native"] | None = None
    ids: Mapping[str, str] = field(default_factory=dict)

    @property
    def carried_fields(self) -> frozenset[str]:
        """The lead's fields that reach a target."""
        return frozenset(name for part in self.parts.values() for rule in part.fields for name in rule.source.names)
