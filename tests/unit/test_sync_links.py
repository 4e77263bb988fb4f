"""Records that go, come back, merge, convert or move to another role."""

from __future__ import annotations

from pathlib import Path

import pytest
from sync_world import ADA, World, described, mapping

from leadbridge.errors import UsageError
from leadbridge.records import Ref


def in_step(folder: Path, job: str = "first: prefer", connections: str = "ab", **files: str) -> World:
    world = World(folder, connections, job, **files)
    world.lead("a", **ADA)
    world.sync()
    return world


def test_a_delete_is_parked_and_asked_once(tmp_path: Path) -> None:
    world = in_step(tmp_path)
    world.a.delete("Lead", world.id_in("a"))
    outcome = world.sync()
    assert (outcome.questions, outcome.counts["done"], len(world.leads("b"))) == (1, 0, 1)
    assert world.asked() == [(1, "delete", "")]
    assert world.sync().questions == 0
    assert (len(world.leads("a")), len(world.leads("b"))) == (0, 1)


def test_a_delete_is_carried_on_when_a_person_says_so(tmp_path: Path) -> None:
    world = in_step(tmp_path)
    world.a.delete("Lead", world.id_in("a"))
    world.sync()
    world.answer(1, "delete")
    assert world.sync().counts["done"] == 1
    assert world.leads("b") == []
    assert world.sync().counts["settled"] == 0


def test_a_record_that_a_person_keeps_stays_for_good(tmp_path: Path) -> None:
    world = in_step(tmp_path)
    world.a.delete("Lead", world.id_in("a"))
    world.sync()
    world.answer(1, "keep")
    world.b.edit("Lead", world.id_in("b"), {"City": "Rome"})
    assert world.sync().counts["done"] == 0
    assert (len(world.leads("a")), len(world.leads("b"))) == (0, 1)


def test_deletes_propagate_where_the_job_says_so(tmp_path: Path) -> None:
    world = in_step(tmp_path, "first: prefer, deletes: propagate")
    world.a.delete("Lead", world.id_in("a"))
    world.sync()
    assert world.leads("b") == []


def test_a_delete_met_by_an_edit_deletes_nothing(tmp_path: Path) -> None:
    world = in_step(tmp_path, "first: prefer, deletes: propagate")
    world.a.delete("Lead", world.id_in("a"))
    world.b.edit("Lead", world.id_in("b"), {"City": "Rome"})
    assert world.sync().questions == 1
    assert (len(world.leads("a")), world.only("b")["City"]) == (0, "Rome")


def test_a_merge_unites_and_is_no_delete(tmp_path: Path) -> None:
    world = World(tmp_path)
    one = world.lead("a", **ADA)
    other = world.lead("a", Email="king@x.example", Last="King", First="Augusta", City="Rome")
    world.sync()
    assert len(world.leads("b")) == 2
    world.a.merge("Lead", other, one)
    world.sync()
    assert [kind for _, kind, _ in world.asked()] == ["surplus"], "b has two records of one person now"
    assert len(world.leads("b")) == 2
    assert sorted(world.states().values()) == ["gone", "live", "live", "surplus"]
    assert world.sync().counts["done"] == 0


def test_of_two_twins_one_is_written_and_the_other_takes_over(tmp_path: Path) -> None:
    world = World(tmp_path)
    first, second = world.lead("a", **ADA), world.lead("a", **ADA)
    world.sync()
    assert len(world.leads("b")) == 1
    world.b.edit("Lead", world.id_in("b"), {"City": "Rome"})
    world.sync()
    assert [lead.get("City") for lead in world.leads("a")] == ["Rome", None]
    world.a.delete("Lead", first)
    assert world.sync().counts["done"] == 1
    assert world.a.records("Lead")[second]["City"] == "Rome", "promoted and written in one run"
    assert world.sync().counts["settled"] == 0
    assert world.asked() == []


def test_a_twin_that_takes_over_is_read_before_it_is_written(tmp_path: Path) -> None:
    world = World(tmp_path, job="first: ask")
    first = world.lead("a", **ADA)
    second = world.lead("a", **ADA, City="Bern")
    world.sync()
    world.b.edit("Lead", world.id_in("b"), {"City": "Rome", "Phone": "+497777777"})
    world.sync()
    world.a.edit("Lead", second, {"Phone": "+498888888"})
    world.sync()
    world.a.delete("Lead", first)
    outcome = world.sync()
    assert (outcome.counts["done"], outcome.counts["rejected"]) == (0, 0)
    assert sorted(field for _, kind, field in world.asked() if kind == "field") == ["city", "phone"]
    assert world.a.records("Lead")[second]["Phone"] == "+498888888"


def test_the_twin_of_a_record_that_leaves_its_mapping_is_written_in_the_same_run(tmp_path: Path) -> None:
    world = World(tmp_path, a_yaml=mapping("a", more="when: \"!has(record.City) || record.City != 'Gone'\"\n"))
    first, second = world.lead("a", **ADA), world.lead("a", **{**ADA, "Phone": None})
    world.sync()
    world.b.edit("Lead", world.id_in("b"), {"Phone": "+497777777"})
    world.a.edit("Lead", first, {"City": "Gone"})
    assert world.sync().counts["done"] == 1
    assert world.a.records("Lead")[second]["Phone"] == "+497777777"


CONTACT = mapping("a", "Contact", "contact")


def test_a_lead_converted_natively_while_its_fields_change_elsewhere(tmp_path: Path) -> None:
    world = World(tmp_path, job="first: prefer", a2_yaml=CONTACT)
    world.a.define(described("Contact"))
    lead = world.lead("a", **ADA, City="Rome")
    world.sync()
    world.a.edit("Lead", lead, {"City": "Bern"})
    contact = world.a.convert(("Lead", lead), "Contact", world.a.records("Lead")[lead])
    world.b.edit("Lead", world.id_in("b"), {"Phone": "+497777777"})
    world.sync()
    assert world.a.records("Contact")[contact]["Phone"] == "+497777777"
    assert world.a.records("Lead")[lead]["Phone"] == ADA["Phone"]
    assert world.only("b")["City"] == "Bern"
    world.b.edit("Lead", world.id_in("b"), {"Email": "ada.king@x.example"})
    world.sync()
    assert world.a.records("Contact")[contact]["Email"] == "ada.king@x.example"
    assert world.states()[f"a:Lead:{lead}"] == "converted"
    assert world.sync().counts == {"settled": 0, "stale": 0, "done": 0, "rejected": 0, "uncertain": 0, "left": 0}


@pytest.fixture
def roles(tmp_path: Path) -> World:
    files = {
        "a_yaml": mapping("a", more="when: \"!has(record.City) || record.City != 'Gone'\"\n"),
    }
    return in_step(tmp_path, **files)


def test_a_record_that_leaves_its_mapping_is_suspended_and_comes_back(roles: World) -> None:
    roles.a.edit("Lead", roles.id_in("a"), {"City": "Gone"})
    roles.sync()
    assert roles.states()["a:Lead:Lead-1"] == "suspended"
    roles.b.edit("Lead", roles.id_in("b"), {"Phone": "+497777777"})
    assert roles.sync().counts["done"] == 0
    roles.a.edit("Lead", roles.id_in("a"), {"City": "Rome"})
    roles.sync()
    assert roles.states()["a:Lead:Lead-1"] == "live"
    assert roles.only("a")["Phone"] == "+497777777"
    assert roles.only("b")["City"] == "Rome"


def test_a_deleted_record_that_is_there_again_clears_its_question(tmp_path: Path) -> None:
    world = in_step(tmp_path)
    ref = Ref("a", "Lead", world.id_in("a"))
    world.a.delete("Lead", ref.id)
    world.sync()
    assert world.asked() == [(1, "delete", "")]
    world.a.undelete("Lead", ref.id)
    world.sync()
    assert world.asked() == []
    assert world.states()[str(ref)] == "live"


def test_a_twin_is_asked_about_once(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.lead("a", **ADA)
    assert world.sync().questions == 0
    twin = world.lead("a", **ADA)
    assert world.sync().questions == 1
    ((number, kind, _),) = world.asked()
    assert kind == "surplus"
    assert world.sync().questions == 0
    world.answer(number, "keep")
    world.a.edit("Lead", twin, {"City": "Rome"})
    assert world.sync().questions == 0
    assert world.asked() == []
    assert world.states()[f"a:Lead:{twin}"] == "surplus"


@pytest.mark.parametrize("what", ["twin deleted", "elder deleted", "merged"])
def test_the_question_about_a_twin_settles_itself(what: str, tmp_path: Path) -> None:
    world = World(tmp_path)
    first, second = world.lead("a", **ADA), world.lead("a", **ADA)
    assert world.sync().questions == 1
    if what == "merged":
        world.a.merge("Lead", second, first)
    else:
        world.a.delete("Lead", second if what == "twin deleted" else first)
    assert world.sync().questions == 0
    assert world.asked() == []


def test_a_twin_that_is_somebody_else_stands_for_itself(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.lead("a", **ADA)
    twin = world.lead("a", **ADA, City="Bern")
    world.sync()
    world.answer(1, "different")
    assert world.sync().counts["done"] == 1
    assert [lead.get("City") for lead in world.leads("b")] == [None, "Bern"]
    world.a.edit("Lead", twin, {"City": "Rome"})
    world.sync()
    assert [lead.get("City") for lead in world.leads("b")] == [None, "Rome"]
    assert world.sync().counts["settled"] == 0


def test_all_questions_of_a_kind_are_answered_alike_or_none(tmp_path: Path) -> None:
    world = World(tmp_path)
    for _ in range(4):
        world.lead("a", **ADA)
    assert world.sync().questions == 3
    with pytest.raises(UsageError, match="keep or different"):
        world.answer_all("surplus", "perhaps")
    assert len(world.asked()) == 3
    assert world.answer_all("surplus", "keep") == 3
    assert world.asked() == []
    with pytest.raises(UsageError, match="no open question of kind"):
        world.answer_all("surplus", "keep")
