"""One record of a plan while the leads that reach it are settled on it, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from leadbridge.mapping.model import Existing
from leadbridge.mapping.policy import Part
from leadbridge.plan.model import Change, Match, Request
from leadbridge.plan.rules import settle
from leadbridge.records import Ref
from leadbridge.subjects.model import Field
from leadbridge.values import MISSING, Present, Value, is_absent, is_present

FROM_LEAD = "from the lead"
FROM_PLUGIN = "added by a plugin"
NO_FIELD = "kept out: no field there holds it"


@dataclass(frozen=True, slots=True)
class Offer:
    """A lead's value for one target field.

    Attributes:
        stamps: of the existing record and of the lead, by one clock.
        barred: why the record cannot be given it, or blank.
    """

    target: Field
    value: Present
    existing: Existing
    rule: str
    origin: Ref | None
    stamps: tuple[datetime | None, datetime | None]
    barred: str = ""


def offers(part: Part, request: Request, match: Match | None, now: datetime) -> Iterator[Offer]:
    """What the policy, and then plugins, offer for the record, absent values left out."""
    given = set()
    for rule in part.fields:
        value = rule.source.value(request.lead.values, now)
        if is_present(value):
            given.add(rule.target.name)
            origin = _origin(rule.source.names, request)
            words = FROM_LEAD if rule.source.names else "by the policy"
            yield Offer(
                rule.target, _fitting(value, rule.target), rule.existing, words, origin, _stamps(match, request, origin)
            )
    for name, value in request.added.get(part.role, {}).items():
        if name not in given and is_present(value):
            yield Offer(part.subject.fields[name], value, "fill_blank", FROM_PLUGIN, None, (None, None))


def _origin(names: Collection[str], request: Request) -> Ref | None:
    found = {ref for name in names if (ref := request.lead.origins.get(name)) is not None}
    return min(found, key=request.lead.refs.index) if found else None


def _stamps(match: Match | None, request: Request, origin: Ref | None) -> tuple[datetime | None, datetime | None]:
    if match is None or origin is None or match.record.ref.connection != origin.connection:
        return None, None
    lead = next(member for member in request.lead.members if member.ref == origin)
    return match.record.record.modified, lead.record.modified


def _fitting(value: Present, target: Field) -> Present:
    """A whole number stands for a decimal."""
    return Decimal(value) if target.type == "decimal" and isinstance(value, int) else value


@dataclass(slots=True)
class Draft:
    """The record's values so far.

    Attributes:
        before: canonical values of the existing record, or None for a new one.
        home: fields that the connection can be given, or None where LeadBridge keeps the record.
        why_not: (field, old, new) -> why the policy may not set it so, or blank.
    """

    before: dict[str, Value] | None
    home: frozenset[str] | None
    why_not: Callable[[str, Value, Value], str] = lambda name, old, new: ""
    values: dict[str, Value] = field(default_factory=dict)
    _last: dict[str, Change] = field(default_factory=dict)
    _refused: dict[str, Change] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.values = dict(self.before or {})

    def take(self, offer: Offer) -> None:
        """Settle one offer on the record."""
        name = offer.target.name
        old = self.values.get(name, MISSING)
        if self.home is not None and name not in self.home:
            self._refuse(offer, old, NO_FIELD)
        elif offer.barred:
            self._refuse(offer, old, offer.barred)
        elif offer.target.kind.equivalent(old, offer.value):
            return
        elif why := self.why_not(name, old, offer.value):
            self._refuse(offer, old, f"kept: {why}")
        elif self.before is None and is_absent(old):
            self._set(offer, old, offer.value, offer.rule)
        else:
            new, words = settle(offer.existing, offer.target, old, offer.value, offer.stamps)
            if offer.target.kind.equivalent(old, new):
                self._refuse(offer, old, words)
            else:
                self._set(offer, old, new, words)

    def _set(self, offer: Offer, old: Value, new: Value, words: str) -> None:
        self.values[offer.target.name] = new
        self._last[offer.target.name] = Change(offer.target.name, old, new, words, offer.origin)

    def _refuse(self, offer: Offer, old: Value, words: str) -> None:
        name = offer.target.name
        self._refused.setdefault(name, Change(name, old, offer.value, words, offer.origin))

    def changes(self, fields: dict[str, Field]) -> tuple[Change, ...]:
        """What the record will hold in the end, against what it held before."""
        before = self.before or {}
        return tuple(
            Change(name, before.get(name, MISSING), last.new, last.rule, last.origin)
            for name, last in self._last.items()
            if not fields[name].kind.equivalent(before.get(name, MISSING), last.new)
        )

    def kept(self) -> tuple[Change, ...]:
        """What was offered and not taken."""
        return tuple(self._refused.values())
