"""Leads that LeadBridge converts itself, with CRMs and a state that outlive each run."""

from __future__ import annotations

from pathlib import Path

import pytest
from offices import ADA, BOB, contact, convert, everything, lead, office
from streets import only, only_id
from town import Town

from leadbridge.errors import StoppedError, UsageError
from leadbridge.jobs.sync import api
from leadbridge.jobs.sync.model import RunOutcome
from leadbridge.memory import MemoryCrm
from leadbridge.plan.brakes import BrakeName
from leadbridge.plan.sync_rows import Write
from leadbridge.provider import Action
from leadbridge.testing.faults import Faults, Killed, at

TWO = """\
convert: {convert: [crm], policy: convert.yaml}
people: {sync: [crm, shop], roles: [contact], first: prefer}
"""


def states(town: Town, connection: str, object: str, id_: str) -> dict[str, str]:
    return {str(link.ref): link.state for link in town.why(connection, object, id_).links}


def values_of(town: Town, connection: str, object: str, id_: str) -> dict[str, object]:
    return {reason.field: reason.value for reason in town.why(connection, object, id_).fields}


def unattended(town: Town, *overrides: BrakeName) -> RunOutcome:
    with town.opened() as (workspace, store):
        return api.convert(workspace, store, "convert", "unattended", overrides, lambda step, rows: None)


def test_a_fill_blank_conversion_into_a_contact_whose_twin_elsewhere_has_another_phone(tmp_path: Path) -> None:
    town = office(tmp_path, TWO, "crm", "shop")
    crm, shop = town.crm("crm"), town.crm("shop")
    here = contact(crm, first_name="Ada", last_name="King", email="ada@x.example")
    contact(shop, last_name="King", email="ada@x.example")
    town.sync()
    there = only_id(shop, "Contacts")
    shop.edit("Contacts", there, {"phone": "+14155550199"})
    town.sync()
    crm.edit("Contacts", here, {"phone": ""})  # somebody clears it here; nothing has been agreed about that yet
    town.sync()
    shop.edit("Contacts", there, {"phone": "+14155550177"})
    town.sync()
    lead(crm, **ADA)

    assert convert(town).state == "done"
    assert crm.records("Contacts")[here]["phone"] == "+14155550177", "the twin's value counts as if it stood here"
    town.sync()
    assert shop.records("Contacts")[there]["phone"] == "+14155550177"
    assert only(crm, "Leads")["status"] == "converted"
    assert convert(town).counts["done"] == 0


def test_a_managed_conversion_that_dies_after_the_account_resumed_and_then_undone(tmp_path: Path) -> None:
    town = office(tmp_path)
    crm = town.crm("crm")
    id_ = lead(crm, **ADA)
    before = everything(crm)
    town.faults("crm", Faults(script=at({("write", 2): "kill_before"})))
    with pytest.raises(Killed):
        convert(town)
    assert len(crm.records("Accounts")) == 1
    assert crm.records("Contacts") == {}

    town.faults("crm", Faults())
    resumed = town.resume()
    assert resumed is not None
    assert resumed.state == "done"
    assert len(crm.records("Accounts")) == 1
    assert only(crm, "Contacts")["organisation"] == only_id(crm, "Accounts")
    assert only(crm, "Opportunitys")["contact"] == only_id(crm, "Contacts")
    assert crm.records("Leads")[id_]["status"] == "converted"
    assert set(states(town, "crm", "Leads", id_).values()) == {"converted", "live"}
    assert convert(town).counts["done"] == 0

    assert town.undo(resumed.run).left == ()
    assert everything(crm) == before
    assert states(town, "crm", "Leads", id_) == {f"crm:Leads:{id_}": "live", "crm:Contacts:Contacts-1": "gone"}
    assert values_of(town, "crm", "Leads", id_)["status"] == "working"
    assert convert(town).counts["done"] == 0, "what was undone is held"
    assert town.release("crm", "Leads", id_) >= 1
    assert convert(town).counts["done"] == 4
    assert crm.records("Leads")[id_]["status"] == "converted"


def test_an_undo_leaves_what_was_edited_since_and_what_others_refer_to(tmp_path: Path) -> None:
    town = office(tmp_path)
    crm = town.crm("crm")
    lead(crm, **ADA)
    run = convert(town).run
    made = only_id(crm, "Contacts")
    crm.edit("Contacts", made, {"phone": "+14155550188"})
    outcome = town.undo(run)
    account = only_id(crm, "Accounts")
    assert [(str(one.ref), one.field) for one in outcome.left] == [
        (f"crm:Accounts:{account}", "referred"),
        (f"crm:Contacts:{made}", "phone"),
    ]
    assert made in crm.records("Contacts")
    assert only(crm, "Leads")["status"] == "working"
    assert crm.records("Opportunitys") == {}


def test_leads_of_an_inbox_are_converted_into_a_crm(tmp_path: Path) -> None:
    town = office(tmp_path, "convert: {convert: [fair], into: crm, policy: convert.yaml}")
    inbox = tmp_path / "fair.csv"
    inbox.write_text(
        "Name,Mail,Firma,Stand,Status\nKing,ada@x.example,Acme,3,working\nDay,bob@y.example,Acme,,working\n"
    )
    town.connections["fair"] = "{provider: csv, path: fair.csv}"
    town._write()
    town.map(
        "fair",
        "provider: csv\nconnection: fair\nobject: fair.csv\nrole: lead\n"
        "fields: {last_name: Name, email: Mail, company: Firma, status: Status}\n",
    )
    crm, text = town.crm("crm"), inbox.read_bytes()
    outcome = convert(town)
    assert outcome.state == "done"
    assert len(crm.records("Contacts")) == 2
    assert len(crm.records("Accounts")) == 1
    assert inbox.read_bytes() == text, "an inbox is never written"
    assert convert(town).counts["done"] == 0

    with inbox.open("a") as file:
        file.write("Low,cy@z.example,Other,1,working\n")
    assert convert(town).counts["done"] == 2
    assert len(crm.records("Contacts")) == 3

    before = everything(crm)
    third = town.undo(outcome.run)
    assert third.state == "done"
    assert len(crm.records("Contacts")) == 1
    assert convert(town).counts["done"] == 0, "held"
    assert set(everything(crm)["Contacts"]) < set(before["Contacts"])


def test_a_plan_approved_yesterday_converts_who_is_as_he_was(tmp_path: Path) -> None:
    town = office(tmp_path)
    crm = town.crm("crm")
    ada, bob = lead(crm, **ADA), lead(crm, **BOB)
    plan = town.plan("convert")
    crm.edit("Leads", ada, {"email": "ada@new.example"})
    outcome = town.apply(plan.plan)
    assert outcome.codes["stale"] == 1
    assert crm.records("Leads")[ada]["status"] == "working"
    assert crm.records("Leads")[bob]["status"] == "converted"
    assert [one["email"] for one in crm.records("Contacts").values()] == ["bob@x.example"]
    assert crm.records("Opportunitys") == {}
    with pytest.raises(StoppedError, match="applied already"):
        town.apply(plan.plan)
    assert convert(town).counts["rejected"] == 0
    assert {one["email"] for one in crm.records("Contacts").values()} == {"bob@x.example", "ada@new.example"}


def test_a_plan_whose_golden_record_moved_meanwhile_converts_nobody_of_it(tmp_path: Path) -> None:
    town = office(tmp_path, f"{TWO}both: {{sync: [crm, shop], roles: [lead], first: prefer}}", "crm", "shop")
    crm = town.crm("crm")
    id_ = lead(crm, **{**ADA, "first_name": ""})
    town.sync("both")
    plan = town.plan("convert")
    shop = town.crm("shop")
    shop.edit("Leads", only_id(shop, "Leads"), {"first_name": "Ada"})
    town.sync("both")
    outcome = town.apply(plan.plan)
    assert outcome.counts["done"] == 0
    assert set(outcome.codes) <= {"stale", "depends"}
    assert crm.records("Leads")[id_]["status"] == "working"
    assert crm.records("Accounts") == crm.records("Contacts") == {}


def test_a_converted_person_stays_one_golden_record_in_every_crm(tmp_path: Path) -> None:
    town = office(tmp_path, f"{TWO}leads: {{sync: [crm, shop], roles: [lead, contact, account]}}", "crm", "shop")
    crm, shop = town.crm("crm"), town.crm("shop")
    id_ = lead(crm, **ADA)
    town.sync("leads")
    assert len(shop.records("Leads")) == 1
    convert(town)
    made = only_id(crm, "Contacts")
    shop.edit("Leads", only_id(shop, "Leads"), {"phone": "+14155550166"})
    town.sync("leads")
    town.sync("leads")
    assert only(crm, "Contacts")["phone"] == "+14155550166"
    assert crm.records("Leads")[id_]["phone"] == ADA["phone"], "a converted lead is never written"
    assert len(crm.records("Contacts")) == len(shop.records("Leads")) == 1
    golden = town.why("crm", "Contacts", made)
    assert golden.golden == town.why("crm", "Leads", id_).golden
    assert town.plan("leads").rows == 0


def test_a_kind_of_job_has_its_own_command(tmp_path: Path) -> None:
    town = office(tmp_path, TWO, "crm", "shop")
    with pytest.raises(UsageError, match="'convert' converts; run it with: leadbridge convert convert"):
        town.sync("convert")
    with pytest.raises(UsageError, match="'people' syncs; run it with: leadbridge sync people"):
        convert(town, "people")
    with pytest.raises(UsageError, match="--rebaseline is for sync jobs"):
        town.plan("convert", rebaseline=True)


def test_a_first_plan_is_approved_by_a_person(tmp_path: Path) -> None:
    town = office(tmp_path, "convert: {convert: [crm], policy: convert.yaml, unattended: true}")
    crm: MemoryCrm = town.crm("crm")
    lead(crm, **ADA)
    outcome = unattended(town)
    assert [stop.brake for stop in outcome.stops] == ["first_plan"]
    assert crm.records("Contacts") == {}
    plan = town.plan("convert")
    assert not any(row.undoes for row in town.writes(plan.plan) if isinstance(row, Write) and row.verb == "create")
    assert plan.writes == {"crm": {"create": 3, "update": 1}}
    town.apply()
    lead(crm, **BOB)
    outcome = unattended(town)
    assert outcome.counts["done"] == 2


def test_every_day_s_leads_are_converted_unattended_and_most_leads_at_once_are_not(tmp_path: Path) -> None:
    """What leads become is counted by leads: a hundred new records among two linked ones are nothing to stop for."""
    town = office(tmp_path, "convert: {convert: [crm], policy: convert.yaml, unattended: true}")
    crm = town.crm("crm")
    lead(crm, **ADA)
    town.plan("convert")
    town.apply()
    for number in range(40):
        status = "working" if number < 20 else "new"
        lead(crm, **{**ADA, "email": f"{number}@x.example", "phone": "", "company": f"C{number}", "status": status})
    assert unattended(town).stops == ()
    assert len(crm.records("Contacts")) == 21
    for id_, one in crm.records("Leads").items():
        if one["status"] == "new":
            crm.edit("Leads", id_, {"status": "working"})
    (stop,) = unattended(town).stops
    assert stop.message.startswith("crm: 20 conversions of 20 open leads, 100 %; the job allows 50 %")
    assert unattended(town, "convert").counts["done"] == 80


def test_a_large_group_of_leads_of_one_person_stops_a_conversion(tmp_path: Path) -> None:
    town = office(tmp_path, "convert: {convert: [crm], policy: convert.yaml, brakes: {group: 2}}")
    for _ in range(3):
        lead(town.crm("crm"), **ADA)
    assert [stop.brake for stop in town.plan("convert").stops] == ["first_plan", "group"]


def test_whether_two_leads_are_one_person_is_asked_once_and_the_answer_counts(tmp_path: Path) -> None:
    town = office(tmp_path)
    crm = town.crm("crm")
    lead(crm, **ADA)
    lead(crm, **{**ADA, "email": "king@x.example", "phone": ""})
    assert convert(town).counts["done"] == 0
    assert convert(town).counts["done"] == 0
    (asked,) = town.reviews()
    town.answer(asked.id, "same")
    assert convert(town).counts["done"] == 5
    assert len(crm.records("Contacts")) == 1
    assert {one["status"] for one in crm.records("Leads").values()} == {"converted"}
    assert town.reviews() == []


def test_what_a_crm_refused_is_converted_once_it_is_retried(tmp_path: Path) -> None:
    town = office(tmp_path)
    crm = town.crm("crm")
    lead(crm, **ADA)
    town.faults("crm", Faults(refuses=lambda action: action.object == "Opportunitys"))
    outcome = convert(town)
    assert outcome.counts["rejected"] >= 2
    assert crm.records("Accounts") == crm.records("Contacts") == {}
    town.faults("crm", Faults())
    (again,) = town.retry()
    assert again.counts["done"] == 4
    assert only(crm, "Leads")["status"] == "converted"


def left_over(folder: Path) -> tuple[Town, MemoryCrm]:
    """A conversion whose contact is refused, while somebody takes the new account into use."""
    town = office(folder)
    crm = town.crm("crm")
    lead(crm, **ADA)

    def refuses(action: Action) -> bool:
        if action.object == "Contacts":
            crm.edit("Accounts", only_id(crm, "Accounts"), {"name": "Acme Foods"})
        return action.object == "Contacts"

    town.faults("crm", Faults(refuses=refuses))
    outcome = convert(town)
    town.faults("crm", Faults())
    assert outcome.questions == 1
    return town, crm


def test_what_cannot_be_taken_back_stays_under_review(tmp_path: Path) -> None:
    town, crm = left_over(tmp_path)
    account = only_id(crm, "Accounts")
    assert "Accounts" not in {reject.ref.object for reject in town.rejects()}
    (asked,) = town.reviews()
    assert asked.kind == "leftover"
    assert "Acme" in asked.body
    assert account in asked.body
    with pytest.raises(UsageError, match="answered with keep"):
        town.answer(asked.id, "delete")
    town.answer(asked.id, "keep")
    convert(town)
    assert crm.records("Accounts")[account] == {"name": "Acme Foods"}
    assert town.reviews() == []


def test_a_leftover_that_somebody_deletes_settles_itself(tmp_path: Path) -> None:
    town, crm = left_over(tmp_path)
    crm.delete("Accounts", only_id(crm, "Accounts"))
    convert(town)
    assert town.reviews() == []
    assert len(crm.records("Contacts")) == 1


def test_a_lead_whose_conversion_was_undone_waits_until_it_changes(tmp_path: Path) -> None:
    town = office(tmp_path)
    crm = town.crm("crm")
    id_ = lead(crm, **ADA)
    town.undo(convert(town).run)
    again = convert(town)
    assert again.counts["done"] == 0
    assert any(f"leadbridge release crm:Leads:{id_}" in note for note in again.notes)
    crm.edit("Leads", id_, {"phone": "+14155550177"})
    assert convert(town).counts["done"] > 0
    assert only(crm, "Contacts")["phone"] == "+14155550177"
    assert convert(town).notes == ()
