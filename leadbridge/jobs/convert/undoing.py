"""Undo of a conversion: once its writes are taken back, what was united is split, and leads are leads again."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from leadbridge.apply import Summary
from leadbridge.golden import Golden
from leadbridge.jobs.convert.knowing import HELD
from leadbridge.jobs.sync import keeping
from leadbridge.jobs.sync.applying import Applying
from leadbridge.jobs.sync.keying import kept_keys
from leadbridge.jobs.sync.model import RunOutcome
from leadbridge.jobs.sync.settling import Settled
from leadbridge.plan.sync_rows import Before, Settle, Write
from leadbridge.state import goldens, heirs, holds, keys, leases, links, runs
from leadbridge.state.model import Hold, StoredGolden, StoredLink
from leadbridge.state.transactions import Transaction


class UndoingConversions(Applying):
    """A run that undoes one that converted. Leads are held: they are not converted again until a person says so."""

    def _end(self, settled: Settled, summary: Summary) -> RunOutcome:
        with self.store.read() as snapshot:
            undone = runs.get(snapshot, self.run.undoes or 0)
        if undone is not None and undone.plan is not None and not summary.stopped:
            rows, natives = list(self._settled(undone.plan)), self._natives(undone.plan)
            with self.store.begin() as tx:
                leases.check(tx, self.hold.lease)
                for row in reversed(rows):
                    _Taking(tx, undone.id, self.run.id, row, natives).back()
        return super()._end(settled, summary)

    def _natives(self, plan: int) -> frozenset[int]:
        """Links of leads that a CRM converted by itself: they stay converted."""
        pages = keeping.pages(self.store, plan, frozenset({"convert"}))
        bodies = (row.body for page in pages for row in page)
        return frozenset(body.link for body in bodies if isinstance(body, Write) and body.link is not None)

    def _settled(self, plan: int) -> Iterator[Settle]:
        for page in keeping.pages(self.store, plan, frozenset({"settle"})):
            yield from (row.body for row in page if isinstance(row.body, Settle) and row.body.undoes is None)


class _Taking:
    """One row of the undone run; what moved on since it was settled stays as it is."""

    def __init__(self, tx: Transaction, undone: int, run: int, row: Settle, natives: Collection[int]) -> None:
        self._tx = tx
        self._undone = undone
        self._run = run
        self._row = row
        self._natives = natives

    def back(self) -> None:
        stored = goldens.load(self._tx, [self._row.golden]).get(self._row.golden)
        if stored is None:
            return
        if not self._row.before:
            self._unmake(stored)
        elif any(move.field in stored.golden.fields for move in self._row.moves) or self._row.links:
            self._restore(stored)
            leads = self._links()
            for part in self._row.before[1:]:
                self._split(part)
            self._hold(leads)

    def _unmake(self, stored: StoredGolden) -> None:
        """A golden record that the run made goes with its last record; what was merely met stays known."""
        tx, golden = self._tx, self._row.golden
        if self._row.links or any(held.run != self._undone for held in stored.golden.fields.values()):
            return
        linked = links.by_goldens(tx, [golden]).get(golden, ())
        if all(one.link.state == "gone" for one in linked):
            goldens.remove(tx, [golden])

    def _restore(self, stored: StoredGolden) -> None:
        """Fields that nobody changed since."""
        was, now = self._row.before[0].fields, stored.golden.fields
        mine = {m.field for m in self._row.moves if m.field in now and now[m.field].run == self._undone}
        fields = {name: held for name, held in now.items() if name not in mine}
        fields |= {name: was[name] for name in mine if name in was}
        self._keep(replace(stored.golden, fields=fields), stored.version)

    def _keep(self, golden: Golden, version: int) -> None:
        goldens.update_expected(self._tx, [golden], {golden.id: version})
        keys.replace(self._tx, {golden.id: kept_keys(golden)})

    def _links(self) -> list[int]:
        """Their states and roles as they were; the links of leads whose contact had taken over.

        Of those that stay converted the state stays: it is known of them only that they were undone.
        """
        stored = links.load(self._tx, [change.link for change in self._row.links])
        back_again = [change for change in self._row.links if change.link not in self._natives]
        lasting = [n for n in self._natives if n in stored and stored[n].link.state == "converted"]
        changes = [change for change in back_again if change.link in stored and change.was is not None]
        back = {c.link: c.was for c in changes if stored[c.link].link.state == c.state and c.was is not None}
        links.set_states(self._tx, back)
        links.set_roles(self._tx, {c.link: c.role_was for c in changes if c.role_was and c.link in back})
        leads = [c.link for c in changes if c.link in back and (c.state == "converted" or c.role_was)]
        return leads + sorted(lasting)

    def _split(self, part: Before) -> None:
        """A golden record that was united with this one is there again, with its links and what is held of them."""
        tx = self._tx
        if part.golden in goldens.load(tx, [part.golden]):
            return
        split = Golden(part.golden, self._row.subject, dict(part.fields))
        goldens.add(tx, [split])
        heirs.forget(tx, [split.id])
        keys.replace(tx, {split.id: kept_keys(split)})
        mine = [one for one in links.load(tx, part.links).values() if one.link.golden == self._row.golden]
        links.update_all(tx, [replace(one, link=replace(one.link, golden=part.golden)) for one in mine])
        self._move_holds(part, mine)

    def _move_holds(self, part: Before, mine: Sequence[StoredLink]) -> None:
        tx, ids = self._tx, {one.link.id for one in mine}
        held = [one for one in holds.of(tx, [self._row.golden]).get(self._row.golden, ()) if one.link in ids]
        holds.put(tx, [replace(one, golden=part.golden) for one in held])
        holds.release(tx, held)

    def _hold(self, leads: Sequence[int]) -> None:
        stored = links.load(self._tx, leads)
        holds.put(self._tx, [Hold(one.link.golden, n, HELD, self._run) for n, one in stored.items()])
