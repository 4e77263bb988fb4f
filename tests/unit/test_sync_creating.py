"""Which records are made where: roles, accounts in the same plan, filters, one-way jobs and doubtful identities."""

from __future__ import annotations

from pathlib import Path

import pytest
from sync_world import ADA, BOB, FAULTS, World, described, mapping

from leadbridge.provider import Action, FieldDescription, ObjectDescription
from leadbridge.testing.faults import Fault, Faults, Killed, at
from leadbridge.values import Raw

ACCOUNT = """\
kind: mapping
provider: troubled
connection: {0}
object: Account
role: account
fields: {{name: Name, website: Site}}
"""
CONTACT = """\
kind: mapping
provider: troubled
connection: {0}
object: Contact
role: contact
fields:
  organisation: AccountId
  email: Email
  last_name: Last
"""


def with_accounts(folder: Path) -> World:
    """Two CRMs with accounts and contacts; a has one of each."""
    files = {f"{name}_{part}_yaml": text.format(name) for name in "ab" for part, text in PARTS.items()}
    world = World(folder, job="first: prefer", **files)
    for name in "ab":
        fields = (FieldDescription("Name"), FieldDescription("Site"))
        world.crms[name].define(ObjectDescription("Account", fields, writable=True))
        world.crms[name].define(described("Contact", "AccountId"))
    account = world.a.create("Account", {"Name": "Reuter", "Site": "https://reuter.example"})
    world.a.create("Contact", {"Email": "ada@reuter.example", "Last": "King", "AccountId": account})
    return world


PARTS = {"account": ACCOUNT, "contact": CONTACT}


def contacts(world: World, name: str) -> list[tuple[object, object]]:
    return [(one["Last"], one["AccountId"]) for one in world.crms[name].records("Contact").values()]


def test_a_contact_names_its_account_that_the_same_plan_makes(tmp_path: Path) -> None:
    world = with_accounts(tmp_path)
    assert world.sync().counts["done"] == 2
    (account,) = world.b.records("Account")
    assert contacts(world, "b") == [("King", account)]
    assert world.sync().counts == {"settled": 0, "stale": 0, "done": 0, "rejected": 0, "uncertain": 0, "left": 0}


def test_a_contact_that_changes_its_account_names_the_other_one_everywhere(tmp_path: Path) -> None:
    world = with_accounts(tmp_path)
    world.sync()
    other = world.a.create("Account", {"Name": "Acme", "Site": "https://acme.example"})
    (contact,) = world.a.records("Contact")
    world.a.edit("Contact", contact, {"AccountId": other})
    world.sync()
    world.sync()
    acme = next(id_ for id_, one in world.b.records("Account").items() if one["Name"] == "Acme")
    assert contacts(world, "b") == [("King", acme)]


def test_a_contact_whose_account_is_refused_waits_for_it(tmp_path: Path) -> None:
    world = with_accounts(tmp_path)
    FAULTS[f"{tmp_path}/b"] = Faults(refuses=lambda action: action.object == "Account")
    outcome = world.sync()
    assert outcome.codes == {"validation": 1, "depends": 1}
    assert contacts(world, "b") == []
    assert world.sync().counts["rejected"] in {0, 1}
    FAULTS[f"{tmp_path}/b"] = Faults()
    (account,) = world.a.records("Account")
    world.a.edit("Account", account, {"Name": "Reuter GmbH"})
    world.sync()
    (made,) = world.b.records("Account")
    world.sync()
    assert contacts(world, "b") == [("King", made)]


def test_a_contact_waits_as_long_as_it_is_asked_which_account_it_has(tmp_path: Path) -> None:
    world = with_accounts(tmp_path)
    world.b.create("Account", {"Name": "Something Else", "Site": "https://reuter.example"})
    world.sync()
    assert [kind for _, kind, _ in world.asked()] == ["identity"]
    assert contacts(world, "b") == []
    assert world.sync().counts["done"] == 0
    world.answer(1, "same")
    world.sync()
    world.sync()
    (account,) = world.b.records("Account")
    assert contacts(world, "b") == [("King", account)]


def test_the_job_says_the_role_of_a_new_record(tmp_path: Path) -> None:
    job = "first: prefer, create_as: \"city == 'Rome' ? 'contact' : 'lead'\""
    world = World(tmp_path, job=job, b2_yaml=mapping("b", "Contact", "contact"))
    world.b.define(described("Contact"))
    world.lead("a", **ADA, City="Rome")
    world.lead("a", **BOB, City="Bern")
    world.sync()
    assert [one["Last"] for one in world.b.records("Contact").values()] == ["King"]
    assert [one["Last"] for one in world.leads("b")] == ["Day"]


def test_only_records_that_the_filter_lets_through_are_written(tmp_path: Path) -> None:
    world = World(tmp_path, job="first: prefer, where: \"city == 'Rome'\"")
    first = world.lead("a", **ADA, City="Bern")
    world.lead("a", **BOB, City="Rome")
    world.sync()
    assert [one["Last"] for one in world.leads("b")] == ["Day"]
    world.a.edit("Lead", first, {"City": "Rome"})
    world.sync()
    assert [one["Last"] for one in world.leads("b")] == ["Day", "King"]
    world.a.edit("Lead", first, {"City": "Ulm", "Phone": "+497777777"})
    world.sync()
    assert world.leads("b")[1]["Phone"] == ADA["Phone"]


def test_a_one_way_job_writes_to_its_targets_only(tmp_path: Path) -> None:
    world = World(tmp_path, "abc", "first: prefer, direction: one_way")
    world.lead("a", **ADA)
    world.lead("b", **BOB)
    world.sync()
    assert [[one["Last"] for one in world.leads(name)] for name in "abc"] == [["King"], ["Day", "King"], ["King"]]
    king = next(id_ for id_, one in world.b.records("Lead").items() if one["Last"] == "King")
    world.b.edit("Lead", king, {"City": "Rome"})
    world.sync()
    assert (world.only("a").get("City"), world.only("c")["City"]) == (None, "Rome")
    assert world.sync().counts == {"settled": 0, "stale": 0, "done": 0, "rejected": 0, "uncertain": 0, "left": 0}


def test_a_doubtful_identity_makes_nothing_until_a_person_says_same(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.lead("a", Last="King", Phone="+493012345", City="Rome")
    world.lead("b", First="Zoe", Last="Other", Phone="+493012345")
    world.lead("b", First="Ada", Phone="+493012345")
    world.sync()
    assert ("identity", "") in {(kind, field) for _, kind, field in world.asked()}
    before = (len(world.leads("a")), len(world.leads("b")))
    world.sync()
    assert (len(world.leads("a")), len(world.leads("b"))) == before


def doubtful(folder: Path) -> World:
    world = World(folder)
    world.lead("a", Last="King", Phone="+493012345", City="Rome")
    world.lead("b", First="Ada", Phone="+493012345")
    world.sync()
    assert [kind for _, kind, _ in world.asked()] == ["identity"]
    assert (len(world.leads("a")), len(world.leads("b"))) == (1, 1)
    world.sync()
    assert (len(world.leads("a")), len(world.leads("b"))) == (1, 1)
    return world


def test_they_are_one(tmp_path: Path) -> None:
    world = doubtful(tmp_path)
    world.answer(1, "same")
    world.sync()
    world.sync()
    wanted = {"First": "Ada", "Last": "King", "Phone": "+493012345", "City": "Rome"}
    assert (world.only("a"), world.only("b")) == (wanted, wanted)
    assert world.sync().counts["settled"] == 0


def test_they_are_two(tmp_path: Path) -> None:
    world = doubtful(tmp_path)
    world.answer(1, "different")
    world.sync()
    assert (len(world.leads("a")), len(world.leads("b"))) == (2, 2)
    assert world.sync().counts["done"] == 0


def unheard(method: str, call: int) -> Fault | None:
    return "timeout_after" if method == "write" else None


def lost(folder: Path, **values: Raw) -> World:
    """A create that b carried out, and nobody heard of it; b keeps no keys."""
    world = World(folder)
    world.lead("a", **values)
    FAULTS[f"{folder}/b"] = Faults(script=unheard, lacks=("upsert_by_key",))
    world.sync()
    FAULTS[f"{folder}/b"] = Faults(lacks=("upsert_by_key",))
    return world


def test_a_create_of_unknown_end_is_recognised_by_what_was_sent(tmp_path: Path) -> None:
    world = lost(tmp_path, First="Cy", Last="Fox", City="Rome")
    world.sync()
    world.sync()
    assert (len(world.leads("a")), len(world.leads("b")), world.asked()) == (1, 1, [])
    assert world.sync().counts == {"settled": 0, "stale": 0, "done": 0, "rejected": 0, "uncertain": 0, "left": 0}


def test_a_create_of_unknown_end_whose_record_was_edited_is_a_question(tmp_path: Path) -> None:
    world = lost(tmp_path, First="Cy", Last="Fox", City="Rome")
    world.b.edit("Lead", world.id_in("b"), {"City": "Ulm"})
    world.sync()
    world.sync()
    assert (len(world.leads("a")), len(world.leads("b"))) == (1, 1)
    assert sorted(kind for _, kind, _ in world.asked()) == ["identity", "uncertain"]
    (number,) = [number for number, kind, _ in world.asked() if kind == "uncertain"]
    world.answer(number, world.id_in("b"))
    world.sync()
    world.sync()
    assert (len(world.leads("a")), len(world.leads("b")), world.asked()) == (1, 1, [])


def test_a_create_that_was_lost_for_good_is_sent_again_when_a_person_says_so(tmp_path: Path) -> None:
    world = lost(tmp_path, First="Cy", Last="Fox")
    world.b.delete("Lead", world.id_in("b"))
    world.sync()
    assert [kind for _, kind, _ in world.asked()] == ["uncertain"]
    world.answer(1, "none")
    world.sync()
    assert len(world.leads("b")) == 1


def test_a_create_after_which_the_process_died_is_looked_up_before_it_is_sent_again(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.lead("a", First="Cy", Last="Fox", City="Rome")
    FAULTS[f"{tmp_path}/b"] = Faults(script=at({("write", 1): "kill_after"}), lacks=("upsert_by_key",))
    with pytest.raises(Killed):
        world.sync()
    FAULTS[f"{tmp_path}/b"] = Faults(lacks=("upsert_by_key",))
    world.sync()
    world.sync()
    assert (len(world.leads("a")), len(world.leads("b")), world.asked()) == (1, 1, [])


def test_what_a_new_record_lacks_is_not_sent(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.lead("a", Email="cy@x.example", Last="Fox")
    sent: list[Action] = []
    FAULTS[f"{tmp_path}/b"] = Faults(refuses=lambda action: bool(sent.append(action)))
    world.sync()
    assert sent[0].values == {"Email": "cy@x.example", "Last": "Fox"}
