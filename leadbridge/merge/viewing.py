"""Company fields of a person: its own until an organisation is linked, from then on views of the organisation's.

What golden shows is the organisation's value, wherever the organisation has one. Nobody changes it through a person's
record: an edit there is overruled and kept in the conflict log, as is what the person had said before. A field of which
the organisation says nothing stays the person's own, unless it showed a value that was cleared there since.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from leadbridge.golden import Golden, Held
from leadbridge.merge.model import Candidate, Conflict, FieldPolicy, Merged, Move, Side
from leadbridge.merge.record import Policies, merge
from leadbridge.subjects.model import Field
from leadbridge.values import Value, is_present

COMPANY: Final[Mapping[str, str]] = {
    "company": "name",
    "website": "website",
    "industry": "industry",
    "employees": "employees",
    "annual_revenue": "annual_revenue",
}
"""Field of a person -> the organisation's field that it shows."""

LINKED: Final = "organisation"
"""The person's field that names the organisation, by the number of its golden record."""

RULE: Final = "the organisation's"

Shown = Mapping[str, Held]


def merge_viewing(  # noqa: PLR0913, PLR0917  (as merge, with what can be seen)
    golden: Golden,
    sides: Sequence[Side],
    policies: Policies,
    run: int,
    organisations: Mapping[int, Golden],
    fields: Mapping[str, Field],
    asked: Collection[str] = (),
) -> Merged:
    """Merge a person; which organisation it belongs to is itself decided by the merge.

    Args:
        organisations: those that it may belong to, as they will be.
        fields: company fields that some record holds.
        asked: fields that await an answer; nobody need be asked for one that shows what the organisation says.
    """
    linked = organisation_of(golden)
    merged = _merged(golden, sides, policies, run, organisations.get(linked), fields, asked)
    found = organisation_of(merged.golden)
    if found != linked and (found in organisations or linked in organisations):
        merged = _merged(golden, sides, policies, run, organisations.get(found), fields, asked)
    return merged


def organisation_of(golden: Golden) -> int:
    """Number of the golden record of the person's organisation; 0 where none is linked."""
    value = golden.value(LINKED)
    return int(str(value)) if is_present(value) and str(value).isdecimal() else 0


def shown_of(golden: Golden, organisation: Golden, fields: Collection[str], run: int) -> dict[str, Held]:
    """The company fields that show what the organisation says, or that are blank because it says so no more."""
    found: dict[str, Held] = {}
    for name in fields:
        said, own = organisation.fields.get(COMPANY[name]), golden.fields.get(name)
        mine = own is not None and own.shows == organisation.id
        if said is None or not (mine or is_present(said.value)):
            continue
        shows = organisation.id if is_present(said.value) else 0
        if own is not None and mine and own.value == said.value:
            found[name] = own
        else:
            found[name] = Held(said.value, said.origin, run, said.stamp, shows)
    return found


@dataclass(frozen=True, slots=True)
class _Views:
    shown: Shown
    fields: Mapping[str, Field]

    @property
    def closed(self) -> frozenset[str]:
        """Fields that nobody changes through the person's records."""
        return frozenset(name for name, held in self.shown.items() if held.shows)

    def differ(self, name: str, value: Value) -> bool:
        """Whether it is another value than what is shown."""
        return is_present(value) and not self.fields[name].kind.equivalent(value, self.shown[name].value)


def _merged(  # noqa: PLR0913, PLR0917  (same)
    golden: Golden,
    sides: Sequence[Side],
    policies: Policies,
    run: int,
    organisation: Golden | None,
    fields: Mapping[str, Field],
    asked: Collection[str],
) -> Merged:
    shown = {} if organisation is None else shown_of(golden, organisation, fields, run)
    if not shown:
        return merge(golden, sides, policies, run)
    views = _Views(shown, fields)
    viewing = replace(golden, fields={**golden.fields, **shown})
    answered = views.closed & frozenset(asked)
    reopened = [replace(side, guarded=side.guarded - answered) for side in sides]
    nobodys = {name: _nobodys(shown[name]) for name in views.closed}
    return _told(merge(viewing, reopened, {**policies, **nobodys}, run), golden, views, _said(reopened, answered))


def _said(sides: Sequence[Side], asked: Collection[str]) -> dict[str, list[Candidate]]:
    """Field about which a person was asked -> what the records say: no change tells of it, it is their base already."""
    found: dict[str, list[Candidate]] = {}
    for side in sorted(sides, key=lambda side: side.link.ref) if asked else ():
        values = side.mapping.read(side.link.base if side.captured is None else side.captured)
        for name in asked & values.keys() if side.link.state == "live" else ():
            found.setdefault(name, []).append(Candidate(values[name], side.link.ref.connection, side.link.ref))
    return found


def _nobodys(held: Held) -> FieldPolicy:
    """No connection owns the field, and what golden has stands before all that is met at first contact."""
    return FieldPolicy("owner", (held.origin,), first="prefer")


def _told(merged: Merged, golden: Golden, views: _Views, said: Mapping[str, Sequence[Candidate]]) -> Merged:
    """The moves that the views make, and what they overrule by the name of their rule."""
    moves = [
        Move(name, golden.value(name), Candidate.of(held), RULE)
        for name, held in views.shown.items()
        if merged.golden.fields[name] is held and held is not golden.fields.get(name)
    ]
    logged = {conflict.field: conflict for conflict in merged.conflicts}
    for name, held in views.shown.items():
        own = golden.fields.get(name)
        had = logged.get(name) or Conflict(golden.id, name, Candidate.of(held), (), RULE)
        mine = (Candidate.of(own),) if own is not None and not own.shows else ()
        more = (c for c in (*said.get(name, ()), *mine) if c not in had.losers and views.differ(name, c.value))
        losers = (*had.losers, *more)
        if losers and held.shows:
            logged[name] = replace(had, losers=losers, rule=RULE)
    return replace(merged, moves=(*merged.moves, *moves), conflicts=tuple(logged[name] for name in sorted(logged)))


__all__ = ["COMPANY", "LINKED", "merge_viewing", "organisation_of", "shown_of"]
