"""One golden record's turn: its links stand, its fields are merged, and what its links are owed becomes rows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from leadbridge.golden import Golden, Link
from leadbridge.jobs.sync.at_hand import AtHand
from leadbridge.jobs.sync.barring import PERSON
from leadbridge.jobs.sync.chunk import Around, Chunk
from leadbridge.jobs.sync.identities import refs_of
from leadbridge.jobs.sync.logged import unlogged
from leadbridge.jobs.sync.owing import Owing
from leadbridge.jobs.sync.twins import twins_asked
from leadbridge.merge.creating import create_key
from leadbridge.merge.departing import Departing, Departure, depart, returned
from leadbridge.merge.model import Conflict, Merged
from leadbridge.merge.record import merge
from leadbridge.merge.standing import stand
from leadbridge.merge.uniting import unite
from leadbridge.merge.viewing import organisation_of
from leadbridge.plan import sync_drafting as drafting
from leadbridge.plan.sync_rows import Settle, Write
from leadbridge.records import Ref, Reject


@dataclass(slots=True)
class Drawn:
    """What a turn gives.

    Attributes:
        rejects: fields that no CRM can be told, and creates whose role cannot be told.
    """

    settle: Settle | None = None
    writes: list[Write] = field(default_factory=list)
    rejects: list[tuple[Ref, Reject]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Stood:
    """What was decided; ``before`` and ``after`` are its links."""

    merged: Merged
    before: Sequence[Link]
    after: Sequence[Link]
    departures: Sequence[Departure]


class Turn:
    def __init__(self, around: Around, chunk: Chunk, number: int) -> None:
        self._around = around
        self._scene = around.scene
        self._chunk = chunk
        self._hand = AtHand(around, chunk, number)

    def draw(self) -> Drawn:
        before = [replace(stored.link, golden=self._hand.number) for stored in self._hand.stored]
        moved = self._around.identities.moved
        known = [replace(link, ref=moved.get(link.ref, link.ref)) for link in before]
        after = stand([*known, *self._hand.newcomers()], self._hand.sights())
        erasing = self._around.erasing
        if erasing is not None and erasing.concerns(self._hand):
            return Drawn(*erasing.draw(self._hand, before, after))
        merged = self._merged(after)
        departures = self._departures(merged, before, after)
        merged = self._with_news(merged)
        owing = Owing(self._around, self._chunk, self._hand)
        owing.draw(merged, after, departures)
        row = self._settled(_Stood(merged, before, after, departures), owing)
        return Drawn(row, owing.writes, owing.rejects)

    def _merged(self, after: Sequence[Link]) -> Merged:
        golden: Golden = self._hand.was.golden
        conflicts: tuple[Conflict, ...] = ()
        policies = self._scene.policies[golden.subject]
        if self._hand.unites:
            subject = self._scene.subject(golden.subject)
            golden, conflicts = unite(self._hand.number, self._hand.members(), subject, policies, self._around.run)
        lifted = self._hand.lifted()
        if lifted:
            golden = replace(golden, fields={n: held for n, held in golden.fields.items() if n not in lifted})
        sides = [side for link in after if (side := self._hand.side(link)) is not None]
        if self._chunk.heirs:
            golden = self._around.references.followed(golden, self._chunk.heirs, self._around.run)
        views = self._around.views
        if views is None or golden.subject != PERSON:
            merged = merge(golden, sides, policies, self._around.run)
        else:
            merged = views.merge(golden, sides, policies, self._chunk.organisations, self._hand.asked())
        return replace(merged, conflicts=(*conflicts, *merged.conflicts)) if conflicts else merged

    def _with_news(self, merged: Merged) -> Merged:
        """Without the conflicts that are in the log already."""
        log = [row for number in self._hand.everybody() for row in self._chunk.log.get(number, ())]
        if not (log and merged.conflicts):
            return merged
        log.sort(key=lambda row: row.id)
        subject = self._scene.subject(merged.golden.subject)
        return replace(merged, conflicts=tuple(unlogged(merged.conflicts, log, self._hand, subject)))

    def _departures(self, merged: Merged, before: Sequence[Link], after: Sequence[Link]) -> tuple[Departure, ...]:
        mappings = {link.ref: mapping for link in after if (mapping := self._hand.mapping(link)) is not None}
        touched = any(move.new.ref is not None for move in merged.moves) or bool(merged.conflicts)
        scene = Departing(before, after, mappings, touched, self._scene.job.deletes, self._scene.writable)
        merged_away = self._around.identities.succession.merged
        found = [one for one in depart(merged.golden, scene) if one.ref not in merged_away]
        wanted = self._around.asked_to_delete.get(self._hand.number)
        if wanted is not None:
            live = [link for link in after if link.state == "live" and link.ref.connection != wanted[0].connection]
            found.append(Departure(wanted[0], "propagated", tuple(live)))
        return tuple(found)

    def _settled(self, stood: _Stood, owing: Owing) -> Settle | None:
        """The row that settles it; None where there is nothing to settle and nothing to write."""
        hand = self._hand
        row = self._drafted(stood, owing) or Settle(hand.number, hand.was.golden.subject, hand.was.version)
        due = {*row.due, *owing.due} & {link.id for link in stood.after if link.state == "live"}
        was_due = {stored.link.id for stored in hand.stored if stored.due}
        mine = {stored.link.id for stored in hand.stored if hand.is_mine(stored)}
        carried = (*self._around.asked_to_delete.get(hand.number, (None,))[1:], *self._answered(stood))
        asked = bool(carried) and owing.makes  # what a question withheld can be made once the run has closed it
        row = replace(
            row,
            due=tuple(sorted(due)),
            undue=tuple(sorted((was_due & mine) - due)),
            owed=not hand.was.due and (owing.waits or any(w.verb == "create" for w in owing.writes) or asked),
            unowed=hand.was.due and not (owing.makes or self._scene.others_make(row.subject, stood.after)),
            mended=tuple(sorted(self._mended(stood.after, due))),
            carried=carried,
        )
        news = replace(row, due=tuple(due - was_due))
        return row if news.says or owing.writes else None

    def _drafted(self, stood: _Stood, owing: Owing) -> Settle | None:
        hand = self._hand
        return drafting.settle(
            drafting.Turn(
                version=hand.was.version,
                golden=hand.was.golden,
                merged=stood.merged,
                before=stood.before,
                after=stood.after,
                unites=hand.unites,
                writes=owing.writes,
                departures=stood.departures,
                asked=(
                    *self._around.identities.asked.get(hand.number, ()),
                    *twins_asked(self._scene, stood.before, stood.after),
                ),
                returned=returned(stood.before, stood.after),
                captured=hand.staged,
            )
        )

    def _answered(self, stood: _Stood) -> Iterator[int]:
        """Questions that have settled themselves: who it is, what became of a create or stood in its way, twins that
        are none now, and what the organisation says.
        """
        refs = {link.ref for link in stood.after}
        surplus = {link.id for link in stood.after if link.state == "surplus"}
        connections = {ref.connection for ref in refs}
        for review in (r for n in self._hand.everybody() for r in self._chunk.reviews.get(n, ())):
            is_one = review.kind == "identity" and refs_of(review.body) <= refs
            made = review.kind in {"uncertain", "duplicate"} and review.link is None
            single = review.kind == "surplus" and review.link not in surplus
            held = stood.merged.golden.fields.get(review.field) if review.kind == "field" else None
            shown = held is not None and held.shows and held.shows == organisation_of(stood.merged.golden)
            known = is_one or single or shown
            if known or (made and {ref.connection for ref in refs_of(review.body)} <= connections):
                yield review.id

    def _mended(self, after: Sequence[Link], due: set[int]) -> Iterator[Ref]:
        """Records that were refused something and are owed nothing any more; creates whose record is found now."""
        for link in after:
            refused = self._chunk.refused.get(link.ref, ())
            if link.id not in due and any(row.number is not None for row in refused):
                yield link.ref
        if self._chunk.refused:
            yield from self._created({link.ref.connection for link in after}) & self._chunk.refused.keys()

    def _created(self, connections: Collection[str]) -> set[Ref]:
        """What creates of this golden record in these connections are refused under."""
        targets = [target for target in self._scene.targets if target.connection in connections]
        homes = {(target.connection, mapping.object) for target in targets for mapping in target.mappings}
        state, numbers = self._around.state, self._hand.everybody()
        return {Ref(*home, create_key(state, number, *home)) for number in numbers for home in homes}
