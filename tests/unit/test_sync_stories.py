"""Longer stories: mappings that change, jobs that share a connection, plans that waited, roles that move."""

from __future__ import annotations

from pathlib import Path

import pytest
from sync_world import ADA, World, described, mapping

from leadbridge.errors import StoppedError
from leadbridge.records import Ref
from leadbridge.state import conflicts, information, links

QUIET = {"settled": 0, "stale": 0, "done": 0, "rejected": 0, "uncertain": 0, "left": 0}


def losers(world: World) -> list[tuple[str, list[object]]]:
    with world.store() as store, store.read() as snapshot:
        return [(row.field, [claim.value for claim in row.losers]) for row in conflicts.page(snapshot)]


def test_a_field_taken_out_of_a_mapping_and_put_back_edited_on_both_sides_meanwhile(tmp_path: Path) -> None:
    world = World(tmp_path)
    lead = world.lead("a", **ADA, City="Rome")
    world.sync()
    for name in "ab":
        (tmp_path / f"mappings/{name}.yaml").write_text(mapping(name).replace("  city: City\n", ""))
    world.plan(rebaseline=True)
    world.apply()
    world.a.edit("Lead", lead, {"City": "Bern"})
    world.b.edit("Lead", world.id_in("b"), {"City": "Ulm"})
    assert world.sync().counts["done"] == 0
    for name in "ab":
        (tmp_path / f"mappings/{name}.yaml").write_text(mapping(name))
    assert world.sync().state == "stopped"
    world.plan(rebaseline=True)
    assert world.apply().conflicts == 1
    assert (world.only("a")["City"], world.only("b")["City"]) == ("Bern", "Bern")
    assert losers(world) == [("city", ["Ulm"])]
    assert world.sync().counts == QUIET


def test_two_jobs_that_share_a_connection(tmp_path: Path) -> None:
    world = World(tmp_path, "abc")
    world.configure("first: prefer", near="sync: [a, b], first: prefer", far="sync: [b, c], first: prefer")
    lead = world.lead("a", **ADA)
    world.sync("near")
    world.sync("far")
    world.a.edit("Lead", lead, {"City": "Rome"})
    world.sync("near")
    assert (world.only("b")["City"], world.only("c").get("City")) == ("Rome", None)
    assert world.sync("far").counts["done"] == 1
    assert world.only("c")["City"] == "Rome"
    world.c.edit("Lead", world.id_in("c"), {"Phone": "+497777777"})
    world.sync("far")
    world.sync("near")
    assert world.only("a")["Phone"] == "+497777777"
    assert [world.sync(job).counts for job in ("near", "far")] == [QUIET, QUIET]


def test_a_plan_that_waited_while_three_of_its_rows_were_edited(tmp_path: Path) -> None:
    world = World(tmp_path)
    leads = [world.lead("a", Email=f"p{n}@x.example", Last=f"P{n}") for n in range(10)]
    world.sync()
    for lead in leads:
        world.a.edit("Lead", lead, {"City": "Rome"})
    plan = world.plan().plan
    for id_ in sorted(world.b.records("Lead"))[:3]:
        world.b.edit("Lead", id_, {"City": "Ulm"})
    outcome = world.apply(plan)
    assert (outcome.counts["done"], outcome.codes) == (7, {"stale": 3})
    assert sorted(str(one["City"]) for one in world.leads("b")) == ["Rome"] * 7 + ["Ulm"] * 3
    outcome = world.sync()
    assert (outcome.counts["done"], outcome.conflicts) == (3, 3)
    assert {one["City"] for one in world.leads("b")} == {"Rome"}
    assert world.sync().counts == QUIET


def test_a_plan_that_waited_while_another_run_settled_its_records(tmp_path: Path) -> None:
    world = World(tmp_path)
    first = world.lead("a", **ADA)
    world.lead("a", Email="bob@x.example", Last="Day")
    world.sync()
    world.a.edit("Lead", first, {"City": "Rome"})
    plan = world.plan().plan
    world.a.edit("Lead", first, {"City": "Bern"})
    world.sync()
    outcome = world.apply(plan)
    assert (outcome.counts["done"], outcome.counts["stale"], outcome.codes) == (0, 1, {"stale": 1})
    assert world.leads("b")[0]["City"] == "Bern"
    assert world.sync().counts["done"] == 0


def test_a_plan_of_a_state_that_was_restored_is_refused(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.lead("a", **ADA)
    plan = world.plan().plan
    with world.store() as store, store.begin() as tx:
        information.new_generation(tx)
    with pytest.raises(StoppedError, match=r"plan 1 was made before the state was restored or migrated"):
        world.apply(plan)


def test_a_record_that_moves_to_another_mapping_changes_role_and_keeps_its_bases(tmp_path: Path) -> None:
    lead = mapping("a", more="when: City != 'Bought'\n").replace("city: City", "city: City")
    contact = mapping("a", role="contact", more="when: City == 'Bought'\n")
    world = World(tmp_path, a_yaml=lead, a2_yaml=contact)
    id_ = world.lead("a", **ADA, City="Rome")
    world.sync()
    world.a.edit("Lead", id_, {"City": "Bought"})
    outcome = world.sync()
    assert (outcome.questions, world.only("b")["City"]) == (0, "Bought")
    with world.store() as store, store.read() as snapshot:
        stored = links.by_refs(snapshot, [Ref("a", "Lead", id_)])[Ref("a", "Lead", id_)]
    assert (stored.link.role, stored.link.state) == ("contact", "live")
    world.b.edit("Lead", world.id_in("b"), {"Phone": "+497777777"})
    world.sync()
    assert world.only("a")["Phone"] == "+497777777"
    assert world.sync().counts == QUIET


def test_a_create_goes_to_the_role_that_the_target_has(tmp_path: Path) -> None:
    world = World(tmp_path, b_yaml=mapping("b", "Contact", "contact"))
    world.b.define(described("Contact"))
    world.lead("a", **ADA)
    assert world.sync().counts["done"] == 0
    world.configure("first: prefer, create_as: \"'contact'\"")
    world.lead("a", Email="bob@x.example", Last="Day")
    world.sync()
    assert len(world.b.records("Contact")) == 1
