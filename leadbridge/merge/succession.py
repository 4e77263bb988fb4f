"""What the CRMs themselves report of identity: merges and conversions, resolved over a whole cycle.

Reports come in any order, in chains and more than once; the answer depends on their set only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from leadbridge.records import Ref


@dataclass(frozen=True, slots=True)
class MergeEvent:
    """A CRM merged one record into another of the same object; the loser is no more."""

    loser: Ref
    winner: Ref


@dataclass(frozen=True, slots=True)
class ConversionEvent:
    """A CRM converted a lead.

    Attributes:
        contact: the person's record from now on.
        made: whether the conversion made the contact; False where it existed before.
    """

    lead: Ref
    contact: Ref
    made: bool = True


Event = MergeEvent | ConversionEvent


@dataclass(frozen=True, slots=True)
class Succession:
    """Who follows whom.

    Attributes:
        heirs: every record that was merged away or converted -> the record that stands for it in the end.
        merged: records that are no more.
        converted: leads whose contact took over; one that was merged away too is not among them.
        made: contacts that a conversion made and that still stand for themselves -> their leads, sorted.
        families: the refs that are one subject by these reports, one set per subject, in a stable order.
    """

    heirs: Mapping[Ref, Ref] = field(default_factory=dict)
    merged: frozenset[Ref] = frozenset()
    converted: frozenset[Ref] = frozenset()
    made: Mapping[Ref, tuple[Ref, ...]] = field(default_factory=dict)
    families: tuple[frozenset[Ref], ...] = ()


def resolve(events: Iterable[Event], same: Iterable[Collection[Ref]] = ()) -> Succession:
    """Follow every chain to its end. Merges that run in a circle end at the circle's smallest ref.

    ``same``: refs of which a person said that they are one; all of them stay.
    """
    distinct = set(events)
    merges = sorted((e for e in distinct if isinstance(e, MergeEvent)), key=lambda e: (e.loser, e.winner))
    conversions = sorted(
        (e for e in distinct if isinstance(e, ConversionEvent)), key=lambda e: (e.lead, e.contact, e.made)
    )
    # A merge comes before a conversion of the same record: what was merged away can no longer be converted itself.
    follows = {e.lead: e.contact for e in conversions} | {e.loser: e.winner for e in merges if e.loser != e.winner}
    heirs = {ref: heir for ref in sorted(follows) if (heir := _end(ref, follows)) != ref}
    merged = frozenset(e.loser for e in merges if e.loser in heirs)
    made: dict[Ref, set[Ref]] = {}
    for event in conversions:
        if event.made and event.contact not in heirs:
            made.setdefault(event.contact, set()).add(event.lead)
    return Succession(
        heirs=heirs,
        merged=merged,
        converted=frozenset(e.lead for e in conversions if e.lead in heirs) - merged,
        made={contact: tuple(sorted(leads)) for contact, leads in sorted(made.items())},
        families=_families(
            [
                *((e.loser, e.winner) for e in merges),
                *((e.lead, e.contact) for e in conversions),
                *(pair for refs in same for pair in pairwise(sorted(refs))),
            ]
        ),
    )


def _end(ref: Ref, follows: Mapping[Ref, Ref]) -> Ref:
    seen: dict[Ref, None] = {}
    while ref in follows:
        if ref in seen:
            circle = list(seen)[list(seen).index(ref) :]
            return min(circle)
        seen[ref] = None
        ref = follows[ref]
    return ref


def _families(pairs: Sequence[tuple[Ref, Ref]]) -> tuple[frozenset[Ref], ...]:
    near: dict[Ref, set[Ref]] = {}
    for left, right in pairs:
        near.setdefault(left, set()).add(right)
        near.setdefault(right, set()).add(left)
    found: list[frozenset[Ref]] = []
    seen: set[Ref] = set()
    for ref in sorted(near):
        if ref not in seen:
            found.append(_reachable(ref, near))
            seen |= found[-1]
    return tuple(found)


def _reachable(start: Ref, near: Mapping[Ref, Collection[Ref]]) -> frozenset[Ref]:
    reached, open_ = {start}, [start]
    while open_:
        fresh = set(near[open_.pop()]) - reached
        reached |= fresh
        open_ += sorted(fresh)
    return frozenset(reached)
