"""Fields that are edited in two places, or held by two at first sight; and what a person says of them."""

from __future__ import annotations

from pathlib import Path

from sync_world import ADA, World

from leadbridge.jobs.sync import api
from leadbridge.state import conflicts
from leadbridge.values import MISSING


def in_step(folder: Path, job: str = "first: prefer", connections: str = "ab") -> World:
    world = World(folder, connections, job)
    world.lead("a", **ADA)
    world.sync()
    return world


def edit_all(world: World, **values: dict[str, object]) -> None:
    for connection, edits in values.items():
        world.crms[connection].edit("Lead", world.id_in(connection), edits)  # type: ignore[arg-type]


def logged(world: World) -> list[tuple[str, object, list[object]]]:
    with world.store() as store, store.read() as snapshot:
        return [(c.field, c.winner.value, [x.value for x in c.losers]) for c in conflicts.page(snapshot)]


def test_the_preferred_side_wins_and_the_loser_is_logged(tmp_path: Path) -> None:
    world = in_step(tmp_path)
    edit_all(world, a={"City": "Rome"}, b={"City": "Bern"})
    outcome = world.sync()
    assert outcome.conflicts == 1
    assert (world.only("a")["City"], world.only("b")["City"]) == ("Rome", "Rome")
    assert logged(world) == [("city", "Rome", ["Bern"])]
    assert world.sync().counts["done"] == 0


def test_a_losing_value_is_restored_and_carried(tmp_path: Path) -> None:
    world = in_step(tmp_path)
    edit_all(world, a={"City": "Rome"}, b={"City": "Bern"})
    world.sync()
    with world.store() as store:
        said = api.restore_conflict(world.workspace(), store, 1)
    assert said == "city takes the value that lost in conflict 1; the next run carries it out"
    assert world.sync().counts["done"] == 2
    assert (world.only("a")["City"], world.only("b")["City"]) == ("Bern", "Bern")
    assert world.sync().counts == {"settled": 0, "stale": 0, "done": 0, "rejected": 0, "uncertain": 0, "left": 0}


def test_three_connections_of_which_two_were_edited(tmp_path: Path) -> None:
    world = in_step(tmp_path, connections="abc")
    edit_all(world, b={"City": "Rome"}, c={"City": "Bern"})
    world.sync()
    assert [world.only(name)["City"] for name in "abc"] == ["Rome", "Rome", "Rome"]


def test_two_fields_edited_in_two_places_are_no_conflict(tmp_path: Path) -> None:
    world = in_step(tmp_path)
    edit_all(world, a={"City": "Rome"}, b={"Phone": "+498888888"})
    outcome = world.sync()
    assert (outcome.conflicts, world.only("a")["Phone"], world.only("b")["City"]) == (0, "+498888888", "Rome")


def test_first_contact_asks_and_waits(tmp_path: Path) -> None:
    world = World(tmp_path, job="first: ask")
    world.lead("a", **ADA, City="Rome")
    world.lead("b", **ADA, City="Bern")
    outcome = world.sync()
    assert (outcome.questions, outcome.counts["done"]) == (1, 0)
    assert world.asked() == [(1, "field", "city")]
    assert world.sync().questions == 0
    assert world.answer(1, "b") == "city is settled; the next run carries it out"
    assert world.sync().counts["done"] == 1
    assert (world.only("a")["City"], world.only("b")["City"]) == ("Bern", "Bern")


def test_a_question_is_answered_with_a_value_of_ones_own(tmp_path: Path) -> None:
    world = World(tmp_path, job="first: ask")
    world.lead("a", **ADA, City="Rome")
    world.lead("b", **ADA, City="Bern")
    world.sync()
    world.answer(1, "=Ulm")
    world.sync()
    assert (world.only("a")["City"], world.only("b")["City"]) == ("Ulm", "Ulm")


def test_only_the_owner_edits_a_field(tmp_path: Path) -> None:
    world = in_step(tmp_path, "first: prefer, fields: {city: {owner: a}}")
    edit_all(world, b={"City": "Bern"})
    world.sync()
    assert world.only("a").get("City") is None
    assert logged(world) == [("city", MISSING, ["Bern"])]


def test_an_opt_out_wins_and_consent_can_be_given_again(tmp_path: Path) -> None:
    world = in_step(tmp_path)
    edit_all(world, a={"OptedOut": False})
    world.sync()
    edit_all(world, b={"OptedOut": True}, a={"OptedOut": ""})
    world.sync()
    assert (world.only("a")["OptedOut"], world.only("b")["OptedOut"]) == (True, True)
    edit_all(world, b={"OptedOut": False})
    world.sync()
    assert (world.only("a")["OptedOut"], world.only("b")["OptedOut"]) == (False, False)
    assert ("opted_out_of_email", False, [True]) in logged(world)


def test_why_a_value_is_what_it_is(tmp_path: Path) -> None:
    world = in_step(tmp_path)
    edit_all(world, a={"City": "Rome"}, b={"City": "Bern"})
    run = world.sync().run
    with world.store() as store:
        from leadbridge.records import Ref

        found = api.why(world.workspace(), store, Ref("b", "Lead", world.id_in("b")))
    (city,) = [reason for reason in found.fields if reason.field == "city"]
    assert (city.value, city.origin, city.run, city.rule, city.losers) == (
        "Rome",
        "a",
        run,
        "prefer",
        (("Bern", f"b:Lead:{world.id_in('b')}"),),
    )
    assert [(str(link.ref), link.state) for link in found.links] == [
        ("a:Lead:Lead-1", "live"),
        ("b:Lead:Lead-1", "live"),
    ]
