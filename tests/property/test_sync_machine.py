"""The promises on the whole pure cycle: people edit, make, delete, merge and convert while runs fail in part."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from typing import Any

import pure_cycle as cycle
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, precondition, rule
from pure_world import CONNECTIONS, MAPPINGS, NAMES, OBJECTS, PERSON, Capture, Crms, covering, turned

from leadbridge.golden import Held
from leadbridge.merge.model import FieldPolicy
from leadbridge.plan.row_text import canonical, digest
from leadbridge.plan.sync_rows import PlanRow, Settle, Write
from leadbridge.records import Ref
from leadbridge.values import MISSING

EMAILS = st.sampled_from([None, "", "ada@x.example", "Ada@X.example", "bob@x.example", "cy@x.example"])
PHONES = st.sampled_from([None, "", "4155550100", "4155550101"])
CITIES = st.sampled_from([None, "", "Rome", " Rome", "Bern", "Ulm\nBern"])
CONSENT = st.sampled_from([None, False, True])
VALUES = {"email": EMAILS, "phone": PHONES, "city": CITIES, "opted_out": CONSENT}
EDITS = st.sampled_from(NAMES).flatmap(lambda name: st.tuples(st.just(name), VALUES[name]))
KINDS = st.sampled_from(["prefer", "longest", "min", "max", "fill_blank", "union", "ask"])
FATES = st.lists(st.sampled_from(["", "", "", "lost", "unheard"]), min_size=1, max_size=6)
ORDERS = st.permutations(range(5))


class People(RuleBasedStateMachine):
    """Since it was last quiet, by golden record and field: ``edits``, who edited it, with the value it ended on;
    ``before``, what golden held; ``taken``, what it has held since. ``upset``: golden records to which more happened.
    """

    refs: Bundle[Ref] = Bundle("refs")

    @initialize(kind=KINDS, first=st.sampled_from(["ask", "prefer"]), deletes=st.sampled_from(["park", "propagate"]))
    def begin(self, kind: Any, first: Any, deletes: Any) -> None:
        policies = {
            "default": FieldPolicy(kind, CONNECTIONS, first=first),
            "opted_out": FieldPolicy("restrictive", CONNECTIONS, first=first),
        }
        self.crms, self.state = Crms(), cycle.State(policies, deletes)
        self.edits: dict[tuple[int, str], dict[Ref, Any]] = {}
        self.before: dict[tuple[int, str], str] = {}
        self.taken: dict[tuple[int, str], set[str]] = defaultdict(set)
        self.upset: set[int] = set()
        self.last = Capture()

    # --- people

    @rule(target=refs, at=st.sampled_from(OBJECTS), values=st.fixed_dictionaries(VALUES))
    def make(self, at: tuple[str, str, str], values: dict[str, Any]) -> Ref:
        return self.crms.make(at[0], at[1], values)

    @rule(target=refs, number=st.integers(0, 5))
    def find_one_that_leadbridge_made(self, number: int) -> Ref:
        made = sorted(ref for refs in self.crms.keys.values() for ref in refs)
        return made[number % len(made)] if made else Ref("sf", "Lead", "none")

    @rule(ref=refs, edit=EDITS)
    def edit(self, ref: Ref, edit: tuple[str, Any]) -> None:
        name, value = edit
        if ref in self.crms.rows:
            column, link = f"{ref.connection}_{name}", self.state.at(ref)
            held = self.crms.rows[ref][column]
            self.crms.edit(ref, name, value)
            if link is not None and self.crms.rows[ref][column] != held:
                said = self.state.goldens[link.golden].value(name)
                self.before.setdefault((link.golden, name), self._key(name, said))
                self.edits.setdefault((link.golden, name), {})[ref] = self.crms.rows[ref][column]

    @rule(number=st.integers(0, 5), name=st.sampled_from(NAMES), data=st.data())
    def edit_in_several_places(self, number: int, name: str, data: st.DataObject) -> None:
        live = [link for link in self.state.links.values() if link.state == "live"]
        golden = live[number % len(live)].golden if live else 0
        for link in sorted((link for link in live if link.golden == golden), key=lambda link: link.ref):
            self.edit(link.ref, (name, data.draw(VALUES[name])))

    @rule(ref=refs)
    def restage(self, ref: Ref) -> None:
        if ref in self.crms.rows:
            self.crms.restage(ref)
            self._upset(ref)

    @rule(ref=refs)
    def delete(self, ref: Ref) -> None:
        if ref in self.crms.rows:
            self._upset(ref)
            self.crms.delete(ref)

    @rule(loser=refs, winner=refs, taken=st.sets(st.sampled_from(NAMES)))
    def merge(self, loser: Ref, winner: Ref, taken: set[str]) -> None:
        both = loser in self.crms.rows and winner in self.crms.rows and loser != winner
        if both and (loser.connection, loser.object) == (winner.connection, winner.object):
            self._upset(loser, winner)
            self.crms.merge(loser, winner, sorted(taken))

    @rule(target=refs, lead=refs, contact=refs, new=st.booleans())
    def convert(self, lead: Ref, contact: Ref, new: bool) -> Ref:
        if lead in self.crms.rows and lead.object == "Lead":
            into = contact if not new and contact in self.crms.rows and contact.object == "Contact" else None
            self._upset(lead, contact)
            return self.crms.convert(lead, into)
        return contact

    # --- answers

    @precondition(lambda self: self.state.guarded)
    @rule(value=CITIES, number=st.integers(0, 9))
    def settle_a_conflict(self, value: Any, number: int) -> None:
        """A person says what a field of type text shall be; of another type, that it stays."""
        golden, name = sorted(self.state.guarded)[number % len(self.state.guarded)]
        self.state.guarded.discard((golden, name))
        said = self.state.goldens[golden]
        if name == "city":
            self.state.goldens[golden] = dataclasses.replace(said, fields={**said.fields, name: Held(value)})
        self.state.due |= {link.id for link in self.state.of(golden) if link.state == "live"}
        self.upset.add(golden)

    @precondition(lambda self: self.state.doubts)
    @rule(same=st.booleans(), number=st.integers(0, 9))
    def say_who_it_is(self, same: bool, number: int) -> None:
        refs = sorted(self.state.doubts, key=sorted)[number % len(self.state.doubts)]
        del self.state.doubts[refs]
        self._upset(*refs)
        if same:
            self.state.same.append(refs)
        else:
            self.state.answers |= {frozenset({a, b}): "different" for a in refs for b in refs if a != b}

    # --- runs

    @rule(
        seen=st.sets(st.sampled_from(CONNECTIONS), min_size=1), fates=FATES, order=ORDERS, meanwhile=st.none() | EDITS
    )
    def run(self, seen: set[str], fates: list[str], order: list[int], meanwhile: Any) -> None:
        """Only some connections are captured, people go on between plan and apply, and writes fail."""
        rows = self._planned(seen, order)
        cycle.settle_rows(self.state, rows)
        if meanwhile is not None and self.crms.rows:
            self.edit(min(self.crms.rows), meanwhile)
        self._written(rows, fates)

    @rule(order=ORDERS)
    def come_to_rest(self, order: list[int]) -> None:
        self._rest(order)

    def _rest(self, order: list[int]) -> None:
        for _ in range(12):
            rows = self._planned(set(CONNECTIONS), order)
            cycle.settle_rows(self.state, rows)
            self._written(rows, [""])
            if not rows and not self.crms.dirty:
                break
        else:
            raise AssertionError("it never comes to rest")
        self._converged()
        self._no_edit_lost()
        self._nothing_owed()
        for known in (self.edits, self.before, self.taken, self.upset):
            known.clear()  # type: ignore[attr-defined]

    def teardown(self) -> None:
        if hasattr(self, "crms"):
            self._rest([0])
            self._replayed()

    # --- what a run does

    def _planned(self, seen: set[str], order: list[int]) -> tuple[PlanRow, ...]:
        self.state.runs += 1
        cycle.resume(self.state, self.crms)
        due = [self.state.links[n].ref for n in sorted(self.state.due)]
        self.last = self.crms.capture(seen, due)
        rows = cycle.Cycle(self.state, self.last).plan()
        mixed = dataclasses.replace(self.state, links=dict(reversed(self.state.links.items())))
        again = cycle.Cycle(mixed, turned(self.last, order)).plan()
        assert list(map(canonical, again)) == list(map(canonical, rows)), "promise 10: order-free"
        assert digest(again) == digest(rows)
        for row in rows:
            if isinstance(row.body, Settle) and (row.body.links or row.body.unites or row.body.asked):
                self.upset |= {row.body.golden, *row.body.unites}
            if isinstance(row.body, Settle) and row.body.questions:
                self.upset.add(row.body.golden)
            for move in row.body.moves if isinstance(row.body, Settle) else ():
                self.taken[row.body.golden, move.field].add(self._key(move.field, move.new.value))
        return rows

    def _written(self, rows: tuple[PlanRow, ...], fates: list[str]) -> None:
        for row in rows:
            if isinstance(row.body, Write):
                self._warranted(row.body)
        turns = iter(range(len(rows) + 1))
        cycle.write_rows(self.state, self.crms, rows, lambda write: fates[next(turns) % len(fates)])
        # What was said to be one has been united.
        self.state.same.clear()

    def _warranted(self, write: Write) -> None:
        """Promises 3 and 4, at the moment of writing."""
        links = self.state.of(self.state.root(write.golden))
        if write.verb == "create":
            assert write.connection not in {link.ref.connection for link in links}, "promise 3: it has a link there"
            assert write.golden not in self.state.asked(), "promise 3: nobody knows yet who it is"
        if write.verb == "delete":
            proof = {link.ref for link in links} & self.crms.removed
            assert self.state.deletes == "propagate", "promise 4: nobody approved it"
            assert {ref.connection for ref in proof} - {write.connection}, "promise 4: nobody deleted it"
        if write.verb == "update":
            link = self.state.links[write.link or 0]
            assert link.state == "live", "twins, converted and suspended records are never written"
            assert write.values.keys() == write.expected.keys()

    def _upset(self, *refs: Ref) -> None:
        self.upset |= {link.golden for ref in refs if (link := self.state.at(ref)) is not None}

    # --- promises

    @invariant()
    def no_duplicate(self) -> None:
        """Promise 3: however often a create was sent, there is one record, and one live link in an object."""
        for refs in getattr(getattr(self, "crms", None), "keys", {}).values():
            assert len(refs) == 1
        links = getattr(getattr(self, "state", None), "links", {}).values()
        live = [(link.golden, link.ref.connection, link.ref.object) for link in links if link.state == "live"]
        assert len(live) == len(set(live))
        assert len({link.ref for link in links}) == len(links)

    def _converged(self) -> None:
        """Promise 1: what every live record holds is what golden says, guarded fields excepted."""
        for link in self.state.links.values():
            row = self.crms.rows.get(link.ref)
            if link.state != "live" or row is None:
                continue
            golden = self.state.goldens[link.golden]
            free = {n: v for n, v in golden.values.items() if (golden.id, n) not in self.state.guarded}
            mapping = MAPPINGS[link.ref.connection, link.ref.object]
            assert mapping.put(free, row) == {}, (link, row, free)
            assert covering(link.ref, row) is not None
        for ref, row in self.crms.rows.items():
            assert covering(ref, row) is None or self.state.at(ref) is not None, "every covered record has its link"

    def _no_edit_lost(self) -> None:
        """Promise 2, for golden records left in peace: an edit made at one place only is what golden holds; of several
        each was golden once; or it was overruled and logged.
        """
        logged = {
            (self.state.root(c.golden), c.field, self._key(c.field, lost.value))
            for c in self.state.conflicts
            for lost in c.losers
        }
        for (golden, name), by in self.edits.items():
            number = self.state.root(golden)
            if {golden, number} & self.upset or (number, name) in self.state.guarded:
                continue
            held = self._key(name, self.state.goldens[number].value(name))
            accepted = {held} if len(by) == 1 else {held, self.before[golden, name], *self.taken[number, name]}
            for ref, value in by.items():
                link, key = self.state.at(ref), self._key(name, value)
                never = held == repr(MISSING) and value in {None, ""}
                if not never and link is not None and link.state == "live":
                    assert key in accepted or (number, name, key) in logged, (ref, name, value, held)

    def _key(self, name: str, value: Any) -> str:
        return repr(value) if value in {None, "", MISSING} else repr(PERSON.fields[name].kind.key(value))

    def _nothing_owed(self) -> None:
        """Promises 1 and 5: a second run has nothing to do."""
        rows = self._planned(set(CONNECTIONS), [0])
        assert rows == (), rows

    def _replayed(self) -> None:
        """Promise 5: what a cursor that was handed in again repeats changes nothing."""
        for ref in self.crms.rows:
            self.crms.dirty.add(ref)
        self.crms.tombstones += sorted(self.crms.removed)
        rows = self._planned(set(CONNECTIONS), [3, 1, 2])
        assert rows == (), rows


TestPeople = People.TestCase
TestPeople.settings = settings(
    deadline=None,
    max_examples=200,
    stateful_step_count=30,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
