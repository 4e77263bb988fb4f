"""Rows of old runs go, those of recent ones and of what can still be retried stay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from streets import only, two_crms

from leadbridge.errors import StoppedError
from leadbridge.state import operations, plans, retention, runs
from leadbridge.state.schema import runs as table
from leadbridge.state.store import Store
from leadbridge.testing.faults import Faults

ADA = {"Email": "ada@x.example", "LastName": "King", "Phone": "(415) 555-0100", "City": "Rome", "OptedOut": False}


def rows(store: Store, run: int) -> tuple[int, int]:
    """Rows of a run's plan and of its journal."""
    with store.read() as snapshot:
        found = runs.get(snapshot, run)
        assert found is not None
        return len(plans.page(snapshot, found.plan or 0)), len(operations.page(snapshot, run))


def age(store: Store, days: int) -> None:
    with store.begin() as tx:
        long_ago = datetime.now(UTC) - timedelta(days=days)
        tx.connection.execute(update(table).values(ended_at=long_ago))


def test_old_runs_lose_their_rows_and_recent_ones_are_undone(tmp_path: Path) -> None:
    town, sf, hs = two_crms(tmp_path)
    lead = sf.create("Lead", ADA)
    first = town.sync().run
    later = 0
    for number in range(retention.KEPT_RUNS):
        sf.edit("Lead", lead, {"LastName": f"King {number}"})
        later = town.sync(overrides=["update"]).run
    with town.opened() as (_, store):
        assert all(0 not in rows(store, run) for run in (first, later))
        age(store, days=40)
    town.sync()

    with town.opened() as (_, store):
        assert rows(store, first) == (0, 0)
        assert 0 not in rows(store, later)
    # What is known of the person does not rest on them.
    assert next(r for r in town.why("sf", "Lead", lead).fields if r.field == "email").run == first
    with pytest.raises(StoppedError, match="older than 30 days"):
        town.undo(first)
    town.undo(later)
    assert only(hs, "contacts")["lastname"] == f"King {retention.KEPT_RUNS - 2}"


def test_rows_of_young_runs_and_of_open_rejects_stay(tmp_path: Path) -> None:
    town, sf, _ = two_crms(tmp_path)
    sf.create("Lead", ADA)
    town.faults("hs", Faults(refuses=lambda action: action.verb == "create"))
    refused = town.sync().run
    for number in range(retention.KEPT_RUNS + 1):
        sf.create("Lead", {**ADA, "Email": f"{number}@x.example", "Phone": ""})
        town.sync()
    with town.opened() as (_, store):
        with store.begin() as tx:
            assert retention.prune(tx, datetime.now(UTC)) == []
        age(store, days=40)
    town.sync()
    with town.opened() as (_, store):
        assert 0 not in rows(store, refused)


def test_a_plan_that_was_carried_out_keeps_no_cursors(tmp_path: Path) -> None:
    town, sf, _ = two_crms(tmp_path)
    sf.create("Lead", ADA)
    plan = town.plan().plan
    with town.opened() as (_, store), store.read() as snapshot:
        assert plans.get(snapshot, plan).end  # type: ignore[union-attr]
    town.apply(plan)
    with town.opened() as (_, store), store.read() as snapshot:
        kept = plans.get(snapshot, plan)
    assert (kept.start, kept.end, kept.state) == ({}, {}, "applied")  # type: ignore[union-attr]


def test_a_file_that_is_mostly_unused_is_written_anew(tmp_path: Path) -> None:
    town, sf, _ = two_crms(tmp_path)
    for number in range(300):
        sf.create("Lead", {**ADA, "Email": f"{number}@x.example", "LastName": f"N{number}" * 40, "Phone": ""})
    town.sync()
    for number in range(retention.KEPT_RUNS):
        sf.edit("Lead", "Lead-1", {"City": f"Rome {number}"})
        town.sync(overrides=["update"])
    file = tmp_path / ".leadbridge" / "state.db"
    before = file.stat().st_size
    with town.opened() as (_, store):
        age(store, days=40)
    town.sync()
    assert file.stat().st_size < before * 0.6
