"""Rows that a CRM refuses: kept once, sent again only when something of them changed, or by a person's wish."""

from __future__ import annotations

from pathlib import Path

import pytest
from sync_world import ADA, FAULTS, World, nobody

from leadbridge.errors import UsageError
from leadbridge.jobs.sync import api
from leadbridge.state import rejects
from leadbridge.testing.faults import Faults, at


def refused(folder: Path) -> World:
    """A phone that b does not take."""
    world = World(folder)
    world.lead("a", **ADA)
    world.sync()
    FAULTS[f"{folder}/b"] = Faults(refuses=lambda action: action.values.get("Phone") == "+499999999")
    world.a.edit("Lead", world.id_in("a"), {"Phone": "+499999999"})
    assert world.sync().codes == {"validation": 1}
    return world


def open_(world: World) -> list[tuple[int, str, str]]:
    with world.store() as store, store.read() as snapshot:
        return [(row.id, row.code, str(row.ref)) for row in rejects.page(snapshot)]


def test_it_is_kept_and_not_sent_again(tmp_path: Path) -> None:
    world = refused(tmp_path)
    assert open_(world) == [(1, "validation", "b:Lead:Lead-1")]
    for _ in range(2):
        outcome = world.sync()
        assert (outcome.counts["rejected"], outcome.counts["settled"], outcome.rejects) == (0, 0, 0)
    assert len(open_(world)) == 1


def test_a_value_that_changes_is_sent(tmp_path: Path) -> None:
    world = refused(tmp_path)
    world.a.edit("Lead", world.id_in("a"), {"Phone": "+491111111"})
    assert world.sync().counts["done"] == 1
    assert (world.only("b")["Phone"], open_(world)) == ("+491111111", [])


def test_a_record_that_changes_is_sent_again(tmp_path: Path) -> None:
    world = refused(tmp_path)
    FAULTS[f"{tmp_path}/b"] = Faults()
    world.b.edit("Lead", world.id_in("b"), {"Phone": ""})
    world.sync()
    assert world.only("b")["Phone"] in {"", "+499999999"}


def test_what_a_person_mends_in_the_crm_itself_is_mended(tmp_path: Path) -> None:
    world = refused(tmp_path)
    world.b.edit("Lead", world.id_in("b"), {"Phone": "+499999999"})
    world.sync()
    assert open_(world) == []
    assert world.sync().counts["settled"] == 0


def test_a_person_has_it_sent_once_more(tmp_path: Path) -> None:
    world = refused(tmp_path)
    FAULTS[f"{tmp_path}/b"] = Faults()
    with world.store() as store:
        (outcome,) = api.retry_rejects(world.workspace(), store, [1], "yes", nobody)
    assert (outcome.counts["done"], world.only("b")["Phone"], open_(world)) == (1, "+499999999", [])


def test_an_unknown_reject(tmp_path: Path) -> None:
    world = refused(tmp_path)
    with world.store() as store, pytest.raises(UsageError, match="there is no open reject 9"):
        api.retry_rejects(world.workspace(), store, [9], "yes", nobody)


def test_a_refused_create_is_kept_and_not_sent_again(tmp_path: Path) -> None:
    world = World(tmp_path)
    FAULTS[f"{tmp_path}/b"] = Faults(refuses=lambda action: True)
    lead = world.lead("a", **ADA)
    assert world.sync().codes == {"validation": 1}
    assert world.sync().counts["rejected"] == 0
    world.a.edit("Lead", lead, {"City": "Rome"})
    assert world.sync().counts["rejected"] == 1
    FAULTS[f"{tmp_path}/b"] = Faults()
    with world.store() as store:
        api.retry_rejects(world.workspace(), store, None, "yes", nobody)
    assert (world.only("b")["City"], open_(world)) == ("Rome", [])


def test_one_bad_field_does_not_stop_the_others(tmp_path: Path) -> None:
    world = World(tmp_path)
    (tmp_path / "mappings/b.yaml").write_text(
        (tmp_path / "mappings/b.yaml").read_text().replace("city: City", "city: {field: City, values: {Rome: R}}")
    )
    lead = world.lead("a", **ADA)
    world.sync()
    world.a.edit("Lead", lead, {"City": "Bern", "Phone": "+491111111"})
    outcome = world.sync()
    assert (outcome.counts["done"], outcome.rejects) == (1, 1)
    assert world.only("b")["Phone"] == "+491111111"
    assert world.sync().rejects == 0


def test_what_a_stopped_connection_was_not_sent_is_sent_by_the_next_run(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.lead("a", **ADA)
    FAULTS[f"{tmp_path}/b"] = Faults(script=at({("write", 1): "quota"}))
    outcome = world.sync()
    assert (outcome.state, outcome.counts["left"], list(outcome.failed)) == ("failed", 1, ["b"])
    FAULTS[f"{tmp_path}/b"] = Faults()
    assert world.sync().counts["done"] == 1
    assert len(world.leads("b")) == 1


def test_a_value_that_the_crm_ignores_is_a_reject_and_not_taken_back(tmp_path: Path) -> None:
    world = World(tmp_path)
    lead = world.lead("a", **ADA, City="Rome")
    world.sync()
    FAULTS[f"{tmp_path}/b"] = Faults(stores=lambda field, raw: "Rome" if field == "City" else raw, declared=False)
    world.a.edit("Lead", lead, {"City": "Bern"})
    assert world.sync().codes == {"not_accepted": 1}
    assert world.sync().counts["rejected"] == 0
    assert world.only("a")["City"] == "Bern"


def test_an_overruled_value_whose_write_was_refused_is_read_again(tmp_path: Path) -> None:
    world = World(tmp_path)
    lead = world.lead("a", **ADA)
    world.sync()
    FAULTS[f"{tmp_path}/b"] = Faults(refuses=lambda action: True)
    world.a.edit("Lead", lead, {"City": "Rome"})
    world.b.edit("Lead", world.id_in("b"), {"City": "Bern"})
    world.sync()
    FAULTS[f"{tmp_path}/b"] = Faults()
    world.a.edit("Lead", lead, {"City": "Ulm"})
    assert world.sync().codes == {}
    assert (world.only("a")["City"], world.only("b")["City"]) == ("Ulm", "Ulm")
