"""Somebody has a right to be forgotten, told as it happens: gone everywhere, kept nowhere, and not made again."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from offices import lead, office
from streets import only, only_id, three_crms, two_crms
from town import Town, describe, nobody

from leadbridge.jobs.verify import verify
from leadbridge.memory import MemoryCrm, memory_crm
from leadbridge.state.errors import StateError
from leadbridge.state.marking import key_file
from leadbridge.testing.faults import Faults

ADA = {
    "Email": "Ada.Lovelace@x.example",
    "LastName": "Lovelace-King",
    "Phone": "(415) 555-0100",
    "City": "Marrakesh",
    "OptedOut": False,
}
WORDS = ("ada.lovelace@x.example", "lovelace-king", "4155550100", "marrakesh", "tamanrasset")


def traces(town: Town) -> set[str]:
    """Words of the erased person that stand anywhere in the project's state, in whatever part of its files."""
    folder = town.folder / ".leadbridge"
    content = b"".join(file.read_bytes().lower() for file in sorted(folder.iterdir()) if file.is_file())
    return {word for word in WORDS if word.encode() in content}


def known(folder: Path) -> tuple[Town, MemoryCrm, MemoryCrm, str]:
    """Ada in two CRMs, with a past: an edit carried on, a conflict, a reject. The id of her lead."""
    town, sf, hs = two_crms(folder)
    sf.create("Lead", {"Email": "bob@x.example", "LastName": "Day", "City": "Ulm", "OptedOut": False})
    ada = sf.create("Lead", ADA)
    town.sync()
    sf.edit("Lead", ada, {"City": "Tamanrasset"})
    hs.edit("contacts", of_ada(hs), {"phone": "+1 415 555 0111"})
    town.sync(overrides=["update"])
    assert traces(town) == set(WORDS)
    return town, sf, hs, ada


def of_ada(hs: MemoryCrm) -> str:
    return next(id_ for id_, values in hs.records("contacts").items() if "bob" not in str(values["email"]))


def test_an_erasure_beats_an_edit_and_leaves_no_trace(tmp_path: Path) -> None:
    town, sf, hs, ada = known(tmp_path)
    sf.erase("Lead", ada)
    hs.edit("contacts", of_ada(hs), {"lastname": "Lovelace-King II"})
    planned = town.plan()
    assert planned.writes == {"hs": {"delete": 1}}
    (write,) = town.writes(planned.plan)
    assert (write.label, write.values, write.expected) == ("", {}, {})

    done = town.apply(planned.plan)

    assert (done.counts["done"], done.rejects, done.questions) == (1, 0, 0)
    assert [values["email"] for values in hs.records("contacts").values()] == ["bob@x.example"]
    assert traces(town) == set()
    assert town.plan().rows == 0
    assert only(hs, "contacts")["lastname"] == "Day"


def test_nobody_makes_an_erased_person_again(tmp_path: Path) -> None:
    town, sf, hs, ada = known(tmp_path)
    sf.erase("Lead", ada)
    town.sync()

    # The same address in a form; another address, the same number and name; and somebody else who shares the number.
    hs.create("contacts", {"email": "ADA.lovelace@x.example", "lastname": "L", "phone": ""})
    hs.create("contacts", {"email": "new@x.example", "lastname": "Lovelace-King", "phone": "+14155550111"})
    hs.create("contacts", {"email": "colleague@x.example", "lastname": "Other", "phone": "+14155550111"})
    town.sync()

    assert sorted(str(v["Email"]) for v in sf.records("Lead").values()) == ["bob@x.example", "colleague@x.example"]
    assert [reject.code for reject in town.rejects()] == ["erased", "erased"]
    assert traces(town) == set()
    assert town.plan().rows == 0
    assert len(town.rejects()) == 2

    # They want to be known again.
    erasure = town.erasures()[0].golden
    assert f"leadbridge release --erasure {erasure}" in town.rejects()[0].remedy
    assert town.lift(erasure) > 0
    sf.create("Lead", ADA)
    town.sync()
    assert "Ada.Lovelace@x.example" in {v["Email"] for v in sf.records("Lead").values()}
    assert traces(town) != set()


def test_a_delete_that_is_refused_is_tried_again_and_nothing_is_kept_meanwhile(tmp_path: Path) -> None:
    town, sf, hs, ada = known(tmp_path)
    sf.erase("Lead", ada)
    town.faults("hs", Faults(refuses=lambda action: action.verb == "delete"))
    town.sync()
    assert len(hs.records("contacts")) == 2
    assert traces(town) == set()

    hs.edit("contacts", of_ada(hs), {"lastname": "Lovelace-King"})
    town.faults("hs", Faults())
    town.retry()
    town.sync()
    assert len(hs.records("contacts")) == 1
    assert traces(town) == set()
    assert town.plan().rows == 0


def test_a_copy_that_somebody_deleted_meanwhile_is_looked_for_no_longer(tmp_path: Path) -> None:
    town, sf, hs, ada = known(tmp_path)
    sf.erase("Lead", ada)
    town.faults("hs", Faults(refuses=lambda action: action.verb == "delete"))
    town.sync()
    hs.delete("contacts", of_ada(hs))
    town.faults("hs", Faults())
    town.sync()
    assert town.plan().rows == 0
    assert town.why("sf", "Lead", ada).links == ()


def test_what_was_deleted_and_parked_and_is_then_erased(tmp_path: Path) -> None:
    town, sf, hs, ada = known(tmp_path)
    sf.delete("Lead", ada)
    town.sync()
    assert [review.kind for review in town.reviews()] == ["delete"]
    sf.erase("Lead", ada)
    town.sync()
    assert len(hs.records("contacts")) == 1
    assert town.reviews() == []
    assert traces(town) == set()


def test_no_undo_brings_an_erased_person_back(tmp_path: Path) -> None:
    town, sf, hs, ada = known(tmp_path)
    sf.erase("Lead", ada)
    erased = town.sync().run
    undone = town.undo(erased)
    assert undone.counts["done"] == 0
    assert [(left.ref.connection, left.field) for left in undone.left] == [("hs", "erased")]
    town.undo(1)
    assert len(hs.records("contacts")) == 0, "the first run made Bob's"
    assert traces(town) == set()


def test_twins_and_newcomers_of_the_same_cycle_go_along(tmp_path: Path) -> None:
    town, sf, hs, ada = known(tmp_path)
    twin = hs.create("contacts", {"email": "ada.lovelace@x.example", "lastname": "Lovelace-King"})
    town.sync()
    assert {link.ref.id: link.state for link in town.why("hs", "contacts", twin).links}[twin] == "surplus"
    hs.create("contacts", {"email": "ada.lovelace@x.example", "lastname": "Lovelace-King", "phone": "1"})
    sf.erase("Lead", ada)
    town.sync()
    assert [values["email"] for values in hs.records("contacts").values()] == ["bob@x.example"]
    assert traces(town) == set()


def test_somebody_who_was_united_of_two_is_forgotten_as_both(tmp_path: Path) -> None:
    town, sf, hs, ada = known(tmp_path)
    other = sf.create("Lead", {**ADA, "Email": "tamanrasset@x.example", "Phone": "", "LastName": "Marrakesh"})
    town.sync()
    sf.merge("Lead", other, ada)
    town.sync()
    sf.erase("Lead", ada)
    town.sync()
    assert [values["email"] for values in hs.records("contacts").values()] == ["bob@x.example"]
    assert traces(town) == set()


def test_an_erased_lead_that_comes_again_is_not_converted(tmp_path: Path) -> None:
    town = office(tmp_path, "convert: {convert: [crm], policy: convert.yaml}\npeople: {sync: [crm, hs]}", "crm", "hs")
    crm = memory_crm(f"{tmp_path}:crm")
    ada = {"first_name": "Ada", "last_name": "Lovelace-King", "email": "ada.lovelace@x.example", "company": "Acme"}
    first = lead(crm, **ada, status="new")
    town.sync(overrides=["create"])
    crm.erase("Leads", first)
    town.sync(overrides=["delete"])
    lead(crm, **ada, status="working")
    done = town.convert("convert")
    assert (done.counts.get("done", 0), crm.records("Contacts")) == (0, {})
    assert [reject.code for reject in town.rejects()] == ["erased"]
    assert traces(town) == set()


def test_verify_counts_an_erased_record_that_is_there_again_as_left_aside(tmp_path: Path) -> None:
    town, sf, hs, ada = known(tmp_path)
    sf.erase("Lead", ada)
    town.sync()
    hs.create("contacts", {"email": "ada.lovelace@x.example", "lastname": "L"})
    town.sync()
    with town.opened() as (workspace, store):
        found = {one.connection: one for one in verify(workspace, store, "people", nobody).objects}
    assert (found["hs"].aside, found["hs"].new, found["hs"].in_step) == (1, 0, 1)


def test_a_saved_plan_that_speaks_of_the_person_is_applied_no_more(tmp_path: Path) -> None:
    town, sf, _, ada = known(tmp_path)
    sf.edit("Lead", ada, {"City": "Marrakesh"})
    saved = town.plan()
    sf.erase("Lead", ada)
    town.sync()
    assert traces(town) == set()
    with pytest.raises(Exception, match="make a new one"):
        town.apply(saved.plan)


def test_copies_in_a_crm_of_another_job_go_with_its_next_run(tmp_path: Path) -> None:
    town, sf, hs, erp = three_crms(tmp_path)
    town.work("people: {sync: [sf, hs]}\nrest: {sync: [sf, erp]}")
    ada = sf.create("Lead", ADA)
    town.sync()
    town.sync("rest")
    sf.erase("Lead", ada)
    town.sync()
    assert (len(hs.records("contacts")), len(erp.records("People"))) == (0, 1)
    assert traces(town) == set()
    town.sync("rest")
    assert len(erp.records("People")) == 0
    assert town.plan("rest").rows == town.plan().rows == 0


def test_a_record_that_may_not_be_deleted_is_told(tmp_path: Path) -> None:
    town, sf, hs = two_crms(tmp_path)
    town.work("people: {sync: [sf, hs], direction: one_way}")
    sf.create("Lead", ADA)
    town.sync()
    hs.erase("contacts", only_id(hs, "contacts"))
    town.sync()
    assert len(sf.records("Lead")) == 1
    assert [reject.code for reject in town.rejects()] == ["erasure_owed"]
    assert traces(town) == set()
    assert town.plan().rows == 0


def test_a_row_that_leaves_a_file_is_an_erasure_where_the_connection_says_so(tmp_path: Path) -> None:
    town = Town(tmp_path, "people: {sync: [file, hs]}")
    town.map(
        "file",
        "provider: csv\nconnection: file\nobject: people.csv\nrole: lead\nfields: {email: mail, last_name: name}\n",
    )
    town.map(
        "hs", "provider: stage\nconnection: hs\nobject: contacts\nrole: lead\nfields: {email: email, last_name: name}\n"
    )
    town.connections["file"] = "{provider: csv, path: files/, key: id, hard_delete: erasure}"
    hs = town.crm("hs", describe("contacts", "email name"))
    file = tmp_path / "files" / "people.csv"
    file.parent.mkdir()
    head, rows = "id,mail,name\n", [f"{n},p{n}@x.example,Name{n}\n" for n in range(9)]
    file.write_text(head + "".join(rows) + "9,ada.lovelace@x.example,Lovelace-King\n")
    town.sync()
    assert len(hs.records("contacts")) == 10

    file.write_text(head + "".join(rows))
    town.sync()
    assert len(hs.records("contacts")) == 9
    assert traces(town) == set()


def test_what_is_shown_of_an_erased_person(tmp_path: Path) -> None:
    town, sf, hs, ada = known(tmp_path)
    contact = of_ada(hs)
    sf.erase("Lead", ada)
    run = town.sync().run
    for connection, object_, id_ in (("sf", "Lead", ada), ("hs", "contacts", contact)):
        found = town.why(connection, object_, id_)
        assert (found.label, found.fields, found.erased_by) == ("", (), run)


def test_the_key_of_the_marks_lies_beside_the_state_for_its_owner_alone(tmp_path: Path) -> None:
    town, sf, _, ada = known(tmp_path)
    key = key_file(tmp_path / ".leadbridge" / "state.db")
    assert not key.exists()
    sf.erase("Lead", ada)
    town.sync()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    secret = key.read_bytes()
    assert secret not in (tmp_path / ".leadbridge" / "state.db").read_bytes()

    # Without it erased people would be let in: nothing runs.
    key.unlink()
    with pytest.raises(StateError, match="put it back"):
        town.sync()
    key.write_bytes(secret)
    town.sync()
