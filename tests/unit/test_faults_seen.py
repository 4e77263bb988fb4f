"""Faults that other tools have had, each as a test that names it. Runs are whole ones, on CRMs in memory or files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from streets import HS, SF, only, only_id, two_crms
from town import Town, describe

from leadbridge.errors import ConnectionFailedError, LeadBridgeError
from leadbridge.memory import MemoryCrm
from leadbridge.provider import Action, Converted
from leadbridge.records import Ref
from leadbridge.state.store import Store
from leadbridge.testing.faults import Fault, Faults, Killed, at, lower_case

ADA = {"Email": "ada@x.example", "LastName": "King", "Phone": "(415) 555-0100", "City": None, "OptedOut": False}
BOB = {**ADA, "Email": "bob@x.example", "LastName": "Day", "Phone": "(415) 555-0200"}
CY = {**ADA, "Email": "cy@x.example", "LastName": "Fox", "Phone": "(415) 555-0300"}


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)


@contextmanager
def dies_at(commit: int) -> Iterator[None]:
    """The process dies just before the n-th transaction of the state is durable."""
    begin, count = Store.begin, iter(range(1, 10_000))

    @contextmanager
    def dying(self: Store) -> Iterator[object]:
        with begin(self) as tx:
            yield tx
            if next(count) == commit:
                raise Killed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Store, "begin", dying)
        yield


def test_a_fingerprint_stored_before_delivery_skips_the_failed_row_for_ever(tmp_path: Path) -> None:
    town, sf, hs = two_crms(tmp_path)
    one = sf.create("Lead", ADA)
    town.sync()
    sf.edit("Lead", one, {"LastName": "Byron"})
    sf.create("Lead", BOB)
    town.faults("hs", Faults(script=lambda method, call: "unreachable" if method == "write" else None))
    assert town.sync().state == "failed"
    assert only(hs, "contacts")["lastname"] == "King"
    town.faults("hs", Faults())
    town.sync()
    assert {values["lastname"] for values in hs.records("contacts").values()} == {"Byron", "Day"}
    assert town.plan().rows == 0


def test_one_success_marks_the_batch(tmp_path: Path) -> None:
    town, sf, hs = two_crms(tmp_path)
    for values in (ADA, BOB, CY):
        sf.create("Lead", values)
    refuses: Callable[[Action], bool] = lambda action: action.values.get("email") == "bob@x.example"  # noqa: E731
    town.faults("hs", Faults(refuses=refuses))
    first = town.sync()
    assert (first.counts["done"], first.counts["rejected"]) == (2, 1)
    assert [reject.code for reject in town.rejects()] == ["validation"]
    # It is not sent again while nothing changed; it is once a person says so.
    assert town.plan().rows == 0
    town.faults("hs", Faults())
    town.retry()
    assert len(hs.records("contacts")) == 3
    assert town.rejects() == []


@pytest.mark.parametrize("commit", range(1, 16))
def test_a_cursor_moved_before_the_load_loses_what_was_read(tmp_path: Path, commit: int) -> None:
    town, sf, hs = two_crms(tmp_path)
    town.sync()
    sf.create("Lead", ADA)
    with dies_at(commit), suppress(Killed):
        town.sync()
    town.sync()
    assert only(hs, "contacts")["email"] == "ada@x.example"
    assert town.plan().rows == 0


def test_a_cursor_by_time_skips_rows_of_equal_stamp(tmp_path: Path) -> None:
    town, sf, hs = two_crms(tmp_path)
    town.faults("sf", Faults(equal_stamps=True))
    sf.create("Lead", ADA)
    town.sync()
    sf.create("Lead", BOB)
    town.sync()
    assert len(hs.records("contacts")) == 2


def test_paging_by_time_loops_for_ever_when_ten_thousand_rows_share_one_stamp(tmp_path: Path) -> None:
    town, sf, _ = two_crms(tmp_path)
    for n in range(10_000):
        sf.create("Lead", {"Email": f"p{n}@x.example", "LastName": f"Name {n}"})
    town.faults("sf", Faults(equal_stamps=True))
    planned = town.plan()
    assert planned.read["sf", "Lead"] == 10_000
    assert planned.writes == {"hs": {"create": 10_000}}


def test_a_search_index_that_lags_lets_search_then_create_make_a_second_record(tmp_path: Path) -> None:
    town, sf, hs = two_crms(tmp_path)
    sf.create("Lead", ADA)
    # No key that the CRM keeps, the reply is lost, and looking it up finds nothing yet.
    town.faults("hs", Faults(script=at({("write", 1): "timeout_after"}), lacks=["upsert_by_key"]))
    assert town.sync().counts["uncertain"] == 1
    assert len(hs.records("contacts")) == 1
    (review,) = town.reviews()
    assert review.kind == "uncertain"
    # The next capture shows it; it is recognised, and nobody is made twice.
    town.faults("hs", Faults(lacks=["upsert_by_key"]))
    town.sync()
    town.sync()
    assert len(hs.records("contacts")) == len(sf.records("Lead")) == 1


@pytest.mark.parametrize("fault", ["timeout_before", "timeout_midway", "timeout_after", "lost_replies"])
def test_a_timeout_after_the_commit_creates_twice(tmp_path: Path, fault: Fault) -> None:
    town, sf, hs = two_crms(tmp_path)
    for values in (ADA, BOB, CY):
        sf.create("Lead", values)
    town.faults("hs", Faults(script=at({("write", 1): fault})))
    town.sync()
    assert len(hs.records("contacts")) == 3
    assert town.plan().rows == 0


def test_a_merge_is_read_as_a_delete(tmp_path: Path) -> None:
    town, sf, hs = two_crms(tmp_path, "sync: [sf, hs], first: prefer, deletes: propagate")
    one, two = sf.create("Lead", ADA), sf.create("Lead", BOB)
    town.sync()
    sf.merge("Lead", two, one)
    town.sync(overrides=["delete"])
    assert len(hs.records("contacts")) == 2, "a merge deletes nobody elsewhere"
    states = {(link.ref.connection, link.ref.id): link.state for link in town.why("sf", "Lead", one).links}
    assert (states["sf", one], states["sf", two]) == ("live", "gone")
    assert town.plan().rows == 0


def test_updates_are_sent_to_a_converted_lead_for_ever(tmp_path: Path) -> None:
    town = Town(tmp_path, "people: {sync: [sf, hs], first: prefer}")
    town.map("sf", SF + "when: Status != 'Converted'\n")
    town.map("sf.contact", SF.replace("object: Lead", "object: Contact").replace("role: lead", "role: contact"))
    town.map("hs", HS)
    columns = "Email LastName Phone City OptedOut"
    sf = town.crm("sf", describe("Lead", f"{columns} Status"), describe("Contact", columns))
    hs = town.crm("hs", describe("contacts", "email lastname phone optout"))
    lead = sf.create("Lead", {**ADA, "Status": "Open"})
    town.sync()
    sf.edit("Lead", lead, {"Status": "Converted"})
    contact = sf.create("Contact", ADA)
    town.converted("sf", Converted(Ref("sf", "Lead", lead), Ref("sf", "Contact", contact)))
    town.faults("sf", Faults(refuses=lambda action: action.object == "Lead"))
    for phone in ("+14155550111", "+14155550122"):
        hs.edit("contacts", only_id(hs, "contacts"), {"phone": phone})
        assert town.sync().counts["rejected"] == 0
        assert only(sf, "Contact")["Phone"] == phone
    assert town.plan().rows == 0


@pytest.mark.parametrize("declared", [True, False])
def test_an_email_in_lower_case_loops_for_ever(tmp_path: Path, declared: bool) -> None:
    town, sf, hs = two_crms(tmp_path)
    town.faults("hs", Faults(stores=lower_case("email", "lastname"), declared=declared, echoes=True))
    one = sf.create("Lead", {**ADA, "Email": "Ada.King@X.example", "LastName": "king"})
    for _ in range(3):
        town.sync()
    sf.edit("Lead", one, {"Email": "Ada@New.example"})
    town.sync()
    assert only(hs, "contacts")["email"] == "ada@new.example"
    assert only(sf, "Lead")["Email"] == "Ada@New.example"
    assert [town.sync().counts["done"] for _ in range(3)] == [0, 0, 0]
    assert town.conflicts() == []


def test_zero_is_treated_as_empty(tmp_path: Path) -> None:
    town = Town(tmp_path, "people: {sync: [sf, hs], first: prefer, fields: {employees: fill_blank}}")
    town.map(
        "sf", "provider: stage\nconnection: sf\nobject: Lead\nrole: lead\nfields: {email: Email, employees: Staff}\n"
    )
    town.map(
        "hs", "provider: stage\nconnection: hs\nobject: contacts\nrole: lead\nfields: {email: mail, employees: n}\n"
    )
    sf, hs = town.crm("sf", describe("Lead", "Email Staff")), town.crm("hs", describe("contacts", "mail n"))
    one = sf.create("Lead", {"Email": "ada@x.example", "Staff": 0})
    sf.create("Lead", {"Email": "bob@x.example", "Staff": 5})
    hs.create("contacts", {"mail": "bob@x.example", "n": 0})
    town.sync()
    found = {values["mail"]: values["n"] for values in hs.records("contacts").values()}
    assert found == {"ada@x.example": 0, "bob@x.example": 5}
    sf.edit("Lead", one, {"Staff": 7})
    town.sync()
    sf.edit("Lead", one, {"Staff": 0})
    town.sync()
    assert {values["n"] for values in hs.records("contacts").values()} == {0, 5}


def test_an_account_is_created_and_its_contact_fails_and_an_orphan_is_left(tmp_path: Path) -> None:
    town, hs = _with_accounts(tmp_path)
    town.faults("hs", Faults(refuses=lambda action: action.object == "contacts"))
    town.sync()
    assert (len(hs.records("companies")), hs.records("contacts")) == (1, {})
    town.faults("hs", Faults())
    town.retry()
    assert only(hs, "contacts")["company"] == only_id(hs, "companies"), "the account is taken, not made again"
    assert town.plan().rows == 0


def test_a_loss_of_rights_is_read_as_all_deleted(tmp_path: Path) -> None:
    town, sf, hs = two_crms(tmp_path, "sync: [sf, hs], first: prefer, deletes: propagate")
    for n in range(30):
        sf.create("Lead", {**ADA, "Email": f"p{n}@x.example", "Phone": None})
    town.sync()
    seen = sf.objects.pop("Lead")
    with pytest.raises(LeadBridgeError):
        town.sync()
    sf.define(describe("Lead", "Email LastName City OptedOut"))
    (stop,) = town.sync().stops
    assert (stop.brake, "Lead.Phone" in stop.message) == ("scope", True)
    sf.define(seen)
    assert len(hs.records("contacts")) == 30
    assert town.sync().counts["done"] == 0


def test_a_file_that_is_gone_is_read_as_all_deleted(tmp_path: Path) -> None:
    town, file, sf = _with_file(tmp_path)
    kept = file.read_text(encoding="utf-8")
    file.unlink()
    with pytest.raises(ConnectionFailedError):
        town.sync()
    file.write_text("nr,mail,name\n", encoding="utf-8")
    assert [stop.brake for stop in town.sync().stops] == ["empty", "delete"]
    file.write_text(kept, encoding="utf-8")
    assert town.sync().counts["done"] == 0
    assert len(sf.records("Lead")) == 30


def test_an_edit_between_the_write_and_the_read_back_is_swallowed(tmp_path: Path) -> None:
    town, sf, hs = two_crms(tmp_path)
    one = sf.create("Lead", ADA)
    town.sync()

    def edits(action: Action) -> None:
        hs.edit("contacts", action.id or "", {"lastname": "Lovelace"})

    sf.edit("Lead", one, {"LastName": "Byron"})
    town.faults("hs", Faults(script=at({("write", 1): "edit_after"}), user=edits))
    town.sync()
    town.faults("hs", Faults())
    town.sync()
    assert sf.records("Lead")[one]["LastName"] == only(hs, "contacts")["lastname"] == "Lovelace"


def test_an_edit_between_the_check_and_the_write_is_overwritten(tmp_path: Path) -> None:
    town, sf, hs = two_crms(tmp_path)
    one = sf.create("Lead", ADA)
    town.sync()

    def edits(action: Action) -> None:
        hs.edit("contacts", action.id or "", {"phone": "+14155550177"})

    sf.edit("Lead", one, {"Phone": "(415) 555-0166"})
    town.faults("hs", Faults(script=at({("write", 1): "edit_before"}), user=edits))
    assert town.sync().codes == {"stale": 1}
    town.faults("hs", Faults())
    town.sync()
    # Both were edited: the preferred one counts, the other is kept in the log.
    assert only(hs, "contacts")["phone"] == "+14155550166"
    assert [loser.value for row in town.conflicts() for loser in row.losers] == ["+14155550177"]


def _with_accounts(folder: Path) -> tuple[Town, MemoryCrm]:
    town = Town(folder, "people: {sync: [sf, hs], first: prefer}")
    crms = []
    for name, (accounts, contacts) in {"sf": ("Account", "Contact"), "hs": ("companies", "contacts")}.items():
        head = f"provider: stage\nconnection: {name}\nobject: "
        town.map(f"{name}.accounts", f"{head}{accounts}\nrole: account\nfields: {{name: name, website: site}}\n")
        fields = "{email: email, last_name: name, organisation: company}"
        town.map(f"{name}.contacts", f"{head}{contacts}\nrole: contact\nfields: {fields}\n")
        crms.append(town.crm(name, describe(accounts, "name site"), describe(contacts, "email name company")))
    company = crms[0].create("Account", {"name": "Analytical", "site": "https://analytical.example"})
    crms[0].create("Contact", {"email": "ada@x.example", "name": "King", "company": company})
    return town, crms[1]


def _with_file(folder: Path) -> tuple[Town, Path, MemoryCrm]:
    town = Town(folder, "people: {sync: [file, sf], first: prefer, deletes: propagate}")
    town.map("sf", SF)
    fields = "{email: mail, last_name: name}"
    town.map("file", f"provider: csv\nconnection: file\nobject: people.csv\nrole: lead\nfields: {fields}\n")
    file = folder / "people.csv"
    rows = "".join(f"{n},p{n}@x.example,Name {n}\n" for n in range(30))
    file.write_text(f"nr,mail,name\n{rows}", encoding="utf-8")
    town.connections["file"] = "{provider: csv, path: people.csv, key: nr}"
    sf = town.crm("sf", describe("Lead", "Email LastName Phone City OptedOut"))
    town.sync()
    return town, file, sf
