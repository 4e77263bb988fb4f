"""Erasures: every record of the person is deleted wherever it is, whatever was edited; nothing of it is kept but marks.

The golden record is blank from the run on that learns of it, and goes with the last of its links. Until then each link
whose record is still there stays due, so that the next run tries again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from leadbridge.golden import Link
from leadbridge.jobs.sync.at_hand import AtHand
from leadbridge.jobs.sync.barring import OWED, PERSON, Marks, marks_for
from leadbridge.jobs.sync.going import Went
from leadbridge.jobs.sync.scene import Scene
from leadbridge.merge.standing import changed
from leadbridge.plan.sync_drafting import link_change
from leadbridge.plan.sync_rows import Settle, Write
from leadbridge.records import Ref, Reject
from leadbridge.state import erasures, goldens, heirs, links, runs, scrubbing
from leadbridge.state.store import Store
from leadbridge.state.transactions import Transaction


@dataclass(frozen=True)
class Erasing:
    """
    Attributes:
        refs: records that were erased, as this cycle learnt.
        pending: golden records that were erased before, and of which some record is still there.
    """

    scene: Scene
    marks: Marks
    refs: frozenset[Ref]
    pending: frozenset[int]

    def concerns(self, hand: AtHand) -> bool:
        if hand.was.golden.subject != PERSON:
            return False
        return any(n in self.pending for n in hand.everybody()) or any(s.link.ref in self.refs for s in hand.stored)

    def draw(
        self, hand: AtHand, before: Sequence[Link], after: Sequence[Link]
    ) -> tuple[Settle | None, list[Write], list[tuple[Ref, Reject]]]:
        """The row that settles it, the deletes, and records that cannot be deleted here."""
        after = [self._looked_for(hand, link) for link in after]
        left = [link for link in after if link.state != "gone"]
        mine = [link for link in left if link.ref.connection in self.scene.providers]
        deletes = [link for link in mine if self.scene.can_write(link.ref, hand.mapping(link))]
        stuck = [link for link in mine if link not in deletes]
        was_due = {stored.link.id for stored in hand.stored if stored.due}
        due = {link.id for link in left if link not in stuck}
        known = {link.id: link for link in before}
        row = Settle(
            golden=hand.number,
            subject=PERSON,
            version=hand.was.version,
            unites=tuple(sorted(hand.unites)),
            links=tuple(link_change(known.get(link.id), link) for link in changed(before, after)),
            due=tuple(sorted(due)),
            undue=tuple(sorted(was_due - due)),
            erased=tuple(sorted(set(self._marks(hand, after)))),
        )
        news = hand.number not in self.pending or row.links or row.unites or due - was_due
        writes = [_delete(hand.number, link) for link in deletes]
        return (row if news or writes else None), writes, [(link.ref, _stuck(link.ref)) for link in stuck]

    def _looked_for(self, hand: AtHand, link: Link) -> Link:
        """A record that was to be deleted and was not found when it was looked for is gone; none is a twin's only."""
        stored = next((s for s in hand.stored if s.link.id == link.id), None)
        can = self.scene.providers.get(link.ref.connection)
        if stored is None or not stored.due or can is None or hand.number not in self.pending:
            return link
        missing = link.ref not in hand.staged and link.role in self.scene.roles and can.capabilities.read_back
        return replace(link, state="gone") if missing else link

    def _marks(self, hand: AtHand, after: Sequence[Link]) -> Iterator[str]:
        for golden in hand.members():
            yield from self.marks.of_values(golden.values)
        for link in after:
            yield self.marks.of_ref(link.ref)
            mapping = hand.mapping(link)
            if mapping is not None:
                raws = hand.values(link, mapping) if link.ref in hand.staged else link.base
                yield from self.marks.of_values(mapping.read(raws))


def erasing_of(scene: Scene, store: Store, went: Went) -> Erasing | None:
    """None where nobody is erased, and no erasure is under way. Raises StateError: the key of the marks is lost."""
    with store.read() as snapshot:
        pending = erasures.pending(snapshot)
    if not pending and not went.erased:
        return None
    marks = marks_for(store, erasing=True)
    return None if marks is None else Erasing(scene, marks, went.erased, pending)


def erase(tx: Transaction, run: int, rows: Sequence[Settle]) -> None:
    """Take all that these people said out of the state; their golden records are blank already."""
    started = runs.get(tx, run)
    own = started.plan if started is not None else None
    for row in rows:
        numbers = {row.golden, *row.unites, *heirs.parts(tx, [row.golden])}
        about = scrubbing.mentioned(tx, numbers)
        scrubbing.forget_rows(tx, {plan: found for plan, found in about.items() if plan != own})
        linked = links.by_goldens(tx, [row.golden]).get(row.golden, ())
        scrubbing.forget_words(tx, numbers, [stored.link.ref for stored in linked])
        erasures.add(tx, row.golden, run, row.erased)
    scrubbing.owe_sweep(tx)


def complete(tx: Transaction) -> None:
    """Golden records of which no record is left any more go."""
    pending = erasures.pending(tx)
    linked = links.by_goldens(tx, pending)
    goldens.remove(tx, [n for n in pending if all(stored.link.state == "gone" for stored in linked.get(n, ()))])


def _delete(golden: int, link: Link) -> Write:
    """Whatever the record holds by now; what it held is told to nobody."""
    return Write(
        verb="delete",
        connection=link.ref.connection,
        object=link.ref.object,
        golden=golden,
        subject=PERSON,
        role=link.role,
        id=link.ref.id,
        link=link.id,
        why="erasure",
        erases=True,
    )


def _stuck(ref: Ref) -> Reject:
    return Reject(
        code=OWED,
        reason=f"somebody who was erased elsewhere is still in {ref.connection}, which this job may not write to",
        remedy="delete the record there",
        source=str(ref),
    )
