"""A mapping that says `write: never`: its records are read, matched and linked, and nothing is planned for them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hubs import LEAD, hub, person
from offices import ADA, BOB, OBJECTS, ROLES, contact, convert, lead, native_office, office
from streets import only
from town import Town, describe, nobody

from leadbridge.errors import UsageError
from leadbridge.jobs.verify import verify
from leadbridge.memory import MemoryCrm

FIELDS = "first_name last_name email title"
GRACE = {"first_name": "Grace", "last_name": "Hopper", "email": "grace@navy.example", "title": "Director"}
EVA = {"first_name": "Eva", "last_name": "Low", "email": "eva@x.example", "title": "Clerk"}


def mapped(connection: str, object_: str, role: str, fields: str = FIELDS, more: str = "") -> str:
    listed = "".join(f"  {name}: {name}\n" for name in fields.split())
    return f"provider: stage\nconnection: {connection}\nobject: {object_}\nrole: {role}\n{more}fields:\n{listed}"


def street(folder: Path, jobs: str = "people: {sync: [crm, shop]}") -> Town:
    """A shop whose people are only read, beside a CRM."""
    town = Town(folder, jobs)
    for name in ("crm", "shop"):
        town.crm(name, describe("People", FIELDS))
    town.map("crm", mapped("crm", "People", "contact"))
    town.map("shop", mapped("shop", "People", "contact", more="write: never\n"))
    return town


def lock(town: Town, name: str) -> None:
    """Say `write: never` in a mapping file that is there."""
    file = town.folder / "mappings" / f"{name}.yaml"
    file.write_text(f"{file.read_text()}write: never\n", encoding="utf-8")


def test_what_is_only_read_gives_values_and_gets_none(tmp_path: Path) -> None:
    town = street(tmp_path)
    crm, shop = town.crm("crm"), town.crm("shop")
    crm.create("People", EVA)
    there = shop.create("People", GRACE)
    assert town.sync().counts["rejected"] == 0
    assert [one["email"] for one in crm.records("People").values()] == [EVA["email"], GRACE["email"]]
    assert [one["email"] for one in shop.records("People").values()] == [GRACE["email"]]
    shop.edit("People", there, {"title": "Admiral"})
    town.sync()
    here = next(id_ for id_, one in crm.records("People").items() if one["email"] == GRACE["email"])
    assert crm.records("People")[here]["title"] == "Admiral"
    crm.edit("People", here, {"title": "Retired"})
    assert town.sync().counts.get("done", 0) == 0
    assert shop.records("People")[there]["title"] == "Admiral"
    assert town.plan().rows == 0


def test_a_record_goes_into_the_object_that_may_be_written(tmp_path: Path) -> None:
    """Though the other comes first by its name, and has the role that `create_as` asks for."""
    town = Town(tmp_path, "people: {sync: [shop, crm], direction: one_way, create_as: \"'contact'\"}")
    town.crm("shop", describe("People", FIELDS))
    town.crm("crm", describe("Archive", FIELDS), describe("People", FIELDS))
    town.map("shop", mapped("shop", "People", "contact"))
    town.map("archive", mapped("crm", "Archive", "contact", more="write: never\n"))
    town.map("people", mapped("crm", "People", "contact"))
    town.crm("shop").create("People", GRACE)
    town.sync()
    assert town.crm("crm").records("Archive") == {}
    assert only(town.crm("crm"), "People")["email"] == GRACE["email"]


def test_no_deletion_reaches_it_and_nobody_is_asked(tmp_path: Path) -> None:
    for deletes in ("propagate", "park"):
        town = street(tmp_path / deletes, f"people: {{sync: [crm, shop], deletes: {deletes}, first: prefer}}")
        crm, shop = town.crm("crm"), town.crm("shop")
        here = crm.create("People", GRACE)
        shop.create("People", GRACE)
        town.sync()
        crm.delete("People", here)
        outcome = town.sync()
        assert outcome.counts.get("done", 0) == 0
        assert len(shop.records("People")) == 1
        assert town.reviews() == []


def test_its_own_deletions_are_judged_as_ever(tmp_path: Path) -> None:
    town = street(tmp_path, "people: {sync: [crm, shop], deletes: propagate, first: prefer}")
    crm, shop = town.crm("crm"), town.crm("shop")
    crm.create("People", GRACE)
    there = shop.create("People", GRACE)
    town.sync()
    shop.delete("People", there)
    town.sync(overrides=["delete"])
    assert crm.records("People") == {}


def test_twins_among_them_are_no_question(tmp_path: Path) -> None:
    town = street(tmp_path)
    town.crm("shop").create("People", GRACE)
    town.crm("shop").create("People", GRACE)
    town.sync()
    assert town.reviews() == []
    assert len(town.crm("crm").records("People")) == 1


@pytest.mark.parametrize("first", ["ask", "prefer"])
def test_nobody_is_asked_about_what_is_written_nowhere(tmp_path: Path, first: str) -> None:
    """Two ways to write a colleague's name, and neither CRM will ever be told the other's: no loss, either."""
    town = street(tmp_path, f"people: {{sync: [crm, shop], first: {first}}}")
    lock(town, "crm")
    town.crm("crm").create("People", GRACE)
    town.crm("shop").create("People", {**GRACE, "first_name": "G."})
    town.sync()
    assert (town.reviews(), town.conflicts(), town.rejects()) == ([], [], [])
    assert town.plan().rows == 0


def test_a_difference_that_can_be_told_is_asked_about(tmp_path: Path) -> None:
    town = street(tmp_path)
    town.crm("crm").create("People", GRACE)
    town.crm("shop").create("People", {**GRACE, "first_name": "G."})
    town.sync()
    assert [(one.kind, one.field) for one in town.reviews()] == [("field", "first_name")]


def test_an_undo_leaves_what_is_only_read_by_now(tmp_path: Path) -> None:
    town = street(tmp_path)
    town.map("shop", mapped("shop", "People", "contact"))
    town.crm("crm").create("People", GRACE)
    run = town.sync().run
    lock(town, "shop")
    undone = town.undo(run)
    assert undone.counts.get("done", 0) == 0
    assert [(one.ref.connection, one.field) for one in undone.left] == [("shop", "read_only")]
    assert len(town.crm("shop").records("People")) == 1


def test_verify_counts_it_apart(tmp_path: Path) -> None:
    town = street(tmp_path, "people: {sync: [crm, shop], first: prefer}")
    town.crm("crm").create("People", GRACE)
    town.crm("shop").create("People", {**GRACE, "title": ""})
    town.sync()
    with town.opened() as (workspace, store):
        found = verify(workspace, store, "people", nobody)
    assert [(one.connection, one.in_step, one.read_only) for one in found.objects] == [("crm", 1, 0), ("shop", 0, 1)]
    assert found.holds


# --- conversions


@pytest.mark.parametrize("role", ["account", "contact"])
def test_no_lead_becomes_what_is_only_read(tmp_path: Path, role: str) -> None:
    town = office(tmp_path)
    lock(town, f"crm.{role}")
    lead(town.crm("crm"), **ADA)
    with pytest.raises(UsageError, match=f"cannot make a record of role {role} in 'crm'"):
        convert(town)


def test_an_opportunity_is_kept_here_where_those_of_the_crm_are_only_read(tmp_path: Path) -> None:
    town = office(tmp_path)
    lock(town, "crm.opportunity")
    lead(town.crm("crm"), **ADA)
    assert convert(town).counts["rejected"] == 0
    assert town.crm("crm").records(OBJECTS["opportunity"]) == {}
    assert only(town.crm("crm"), OBJECTS["contact"])["email"] == ADA["email"]


@pytest.mark.parametrize("made", [office, native_office])
def test_a_lead_that_is_only_read_is_converted_and_not_touched(tmp_path: Path, made: type) -> None:
    """Nor handed to its CRM, which would close it."""
    town: Town = made(tmp_path)
    lock(town, "crm.lead")
    id_ = lead(town.crm("crm"), **ADA)
    before = town.crm("crm").records("Leads")[id_]
    assert convert(town).counts["rejected"] == 0
    assert town.crm("crm").records("Leads")[id_] == before
    assert only(town.crm("crm"), OBJECTS["contact"])["email"] == ADA["email"]
    assert convert(town).counts.get("done", 0) == 0


def test_its_crm_converts_the_others_of_that_object(tmp_path: Path) -> None:
    town = native_office(tmp_path)
    crm = town.crm("crm", describe(OBJECTS["lead"], f"{ROLES['lead']} whose"))
    own = (town.folder / "mappings" / "crm.lead.yaml").read_text()
    town.map("crm.lead", f"{own.removeprefix('kind: mapping')}unless: has(record.whose)\n")
    town.map("crm.others", f"{own.removeprefix('kind: mapping')}when: has(record.whose)\nwrite: never\n")
    ids = [lead(crm, **ADA), lead(crm, **BOB, whose="theirs")]
    converting = [row.id for row in town.writes(town.plan("convert").plan) if row.verb == "convert"]
    assert converting == ids[:1]
    assert convert(town).counts["rejected"] == 0
    assert [crm.records(OBJECTS["lead"])[id_]["status"] for id_ in ids] == ["converted", "working"]
    assert len(crm.records(OBJECTS["contact"])) == 2


def test_the_crms_own_conversion_cannot_be_asked_for_then(tmp_path: Path) -> None:
    town = native_office(tmp_path, "convert: {convert: [crm], policy: convert.yaml, mode: native}")
    lock(town, "crm.lead")
    lead(town.crm("crm"), **ADA)
    with pytest.raises(UsageError, match="or they are only read"):
        convert(town)


def test_activities_that_are_only_read_stay_with_the_lead(tmp_path: Path) -> None:
    town = office(tmp_path)
    lock(town, "crm.activity")
    crm = town.crm("crm")
    id_ = lead(crm, **ADA)
    crm.create("Activitys", {"subject": "Call", "person": id_, "organisation": ""})
    assert "activities are not carried: no mapping gives them an object to write to in crm" in str(
        town.plan("convert").notes
    )
    convert(town)
    assert only(crm, "Activitys")["person"] == id_


def test_those_that_are_only_read_are_counted_beside_others(tmp_path: Path) -> None:
    town = office(tmp_path)
    crm = town.crm("crm", describe("Events", "subject person organisation"))
    town.map("events", mapped("crm", "Events", "activity", "subject person organisation", "write: never\n"))
    id_ = lead(crm, **ADA)
    for object_ in ("Activitys", "Events"):
        crm.create(object_, {"subject": "Call", "person": id_, "organisation": ""})
    note = "crm: left with the leads, by mappings that say `write: never`: 1 record"
    assert note in town.plan("convert").notes
    convert(town)
    assert only(crm, "Events")["person"] == id_
    assert only(crm, "Activitys")["person"] in crm.records(OBJECTS["contact"])


def test_a_contact_that_is_only_read_elsewhere_is_matched_and_left(tmp_path: Path) -> None:
    """The lead goes into the CRM; what is known of the person in the shop counts, and stays as it is."""
    town = office(tmp_path, "convert: {convert: [crm], policy: convert.yaml}", "crm", "shop")
    lock(town, "shop.contact")
    town.work("people: {sync: [crm, shop], roles: [contact]}\nconvert: {convert: [crm], policy: convert.yaml}")
    known = contact(town.crm("shop"), **{n: ADA[n] for n in ("first_name", "last_name", "email")})
    town.sync()
    before = town.crm("shop").records(OBJECTS["contact"])[known]
    lead(town.crm("crm"), **ADA)
    convert(town)
    town.sync()
    assert town.crm("shop").records(OBJECTS["contact"])[known] == before


def test_a_lead_that_is_only_read_becomes_no_contact_in_its_own_record(tmp_path: Path) -> None:
    town = hub(tmp_path)
    people: MemoryCrm = town.crm("hub")
    town.map("hub.lead", f"{LEAD}write: never\n")
    id_ = person(people, **ADA, kind="new")
    before = people.records("People")[id_]
    convert(town)
    assert people.records("People")[id_] == before
