"""Leads that become contacts in their own record: the CRM keeps both in one object and tells them apart by a field."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hubs import BOTH, CONTACT, LEAD, TWO, hub, person
from offices import ADA, BOB, NATIVELY, POLICY, convert, everything, native_office, office
from streets import only, only_id
from town import Town, describe

from leadbridge.errors import FileFaults
from leadbridge.jobs.preview import preview
from leadbridge.testing.faults import Faults, Killed, at


def links(town: Town, id_: str) -> set[tuple[str, str, str]]:
    return {(str(link.ref), link.role, link.state) for link in town.why("hub", "People", id_).links}


def test_the_record_itself_becomes_the_contact(tmp_path: Path) -> None:
    town = hub(tmp_path)
    crm = town.crm("hub")
    id_ = person(crm, **ADA, kind="new")
    outcome = convert(town)
    assert outcome.state == "done"
    assert outcome.counts["rejected"] == 0
    account = only_id(crm, "Accounts")
    assert crm.records("People") == {
        id_: {**ADA, "kind": "deal", "status": "converted", "stage": "", "organisation": account}
    }
    assert only(crm, "Opportunitys")["contact"] == id_
    assert links(town, id_) == {(f"hub:People:{id_}", "contact", "live")}
    said = {one.field: one.value for one in town.why("hub", "People", id_).fields}
    assert (said["stage"], said["status"]) == ("prospect", "converted")
    assert convert(town).counts["done"] == 0
    town.sync()
    assert only(town.crm("crm"), "Contacts")["email"] == ADA["email"]
    assert town.plan("people").rows == 0
    assert convert(town).counts["done"] == 0


@pytest.mark.parametrize("there", [True, False])
def test_its_account_is_known_elsewhere_as_well(tmp_path: Path, there: bool) -> None:
    """Whether the conversion made it, or the record named it already."""
    town = hub(tmp_path)
    crm = town.crm("hub")
    account = crm.create("Accounts", {"name": "Acme"}) if there else ""
    person(crm, **ADA, kind="new", organisation=account)
    convert(town)
    town.sync()
    other = town.crm("crm")
    assert only(other, "Accounts")["name"] == "Acme"
    assert only(other, "Contacts")["organisation"] == only_id(other, "Accounts")


def test_without_what_makes_it_a_contact_it_stays_a_lead(tmp_path: Path) -> None:
    """Its link would say contact, its record lead, for ever."""
    town = hub(tmp_path)
    crm = town.crm("hub")
    id_ = person(crm, **ADA, kind="new")
    town.sync()
    before = everything(crm)
    town.map("hub.contact", CONTACT.replace("on_create: {kind: deal}\n", ""))
    assert convert(town).counts["done"] == 0
    assert everything(crm) == before
    assert (f"hub:People:{id_}", "lead", "live") in links(town, id_)
    assert [row.code for row in town.rejects()] == ["cannot_convert"]


def test_a_contact_may_be_told_by_its_account(tmp_path: Path) -> None:
    """Of which the conversion has no id yet when it is planned."""
    town = hub(tmp_path)
    crm = town.crm("hub")
    id_ = person(crm, **ADA, kind="new")
    town.map("hub.lead", LEAD.replace('when: kind in ["new", "warm"]', 'when: "!has(record.organisation)"'))
    contact = CONTACT.replace('when: kind in ["deal", "customer"]', "when: has(record.organisation)")
    town.map("hub.contact", contact.replace("on_create: {kind: deal}\n", ""))
    assert convert(town).counts["rejected"] == 0
    assert links(town, id_) == {(f"hub:People:{id_}", "contact", "live")}


def test_its_undo_makes_it_a_lead_again(tmp_path: Path) -> None:
    town = hub(tmp_path)
    crm = town.crm("hub")
    id_ = person(crm, **ADA, kind="warm")
    before = everything(crm)
    run = convert(town).run
    assert town.undo(run).left == ()
    assert everything(crm) == before
    assert links(town, id_) == {(f"hub:People:{id_}", "lead", "live")}
    assert convert(town).counts["done"] == 0, "what was undone is held"
    assert town.release("hub", "People", id_) >= 1
    assert convert(town).counts["done"] == 3
    assert crm.records("People")[id_]["kind"] == "deal"


def test_a_refused_opportunity_leaves_it_a_lead(tmp_path: Path) -> None:
    town = hub(tmp_path)
    crm = town.crm("hub")
    id_ = person(crm, **ADA, kind="new")
    before = everything(crm)
    town.faults("hub", Faults(refuses=lambda action: action.object == "Opportunitys"))
    assert convert(town).counts["rejected"] >= 1
    assert everything(crm) == before
    assert links(town, id_) == {(f"hub:People:{id_}", "lead", "live")}
    town.faults("hub", Faults())
    town.retry()
    assert crm.records("People")[id_]["kind"] == "deal"


def test_an_edit_that_nobody_synced_yet_is_carried_on(tmp_path: Path) -> None:
    """Also one in a field that only leads have: it is not read again."""
    town = hub(tmp_path)
    crm = town.crm("hub")
    id_ = person(crm, **ADA, kind="new")
    town.sync()
    crm.edit("People", id_, {"phone": "+14155550177", "company": "Acme Foods"})
    assert convert(town).counts["rejected"] == 0
    town.sync()
    other = town.crm("crm")
    assert only(other, "Leads")["company"] == "Acme Foods"
    assert only(other, "Leads")["phone"] == "+14155550177"
    assert town.plan("people").rows == 0


def test_a_lead_that_was_edited_since_the_plan_stays_one(tmp_path: Path) -> None:
    town = hub(tmp_path)
    crm = town.crm("hub")
    ada, bob = person(crm, **ADA, kind="new"), person(crm, **BOB, kind="new")
    plan = town.plan("convert")
    crm.edit("People", ada, {"last_name": "Lovelace"})
    assert town.apply(plan.plan).codes["stale"] == 1
    kinds = {id_: one["kind"] for id_, one in crm.records("People").items()}
    assert kinds == {ada: "new", bob: "deal"}


def test_of_two_records_of_one_person_the_first_becomes_the_contact(tmp_path: Path) -> None:
    town = hub(tmp_path)
    crm = town.crm("hub")
    first, second = person(crm, **ADA, kind="new"), person(crm, **ADA, kind="warm")
    assert convert(town).counts["rejected"] == 0
    said = {id_: (one["kind"], one["status"]) for id_, one in crm.records("People").items()}
    assert said == {first: ("deal", "converted"), second: ("warm", "converted")}
    assert links(town, first) == {
        (f"hub:People:{first}", "contact", "live"),
        (f"hub:People:{second}", "lead", "converted"),
    }
    assert convert(town).counts["done"] == 0


def test_a_lead_of_somebody_who_is_a_contact_there_is_closed_beside_it(tmp_path: Path) -> None:
    town = hub(tmp_path)
    crm = town.crm("hub")
    there = person(crm, last_name="King", email=ADA["email"], kind="customer")
    lead = person(crm, **ADA, kind="new")
    assert convert(town).counts["rejected"] == 0
    records = crm.records("People")
    assert (records[lead]["kind"], records[lead]["status"]) == ("new", "converted")
    assert (records[there]["kind"], records[there]["first_name"]) == ("customer", "Ada")
    assert only(crm, "Opportunitys")["contact"] == there


def test_the_company_that_its_record_names_is_the_account(tmp_path: Path) -> None:
    town = hub(tmp_path)
    crm = town.crm("hub")
    account = crm.create("Accounts", {"name": "Acme Holding", "industry": ""})
    id_ = person(crm, **ADA, kind="new", organisation=account)
    assert convert(town).counts["rejected"] == 0
    assert set(crm.records("Accounts")) == {account}
    assert crm.records("People")[id_]["organisation"] == account
    assert only(crm, "Opportunitys")["organisation"] == account


def test_converted_into_another_crm_it_becomes_a_contact_here_too(tmp_path: Path) -> None:
    town = hub(tmp_path, TWO.replace("convert: [hub],", "convert: [hub], into: crm,"))
    here, there = town.crm("hub"), town.crm("crm")
    id_ = person(here, **ADA, kind="new")
    assert convert(town).counts["rejected"] == 0
    assert here.records("People")[id_]["kind"] == "deal"
    assert here.records("People")[id_]["status"] == "converted"
    made = only_id(there, "Contacts")
    assert links(town, id_) == {(f"hub:People:{id_}", "contact", "live"), (f"crm:Contacts:{made}", "contact", "live")}
    there.edit("Contacts", made, {"phone": "+14155550188"})
    town.sync()
    assert here.records("People")[id_]["phone"] == "+14155550188", "it is written as before"
    town.sync()
    assert town.plan("people").rows == 0
    assert convert(town).counts["done"] == 0


def test_what_the_policy_says_makes_it_a_contact_as_well(tmp_path: Path) -> None:
    town = hub(tmp_path)
    crm = town.crm("hub")
    id_ = person(crm, **ADA, kind="warm")
    policy = POLICY.replace("phone: phone}", "phone: phone, stage: {value: customer, existing: overwrite}}")
    (tmp_path / "mappings" / "convert.yaml").write_text(policy)
    assert convert(town).counts["rejected"] == 0
    assert crm.records("People")[id_]["kind"] == "customer"


def test_the_preview_says_so(tmp_path: Path) -> None:
    town = hub(tmp_path)
    person(town.crm("hub"), **ADA, kind="new")
    with town.opened() as (workspace, _):
        plan = preview(workspace, "convert", lambda step, rows: None).plan
    (row,) = (row for row in plan.rows if row.role == "contact")
    assert (row.verb, row.why) == ("update", "the lead's own record, which becomes a contact")
    assert {c.field: (c.old, c.new) for c in row.changes} == {
        "status": ("working", "converted"),
        "stage": ("lead", "prospect"),
    }


@pytest.mark.parametrize("step", [1, 2, 3])
def test_a_kill_at_a_write_is_resumed_to_the_same_end(tmp_path: Path, step: int) -> None:
    town = hub(tmp_path)
    crm = town.crm("hub")
    id_ = person(crm, **ADA, kind="new")
    town.faults("hub", Faults(script=at({("write", step): "kill_after"})))
    with pytest.raises(Killed):
        convert(town)
    town.faults("hub", Faults())
    resumed = town.resume()
    assert resumed is not None
    assert crm.records("People")[id_]["kind"] == "deal"
    assert len(crm.records("People")) == len(crm.records("Accounts")) == len(crm.records("Opportunitys")) == 1
    assert links(town, id_) == {(f"hub:People:{id_}", "contact", "live")}
    assert convert(town).counts["done"] == 0


PROSPECTS = """\
provider: stage
connection: hub
object: Prospects
role: prospect
on_create: {title: Qualified}
fields:
  stage: {field: step, values: {lead: new, prospect: qualified}, unknown: keep}
  budget: {field: budget, as: decimal}
  opportunity: opportunity
  source_lead: {field: person, write: create}
"""


def with_prospects(folder: Path) -> Town:
    town = hub(folder, TWO.replace("[lead, contact, account]", "[lead, contact, account, prospect]"))
    town.crm("hub", describe("Prospects", "title step budget opportunity person"))
    town.map("hub.prospect", PROSPECTS)
    policy = (folder / "mappings" / "convert.yaml").read_text()
    policy = policy.replace(
        "budget: budget}}\ncarry", "budget: budget, stage: {value: prospect, existing: overwrite}}}\ncarry"
    )
    (folder / "mappings" / "convert.yaml").write_text(policy)
    return town


def test_a_prospect_record_about_the_lead_is_moved_on_and_names_the_opportunity(tmp_path: Path) -> None:
    town = with_prospects(tmp_path)
    crm = town.crm("hub")
    id_ = person(crm, **ADA, kind="new")
    blank = dict.fromkeys(("title", "step", "budget", "opportunity", "person"), "")
    old = crm.create("Prospects", {**blank, "title": "Old", "step": "new", "person": id_})
    about = crm.create("Prospects", {**blank, "title": "Labels", "step": "new", "person": id_})
    assert convert(town).counts["rejected"] == 0
    deal = only_id(crm, "Opportunitys")
    assert set(crm.records("Prospects")) == {old, about}
    assert crm.records("Prospects")[about] == {
        "title": "Labels",
        "step": "qualified",
        "budget": 500,
        "opportunity": deal,
        "person": id_,
    }
    assert crm.records("Prospects")[old]["step"] == "new"
    assert len({town.why("hub", *at).golden for at in (("People", id_), ("Prospects", about))}) == 1
    town.sync()
    town.sync()
    assert town.plan("people").rows == 0
    assert only(crm, "Opportunitys")["contact"] == id_


def test_one_is_made_where_there_is_none(tmp_path: Path) -> None:
    town = with_prospects(tmp_path)
    crm = town.crm("hub")
    id_ = person(crm, **ADA, kind="new")
    assert convert(town).counts["rejected"] == 0
    made = only(crm, "Prospects")
    assert (made["title"], made["step"], made["person"]) == ("Qualified", "qualified", id_)
    assert made["opportunity"] == only_id(crm, "Opportunitys")


def test_a_sync_takes_a_prospect_record_for_its_lead(tmp_path: Path) -> None:
    """It has neither name nor address, and would be somebody of his own otherwise."""
    town = with_prospects(tmp_path)
    crm = town.crm("hub")
    blank = dict.fromkeys(("title", "step", "budget", "opportunity", "person"), "")
    id_ = person(crm, **ADA, kind="new")
    about = crm.create("Prospects", {**blank, "title": "Labels", "step": "new", "person": id_})
    town.sync()
    later = crm.create("Prospects", {**blank, "title": "More", "step": "new", "person": id_})
    town.sync()
    golden = town.why("hub", "People", id_).golden
    assert {town.why("hub", "Prospects", one).golden for one in (about, later)} == {golden}
    assert town.plan("people").rows == 0


def test_a_customer_is_not_set_back_by_a_further_lead(tmp_path: Path) -> None:
    town = with_prospects(tmp_path)
    crm = town.crm("hub")
    there = person(crm, last_name="King", email=ADA["email"], kind="customer")
    person(crm, **ADA, kind="new")
    assert convert(town).counts["rejected"] == 0
    town.sync()
    assert crm.records("People")[there]["kind"] == "customer"


def with_ids(folder: Path, make: Callable[..., Town]) -> Town:
    """Leads of the hub are told what they became in the other CRM, in fields of the team's own."""
    town = hub(folder, TWO.replace("convert: [hub],", "convert: [hub, crm], into: crm,"))
    town.crm("hub", describe("People", f"{BOTH} crm_contact crm_account"))
    if make is native_office:
        town.crm("crm").conversion = NATIVELY
    (folder / "mappings" / "fields.yaml").write_text(
        "kind: fields\nperson:\n  crm_contact: {type: text, doc: Its id.}\n  crm_account: {type: text, doc: Its id.}\n"
    )
    town.map("hub.lead", f"{LEAD}  crm_account: crm_account\n")
    town.map("hub.contact", f"{CONTACT}  crm_contact: crm_contact\n")
    policy = folder / "mappings" / "convert.yaml"
    told = "ids: {contact: crm_contact, account: crm_account}"
    policy.write_text(policy.read_text().replace("status: converted}}", f"status: converted}}, {told}}}"))
    return town


@pytest.mark.parametrize("make", [office, native_office])
def test_leads_are_told_what_they_became_in_another_crm(tmp_path: Path, make: Callable[..., Town]) -> None:
    town = with_ids(tmp_path, make)
    here, there = town.crm("hub"), town.crm("crm")
    id_ = person(here, **ADA, kind="new", crm_contact="", crm_account="")
    if make is native_office:
        town.sync()
    assert convert(town).counts["rejected"] == 0
    told = here.records("People")[id_]
    assert (told["crm_contact"], told["crm_account"]) == (only_id(there, "Contacts"), only_id(there, "Accounts"))
    town.sync()
    town.sync()
    assert town.plan("people").rows == 0


def test_what_they_were_told_is_taken_back_by_an_undo(tmp_path: Path) -> None:
    town = with_ids(tmp_path, office)
    here = town.crm("hub")
    person(here, **ADA, kind="new", crm_contact="", crm_account="")
    before = here.records("People")
    assert town.undo(convert(town).run).left == ()
    assert here.records("People") == before


def test_a_field_for_ids_is_text_and_of_a_role_that_is_made(tmp_path: Path) -> None:
    town = with_ids(tmp_path, office)
    policy = tmp_path / "mappings" / "convert.yaml"
    policy.write_text(policy.read_text().replace("account: crm_account", "account: budget, prospect: nobody"))
    with pytest.raises(FileFaults) as caught:
        convert(town)
    said = str(caught.value)
    assert "an id is text; budget is decimal" in said
    assert "a lead has no field 'nobody'" in said
