"""The promises on whole jobs: people work in three CRMs while runs go on, lines fail and processes die."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from sync_world import FAULTS, World

from leadbridge.errors import LeadBridgeError
from leadbridge.provider import Action
from leadbridge.records import Ref
from leadbridge.state import conflicts, goldens, links, reviews
from leadbridge.state.model import StoredLink
from leadbridge.state.store import Store
from leadbridge.testing.faults import LIVELY, Faults, Killed, seeded
from leadbridge.values import Raw, Value

FIELDS = {"Email": "email", "Phone": "phone", "City": "city", "OptedOut": "opted_out_of_email"}
VALUES: dict[str, st.SearchStrategy[Raw]] = {
    "Email": st.sampled_from(["ada@x.example", "Ada@X.example", "bob@x.example", "cy@x.example", "dee@x.example"]),
    "Phone": st.sampled_from(["", "+493012345", "+493054321"]),
    "City": st.sampled_from([None, "", "Rome", "Bern", "Ulm"]),
    "OptedOut": st.sampled_from([None, False, True]),
}
EDITS = st.sampled_from(sorted(VALUES)).flatmap(lambda name: st.tuples(st.just(name), VALUES[name]))
PLACES = st.sampled_from("abc")
PICK = st.integers(0, 1_000)
GRAVE = (*LIVELY, "edit_before", "edit_after", "kill_before", "kill_midway", "kill_after", "quota", "unreachable")


@dataclass(frozen=True)
class Edit:
    """What a user set, in the order in which users set things."""

    ref: Ref
    field: str
    value: Raw


class Fuse:
    """Blows before or after the n-th transaction; whatever comes then finds a dead process."""

    def __init__(self, at: int) -> None:
        self.left = at

    def __call__(self) -> None:
        self.left -= 1
        if self.left <= 0:
            raise Killed


@contextmanager
def fused(fuse: Fuse) -> Iterator[None]:
    begin = Store.begin

    @contextmanager
    def dying(store: Store) -> Iterator[Any]:
        fuse()
        with begin(store) as tx:
            yield tx
        fuse()

    with patch.object(Store, "begin", dying):
        yield


class Jobs(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.stack = tempfile.TemporaryDirectory()
        self.edits: list[Edit] = []
        self.made: set[Ref] = set()
        self.removed: set[Ref] = set()
        self.merged = False

    @initialize(ask=st.booleans(), lacks=st.sets(st.sampled_from(["upsert_by_key", "checks_expected"])))
    def begin(self, ask: bool, lacks: set[str]) -> None:
        first = "first: ask" if ask else "first: prefer"
        job = f"{first}, brakes: {{delete: 100%, update: 100%, create: 100%}}"
        self.world = World(Path(self.stack.name), "abc", job)
        self.lacks = lacks
        self.workspace = self.world.workspace()
        self.world.workspace = lambda: self.workspace  # type: ignore[method-assign]

    def teardown(self) -> None:
        try:
            if hasattr(self, "world"):
                self.quiet()
        finally:
            for name in "abc":
                FAULTS.pop(f"{self.stack.name}/{name}", None)
            self.stack.cleanup()

    # --- people

    @rule(place=PLACES, email=st.none() | VALUES["Email"], city=VALUES["City"])
    def make(self, place: str, email: Raw, city: Raw) -> None:
        """Nobody else has the last name; one without an e-mail is known by no key."""
        id_ = self.world.lead(place, Email=email, Last=f"King {len(self.made)}", City=city)
        ref = Ref(place, "Lead", id_)
        self.made.add(ref)
        self.edits += [Edit(ref, "Email", email), Edit(ref, "City", city)]

    @rule(place=PLACES, pick=PICK, edit=EDITS)
    def edit(self, place: str, pick: int, edit: tuple[str, Raw]) -> None:
        ids = sorted(self.world.crms[place].records("Lead"))
        if ids:
            self._set(Ref(place, "Lead", ids[pick % len(ids)]), *edit)

    def _set(self, ref: Ref, name: str, value: Raw) -> None:
        crm = self.world.crms[ref.connection]
        if crm.records("Lead")[ref.id].get(name) != value:
            crm.edit("Lead", ref.id, {name: value})
            self.edits.append(Edit(ref, name, value))

    @rule(place=PLACES, pick=PICK)
    def delete(self, place: str, pick: int) -> None:
        ids = sorted(self.world.crms[place].records("Lead"))
        if ids:
            self.removed.add(Ref(place, "Lead", ids[pick % len(ids)]))
            self.world.crms[place].delete("Lead", ids[pick % len(ids)])

    @rule(place=PLACES, pick=PICK)
    def merge(self, place: str, pick: int) -> None:
        ids = sorted(self.world.crms[place].records("Lead"))
        if len(ids) > 1:
            loser, winner = ids[pick % len(ids)], ids[(pick + 1) % len(ids)]
            self.removed.add(Ref(place, "Lead", loser))
            self.world.crms[place].merge("Lead", loser, winner)
            self.merged = True

    # --- runs

    @rule(seed=PICK)
    def run_on_bad_lines(self, seed: int) -> None:
        for number, name in enumerate("abc"):
            script = seeded(seed * 3 + number, 0.25, GRAVE)
            FAULTS[f"{self.stack.name}/{name}"] = Faults(script=script, lacks=self.lacks, user=self._interfere(name))
        self._sync()
        self._heal()

    @rule(at=st.integers(1, 60))
    def run_and_die(self, at: int) -> None:
        with fused(Fuse(at)):
            self._sync()
        self._heal()

    @rule()
    def run(self) -> None:
        self._sync()

    def _interfere(self, place: str) -> Any:
        def edit(action: Action) -> None:
            if action.id in self.world.crms[place].records("Lead"):
                self._set(Ref(place, "Lead", action.id or ""), "City", f"Edited {len(self.edits)}")

        return edit

    def _sync(self) -> Any:
        with suppress(Killed, LeadBridgeError), patch("time.sleep"):
            return self.world.sync()
        return None

    def _heal(self) -> None:
        for name in "abc":
            FAULTS[f"{self.stack.name}/{name}"] = Faults(lacks=self.lacks)
        self.world.forget_leases()

    # --- what holds once all is quiet

    def quiet(self) -> None:
        self._heal()
        for _ in range(12):
            with patch("time.sleep"):
                outcome = self.world.sync()
            assert outcome.state == "done", outcome
            if not outcome.counts["done"] and not outcome.counts["settled"] and not outcome.counts["rejected"]:
                break
        else:
            raise AssertionError(f"does not come to rest: {outcome}")
        with self.world.store() as store:
            self._check(store)

    def _check(self, store: Store) -> None:
        with store.read() as snapshot:
            known = {one.golden.id: one.golden for one in goldens.page(snapshot)}
            linked = [s for some in links.by_goldens(snapshot, known.keys()).values() for s in some]
            self.log = conflicts.of(snapshot, known.keys())
            self.asked = reviews.page(snapshot)
        self.linked = {stored.link.ref: stored for stored in linked}
        self.goldens = known
        for ref, stored in self.linked.items():
            if stored.link.state == "live":
                self._agrees(ref, stored)
        self._no_lost_edit()
        self._no_duplicate()
        self._safe_deletes()

    def _agrees(self, ref: Ref, stored: StoredLink) -> None:
        values = self.world.crms[ref.connection].records("Lead")[ref.id]
        golden = self.goldens[stored.link.golden]
        asked = {row.field for row in self.asked if row.golden == golden.id}
        mapping = next(m for m in self.workspace.mappings.objects if m.connection == ref.connection)
        wanted = {name: value for name, value in golden.values.items() if name not in asked}
        assert mapping.put(wanted, values) == {}, (ref, values, golden)

    def _no_lost_edit(self) -> None:
        last = {(edit.ref, edit.field): number for number, edit in enumerate(self.edits)}
        for (ref, field), number in last.items():
            stored = self.linked.get(ref)
            if stored is None or stored.link.state != "live":
                continue
            value, final = self._read(ref, self.edits[number].value, field), self._final(stored, field)
            if self._same(field, value, final) or self._is_known(stored.link.golden, field, value):
                continue
            later = [
                e for e in self.edits[number + 1 :] if e.field == field and self._golden(e.ref) == stored.link.golden
            ]
            assert any(self._same(field, self._read(e.ref, e.value, field), final) for e in later), (
                f"lost: {self.edits[number]}; golden says {final!r}",
                self.edits,
            )

    def _is_known(self, golden: int, field: str, value: Value) -> bool:
        """Whether a person can find the value: in the conflict log, or in a question."""
        name = FIELDS[field]
        losers = [claim.value for row in self.log.get(golden, ()) if row.field == name for claim in row.losers]
        asked = any(row.golden == golden and row.field == name for row in self.asked)
        return asked or any(self._same(field, value, loser) for loser in losers) or value in (None, "")

    def _final(self, stored: StoredLink, field: str) -> Value:
        return self.goldens[stored.link.golden].value(FIELDS[field])

    def _golden(self, ref: Ref) -> int:
        stored = self.linked.get(ref)
        return stored.link.golden if stored else 0

    def _read(self, ref: Ref, raw: Raw, field: str) -> Value:
        mapping = next(m for m in self.workspace.mappings.objects if m.connection == ref.connection)
        return mapping.read({field: raw}).get(FIELDS[field])

    def _same(self, field: str, left: Value, right: Value) -> bool:
        kind = self.workspace.mappings.catalogue.subjects["person"].fields[FIELDS[field]].kind
        return kind.equivalent(left, right)

    def _no_duplicate(self) -> None:
        """Every record that was made by a run is linked; of one name, one at most is in each CRM.

        People who merge records make one golden record of two, each with its own.
        """
        uncertain = [row for row in self.asked if row.kind == "uncertain"]
        for name in "abc":
            ours = {Ref(name, "Lead", id_) for id_ in self.world.crms[name].records("Lead")} - self.made
            assert all(ref in self.linked for ref in ours) or uncertain, ours
            if not self.merged and not self.asked:
                names = [one["Last"] for one in self.world.crms[name].records("Lead").values()]
                assert len(set(names)) == len(names), names

    def _safe_deletes(self) -> None:
        for ref in self.made:
            assert ref in self.removed or ref.id in self.world.crms[ref.connection].records("Lead"), ref


TestJobs = Jobs.TestCase
TestJobs.settings = settings(
    max_examples=12, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck)
)
