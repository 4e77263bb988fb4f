"""Undo: per field, held afterwards, and honest about what was edited since."""

from __future__ import annotations

from pathlib import Path

import pytest
from sync_world import ADA, FAULTS, World, nobody

from leadbridge.errors import StoppedError, UsageError
from leadbridge.jobs.sync import api
from leadbridge.jobs.sync.model import RunOutcome
from leadbridge.records import Ref
from leadbridge.testing.faults import Faults, Killed, at


def undo(world: World, run: int) -> RunOutcome:
    with world.store() as store:
        return api.undo(world.workspace(), store, run, lambda _: True, nobody)


def carried(folder: Path, connections: str = "ab") -> tuple[World, int]:
    """An edit of two fields, carried from a."""
    world = World(folder, connections)
    lead = world.lead("a", **ADA, City="Rome")
    world.sync()
    world.a.edit("Lead", lead, {"City": "Bern", "Phone": "+491111111"})
    return world, world.sync().run


def test_what_was_carried_is_put_back_and_stays_so(tmp_path: Path) -> None:
    world, run = carried(tmp_path)
    outcome = undo(world, run)
    assert (outcome.state, outcome.counts["done"], outcome.left) == ("done", 1, ())
    assert (world.only("b")["City"], world.only("b")["Phone"]) == ("Rome", ADA["Phone"])
    assert world.only("a")["City"] == "Bern"
    assert world.sync().counts["done"] == 0
    with world.store() as store:
        assert api.release(store, Ref("b", "Lead", world.id_in("b"))) == 2
    assert world.sync().counts["done"] == 1
    assert world.only("b")["City"] == "Bern"


def test_a_field_edited_since_is_named_and_left(tmp_path: Path) -> None:
    world, run = carried(tmp_path)
    world.b.edit("Lead", world.id_in("b"), {"City": "Ulm"})
    outcome = undo(world, run)
    assert [(left.field, left.now, left.would_be) for left in outcome.left] == [("city", "Ulm", "Rome")]
    assert (world.only("b")["City"], world.only("b")["Phone"]) == ("Ulm", ADA["Phone"])


def test_a_record_that_was_made_is_taken_away(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.lead("a", **ADA)
    run = world.sync().run
    undo(world, run)
    assert world.leads("b") == []
    outcome = world.sync()
    assert (outcome.counts["done"], outcome.questions, world.leads("b")) == (0, 0, [])


def test_a_record_that_was_made_and_edited_stays(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.lead("a", **ADA)
    run = world.sync().run
    world.b.edit("Lead", world.id_in("b"), {"City": "Rome"})
    outcome = undo(world, run)
    assert [(left.field, left.now) for left in outcome.left] == [("city", "Rome")]
    assert len(world.leads("b")) == 1


def test_a_run_is_undone_once(tmp_path: Path) -> None:
    world, run = carried(tmp_path)
    undone = undo(world, run).run
    with pytest.raises(StoppedError, match=rf"run {run} was undone already, by run {undone}"):
        undo(world, run)
    with pytest.raises(UsageError, match=rf"run {undone} is itself an undo"):
        undo(world, undone)
    with pytest.raises(UsageError, match="there is no run 99"):
        undo(world, 99)


def test_an_undo_after_a_later_run_carried_the_value_on(tmp_path: Path) -> None:
    world, run = carried(tmp_path)
    world.b.edit("Lead", world.id_in("b"), {"City": "Ulm"})
    later = world.sync().run
    outcome = undo(world, run)
    assert [(left.field, left.now, left.runs) for left in outcome.left] == [("city", "Ulm", (later,))]
    assert world.only("a")["City"] == "Ulm"


def test_undoing_a_run_undoes_what_its_resume_did(tmp_path: Path) -> None:
    world = World(tmp_path)
    lead = world.lead("a", **ADA)
    world.sync()
    world.a.edit("Lead", lead, {"City": "Rome"})
    FAULTS[f"{tmp_path}/b"] = Faults(script=at({("write", 1): "kill_after"}))
    with pytest.raises(Killed):
        world.sync()
    FAULTS[f"{tmp_path}/b"] = Faults()
    resumed = world.resume()
    assert resumed is not None
    assert (resumed.run, resumed.state, world.only("b")["City"]) == (2, "done", "Rome")
    assert world.resume() is None
    undo(world, 2)
    assert world.only("b").get("City") is None


def test_a_person_who_says_no(tmp_path: Path) -> None:
    world, run = carried(tmp_path)
    with world.store() as store:
        outcome = api.undo(world.workspace(), store, run, lambda planned: planned.rows == 7, nobody)
    assert (outcome.state, world.only("b")["City"]) == ("stopped", "Bern")
