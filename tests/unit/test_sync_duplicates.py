"""Creates that a CRM's duplicate rule refuses: a person says whether the record it found is the same one."""

from __future__ import annotations

from pathlib import Path

from sync_world import ADA, World, nobody

from leadbridge.jobs.sync import api
from leadbridge.state import rejects, reviews

AUGUSTA = {"Email": "augusta@y.example", "First": "Augusta", "Last": "King", "City": "Rome"}


def stopped(folder: Path) -> World:
    """b takes two people of one last name for one."""
    world = World(folder, job="direction: one_way, first: prefer")
    world.b.duplicate_rules["Lead"] = "Last"
    world.lead("a", **ADA)
    world.lead("b", **AUGUSTA)
    assert world.sync().codes == {"duplicate": 1}
    return world


def codes(world: World) -> list[str]:
    with world.store() as store, store.read() as snapshot:
        return [row.code for row in rejects.page(snapshot)]


def test_it_is_asked_once_whatever_changes(tmp_path: Path) -> None:
    world = stopped(tmp_path)
    assert world.asked() == [(1, "duplicate", "")]
    with world.store() as store, store.read() as snapshot:
        (asked,) = reviews.page(snapshot)
    assert "b found Lead Lead-1; is it the same?" in asked.body
    assert world.sync().counts["rejected"] == 0
    world.a.edit("Lead", "Lead-1", {"City": "Bern"})
    assert world.sync().codes == {"duplicate": 1}
    assert (world.asked(), codes(world)) == ([(1, "duplicate", "")], ["duplicate"])


def test_the_same_are_one_record_from_the_next_run_on(tmp_path: Path) -> None:
    world = stopped(tmp_path)
    assert "b:Lead:Lead-1 is the record that was to be made" in world.answer(1, "same")
    assert codes(world) == []
    world.sync()
    assert world.states() == {"a:Lead:Lead-1": "live", "b:Lead:Lead-1": "live"}
    assert world.only("b")["Email"] == "ada@x.example"
    assert (world.asked(), world.plan().rows) == ([], 0)


def test_the_same_that_was_never_read_is_read_and_linked(tmp_path: Path) -> None:
    """The CRM knows it for longer than the sync does: it came after the capture."""
    world = World(tmp_path, job="direction: one_way, first: prefer")
    world.b.duplicate_rules["Lead"] = "Last"
    world.lead("a", **ADA)
    plan = world.plan()
    world.lead("b", **AUGUSTA)
    assert world.apply(plan.plan).codes == {"duplicate": 1}
    world.answer(1, "same")
    world.sync()
    assert (world.only("b")["Email"], world.only("b")["City"]) == ("ada@x.example", "Rome")
    assert (world.asked(), world.plan().rows) == ([], 0)


def test_different_ones_stay_refused_until_something_changes(tmp_path: Path) -> None:
    world = stopped(tmp_path)
    assert "leadbridge rejects retry" in world.answer(1, "different")
    assert world.sync().counts["rejected"] == 0
    world.a.edit("Lead", "Lead-1", {"City": "Bern"})
    assert world.sync().codes == {"duplicate": 1}
    assert (world.asked(), codes(world)) == ([], ["duplicate"])
    world.b.duplicate_rules.clear()
    with world.store() as store:
        api.retry_rejects(world.workspace(), store, None, "yes", nobody)
    assert len(world.leads("b")) == 2
    assert codes(world) == []


def test_it_settles_itself_when_the_record_is_made_after_all(tmp_path: Path) -> None:
    world = stopped(tmp_path)
    world.a.edit("Lead", "Lead-1", {"Last": "Lovelace"})
    assert world.sync().counts["done"] == 1
    world.sync()
    assert (world.asked(), codes(world)) == ([], [])


def test_it_settles_itself_when_the_two_are_found_to_be_one(tmp_path: Path) -> None:
    world = World(tmp_path, job="direction: one_way, first: prefer")
    world.b.duplicate_rules["Lead"] = "Last"
    world.lead("a", **ADA)
    plan = world.plan()
    world.lead("b", **{**AUGUSTA, "Email": "ada@x.example"})
    world.apply(plan.plan)
    assert [kind for _, kind, _ in world.asked()] == ["duplicate"]
    world.sync()
    assert (len(world.leads("b")), world.asked(), codes(world)) == (1, [], [])


def test_nobody_is_deleted_for_a_record_that_went_before_it_was_linked(tmp_path: Path) -> None:
    """Whoever deleted it had not seen what the other one holds; a person decides."""
    world = World(tmp_path, job="first: prefer, deletes: propagate")
    world.b.duplicate_rules["Lead"] = "Last"
    world.lead("a", **ADA)
    plan = world.plan()
    world.lead("b", **AUGUSTA)
    world.apply(plan.plan)
    world.b.delete("Lead", "Lead-1")
    world.answer(1, "same")
    world.sync()
    assert world.only("a")["Email"] == "ada@x.example"
    assert [kind for _, kind, _ in world.asked()] == ["delete"]
