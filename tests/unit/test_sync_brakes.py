"""What stops a run before it writes, and what lifts it for one run."""

from __future__ import annotations

from pathlib import Path

import pytest
from sync_world import ADA, BOB, COLUMNS, World, described, mapping

from leadbridge.errors import StoppedError
from leadbridge.provider import FieldDescription, ObjectDescription


def in_step(folder: Path, number: int, job: str = "first: prefer") -> World:
    world = World(folder, job=job)
    for n in range(number):
        world.lead("a", **{**ADA, "Email": f"p{n}@x.example", "First": f"P{n}", "Phone": None})
    world.sync()
    return world


def brakes(outcome) -> list[str]:
    return [stop.brake for stop in outcome.stops]


def test_shares_count_from_twenty_rows_up(tmp_path: Path) -> None:
    world = in_step(tmp_path, 24)
    for id_ in sorted(world.a.records("Lead"))[:13]:
        world.a.edit("Lead", id_, {"City": "Rome"})
    outcome = world.sync(approval="yes")
    assert (outcome.state, brakes(outcome)) == ("stopped", ["update"])
    assert outcome.stops[0].message.startswith("b: 13 updates of 24 linked records, 54.2 %; the job allows 50 %.")
    assert world.leads("b")[0].get("City") is None


def test_few_rows_prove_nothing(tmp_path: Path) -> None:
    world = in_step(tmp_path, 10)
    for id_ in world.a.records("Lead"):
        world.a.edit("Lead", id_, {"City": "Rome"})
    assert world.sync(approval="yes").counts["done"] == 10


def test_an_override_lasts_one_run(tmp_path: Path) -> None:
    world = in_step(tmp_path, 24)
    for city in ("Rome", "Bern"):
        for id_ in world.a.records("Lead"):
            world.a.edit("Lead", id_, {"City": city})
        assert brakes(world.sync("people", "yes")) == ["update"]
        assert world.sync("people", "yes", "update").counts["done"] == 24


def test_a_count_is_a_limit_whatever_the_share(tmp_path: Path) -> None:
    world = in_step(tmp_path, 3, "first: prefer, brakes: {update: 1}")
    for id_ in sorted(world.a.records("Lead"))[:2]:
        world.a.edit("Lead", id_, {"City": "Rome"})
    assert brakes(world.sync()) == ["update"]


def test_an_unattended_job_runs_once_its_first_plan_is_approved(tmp_path: Path) -> None:
    world = World(tmp_path, job="first: prefer, unattended: true")
    world.lead("a", **ADA)
    assert brakes(world.sync(approval="unattended")) == ["first_plan"]
    world.plan()
    world.apply()
    world.lead("a", Email="bob@x.example", Last="Day")
    assert world.sync(approval="unattended").counts["done"] == 1


def test_a_plan_that_only_remembers_needs_no_approval(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.lead("a", **ADA)
    world.lead("b", **ADA)
    outcome = world.sync(approval="yes")
    assert (outcome.state, outcome.counts["settled"], outcome.counts["done"]) == ("done", 1, 0)


def test_a_canary_that_is_not_there(tmp_path: Path) -> None:
    world = in_step(tmp_path, 2)
    world.configure("first: prefer, brakes: {canary: {b: Lead-99}}")
    outcome = world.sync()
    assert (outcome.state, brakes(outcome)) == ("stopped", ["canary"])
    world.configure("first: prefer, brakes: {canary: {b: Lead-1}}")
    assert world.sync().state == "done"


def test_a_changed_mapping_is_captured_anew_first(tmp_path: Path) -> None:
    world = in_step(tmp_path, 1)
    world.a.edit("Lead", world.id_in("a"), {"City": "Rome"})
    changed = mapping("a").replace("  city: City\n", "")
    (tmp_path / "mappings/a.yaml").write_text(changed)
    outcome = world.sync()
    assert brakes(outcome) == ["mapping"]
    assert outcome.stops[0].message == (
        "a.yaml changed since the last run; capture what it concerns completely first, "
        "with: leadbridge plan people --rebaseline"
    )
    planned = world.plan(rebaseline=True)
    assert (planned.stops, planned.rows) == ((), 0)
    assert world.apply().state == "done"
    assert world.sync().state == "done"


def test_a_changed_filter_is_a_changed_mapping(tmp_path: Path) -> None:
    world = in_step(tmp_path, 1)
    world.configure("first: prefer, where: 'city == \"Rome\"'")
    assert brakes(world.sync()) == ["mapping"]


def test_an_object_that_is_no_longer_seen_is_not_deleted(tmp_path: Path) -> None:
    world = in_step(tmp_path, 2)
    world.b.define(described("Account"))
    (tmp_path / "mappings/acc.yaml").write_text(
        "kind: mapping\nprovider: troubled\nconnection: b\nobject: Account\nrole: account\nfields: {name: Last}\n"
    )
    world.plan(rebaseline=True)
    world.apply()
    del world.b.objects["Account"]
    outcome = world.sync()
    assert brakes(outcome) == ["scope"]
    assert outcome.stops[0].message.startswith("b no longer shows Account; put it back, or give the permission back")


def test_a_field_that_is_no_longer_seen_is_neither_blank_nor_a_fault_of_its_mapping(tmp_path: Path) -> None:
    world = in_step(tmp_path, 2)
    world.b.define(ObjectDescription("Lead", tuple(map(FieldDescription, COLUMNS[:-2])), writable=True))
    outcome = world.sync()
    assert brakes(outcome) == ["scope"]
    assert outcome.stops[0].message.startswith("b no longer shows Lead.City, Lead.OptedOut; ")


def test_what_is_owed_to_a_field_that_is_not_seen_is_told_once_it_is(tmp_path: Path) -> None:
    world = in_step(tmp_path, 2)
    world.b.define(ObjectDescription("Lead", tuple(map(FieldDescription, COLUMNS[:-2])), writable=True))
    for lead in world.a.records("Lead"):
        world.a.edit("Lead", lead, {"City": "Rome", "First": "Augusta"})
    world.sync("people", "yes", "scope", "update")
    assert [(lead["First"], lead.get("City")) for lead in world.leads("b")] == [("Augusta", None)] * 2
    world.b.define(described("Lead"))
    world.sync("people", "yes", "update")
    assert [lead.get("City") for lead in world.leads("b")] == ["Rome"] * 2
    assert world.sync().counts["settled"] == 0


def test_a_large_group_of_duplicates(tmp_path: Path) -> None:
    world = World(tmp_path, job="first: prefer, brakes: {group: 2}")
    for _ in range(3):
        world.lead("a", **ADA)
    outcome = world.sync()
    assert brakes(outcome) == ["group"]
    assert "3 records would be one" in outcome.stops[0].message


def test_a_plan_is_applied_once_and_only_as_it_was_configured(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.lead("a", **ADA)
    plan = world.plan().plan
    world.configure("first: ask")
    with pytest.raises(StoppedError, match=r"the configuration or a mapping changed since plan 1 was made"):
        world.apply(plan)
    world.configure("first: prefer")
    world.apply(plan)
    with pytest.raises(StoppedError, match=r"plan 1 was applied already"):
        world.apply(plan)


def test_a_plan_whose_newcomers_were_linked_since_leaves_these_alone(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.lead("a", **ADA)
    old = world.plan().plan
    world.lead("a", **BOB)
    older = world.plan().plan
    world.sync()
    for plan, stale in ((old, 1), (older, 2)):
        outcome = world.apply(plan)
        assert (outcome.state, outcome.counts["settled"], outcome.counts["stale"]) == ("done", 0, stale)
    assert len(world.leads("b")) == 2
    assert world.sync().counts["settled"] == 0


def test_only_the_newcomers_that_were_linked_since_are_left_alone(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.lead("a", **ADA)
    plan = world.plan().plan
    world.lead("a", **BOB)
    larger = world.plan().plan
    world.apply(plan)
    outcome = world.apply(larger)
    assert (outcome.counts["settled"], outcome.counts["stale"]) == (1, 1)
    assert sorted(str(lead["First"]) for lead in world.leads("b")) == ["Ada", "Bob"]
