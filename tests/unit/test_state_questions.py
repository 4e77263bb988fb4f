"""Rejects, reviews, conflicts, the inbox, what is known of connections, and captured rows in pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from stated import lead, opened, person

from leadbridge.records import Record, Ref
from leadbridge.state import conflicts, connections, goldens, holds, inbox, keys, links, rejects, reviews, runs, staging
from leadbridge.state.model import (
    Claim,
    ConflictRow,
    ConnectionRow,
    GoldenKey,
    InboxRow,
    RejectRow,
    ReviewRow,
    StagedGone,
    StagedRow,
    StoredGolden,
)
from leadbridge.state.store import Store
from leadbridge.state.transactions import Snapshot
from leadbridge.values import MISSING

NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
REF = Ref("sf", "Lead", "00Q1")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path) as made:
        yield made


def test_rejects_are_found_by_record_until_they_are_cleared(store: Store) -> None:
    raw = {"Phone": "12", "Budget": Decimal("0.10"), "Blank": ""}
    full = RejectRow(0, 3, 7, REF, "fair.csv:2", "unknown_value", "It is odd.", "Mend it.", "Phone", raw, "f1")
    plain = RejectRow(0, 4, None, Ref("hs", "contacts", ""), "", "column_count", "Too many.")

    with store.begin() as tx:
        first, second = rejects.add(tx, [full, plain])
        again = rejects.add(tx, [full])[0]
        assert [first, second] == [replace(full, id=1), replace(plain, id=2)]
        assert rejects.open_of(tx, [REF, Ref("sf", "Lead", "nobody")]) == {REF: (first, again)}
        rejects.set_state(tx, [first.id], "retried")
        assert rejects.open_of(tx, [REF]) == {REF: (again,)}
        assert rejects.page(tx) == [second, again]
        assert rejects.page(tx, state=None, run=3) == [replace(first, state="retried"), again]
        assert rejects.page(tx, after=second.id, limit=1) == [again]
        assert rejects.add(tx, []) == []


def test_questions_are_answered_once(store: Store) -> None:
    asked = ReviewRow(0, "conflict", 3, 1, None, "phone", '["a","b"]', NOON)

    with store.begin() as tx:
        first, second, third = reviews.ask(tx, [asked, replace(asked, golden=None, link=5), asked])
        assert reviews.open_of(tx, [1, 2]) == {1: (first, third)}
        assert reviews.answer(tx, first.id, '"a"')
        assert not reviews.answer(tx, first.id, '"b"')
        assert reviews.clear(tx, [first.id, second.id]) == 1
        assert reviews.page(tx) == [third]
        assert reviews.page(tx, only_open=False, limit=2) == [
            replace(first, state="answered", answer='"a"'),
            replace(second, state="cleared"),
        ]


def test_conflicts_keep_every_value_with_its_link_and_time(store: Store) -> None:
    losers = (Claim(("a", "b"), "hs", Ref("hs", "contacts", "1"), NOON), Claim(None, "sf", REF), Claim("", ""))
    row = ConflictRow(0, 3, 1, "tags", Claim(MISSING, ""), losers, "prefer", NOON)

    with store.begin() as tx:
        (first,) = conflicts.add(tx, [row])
        (second,) = conflicts.add(tx, [replace(row, run=4, winner=Claim(Decimal("1.0"), "sf", REF), losers=())])
        assert conflicts.of(tx, [1, 2]) == {1: (first, second)}
        assert conflicts.page(tx, run=3) == [replace(row, id=first.id)] == [first]
        assert conflicts.page(tx, after=first.id) == [second]
        conflicts.set_restored(tx, first.id, 9)
        assert conflicts.get(tx, first.id) == replace(first, restored_by=9)
        assert conflicts.get(tx, 10**6) is None


def pushed(dedupe: str, connection: str = "web") -> InboxRow:
    return InboxRow(0, connection, "form", NOON, '{"email":"ada@x.example"}', dedupe)


def test_the_inbox_takes_everything_once(store: Store) -> None:
    with store.begin() as tx:
        assert inbox.append(tx, [pushed("1"), pushed("2"), pushed("1")]) == 2
    with store.begin() as tx:
        assert inbox.append(tx, [pushed("2"), pushed("3"), pushed("1", "mail")]) == 2
        taken = inbox.take(tx, 7, "web", limit=2)
        assert [(row.dedupe, row.taken_by, row.received_at) for row in taken] == [("1", 7, NOON), ("2", 7, NOON)]
        assert [row.dedupe for row in inbox.take(tx, 8, "web")] == ["3"]
        assert inbox.take(tx, 9, "web") == []


def test_what_a_run_took_and_did_not_do_waits_again(store: Store) -> None:
    with store.begin() as tx:
        inbox.append(tx, [pushed("1"), pushed("2")])
        first, second = inbox.take(tx, 7, "web")
        inbox.done(tx, [first.id])
        assert inbox.taken(tx, 7) == [second]
        inbox.give_back(tx, 7)
        assert [row.dedupe for row in inbox.take(tx, 8, "web")] == ["2"]


def test_what_is_done_is_known_until_it_is_forgotten(store: Store) -> None:
    with store.begin() as tx:
        inbox.append(tx, [pushed("1")])
        inbox.done(tx, [row.id for row in inbox.take(tx, 7, "web")])
        assert tx.connection.exec_driver_sql("SELECT body FROM inbox").scalar() == ""
        assert inbox.append(tx, [pushed("1")]) == 0
        assert inbox.forget(tx, datetime.now(UTC) - timedelta(minutes=1)) == 0
        assert inbox.forget(tx, datetime.now(UTC) + timedelta(minutes=1)) == 1
        assert inbox.append(tx, [pushed("1")]) == 1


def test_what_was_known_of_a_connection_is_replaced(store: Store) -> None:
    first = ConnectionRow("sf", "salesforce", "s1", "m1", {"Lead": ("Email", "Phone")}, {"Lead": 100})
    other = ConnectionRow("hs", "hubspot")

    with store.begin() as tx:
        connections.put(tx, [first, other])
        connections.put(tx, [replace(first, scope="s2", seen={"Lead": 0})])
        assert connections.get(tx, ["sf", "hs", "web"]) == {
            "sf": replace(first, scope="s2", seen={"Lead": 0}),
            "hs": other,
        }


def staged_row(id: str, object: str = "Lead", modified: datetime | None = None) -> StagedRow:
    return StagedRow(Record(Ref("sf", object, id), {"City": None}, "x.csv:1", modified), "lead", "leads.yaml")


def test_captured_rows_come_in_the_order_of_their_refs(store: Store) -> None:
    rows = [staged_row("2"), staged_row("1", "Contact", NOON), staged_row("10"), staged_row("1")]
    gone = [StagedGone(Ref("sf", "Lead", "9"), "absent"), StagedGone(Ref("sf", "Lead", "8"), "tombstone", "1")]

    with store.begin() as tx:
        staging.stage(tx, 7, rows)
        staging.stage_gone(tx, 7, gone)
        found = staging.page(tx, 7, limit=3)
        assert found == sorted(rows, key=lambda r: r.record.ref)[:3]
        assert staging.page(tx, 7, after=found[-1].record.ref) == [rows[0]]
        assert staging.page_gone(tx, 7) == gone[::-1]
        assert staging.page_gone(tx, 7, after=gone[1].ref) == gone[:1]
        assert staging.load(tx, 7, [rows[2].record.ref, Ref("hs", "Lead", "1")]) == {rows[2].record.ref: rows[2]}
        assert staging.count(tx, 7) == 4
        staging.settle(tx, 7, [gone[0].ref, rows[0].record.ref])
        assert (staging.count(tx, 7), staging.page_gone(tx, 7)) == (3, gone[1:])
        staging.clear(tx, 7)
        assert (staging.count(tx, 7), staging.page_gone(tx, 7)) == (0, [])


def test_a_golden_record_that_moved_on_is_left_alone(store: Store) -> None:
    with store.begin() as tx:
        goldens.add(tx, [person(1, city="Oslo"), person(2, city="Oslo")])
        new = [person(number, city="Bergen") for number in (1, 2, 3)]
        assert goldens.update_expected(tx, new, {1: 1, 2: 2, 3: 1}) == {2, 3}
        assert goldens.load(tx, [1, 2, 3]) == {
            1: StoredGolden(new[0], 2),
            2: StoredGolden(person(2, city="Oslo"), 1),
        }


def test_links_are_listed_and_counted(store: Store) -> None:
    with store.begin() as tx:
        goldens.add(tx, [person(1), person(2)])
        made = [lead(1, 1), lead(2, 1, state="surplus"), lead(3, 2), lead(4, 2, connection="hs")]
        links.add(tx, made)
        assert links.page(tx, "sf", "Lead") == made[:3]
        assert links.page(tx, "sf", "Lead", after="00Q1", limit=1) == [made[1]]
        assert links.counts(tx) == {
            ("sf", "Lead", "live"): 2,
            ("sf", "Lead", "surplus"): 1,
            ("hs", "Lead", "live"): 1,
        }


LOOKED_UP: list[tuple[Callable[[Snapshot], object], str]] = [
    (lambda s: links.due(s, "sf"), "links USING INDEX ix_links_due"),
    (lambda s: links.by_refs(s, [REF]), "links USING INDEX sqlite_autoindex_links_1"),
    (lambda s: links.unchanged(s, {REF: {}}), "links USING INDEX sqlite_autoindex_links_1"),
    (lambda s: links.by_goldens(s, [1]), "links USING INDEX ix_links_golden"),
    (lambda s: links.page(s, "sf", "Lead"), "links USING INDEX sqlite_autoindex_links_1"),
    (goldens.due, "golden USING INDEX ix_golden_due"),
    (lambda s: goldens.load(s, [1]), "golden USING INTEGER PRIMARY KEY"),
    (lambda s: keys.find(s, [GoldenKey("person", "email", "a")]), "golden_keys USING PRIMARY KEY"),
    (lambda s: keys.of(s, [1]), "golden_keys USING COVERING INDEX ix_golden_keys_golden"),
    (lambda s: runs.unfinished(s, ["sf"]), "operations USING INDEX ix_operations_sent"),
    (lambda s: staging.page(s, 1, REF), "staged USING INDEX sqlite_autoindex_staged_1"),
    (lambda s: rejects.open_of(s, [REF]), "rejects USING INDEX ix_rejects_record"),
    (lambda s: reviews.open_of(s, [1]), "reviews USING INDEX ix_reviews_golden"),
    (lambda s: conflicts.of(s, [1]), "conflicts USING INDEX ix_conflicts_golden"),
    (lambda s: holds.of(s, [1]), "holds USING INDEX sqlite_autoindex_holds_1"),
]


@pytest.mark.parametrize(("look_up", "index"), LOOKED_UP)
def test_what_is_looked_up_often_is_never_scanned(
    store: Store, look_up: Callable[[Snapshot], object], index: str
) -> None:
    asked: list[tuple[str, Any]] = []

    def remember(connection: Any, cursor: Any, statement: str, parameters: Any, *rest: Any) -> None:
        asked.append((statement, parameters))

    with store.begin() as tx:  # there is one: without any, nothing is looked up
        rejects.add(tx, [RejectRow(0, 4, None, Ref("hs", "contacts", ""), "", "column_count", "Too many.")])
    with store.read() as snapshot:
        assert snapshot.names
        event.listen(store.engine, "before_cursor_execute", remember)
        look_up(snapshot)
        event.remove(store.engine, "before_cursor_execute", remember)
        statement, parameters = asked[-1]
        rows = snapshot.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        plan = [str(row[3]) for row in rows]

    assert any(index in step for step in plan), plan
    assert not any("TEMP B-TREE" in step for step in plan), plan


def test_more_values_than_a_statement_takes(store: Store) -> None:
    numbers = range(1, 3501)
    with store.begin() as tx:
        goldens.add(tx, [person(n, city="Oslo") for n in numbers])
        links.add(tx, [lead(n, n) for n in numbers])
        keys.add(tx, {n: [GoldenKey("person", "email", str(n))] for n in numbers})
        assert len(goldens.load(tx, numbers)) == 3500
        assert len(links.by_refs(tx, [lead(n, n).link.ref for n in numbers])) == 3500
        assert len(keys.find(tx, [GoldenKey("person", "email", str(n)) for n in numbers])) == 3500
        links.set_due(tx, numbers, True)
        assert len(links.due(tx, "sf", limit=5000)) == 3500
        assert goldens.update_expected(tx, [person(n) for n in numbers], dict.fromkeys(numbers, 1)) == frozenset()
        goldens.remove(tx, numbers)
        assert links.page(tx, "sf", "Lead") == []
