"""One convert policy in several connections: what becomes of each of its fields, and where they do not do the same.

A pure function of the mappings, the policy, what connections say of themselves, and what their CRMs' own conversions
foretell. A field is compared among the connections in which its record is made.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from leadbridge.mapping.diff.misfits import Misfits
from leadbridge.mapping.diff.model import CARRY, LEADS, RECORD, Compared, Comparison, Fate, Reason, Route, Side
from leadbridge.mapping.diff.reading import Reader
from leadbridge.mapping.diff.staying import staying
from leadbridge.mapping.diff.writing import Wanted, Writer, spell_of
from leadbridge.mapping.lint.finding import Seen, seen
from leadbridge.mapping.model import Carried
from leadbridge.mapping.policy import (
    CARRIED_ROLES,
    LEAD_ROLES,
    Constant,
    ConvertPolicy,
    Dated,
    From,
    Made,
    Part,
    PolicyField,
    Source,
)
from leadbridge.mapping.project import Mappings
from leadbridge.values import Present

_NEW_RECORDS: Final = frozenset({"own_leaves", "own_other", "own_default"})
"""What a CRM's own conversion does to new records, so that an update must follow."""
_OUR_LIMITS: Final = frozenset({"create_only", "append_only"})
"""What keeps LeadBridge from writing, and no CRM's own conversion."""
_MADE: Final = frozenset({"carried", "partly"})
_UNASKED: Final = Fate("unasked")


def home(every: Sequence[Seen], side: Side, role: str) -> Seen | None:
    """The mapping by which records of the role are made there: the first of an object that can be written."""
    if not side.writes:
        return None
    served = side.of(every, {role})
    return next((one for one in served if _writable(side, one)), None)


def homes(every: Sequence[Seen], side: Side, policy: ConvertPolicy) -> dict[str, Seen]:
    """Role -> such a mapping, for the policy's parts and the leads."""
    found = {role: home(every, side, role) for role in (LEADS, *policy.parts)}
    return {role: one for role, one in found.items() if one is not None}


def _writable(side: Side, one: Seen) -> bool:
    described = side.described(one.mapping.object)
    return one.mapping.writable and (described is None or described.writable)


def compare(
    mappings: Mappings, policy: ConvertPolicy, routes: Sequence[Route], demanded: Collection[str] = ()
) -> Comparison:
    """
    Args:
        demanded: roles without which no job converts; other records LeadBridge keeps where no object holds them.
    """
    every = seen(mappings)
    places = [_Place.of(mappings, every, policy, route) for route in routes]
    rows = [row for part in policy.parts.values() for row in _part(part, places, demanded)]
    others = dict.fromkeys(role for route in routes if route.own for role in route.own.made if role not in policy.parts)
    rows += [row for role in others for row in _beyond(role, {place.route.name: place.own(role) for place in places})]
    return Comparison(policy, tuple(routes), (*rows, *_closed(policy, places), *_carried(policy, places)))


@dataclass(frozen=True, slots=True)
class _Place:
    """
    Attributes:
        homes: role -> what writes its records.
        closing: what writes the lead's own record.
        every: all mappings of the project.
    """

    route: Route
    homes: Mapping[str, Writer]
    closing: Writer | None
    reader: Reader
    every: Sequence[Seen]

    @classmethod
    def of(cls, mappings: Mappings, every: Sequence[Seen], policy: ConvertPolicy, route: Route) -> _Place:
        leads = [Misfits.of(route.source, one) for one in route.source.of(every, LEAD_ROLES)]
        reader = Reader(route.source, leads, mappings.catalogue.subjects["person"], mappings.scoring is not None)
        made_by = homes(every, route.target, policy)
        parts = {role: Misfits.of(route.target, one) for role, one in made_by.items() if role in policy.parts}
        writers = {role: Writer(route.target, one) for role, one in parts.items()}
        own = home(every, route.source, LEADS)
        closing = next((Writer(route.source, one) for one in leads if one.seen is own), None)
        return cls(route, writers, closing, reader, every)

    def same_record(self, role: str) -> Seen | None:
        """The mapping of leads, where a lead becomes a record of the role without another one being made."""
        contact = self.homes.get("contact") if role == "contact" and not self.own(role) else None
        if contact is None or self.route.source.connection != self.route.target.connection:
            return None
        return next((one.seen for one in self.reader.leads if one.object == contact.home.object), None)

    def own(self, role: str) -> Mapping[str, Fate]:
        return self.route.own.made.get(role, {}) if self.route.own else {}

    def values(self, source: Source) -> tuple[Present, ...]:
        """Those that leads there can bring, where their mappings list them."""
        if not isinstance(source, From):
            return ()
        specs = [one.seen.file.fields.get(source.field) for one in self.reader.leads]
        return tuple(dict.fromkeys(value for spec in specs if spec is not None for value in spec.values or ()))


def _part(part: Part, places: Sequence[_Place], demanded: Collection[str]) -> Iterator[Compared]:
    record = {place.route.name: _record(part, place, demanded) for place in places}
    if any(fate.state != "carried" for fate in record.values()):
        yield Compared(part.role, RECORD, "", record)
    making = [place for place in places if record[place.route.name].state in _MADE]
    for rule in part.fields:
        there = {place.route.name: _rule(part, rule, place) for place in making}
        if there:
            yield Compared(part.role, rule.target.name, words_of(rule.source), there)
    yield from _beyond(part.role, {place.route.name: place.own(part.role) for place in making})


def _beyond(role: str, own: Mapping[str, Mapping[str, Fate]]) -> Iterator[Compared]:
    """What CRMs do that the policy does not ask for."""
    names = dict.fromkeys(name for said in own.values() for name, fate in said.items() if fate.state == "beyond")
    for name in names:
        yield Compared(role, name, "", {at: said.get(name, _UNASKED) for at, said in own.items()})


def _record(part: Part, place: _Place, demanded: Collection[str]) -> Fate:
    """Whether the record itself is made there."""
    role, side = part.role, place.route.target
    if role in place.homes:
        made = Fate("carried", (), place.homes[role].home.object)
        return place.reader.selects(part.when) or made
    if not side.writes:
        return Fate("lost", (Reason("no_writes", f"nothing is ever written to a {side.provider} connection"),))
    served = side.of(place.every, {role})
    if served:
        one = served[0].mapping
        why = "cannot be written" if one.writable else f"is only read: {one.file.name} says `write: never`"
        return Fate("lost", (Reason("not_writable", f"{one.object} {why}"),))
    unseen = replace(side, objects=None).of(place.every, {role})
    if unseen:
        one = unseen[0].mapping
        what = Reason("no_object", f"it has no object {one.object}, which {one.file.name} maps")
    else:
        what = Reason("no_mapping", f"no mapping gives it an object for the role {role}")
    if role in demanded:
        text = f"{what.text}; a job stops there, unless its `into:` names another connection"
        return Fate("lost", (replace(what, text=text),))
    return Fate("kept", (replace(what, text=f"{what.text}; LeadBridge keeps the record to itself"),))


def _rule(part: Part, rule: PolicyField, place: _Place) -> Fate:
    read = place.reader.fate(rule.source)
    if read is not None and read.state == "unfilled":
        return read
    lead, made_by = place.same_record(part.role), place.homes[part.role]
    stays = staying(rule, lead, made_by.home.seen) if lead is not None else None
    if stays is not None:
        return _limited(stays, read)
    constant = rule.source.constant if isinstance(rule.source, Constant) else None
    wanted = Wanted(rule.target.name, constant, place.values(rule.source), lead is None, bool(part.match))
    written = made_by.fate(wanted)
    return _limited(_with_own(written, place.own(part.role).get(rule.target.name)), read)


def _with_own(written: Fate, own: Fate | None) -> Fate:
    """What LeadBridge can write, and what the CRM does before that."""
    if own is None:
        return written
    if own.state == "carried":
        limits = tuple(r for r in written.reasons if r.code not in _OUR_LIMITS) if written.state == "partly" else ()
        return Fate("partly" if limits else "carried", limits, own.object, own.field)
    if written.state != "lost":
        state = "partly" if written.state == "partly" else own.state
        return Fate(state, (*own.reasons, *written.reasons), own.object, own.field)
    if _NEW_RECORDS & {reason.code for reason in own.reasons}:
        return written
    limits = tuple(Reason(one.code, f"new records only: {one.text}") for one in written.reasons)
    return Fate("partly", limits, own.object, own.field)


def _limited(fate: Fate, read: Fate | None) -> Fate:
    if read is None or fate.state == "lost":
        return fate
    return replace(fate, state="partly", reasons=(*read.reasons, *fate.reasons))


def _closed(policy: ConvertPolicy, places: Sequence[_Place]) -> Iterator[Compared]:
    """What becomes of the lead itself."""
    having = [place for place in places if place.reader.leads]
    going = {place.route.name: _going(policy, place) for place in having}
    if any(fate.state != "carried" for fate in going.values()):
        yield Compared(LEADS, RECORD, "", going)
    for name, value in policy.on_converted.items():
        there = {place.route.name: _closing(name, value, place) for place in having}
        if there:
            yield Compared(LEADS, name, repr(spell_of(value)), there)
    yield from _beyond(LEADS, {place.route.name: place.route.own.closes if place.route.own else {} for place in having})


def _going(policy: ConvertPolicy, place: _Place) -> Fate:
    """Whether leads there are converted at all."""
    own = place.route.own
    if own is not None and own.refuses is not None:
        return Fate("lost", (own.refuses,))
    return place.reader.selects(policy.when) or Fate("carried")


def _closing(name: str, value: Present, place: _Place) -> Fate:
    own = place.route.own
    if own is not None and name in own.closes:
        return own.closes[name]
    if place.closing is None:
        return Fate("lost", (Reason("not_writable", "its leads cannot be written"),))
    return place.closing.fate(Wanted(name, value, fresh=False))


def _carried(policy: ConvertPolicy, places: Sequence[_Place]) -> Iterator[Compared]:
    """What goes along from the lead to its contact."""
    known = [place for place in places if not place.route.unasked]
    having = [place for place in known if place.reader.leads and "contact" in place.homes]
    for word in policy.carry if having else ():
        yield Compared(CARRY, word, "", {place.route.name: _carry(word, place) for place in having})


def _carry(word: Carried, place: _Place) -> Fate:
    """Whether what refers to a lead there refers to its contact afterwards."""
    route = place.route
    if place.same_record("contact") is not None or (route.own is not None and word in route.own.carries):
        return Fate("carried")
    if route.source.connection != route.target.connection:
        text = f"it stays with the lead, whose contact is in {route.target.connection}"
        return Fate("lost", (Reason("elsewhere", text),))
    kept_by = home(place.every, route.target, CARRIED_ROLES.get(word, ""))
    if kept_by is None:
        return Fate("lost", (Reason("no_mapping", "no mapping gives it an object there"),))
    found = kept_by.mapping.fieldmap("person")
    if found is None or found.column is None or found.write != "always":
        text = f"{kept_by.mapping.file.name} writes no field for the `person`"
        return Fate("lost", (Reason("unmapped", text),), kept_by.mapping.object)
    return Fate("carried", (), kept_by.mapping.object, found.column)


def words_of(source: Source) -> str:
    """What a policy takes, as its file says it."""
    match source:
        case From():
            return source.field
        case Constant():
            return repr(spell_of(source.constant))
        case Made():
            return source.template.source
        case Dated():
            return source.moment.source
