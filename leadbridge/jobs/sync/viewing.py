"""Organisations as a plan leaves them, for the people whose company fields show them; and whom that concerns."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final

from leadbridge.golden import Golden, Held
from leadbridge.jobs.sync.barring import PERSON
from leadbridge.jobs.sync.scene import Scene
from leadbridge.merge.model import Merged, Side
from leadbridge.merge.record import Policies
from leadbridge.merge.viewing import COMPANY, LINKED, merge_viewing
from leadbridge.plan.sync_rows import Settle, rank_of
from leadbridge.state import codec, goldens, keys, links, turns
from leadbridge.state.model import GoldenKey
from leadbridge.state.store import Store
from leadbridge.state.transactions import Snapshot, Transaction
from leadbridge.state.turns import TurnRow
from leadbridge.values import MISSING

ORGANISATION: Final = "organisation"


class Views:
    """What the plan that is being made moves in organisations, kept aside: they are planned before people."""

    def __init__(self, scene: Scene, store: Store, run: int, heirs: Mapping[int, int]) -> None:
        """``heirs``: golden record -> the one that it becomes part of."""
        self._scene = scene
        self._store = store
        self._run = run
        self._heirs = heirs
        self._shown = frozenset(COMPANY[name] for name in scene.views)
        self._moved: list[int] = []
        self._planned = sqlite3.connect("")  # a file of its own that goes when it is closed
        self._planned.execute("create table planned (golden integer primary key, fields text)")

    def note(self, row: Settle) -> None:
        """An organisation may change in a way that shows."""
        if row.subject != ORGANISATION:
            return
        fields = {m.field: m.new for m in row.moves if m.field in self._shown}
        if fields or row.unites:
            kept = {n: [c.value, c.connection, c.stamp] for n, c in fields.items() if c.value is not MISSING}
            self._planned.execute("insert or replace into planned values (?, ?)", (row.golden, codec.dumps(kept)))
            self._moved += [*([row.golden] if row.version else ()), *row.unites]

    def carry_on(self) -> None:
        """Take up the people of those that do."""
        if self._moved:
            with self._store.begin() as tx:
                turns.add(tx, self._run, [TurnRow(rank_of(PERSON), n) for n in members(tx, self._moved)])
            self._moved = []

    def organisations(self, snapshot: Snapshot, numbers: Collection[int]) -> dict[int, Golden]:
        """Those among these golden records that are organisations, as the plan leaves them."""
        wanted = {self._heirs.get(number, number) for number in numbers}
        stored = {n: one.golden for n, one in goldens.load(snapshot, wanted).items()}
        found = {n: golden for n, golden in stored.items() if golden.subject == ORGANISATION}
        for number in wanted - (stored.keys() - found.keys()):
            row = self._planned.execute("select fields from planned where golden = ?", (number,)).fetchone()
            if row is not None:
                fields = {n: _held(said) for n, said in codec.loads(row[0]).items()}
                was = found.get(number, Golden(number, ORGANISATION))
                found[number] = replace(was, fields={**was.fields, **fields})
        return found

    def merge(
        self,
        golden: Golden,
        sides: Sequence[Side],
        policies: Policies,
        chunk: Mapping[int, Golden],
        asked: Collection[str],
    ) -> Merged:
        """Merge a person. ``chunk``: organisations that it may belong to; ``asked``: see there."""
        return merge_viewing(golden, sides, policies, self._run, chunk, self._scene.views, asked)

    def close(self) -> None:
        self._planned.close()


def members(snapshot: Snapshot, organisations: Collection[int]) -> set[int]:
    """The people of some organisations."""
    found = keys.find(snapshot, {GoldenKey(PERSON, LINKED, str(number)) for number in organisations})
    return {number for some in found.values() for number in some}


def owe_members(tx: Transaction, organisations: Collection[int]) -> None:
    """Their people are taken up again by the next run: what they show has changed."""
    people = members(tx, organisations) if organisations else set()
    found = (stored for some in links.by_goldens(tx, people).values() for stored in some)
    links.set_due(tx, [stored.link.id for stored in found if stored.link.state == "live"], True)


def _held(said: list[object]) -> Held:
    value, origin, stamp = said
    return Held(codec.revive(value), str(origin), 0, codec.revive(stamp))
