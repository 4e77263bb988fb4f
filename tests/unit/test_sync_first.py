"""The thin thread: two CRMs, a first import that is approved, a second run with nothing to do, an edit carried over."""

from __future__ import annotations

from pathlib import Path

from sync_world import ADA, BOB, World


def test_a_first_run_waits_for_its_approval(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.lead("a", **ADA)
    outcome = world.sync(approval="yes")
    assert (outcome.state, [stop.brake for stop in outcome.stops]) == ("stopped", ["first_plan"])
    assert world.leads("b") == []


def test_an_approved_plan_is_applied_and_a_second_run_does_nothing(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.lead("a", **ADA)
    world.lead("b", **BOB)
    planned = world.plan()
    assert planned.writes == {"a": {"create": 1}, "b": {"create": 1}}
    assert world.leads("b") == [BOB]
    outcome = world.apply()
    assert (outcome.state, outcome.counts["done"], outcome.counts["settled"]) == ("done", 2, 2)
    assert sorted(lead["Last"] for lead in world.leads("a")) == ["Day", "King"]
    assert world.leads("a") == [ADA, BOB]
    assert world.leads("b") == [BOB, ADA]
    again = world.sync()
    assert (again.state, again.counts["done"], again.counts["settled"]) == ("done", 0, 0)


def test_an_edit_is_carried_over(tmp_path: Path) -> None:
    world = World(tmp_path)
    lead = world.lead("a", **ADA)
    world.sync()
    world.a.edit("Lead", lead, {"Phone": "+498999999"})
    outcome = world.sync()
    assert outcome.counts["done"] == 1
    assert world.only("b")["Phone"] == "+498999999"
    assert world.sync().counts == {"settled": 0, "stale": 0, "done": 0, "rejected": 0, "uncertain": 0, "left": 0}
