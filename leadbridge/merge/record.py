"""One golden record and all its links: every field decided, bases moved, and what each link is owed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from leadbridge.golden import Golden, Held
from leadbridge.merge.deciding import UNCHANGED, Decision, Reading, decide
from leadbridge.merge.model import Candidate, Conflict, FieldPolicy, Merged, Move, Owed, Question, Side
from leadbridge.records import Reject
from leadbridge.subjects.model import Field
from leadbridge.values import MISSING, Raw, Value, is_absent, is_present

Policies = Mapping[str, FieldPolicy]
DEFAULT = "default"
_HEEDED: Final = frozenset({"ask", "owner", "restrictive"})
"""Policies by which values that differ are told of even where no record is told which one counts."""


def merge(golden: Golden, sides: Sequence[Side], policies: Policies, run: int) -> Merged:
    """Decide every field that a live link maps, and what each live link is owed.

    Only links in state ``live`` have a say; surplus, converted and gone ones neither change golden nor are written.
    A policy for ``default`` must be given. The order of ``sides`` does not matter.
    """
    live = sorted((s for s in sides if s.link.state == "live"), key=lambda s: s.link.ref)
    views = [_View.of(side) for side in live]
    fields = {f.name: f for view in views for f in view.side.mapping.targets}
    told = frozenset().union(*(view.side.mapping.written for view in views))
    decisions = {
        name: _decision(field, golden, views, policies, told=name in told) for name, field in sorted(fields.items())
    }
    merged = _moved(golden, decisions, fields, run)
    asked = frozenset(name for name, decision in decisions.items() if decision.asked)
    owed: list[Owed] = []
    rejects: list[Reject] = []
    for view in views:
        row = _owed(view, merged, asked, rejects)
        if row is not None:
            owed.append(row)
    return Merged(
        golden=merged,
        moves=tuple(_moves(golden, merged, decisions, fields)),
        conflicts=tuple(_conflicts(merged, decisions)),
        questions=tuple(Question(golden.id, n, d.asked, d.rule) for n, d in decisions.items() if d.asked),
        bases={v.side.link.id: agreed for v in views if (agreed := _agreed(v, merged, fields, asked))},
        owed=tuple(owed),
        rejects=tuple(rejects),
    )


def edited(sides: Iterable[Side]) -> frozenset[str]:
    """Fields of which some live link holds another value than the one that was agreed with it."""
    views = [_View.of(side) for side in sides if side.link.state == "live"]
    return frozenset(
        target.name
        for view in views
        for target in view.side.mapping.targets
        if (reading := view.reading(target.name)) is not None
        and reading.base is not MISSING
        and not target.kind.equivalent(reading.value, reading.base)
    )


@dataclass(frozen=True, slots=True)
class _View:
    """A side with its values read through the mapping; a field that cannot be read is in neither."""

    side: Side
    now: Mapping[str, Value]
    base: Mapping[str, Value]

    @classmethod
    def of(cls, side: Side) -> _View:
        base = side.mapping.read(side.link.base) if side.link.base else {}
        return cls(side, base if _is_as_agreed(side) else side.mapping.read(side.captured or {}), base)

    @property
    def raws(self) -> Mapping[str, Raw]:
        """The provider's raw values as last known."""
        return self.side.link.base if self.side.captured is None else self.side.captured

    def reading(self, name: str) -> Reading | None:
        value = self.now.get(name, MISSING)
        if value is MISSING:
            return None
        ref = self.side.link.ref
        candidate = Candidate(value, ref.connection, ref, self.side.stamps.get(name), place=self.side.place)
        return Reading(candidate, self.base.get(name, MISSING), self.side.captured is not None)

    def stays(self, field: Field) -> bool:
        """Whether the side has nothing to say of the field: it was not captured, or says what was agreed with it."""
        if self.side.captured is None:
            return True
        value, base = self.now.get(field.name, MISSING), self.base.get(field.name, MISSING)
        return value is MISSING or (base is not MISSING and (value is base or field.kind.equivalent(value, base)))

    def says(self, values: Mapping[str, Value]) -> bool:
        """Whether it says these values for certain: they are read one by one, and none of its own differs."""
        if not self.side.mapping.one_to_one:
            return False
        wanted = ((t, values[t.name]) for t in self.side.mapping.targets if t.name in values)
        return all(
            (now := self.now.get(t.name, MISSING)) is not MISSING and t.kind.equivalent(value, now)
            for t, value in wanted
        )


def _is_as_agreed(side: Side) -> bool:
    """Whether the record holds exactly what was agreed, as far as anybody knows."""
    base = side.link.base
    return side.captured is None or (
        side.captured == base and all(_same_raw(raw, base[name]) for name, raw in side.captured.items())
    )


def _decision(field: Field, golden: Golden, views: Sequence[_View], policies: Policies, *, told: bool) -> Decision:
    """``told``: whether some record is told of the field. If none is, nobody's value is overruled, or need be asked."""
    free = [view for view in views if field.name not in view.side.guarded]
    if all(view.stays(field) for view in free):
        return UNCHANGED
    policy = policies.get(field.name) or policies[DEFAULT]
    held = golden.fields.get(field.name)
    if told or policy.kind in _HEEDED:
        return decide(field, held, _readings(field.name, held, free, policy), policy)
    policy = replace(policy, first="prefer")
    return replace(decide(field, held, _readings(field.name, held, free, policy), policy), losers=())


def _readings(name: str, held: Held | None, views: Sequence[_View], policy: FieldPolicy) -> list[Reading]:
    """What the sides say. A constant tells where a record comes from: it fills a blank, and contradicts nobody."""
    own, fixed = list[Reading](), list[Reading]()
    for view in views:
        reading = view.reading(name)
        if reading is not None:
            (fixed if name in view.side.mapping.constants else own).append(reading)
    if not fixed or (held is not None and is_present(held.value)) or any(is_present(r.value) for r in own):
        return own
    return [*own, min(fixed, key=lambda r: (policy.rank(r.candidate.connection), str(r.candidate.ref)))]


def _moved(golden: Golden, decisions: Mapping[str, Decision], fields: Mapping[str, Field], run: int) -> Golden:
    """Golden with every winner whose value is not the one it has; an equal value keeps its origin."""
    taken = {
        name: Held(d.winner.value, d.winner.connection, run, d.winner.stamp)
        for name, d in decisions.items()
        if d.winner is not None and not fields[name].kind.equivalent(d.winner.value, golden.value(name))
    }
    return replace(golden, fields={**golden.fields, **taken}) if taken else golden


def _moves(before: Golden, after: Golden, decisions: Mapping[str, Decision], fields: Mapping[str, Field]) -> list[Move]:
    return [
        Move(name, before.value(name), d.winner, d.rule)
        for name, d in decisions.items()
        if d.winner is not None and after.fields.get(name) is not before.fields.get(name)
    ]


def _conflicts(golden: Golden, decisions: Mapping[str, Decision]) -> list[Conflict]:
    found = []
    for name, decision in decisions.items():
        if decision.losers:
            held = golden.fields.get(name)
            stays = Candidate(MISSING, "") if held is None else Candidate.of(held)
            found.append(Conflict(golden.id, name, decision.winner or stays, decision.losers, decision.rule))
    return found


def _agreed(view: _View, golden: Golden, fields: Mapping[str, Field], asked: frozenset[str]) -> dict[str, Raw]:
    """Provider fields whose captured value golden has, or about which a person is asked: their base moves now."""
    captured = view.side.captured
    if captured is None:
        return {}
    return {
        column: captured[column]
        for fieldmap in view.side.mapping.fields
        if (column := fieldmap.column) is not None
        and column in captured
        and not _same_raw(captured[column], view.side.link.base.get(column, MISSING))
        and all(_is_agreed(view, golden, fields[t.name], asked) for t in fieldmap.targets)
    }


def _is_agreed(view: _View, golden: Golden, field: Field, asked: frozenset[str]) -> bool:
    value = view.now.get(field.name, MISSING)
    if value is MISSING or field.name in view.side.guarded:
        return False
    said = golden.value(field.name)
    # What is absent on both sides at first contact is agreed, so that a value that comes later is a change.
    untold = said is MISSING and is_absent(value) and view.base.get(field.name, MISSING) is MISSING
    return field.name in asked or untold or field.kind.equivalent(value, said)


def _same_raw(left: Raw, right: Raw) -> bool:
    """Exactly the same, 0 and False apart."""
    return left == right and isinstance(left, bool) == isinstance(right, bool)


def _owed(view: _View, golden: Golden, asked: frozenset[str], rejects: list[Reject]) -> Owed | None:
    """The provider fields that do not say what golden says, guarded and asked ones left alone."""
    closed = view.side.guarded | asked
    wanted = {name: held.value for name, held in golden.fields.items() if name not in closed}
    if view.says(wanted):
        return None
    change = view.side.mapping.change(wanted, view.raws)
    rejects.extend(replace(r, source=str(view.side.link.ref)) for r in change.rejects)
    if not change.values:
        return None
    return Owed(view.side.link, change.values, {column: view.raws[column] for column in change.values})


__all__ = ["DEFAULT", "Policies", "merge"]
