"""What happens to people's edits, told as they happen. Runs are the real ones, on a real state."""

from __future__ import annotations

from pathlib import Path

from offices import OBJECTS, contact, office
from streets import LEAD, SF, only, only_id, three_crms, two_crms
from town import Town, describe

from leadbridge.memory import MemoryCrm
from leadbridge.testing.faults import Faults

ADA = {"Email": "ada@x.example", "LastName": "King", "Phone": "(415) 555-0100", "City": "Rome", "OptedOut": False}


def test_three_connections_of_which_two_map_a_field_both_edited(tmp_path: Path) -> None:
    town, sf, hs, erp = three_crms(tmp_path)
    sf.create("Lead", ADA)
    town.sync()
    assert only(hs, "contacts")["phone"] == "+14155550100"
    assert only(erp, "People")["town"] == "Rome"

    sf.edit("Lead", only_id(sf, "Lead"), {"City": "Bern"})
    erp.edit("People", only_id(erp, "People"), {"town": "Ulm"})
    hs.edit("contacts", only_id(hs, "contacts"), {"phone": "+1 415 555 0111"})
    town.sync()

    # The preferred connection's city counts, the other one is in the log; the phone that one side edited is everywhere.
    assert only(sf, "Lead")["City"] == only(erp, "People")["town"] == "Bern"
    assert only(sf, "Lead")["Phone"] == "+14155550111"
    (conflict,) = town.conflicts()
    assert (conflict.field, [loser.value for loser in conflict.losers]) == ("city", ["Ulm"])
    assert "town" not in only(hs, "contacts")
    assert town.plan().rows == 0

    town.restore(conflict.id)
    town.sync()
    assert only(sf, "Lead")["City"] == only(erp, "People")["town"] == "Ulm"


def test_an_unknown_value_in_one_field_of_an_otherwise_good_update(tmp_path: Path) -> None:
    town, sf, hs = two_crms(tmp_path)
    town.map("sf", SF + "  status: {field: Status, values: {new: Open, working: Busy}, unknown: reject}\n")
    one = sf.create("Lead", {**ADA, "Status": "Open"})
    town.sync()

    sf.edit("Lead", one, {"Status": "On holiday", "Phone": "415 555 0122"})
    town.sync()

    assert only(hs, "contacts")["phone"] == "+14155550122"
    assert only(sf, "Lead")["Status"] == "On holiday"
    (reject,) = town.rejects()
    assert (reject.provider_field, reject.ref.id) == ("Status", one)
    assert town.plan().rows == 0
    assert len(town.rejects()) == 1, "told once, not in every run"

    sf.edit("Lead", one, {"Status": "Busy"})
    town.sync()
    assert town.rejects() == []


def test_two_leads_with_one_email_and_one_contact_at_first_sync(tmp_path: Path) -> None:
    town, sf, hs = two_crms(tmp_path)
    older = sf.create("Lead", {**ADA, "Phone": None})
    younger = sf.create("Lead", {**ADA, "City": "Bern"})
    hs.create("contacts", {"email": "Ada@X.example", "lastname": "King", "phone": "4155550100"})
    town.sync()

    # One person: the older lead is kept in step, its twin is left alone, and nobody is made twice.
    assert len(hs.records("contacts")) == 1
    assert len(sf.records("Lead")) == 2
    assert sf.records("Lead")[older]["Phone"] == "+14155550100"
    assert sf.records("Lead")[younger] == {**ADA, "City": "Bern"}
    states = {link.ref.id: link.state for link in town.why("sf", "Lead", older).links}
    assert (states[older], states[younger]) == ("live", "surplus")
    assert town.plan().rows == 0

    # An edit of the twin is no candidate; when the older one goes, the twin takes over.
    sf.edit("Lead", younger, {"City": "Oslo"})
    town.sync()
    assert sf.records("Lead")[older]["City"] == "Rome"
    sf.merge("Lead", older, younger)
    town.sync()
    states = {link.ref.id: link.state for link in town.why("sf", "Lead", younger).links}
    assert states[younger] == "live"
    assert len(hs.records("contacts")) == 1


def test_a_plan_approved_yesterday_three_of_five_hundred_rows_edited_since(tmp_path: Path) -> None:
    town, sf, hs = two_crms(tmp_path)
    leads = [sf.create("Lead", {**ADA, "Email": f"p{n}@x.example", "Phone": f"41555{n:05}"}) for n in range(500)]
    town.sync()
    mine = {values["email"]: id_ for id_, values in hs.records("contacts").items()}
    for lead in leads:
        sf.edit("Lead", lead, {"LastName": "Wed"})
    planned = town.plan()
    assert planned.writes == {"hs": {"update": 500}}

    for n in (3, 77, 499):
        hs.edit("contacts", mine[f"p{n}@x.example"], {"lastname": "Since"})
    done = town.apply(planned.plan, overrides=["update"])

    assert done.counts["done"] == 497
    assert done.codes == {"stale": 3}
    names = [values["lastname"] for values in hs.records("contacts").values()]
    assert (names.count("Wed"), names.count("Since")) == (497, 3)
    # The next run settles the three as what they are: edits on both sides.
    town.sync()
    assert {values["lastname"] for values in hs.records("contacts").values()} == {"Wed"}
    assert sorted(loser.value for row in town.conflicts() for loser in row.losers) == ["Since"] * 3
    assert town.plan().rows == 0
    assert town.rejects() == []


def test_a_keyed_file_with_a_row_deleted_a_key_edited_and_the_rows_resorted(tmp_path: Path) -> None:
    town = Town(tmp_path, "people: {sync: [sf, file], first: prefer}")
    town.map("sf", SF)
    town.map(
        "file",
        "provider: csv\nconnection: file\nobject: people.csv\nrole: lead\n"
        "fields: {email: mail, last_name: name, city: town}\n",
    )
    town.connections["file"] = "{provider: csv, path: people.csv, key: nr}"
    sf = town.crm("sf", LEAD)
    file = tmp_path / "people.csv"
    rows = [f"{n},p{n}@x.example,Name {n},Rome" for n in range(1, 31)]
    file.write_text("nr,mail,name,town\n" + "\n".join(rows) + "\n", encoding="utf-8")
    town.sync()
    assert len(sf.records("Lead")) == 30

    # Row 7 goes, number 12 is numbered anew, and all is sorted the other way round.
    changed = [row.replace("12,", "112,", 1) if row.startswith("12,") else row for row in rows]
    changed = [row for row in reversed(changed) if not row.startswith("7,")]
    file.write_text("nr,mail,name,town\n" + "\n".join(changed) + "\n", encoding="utf-8")
    town.sync()

    assert len(sf.records("Lead")) == 30, "nothing is deleted or made twice"
    (review,) = town.reviews()
    assert review.kind == "delete"
    links = town.why("file", "people.csv", "112").links
    assert sorted(link.ref.connection for link in links if link.state == "live") == ["file", "sf"]
    assert town.plan().rows == 0

    file.write_text(file.read_text(encoding="utf-8").replace("Name 12,Rome", "Name 12,Bern"), encoding="utf-8")
    town.sync()
    assert [v["City"] for v in sf.records("Lead").values() if v["Email"] == "p12@x.example"] == ["Bern"]


def test_a_field_taken_out_of_a_mapping_and_put_back_a_week_later_edited_on_both_sides_meanwhile(
    tmp_path: Path,
) -> None:
    town, sf, hs = two_crms(tmp_path)
    one = sf.create("Lead", ADA)
    two = sf.create("Lead", {**ADA, "Email": "bob@x.example", "Phone": "415 555 0200"})
    town.sync()
    there = {values["email"]: id_ for id_, values in hs.records("contacts").items()}

    without = SF.replace("  phone: {field: Phone, as: phone, region: US}\n", "")
    town.map("sf", without)
    assert [stop.brake for stop in town.plan().stops] == ["mapping"]
    town.apply(town.plan(rebaseline=True).plan)
    sf.edit("Lead", one, {"Phone": "415 555 0101"})
    hs.edit("contacts", there["ada@x.example"], {"phone": "415 555 0102"})
    sf.edit("Lead", two, {"Phone": "415 555 0201"})
    town.sync()
    assert hs.records("contacts")[there["bob@x.example"]]["phone"] == "+14155550200"

    town.map("sf", SF)
    town.apply(town.plan(rebaseline=True).plan)

    # Ada's phone was edited on both sides: a conflict, settled and logged. Bob's on one: taken.
    assert hs.records("contacts")[there["ada@x.example"]]["phone"] == "+14155550101"
    assert hs.records("contacts")[there["bob@x.example"]]["phone"] == "+14155550201"
    (conflict,) = town.conflicts()
    assert [loser.value for loser in conflict.losers] == ["+14155550102"]
    assert town.plan().rows == 0


def test_an_opt_out_set_in_one_place_and_cleared_in_another_in_one_cycle_and_consent_given_again_later(
    tmp_path: Path,
) -> None:
    town, sf, hs = two_crms(tmp_path)
    one = sf.create("Lead", {**ADA, "OptedOut": False})
    town.sync()
    other = only_id(hs, "contacts")

    sf.edit("Lead", one, {"OptedOut": None})
    hs.edit("contacts", other, {"optout": True})
    town.sync()
    assert (only(sf, "Lead")["OptedOut"], only(hs, "contacts")["optout"]) == (True, True)

    # Blank never lifts it; a clear no to the opt-out does, and what it lifts is logged.
    sf.edit("Lead", one, {"OptedOut": None})
    town.sync()
    assert (only(sf, "Lead")["OptedOut"], only(hs, "contacts")["optout"]) == (True, True)
    before = len(town.conflicts())
    sf.edit("Lead", one, {"OptedOut": False})
    town.sync()
    assert (only(sf, "Lead")["OptedOut"], only(hs, "contacts")["optout"]) == (False, False)
    (lifted,) = town.conflicts()[before:]
    assert (lifted.rule, [loser.value for loser in lifted.losers]) == ("consent given again", [True])
    assert town.plan().rows == 0


def test_a_hard_delete_met_by_an_edit(tmp_path: Path) -> None:
    town, sf, hs, erp = three_crms(tmp_path)
    one = sf.create("Lead", ADA)
    town.sync()
    sf.delete("Lead", one)
    erp.edit("People", only_id(erp, "People"), {"town": "Bern"})
    town.sync()

    # Nothing is deleted, nothing is made again, a person is asked; the two that are left stay in step.
    assert sf.records("Lead") == {}
    assert only(erp, "People")["town"] == "Bern"
    (review,) = town.reviews()
    assert review.kind == "delete"
    hs.edit("contacts", only_id(hs, "contacts"), {"lastname": "Byron"})
    town.sync()
    assert only(erp, "People")["name"] == "Byron"
    assert sf.records("Lead") == {}
    assert town.plan().rows == 0

    town.answer(review.id, "delete")
    town.sync()
    assert (hs.records("contacts"), erp.records("People")) == ({}, {})


def companies(folder: Path) -> tuple[Town, MemoryCrm, MemoryCrm]:
    """Accounts and contacts in both CRMs."""
    town = Town(folder, "people: {sync: [sf, hs], first: prefer}")
    account = "provider: stage\nconnection: {}\nobject: {}\nrole: account\nfields: {{name: name, website: site}}\n"
    contact = (
        "provider: stage\nconnection: {}\nobject: {}\nrole: contact\n"
        "fields: {{email: email, last_name: name, organisation: company}}\n"
    )
    for name, (accounts, contacts) in {"sf": ("Account", "Contact"), "hs": ("companies", "contacts")}.items():
        town.map(f"{name}.accounts", account.format(name, accounts))
        town.map(f"{name}.contacts", contact.format(name, contacts))
    sf = town.crm("sf", describe("Account", "name site"), describe("Contact", "email name company"))
    hs = town.crm("hs", describe("companies", "name site"), describe("contacts", "email name company"))
    return town, sf, hs


def test_a_contact_whose_account_is_created_in_the_same_plan_and_is_refused(tmp_path: Path) -> None:
    town, sf, hs = companies(tmp_path)
    company = sf.create("Account", {"name": "Analytical", "site": "https://analytical.example"})
    sf.create("Contact", {"email": "ada@x.example", "name": "King", "company": company})
    town.faults("hs", Faults(refuses=lambda action: action.object == "companies"))
    first = town.sync()

    # No contact without its account, and both are told apart.
    assert hs.records("companies") == hs.records("contacts") == {}
    assert first.codes == {"validation": 1, "depends": 1}
    town.faults("hs", Faults())
    town.retry()
    assert only(hs, "contacts")["company"] == only_id(hs, "companies")
    assert town.plan().rows == 0
    assert town.rejects() == []


def moved_to_a_new_company(folder: Path) -> tuple[Town, MemoryCrm, MemoryCrm, str]:
    """Ada is known in both; she has a company in sf that hs does not know yet, and another name."""
    town, sf, hs = companies(folder)
    ada = sf.create("Contact", {"email": "ada@x.example", "name": "King", "company": ""})
    town.sync()
    hs.edit("contacts", only_id(hs, "contacts"), {"company": ""})
    company = sf.create("Account", {"name": "Analytical", "site": "https://analytical.example"})
    sf.edit("Contact", ada, {"name": "Lovelace", "company": company})
    return town, sf, hs, only_id(hs, "contacts")


def test_records_that_another_job_has_linked_are_no_measure_of_a_first_plan(tmp_path: Path) -> None:
    """Such as users, whom a job of their own makes known before there are any people."""
    town, sf, hs = companies(tmp_path)
    town.jobs = "accounts: {sync: [sf, hs], roles: [account]}\npeople: {sync: [sf, hs], roles: [contact]}"
    town._write()
    sf.create("Account", {"name": "Analytical", "site": "https://analytical.example"})
    town.sync("accounts")
    for number in range(25):
        sf.create("Contact", {"email": f"{number}@x.example", "name": f"N{number}", "company": ""})
    assert [stop.brake for stop in town.plan("people").stops] == ["first_plan"]
    town.apply()
    assert len(hs.records("contacts")) == 25
    for number in range(30, 60):
        sf.create("Contact", {"email": f"{number}@x.example", "name": f"N{number}", "company": ""})
    (stop,) = town.sync("people").stops
    assert stop.message.startswith("hs: 30 creates of 25 linked records, 120 %")


def test_a_known_contact_is_told_of_a_new_account_in_the_plan_that_creates_it(tmp_path: Path) -> None:
    town, _, hs, ada = moved_to_a_new_company(tmp_path)
    made = town.plan()
    create, update = town.writes(made.plan)
    assert (create.verb, create.object, update.verb) == ("create", "companies", "update")
    assert (update.values, update.expected) == ({"name": "Lovelace"}, {"name": "King", "company": ""})
    done = town.apply(made.plan)
    there = {"email": "ada@x.example", "name": "Lovelace", "company": only_id(hs, "companies")}
    assert hs.records("contacts") == {ada: there}
    assert town.plan().rows == 0

    town.undo(done.run)
    assert hs.records("contacts") == {ada: {"email": "ada@x.example", "name": "King", "company": ""}}
    assert hs.records("companies") == {}


def test_a_plan_names_companies_by_their_ids_in_the_crm_that_is_written(tmp_path: Path) -> None:
    town, sf, hs = companies(tmp_path)
    old = sf.create("Account", {"name": "Analytical", "site": "https://analytical.example"})
    new = sf.create("Account", {"name": "Navy", "site": "https://navy.example"})
    ada = sf.create("Contact", {"email": "ada@x.example", "name": "King", "company": old})
    town.sync()
    there = {one["name"]: id_ for id_, one in hs.records("companies").items()}
    sf.edit("Contact", ada, {"company": new})
    (told,) = town.writes(town.plan().plan)
    assert [(change.field, change.old, change.new) for change in told.changes] == [
        ("organisation", there["Analytical"], there["Navy"])
    ]


def test_a_known_contact_whose_new_account_is_refused_waits_and_then_is_told_the_rest(tmp_path: Path) -> None:
    town, _, hs, ada = moved_to_a_new_company(tmp_path)
    town.faults("hs", Faults(refuses=lambda action: action.object == "companies"))
    assert town.sync().codes == {"validation": 1, "depends": 1}
    town.sync()
    assert hs.records("contacts")[ada] == {"email": "ada@x.example", "name": "Lovelace", "company": ""}
    town.faults("hs", Faults())
    town.retry()
    town.sync()
    assert hs.records("contacts")[ada]["company"] == only_id(hs, "companies")
    assert town.plan().rows == 0


def test_a_known_contact_that_was_moved_meanwhile_keeps_the_account_that_it_was_given(tmp_path: Path) -> None:
    town, _, hs, ada = moved_to_a_new_company(tmp_path)
    made = town.plan()
    other = hs.create("companies", {"name": "Other", "site": "https://other.example"})
    hs.edit("contacts", ada, {"company": other})
    assert town.apply(made.plan).codes == {"stale": 1}
    assert hs.records("contacts")[ada] == {"email": "ada@x.example", "name": "King", "company": other}


def test_two_jobs_that_share_a_connection(tmp_path: Path) -> None:
    town, sf, hs, erp = three_crms(tmp_path)
    town.jobs = "left: {sync: [sf, hs], first: prefer}\nright: {sync: [sf, erp], first: prefer}"
    sf = town.crm("sf", LEAD)
    town._write()
    one = sf.create("Lead", ADA)
    town.sync("left")
    assert erp.records("People") == {}
    town.sync("right")
    assert len(hs.records("contacts")) == len(erp.records("People")) == 1

    # An edit that one job read is carried on by the other as well.
    erp.edit("People", only_id(erp, "People"), {"name": "Byron"})
    town.sync("right")
    assert sf.records("Lead")[one]["LastName"] == "Byron"
    assert only(hs, "contacts")["lastname"] == "King"
    town.sync("left")
    assert only(hs, "contacts")["lastname"] == "Byron"
    sf.edit("Lead", one, {"LastName": "Lovelace"})
    town.sync("left")
    town.sync("right")
    assert (only(hs, "contacts")["lastname"], only(erp, "People")["name"]) == ("Lovelace", "Lovelace")
    assert town.plan("left").rows == town.plan("right").rows == 0


def test_an_undo_after_a_later_run_carried_the_value_on(tmp_path: Path) -> None:
    town, sf, hs, erp = three_crms(tmp_path)
    town.jobs = "near: {sync: [sf, hs], first: prefer}\npeople: {sync: [sf, hs, erp], first: prefer}"
    town._write()
    one = sf.create("Lead", ADA)
    town.sync()
    hs.edit("contacts", only_id(hs, "contacts"), {"lastname": "Byron"})
    wrong = town.sync("near")
    assert sf.records("Lead")[one]["LastName"] == "Byron"
    later = town.sync("people")
    assert only(erp, "People")["name"] == "Byron"

    undone = town.undo(wrong.run)
    assert sf.records("Lead")[one]["LastName"] == "King"
    assert undone.state == "done"
    # What the undo put back is held: no run carries either value across, until somebody edits the field.
    town.sync("people")
    assert sf.records("Lead")[one]["LastName"] == "King"
    assert any(later.run in left.runs for left in undone.left), undone.left
    hs.edit("contacts", only_id(hs, "contacts"), {"lastname": "Lovelace"})
    town.sync("people")
    assert sf.records("Lead")[one]["LastName"] == only(erp, "People")["name"] == "Lovelace"


def test_a_plan_tells_whom_a_new_record_names_by_the_id_that_its_crm_knows(tmp_path: Path) -> None:
    town = office(tmp_path, "people: {sync: [crm, shop], roles: [account, contact]}", "crm", "shop")
    account = town.crm("crm").create(OBJECTS["account"], {"name": "Acme", "industry": ""})
    town.sync()
    contact(town.crm("crm"), last_name="King", email="ada@x.example", organisation=account)
    (write,) = town.writes(town.plan().plan)
    (there,) = town.crm("shop").records(OBJECTS["account"])
    assert {change.field: change.new for change in write.changes}["organisation"] == there
