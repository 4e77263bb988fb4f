"""What a CRM's own conversion does to each field, told by samples: a lead that becomes new records, one that goes into
records in which all is filled, and one that goes into records in which nothing is.

Pure: what is asked comes out, what the CRM's provider foretells goes in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from leadbridge.conversions import ConvertRequest, Effect, Prediction
from leadbridge.mapping.diff.model import RECORD, Fate, Own, Reason, Side
from leadbridge.mapping.diff.samples import encoded, raws, samples
from leadbridge.mapping.fields import FieldMap
from leadbridge.mapping.lint.finding import Seen
from leadbridge.mapping.policy import ConvertPolicy, From, Part, PolicyField
from leadbridge.records import Ref
from leadbridge.subjects.model import Subject
from leadbridge.values import MISSING, Present, Raw, Value, is_absent

NEW, FILLED, BLANK = 1, 2, 3
_SETTLING = {"overwrite", "union", "restrictive", "newest", "longest"}
"""Rules that may change what an existing record says."""
_MORE = Reason("own_more", "its own conversion fills it, and the policy does not ask for that")


@dataclass(frozen=True, slots=True)
class Probe:
    """
    Attributes:
        homes: role, ``lead`` too -> the mapping by which its records are written there.
        values: canonical field of the lead -> its sample.
        requests, snapshots: what to ask the provider's ``predict``.
    """

    policy: ConvertPolicy
    homes: Mapping[str, Seen]
    values: Mapping[str, Present]
    wanted: Mapping[str, Mapping[str, Raw]]
    requests: tuple[ConvertRequest, ...]
    snapshots: Mapping[int, Mapping[str, Mapping[str, Raw]]]


def probe(policy: ConvertPolicy, side: Side, homes: Mapping[str, Seen], person: Subject, now: datetime) -> Probe:
    """What to ask of a connection that was described; ``homes`` has its leads."""
    leads = homes["lead"]
    values = samples(person.fields, 1, leads)
    lead = raws(leads, values)
    wanted = {role: _wanted(part, homes[role], values, now) for role, part in policy.parts.items() if role in homes}
    wanted["lead"] = leads.mapping.change(policy.on_converted, lead).values
    matched = [role for role in wanted if role in policy.parts and policy.parts[role].match]
    ids = {number: {role: f"probe-{number}-{role}" for role in matched} for number in (FILLED, BLANK)}
    ref = Ref(side.connection, leads.mapping.object, "probe")
    makes = frozenset(wanted) - {"lead"}
    requests = tuple(ConvertRequest(n, ref, makes, ids.get(n, {}), {}, wanted) for n in (NEW, FILLED, BLANK))
    held = {
        FILLED: {role: _filled(side, homes[role]) for role in matched},
        BLANK: {role: dict.fromkeys(_filled(side, homes[role])) for role in matched},
    }
    if "contact" in held[BLANK] and "account" in held[BLANK]:
        held[BLANK]["contact"] |= _names_account(homes["contact"], ids[BLANK]["account"])
    return Probe(policy, homes, values, wanted, requests, {n: {"lead": lead, **held.get(n, {})} for n in (1, 2, 3)})


def _wanted(part: Part, home: Seen, values: Mapping[str, Present], now: datetime) -> dict[str, Raw]:
    given = {rule.target.name: rule.source.value(values, now) for rule in part.fields}
    return home.mapping.create(given).values


def _filled(side: Side, home: Seen) -> dict[str, Raw]:
    """All of a record's fields, those that nobody maps as well."""
    described = side.described(home.mapping.object)
    every: dict[str, Raw] = {field.name: f"x{n}" for n, field in enumerate(described.fields if described else ())}
    return {**every, **raws(home, samples(home.mapping.subject.fields, 500, home))}


def _names_account(contact: Seen, account: str) -> dict[str, Raw]:
    columns = (m.column for m in contact.mapping.fields if [t.name for t in m.targets] == ["organisation"])
    return {column: account for column in columns if column is not None}


def told(asked: Probe, predictions: Sequence[Prediction]) -> Own:
    """What that tells. A part that the CRM leaves alone is not in ``made``: LeadBridge makes those records after it."""
    said = {one.number: one for one in predictions}
    refused = next((one.reject for one in said.values() if one.reject is not None), None)
    if refused is not None:
        return Own(refuses=Reason("refused", f"its own conversion refuses them: {refused.reason}; {refused.remedy}"))
    made: dict[str, dict[str, Fate]] = {}
    for effect in said[NEW].effects:
        if effect.role in asked.policy.parts and effect.role in asked.homes:
            others = {number: said[number].effect(effect.role) for number in (FILLED, BLANK) if number in said}
            made[effect.role] = dict(_Telling(asked, asked.policy.parts[effect.role], effect, others).fates())
        elif effect.role != "lead" and effect.made:
            text = "its own conversion makes one, whatever the policy says"
            made[effect.role] = {RECORD: Fate("beyond", (Reason("own_record", text),), effect.object)}
    return Own(made, dict(_closing(asked, said[NEW].effect("lead"))), said[NEW].carries)


@dataclass(frozen=True, slots=True)
class _Telling:
    """One role: what becomes of a new record, and of existing ones."""

    asked: Probe
    part: Part
    new: Effect
    others: Mapping[int, Effect | None]

    @property
    def home(self) -> Seen:
        return self.asked.homes[self.part.role]

    def fates(self) -> Iterator[tuple[str, Fate]]:
        asked_for = set()
        for rule in self.part.fields:
            found = self.home.mapping.fieldmap(rule.target.name)
            if found is not None and found.column is not None:
                asked_for.add(found.column)
                yield rule.target.name, self._fate(rule, found, found.column)
        for column in self.new.values:
            if column not in asked_for:
                name = next((m.targets[0].name for m in self.home.mapping.fields if m.column == column), column)
                yield name, Fate("beyond", (_MORE,), self.new.object, column)

    def _source(self, raw: Raw) -> str:
        """The lead's provider field that it was copied from, as far as the samples tell."""
        lead = self.asked.snapshots[NEW]["lead"].items()
        found = [] if isinstance(raw, bool) else [column for column, held in lead if held == raw]
        return found[0] if len(found) == 1 else ""

    def _fate(self, rule: PolicyField, found: FieldMap, column: str) -> Fate:
        reasons = [*self._fresh(rule, found, column), *self._existing(rule, column)]
        state = "otherwise" if any(one.code == "own_overwrites" for one in reasons) else "follows"
        return Fate(state if reasons else "carried", tuple(reasons), self.new.object, column)  # type: ignore[arg-type]  # one of its words

    def _fresh(self, rule: PolicyField, found: FieldMap, column: str) -> Iterator[Reason]:
        wanted, raw = self._want(rule, found), self.new.values.get(column, MISSING)
        if raw is not MISSING and wanted is not None and self.home.mapping.same(column, raw, wanted):
            return
        if raw is not MISSING:
            source = self._source(raw)
            words = f" from the lead's {source}" if source else " with something else"
            yield Reason("own_other", f"its own conversion fills it{words}, and an update mends that")
        elif column in self.new.unsure:
            yield Reason("own_default", "its own conversion may fill it with a default, and an update sets it")
        else:
            yield Reason("own_leaves", "its own conversion leaves it out, and an update fills it")

    def _want(self, rule: PolicyField, found: FieldMap) -> Raw | None:
        """What the policy wants there; a moment is not known before the run."""
        if isinstance(rule.source, From):
            value: Value = self.asked.values.get(rule.source.field, MISSING)
            return None if is_absent(value) else encoded(found, {rule.target.name: value})  # type: ignore[dict-item]  # present
        return self.asked.wanted[self.part.role].get(found.column or "")

    def _existing(self, rule: PolicyField, column: str) -> Iterator[Reason]:
        filled, blank = self.others.get(FILLED), self.others.get(BLANK)
        if filled is None or blank is None or filled.made or blank.made:
            return
        held = self.asked.snapshots[FILLED].get(self.part.role, {}).get(column, MISSING)
        moved = column in filled.values and not self.home.mapping.same(column, filled.values[column], held)
        if moved and rule.existing not in _SETTLING:
            text = f"its own conversion overwrites what a record says, and `existing: {rule.existing}` does not"
            yield Reason("own_overwrites", text)
        elif not moved and rule.existing in _SETTLING:
            text = f"its own conversion fills only blanks; the policy's `{rule.existing}` is an update"
            yield Reason("own_fills_blanks", text)
        elif rule.existing == "keep" and column in blank.values:
            yield Reason("own_fills_kept", "its own conversion fills a blank, and an update takes that back")


def _closing(asked: Probe, effect: Effect | None) -> Iterator[tuple[str, Fate]]:
    """What becomes of the lead itself."""
    if effect is None:
        return
    leads, meant = asked.homes["lead"], set()
    read = leads.mapping.read(effect.values)
    for name, value in asked.policy.on_converted.items():
        found = leads.mapping.fieldmap(name)
        column = found.column if found is not None and found.column is not None else ""
        meant.add(column)
        kind = leads.mapping.subject.fields[name].kind
        if column and kind.equivalent(read.get(name, MISSING), value):
            yield name, Fate("carried", (), effect.object, column)
        else:
            text = "its own conversion closes the lead, which takes no such value any more"
            yield name, Fate("lost", (Reason("own_closes", text),), effect.object, column)
    for column in effect.values:
        if column not in meant:
            name = next((m.targets[0].name for m in leads.mapping.fields if m.column == column), column)
            yield name, Fate("beyond", (Reason("own_closing", "its own conversion sets it"),), effect.object, column)
