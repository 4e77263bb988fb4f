"""The state's rows against plain dictionaries: any sequence of steps leaves what the dictionaries say."""

from __future__ import annotations

import contextlib
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule
from stated import opened

from leadbridge.golden import Golden, Held, Link
from leadbridge.records import Record, Ref
from leadbridge.state import cursors, goldens, holds, information, keys, links, staging
from leadbridge.state.model import GoldenKey, Hold, ObjectKey, StagedRow, StoredGolden, StoredLink

VALUES: st.SearchStrategy[Any] = st.sampled_from(["", None, 0, False, "Ada", "Zoë"])
BASES = st.dictionaries(st.sampled_from(["Email", "Phone", "City"]), VALUES, max_size=3)
FIELDS = st.dictionaries(
    st.sampled_from(["email", "phone", "city"]), st.builds(Held, VALUES, st.sampled_from(["sf", ""])), max_size=3
)
KEYS = st.frozensets(
    st.builds(GoldenKey, st.just("person"), st.sampled_from(["email", "phone"]), st.sampled_from("abc"))
)
STATES = st.sampled_from(["live", "surplus", "converted", "gone", "suspended"])
CONNECTIONS = st.sampled_from(["sf", "hs"])


class Rows(RuleBasedStateMachine):
    """Every step is a transaction; one that fails leaves the dictionaries as they are."""

    golden_ids = Bundle("golden_ids")
    link_ids = Bundle("link_ids")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store = opened(Path(self.folder.name))
        self.golden: dict[int, StoredGolden] = {}
        self.keys: dict[int, frozenset[GoldenKey]] = {}
        self.links: dict[int, StoredLink] = {}
        self.holds: dict[tuple[int, int, str], Hold] = {}
        self.cursors: dict[ObjectKey, str] = {}
        self.staged: dict[Ref, StagedRow] = {}

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    @rule(target=golden_ids, fields=FIELDS, found=KEYS, due=st.booleans())
    def add_golden(self, fields: dict[str, Held], found: frozenset[GoldenKey], due: bool) -> int:
        with self.store.begin() as tx:
            number = information.reserve(tx, "golden")[0]
            made = Golden(number, "person", fields)
            goldens.add(tx, [made], due=[number] if due else [])
            keys.add(tx, {number: found})
        assert number not in self.golden
        self.golden[number] = StoredGolden(made, 1, due)
        self.keys[number] = found
        return number

    @rule(number=golden_ids, fields=FIELDS, behind=st.integers(0, 1))
    def move_golden(self, number: int, fields: dict[str, Held], behind: int) -> None:
        stored = self.golden.get(number)
        version = (stored.version if stored else 1) - behind
        with self.store.begin() as tx:
            stale = goldens.update_expected(tx, [Golden(number, "person", fields)], {number: version})
        assert stale == (frozenset() if stored and not behind else {number})
        if stored and not behind:
            self.golden[number] = replace(stored, golden=Golden(number, "person", fields), version=version + 1)

    @rule(number=golden_ids, due=st.booleans())
    def set_golden_due(self, number: int, due: bool) -> None:
        with self.store.begin() as tx:
            goldens.set_due(tx, [number], due)
        if number in self.golden:
            self.golden[number] = replace(self.golden[number], due=due)

    @rule(number=golden_ids, found=KEYS)
    def replace_keys(self, number: int, found: frozenset[GoldenKey]) -> None:
        if number in self.golden:
            with self.store.begin() as tx:
                keys.replace(tx, {number: found})
            self.keys[number] = found

    @rule(number=consumes(golden_ids))
    def remove_golden(self, number: int) -> None:
        """Its keys, links and holds go with it."""
        with self.store.begin() as tx:
            goldens.remove(tx, [number])
        self.golden.pop(number, None)
        self.keys.pop(number, None)
        self.links = {i: s for i, s in self.links.items() if s.link.golden != number}
        self.holds = {at: h for at, h in self.holds.items() if h.golden != number}

    @rule(target=link_ids, golden=golden_ids, connection=CONNECTIONS, base=BASES, state=STATES, due=st.booleans())
    def add_link(self, golden: int, connection: str, base: dict[str, Any], state: Any, due: bool) -> int:
        if golden not in self.golden:
            return 0
        with self.store.begin() as tx:
            number = information.reserve(tx, "link")[0]
            link = Link(number, golden, Ref(connection, "Lead", str(number)), "lead", state, base, number)
            made = StoredLink(link, f"key{number}", due)
            links.add(tx, [made])
        self.links[number] = made
        return number

    @rule(number=link_ids, base=BASES, state=STATES, due=st.booleans())
    def change_link(self, number: int, base: dict[str, Any], state: Any, due: bool) -> None:
        with self.store.begin() as tx:
            links.agree(tx, {number: base})
            links.set_states(tx, {number: state})
            links.set_due(tx, [number], due)
        if number in self.links:
            old = self.links[number]
            link = replace(old.link, base={**old.link.base, **base}, state=state)
            self.links[number] = replace(old, link=link, due=due)

    @rule(number=link_ids, base=BASES)
    def rewrite_link(self, number: int, base: dict[str, Any]) -> None:
        if number in self.links:
            old = self.links[number]
            self.links[number] = replace(old, link=replace(old.link, base=base, role="contact", age=0), key="")
            with self.store.begin() as tx:
                links.update_all(tx, [self.links[number]])

    @rule(source=golden_ids, into=golden_ids)
    def unite(self, source: int, into: int) -> None:
        if into in self.golden:
            with self.store.begin() as tx:
                links.move(tx, {source: into})
            self.links = {
                i: replace(s, link=replace(s.link, golden=into)) if s.link.golden == source else s
                for i, s in self.links.items()
            }

    @rule(number=consumes(link_ids))
    def remove_link(self, number: int) -> None:
        with self.store.begin() as tx:
            links.remove(tx, [number])
        self.links.pop(number, None)

    @rule(golden=golden_ids, link=st.integers(0, 2), field=st.sampled_from(["", "phone"]), run=st.integers(1, 3))
    def hold(self, golden: int, link: int, field: str, run: int) -> None:
        if golden in self.golden:
            with self.store.begin() as tx:
                holds.put(tx, [Hold(golden, link, field, run)])
            self.holds[golden, link, field] = Hold(golden, link, field, run)

    @rule(golden=golden_ids, link=st.integers(0, 2), field=st.sampled_from(["", "phone"]))
    def release(self, golden: int, link: int, field: str) -> None:
        with self.store.begin() as tx:
            holds.release(tx, [Hold(golden, link, field, 0)])
        self.holds.pop((golden, link, field), None)

    @rule(connection=CONNECTIONS, start=st.sampled_from([None, "a", "b"]), end=st.sampled_from("ab"))
    def move_cursor(self, connection: str, start: str | None, end: str) -> None:
        at = (connection, "Lead")
        with self.store.begin() as tx:
            moved = cursors.move(tx, {at: start}, {at: end}, 1)
        assert moved == (frozenset() if self.cursors.get(at) == start else {at})
        if not moved:
            self.cursors[at] = end

    @rule(connection=CONNECTIONS, ids=st.sets(st.sampled_from("xyz")), base=BASES)
    def stage(self, connection: str, ids: set[str], base: dict[str, Any]) -> None:
        rows = [
            StagedRow(Record(Ref(connection, "Lead", i), base, f"{i}.csv:1"), "lead", "m.yaml") for i in sorted(ids)
        ]
        with self.store.begin() as tx:
            staging.stage(tx, 7, rows)
        self.staged |= {row.record.ref: row for row in rows}

    @rule(connection=CONNECTIONS, ids=st.sets(st.sampled_from("xyz")))
    def settle(self, connection: str, ids: set[str]) -> None:
        refs = [Ref(connection, "Lead", i) for i in ids]
        with self.store.begin() as tx:
            staging.settle(tx, 7, refs)
        self.staged = {ref: row for ref, row in self.staged.items() if ref not in refs}

    @rule(fields=FIELDS, base=BASES)
    def roll_back(self, fields: dict[str, Held], base: dict[str, Any]) -> None:
        """Whatever a transaction did that fails; new field names among it."""
        with contextlib.suppress(InterruptedError), self.store.begin() as tx:
            number = information.reserve(tx, "golden")[0]
            new = {f"new {number}": Held("x")}
            goldens.add(tx, [Golden(number, "person", {**fields, **new})])
            links.agree(tx, dict.fromkeys(self.links, base))
            links.set_due(tx, list(self.links), True)
            goldens.remove(tx, list(self.golden))
            raise InterruptedError

    @invariant()
    def the_rows_are_what_the_dictionaries_say(self) -> None:
        with self.store.read() as snapshot:
            everybody = [*self.golden, 10**6]
            assert goldens.load(snapshot, everybody) == self.golden
            assert goldens.page(snapshot) == [self.golden[i] for i in sorted(self.golden)]
            assert goldens.due(snapshot) == sorted(i for i, s in self.golden.items() if s.due)
            assert keys.of(snapshot, everybody) == {i: k for i, k in self.keys.items() if k}
            every_key = {k for found in self.keys.values() for k in found}
            having = {k: frozenset(i for i, found in self.keys.items() if k in found) for k in every_key}
            assert keys.find(snapshot, [*every_key, GoldenKey("person", "email", "nobody")]) == having
            assert holds.of(snapshot, everybody) == self.of_golden(self.holds.values())
            assert cursors.get(snapshot, ["sf", "hs"]) == self.cursors
            assert staging.page(snapshot, 7) == [self.staged[ref] for ref in sorted(self.staged)]
            assert staging.page(snapshot, 8) == []

    @invariant()
    def the_links_are_what_the_dictionaries_say(self) -> None:
        by_ref = {stored.link.ref: stored for stored in self.links.values()}
        with self.store.read() as snapshot:
            assert links.load(snapshot, [*self.links, 10**6]) == self.links
            assert links.by_refs(snapshot, [*by_ref, Ref("sf", "Lead", "nobody")]) == by_ref
            of_golden = links.by_goldens(snapshot, list(self.golden))
            assert {s.link.id for some in of_golden.values() for s in some} == set(self.links)
            assert all(s.link.golden == golden for golden, some in of_golden.items() for s in some)
            owed = [s for _, s in sorted(self.links.items()) if s.due]
            for connection in ("sf", "hs"):
                found = links.due(snapshot, connection)
                assert found == [s for s in owed if s.link.ref.connection == connection]
            same = links.unchanged(snapshot, {ref: dict(s.link.base) for ref, s in by_ref.items()})
            assert same == {ref for ref, s in by_ref.items() if s.link.state == "live" and not s.due}
            other = {ref: {**s.link.base, "Email": "somebody else's"} for ref, s in by_ref.items()}
            assert links.unchanged(snapshot, other) == frozenset()

    @staticmethod
    def of_golden(found: Any) -> dict[int, tuple[Hold, ...]]:
        ids = {hold.golden for hold in found}
        return {i: tuple(sorted(hold for hold in found if hold.golden == i)) for i in ids}


TestRows = Rows.TestCase
TestRows.settings = settings(
    max_examples=20, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
