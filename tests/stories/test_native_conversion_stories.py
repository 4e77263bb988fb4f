"""Leads that their CRM converts by itself, as LeadBridge has it do so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from offices import ADA, BOB, NATIVELY, Plug, contact, convert, everything, lead, native_office, plugged
from streets import only, only_id
from town import Town

from leadbridge.cli.sync_data import plan_data, row_data
from leadbridge.errors import UsageError
from leadbridge.jobs.sync import api
from leadbridge.memory import MemoryCrm
from leadbridge.plan.row_text import COLUMNS, cells
from leadbridge.testing.faults import Fault, Faults, Killed, at

TWO = """\
convert: {convert: [crm], policy: convert.yaml}
people: {sync: [crm, shop], roles: [contact], first: prefer}
"""


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a pause here."""
    monkeypatch.setattr("time.sleep", lambda seconds: None)


def states(town: Town, connection: str, object: str, id_: str) -> dict[str, str]:
    return {str(link.ref): link.state for link in town.why(connection, object, id_).links}


def is_converted(crm: MemoryCrm, id_: str) -> bool:
    return crm.entry("Leads", id_).converted is not None


def test_a_lead_is_converted_by_its_crm_and_the_policys_difference_follows(tmp_path: Path) -> None:
    town = native_office(tmp_path)
    crm = town.crm("crm")
    id_ = lead(crm, **ADA)
    planned = town.plan("convert")
    rows = town.writes(planned.plan)
    parts = [(row.verb, row.object, row.native.part if row.native else "") for row in rows if row.undoes is None]
    assert parts == [
        ("convert", "Leads", "converts"),
        ("create", "Accounts", "effect"),
        ("create", "Contacts", "effect"),
        ("create", "Opportunitys", "effect"),
        ("update", "Contacts", "follows"),
        ("update", "Opportunitys", "follows"),
    ]
    assert [note for note in planned.notes if "no way back" in note]

    outcome = town.apply()
    assert (outcome.state, outcome.rejects) == ("done", 0)
    assert is_converted(crm, id_)
    account = only_id(crm, "Accounts")
    assert only(crm, "Accounts") == {"name": "Acme"}
    assert only(crm, "Contacts") == {
        "first_name": "Ada",
        "last_name": "King",
        "email": "ada@x.example",
        "phone": "+14155550100",  # the CRM's own mapping leaves it out
        "organisation": account,
    }
    assert only(crm, "Opportunitys")["amount"] == 500
    assert only(crm, "Opportunitys")["stage"] == "Prospecting", "over the CRM's default"
    assert states(town, "crm", "Leads", id_) == {
        f"crm:Leads:{id_}": "converted",
        f"crm:Contacts:{only_id(crm, 'Contacts')}": "live",
    }
    before = everything(crm)
    again = convert(town)
    assert (again.counts["done"], again.counts["settled"]) == (0, 0)
    assert everything(crm) == before


def test_after_a_native_conversion_a_sync_has_nothing_to_write(tmp_path: Path) -> None:
    town = native_office(tmp_path, TWO, "crm", "shop")
    crm, shop = town.crm("crm"), town.crm("shop")
    lead(crm, **ADA)
    convert(town)
    town.sync()
    assert only(shop, "Contacts")["phone"] == "+14155550100"
    before = everything(crm)
    assert town.sync().counts["done"] == 0
    assert everything(crm) == before


def test_a_lead_goes_into_the_contact_that_is_there_and_what_that_says_stays(tmp_path: Path) -> None:
    town = native_office(tmp_path)
    crm = town.crm("crm")
    there = contact(crm, last_name="Lovelace", email="ada@x.example", first_name="")
    lead(crm, **ADA)
    assert convert(town).rejects == 0
    assert list(crm.records("Contacts")) == [there]
    assert {n: only(crm, "Contacts")[n] for n in ("first_name", "last_name", "phone")} == {
        "first_name": "Ada",
        "last_name": "Lovelace",
        "phone": "+14155550100",
    }


def test_two_leads_of_one_company_share_the_account_that_the_first_makes(tmp_path: Path) -> None:
    town = native_office(tmp_path)
    crm = town.crm("crm")
    first, second = lead(crm, **ADA), lead(crm, **BOB)
    outcome = convert(town)
    assert outcome.state == "done"
    assert is_converted(crm, first)
    assert is_converted(crm, second)
    account = only_id(crm, "Accounts")
    assert {one["organisation"] for one in crm.records("Contacts").values()} == {account}
    assert len(crm.records("Contacts")) == 2


def test_twins_of_one_person_go_into_one_contact(tmp_path: Path) -> None:
    town = native_office(tmp_path)
    crm = town.crm("crm")
    first, second = lead(crm, **ADA), lead(crm, **{**ADA, "phone": ""})
    outcome = convert(town)
    assert outcome.state == "done"
    assert is_converted(crm, first)
    assert is_converted(crm, second)
    assert len(crm.records("Contacts")) == 1
    assert set(states(town, "crm", "Leads", first).values()) == {"converted", "live"}
    known = {reason.field: reason.value for reason in town.why("crm", "Leads", first).fields}
    assert known["status"] == "converted"
    assert known["organisation"]
    assert convert(town).counts["done"] == 0


def test_twins_of_one_person_go_into_the_contact_that_is_there(tmp_path: Path) -> None:
    town = native_office(tmp_path)
    crm = town.crm("crm")
    there = contact(crm, last_name="King", email="ada@x.example")
    leads = [lead(crm, **ADA), lead(crm, **{**ADA, "phone": ""}), lead(crm, **ADA)]
    assert convert(town).rejects == 0
    assert all(is_converted(crm, one) for one in leads)
    assert list(crm.records("Contacts")) == [there]


def test_a_refused_lead_stays_as_it_is_and_the_others_go_on(tmp_path: Path) -> None:
    town = native_office(tmp_path)
    crm = town.crm("crm")
    first, second = lead(crm, **ADA), lead(crm, **{**BOB, "company": "Other"})
    before = crm.records("Leads")[first]
    town.faults("crm", Faults(keeps_back=lambda request: request.lead.id == first))
    outcome = convert(town)
    assert outcome.codes == {"validation": 1}
    assert not is_converted(crm, first)
    assert crm.records("Leads")[first] == before
    assert is_converted(crm, second)
    assert only(crm, "Contacts")["email"] == "bob@x.example"
    town.faults("crm", Faults())
    assert town.retry()[0].rejects == 0
    assert is_converted(crm, first)


def test_an_account_that_is_refused_refuses_who_shares_it(tmp_path: Path) -> None:
    town = native_office(tmp_path)
    crm = town.crm("crm")
    first, second = lead(crm, **ADA), lead(crm, **BOB)
    town.faults("crm", Faults(keeps_back=lambda request: request.lead.id == first))
    assert convert(town).codes == {"validation": 1, "depends": 1}
    assert crm.records("Accounts") == crm.records("Contacts") == {}
    town.faults("crm", Faults())
    town.retry()
    assert is_converted(crm, first)
    assert is_converted(crm, second)
    assert len(crm.records("Accounts")) == 1


@pytest.mark.parametrize("fault", ["timeout_before", "timeout_midway", "timeout_after", "lost_replies", "rate_limit"])
def test_a_lost_reply_converts_nobody_twice(tmp_path: Path, fault: Fault) -> None:
    town = native_office(tmp_path)
    crm = town.crm("crm")
    leads = [lead(crm, **ADA), lead(crm, **{**BOB, "company": "Other"})]
    town.faults("crm", Faults(script=at({("convert", 1): fault})))
    outcome = convert(town)
    assert (outcome.state, outcome.rejects) == ("done", 0)
    assert all(is_converted(crm, one) for one in leads)
    assert len(crm.records("Contacts")) == len(crm.records("Accounts")) == 2
    assert sorted(str(one["phone"]) for one in crm.records("Contacts").values()) == ["+14155550100", "+14155550101"]


def test_our_own_call_that_arrives_late_is_not_taken_for_somebody_elses(tmp_path: Path) -> None:
    """The reply is lost, the lead shows no trace yet, and is converted once the call is repeated."""
    town = native_office(tmp_path)
    crm = town.crm("crm")
    id_ = lead(crm, **ADA)
    town.faults("crm", Faults(script=at({("convert", 1): "timeout_before", ("convert", 2): "timeout_after"})))
    assert (convert(town).rejects, is_converted(crm, id_)) == (0, True)
    assert len(crm.records("Contacts")) == 1


@pytest.mark.parametrize("call", [("convert", "kill_before"), ("convert", "kill_after"), ("read", "kill_before")])
def test_a_killed_run_is_taken_up(tmp_path: Path, call: tuple[str, Fault]) -> None:
    town = native_office(tmp_path)
    crm = town.crm("crm")
    id_ = lead(crm, **ADA)
    town.faults("crm", Faults(script=at({(call[0], 1): call[1]})))
    with pytest.raises(Killed):
        convert(town)
    town.faults("crm", Faults())
    convert(town)
    assert is_converted(crm, id_)
    assert len(crm.records("Contacts")) == len(crm.records("Accounts")) == 1
    assert only(crm, "Contacts")["phone"] == "+14155550100"
    assert only(crm, "Opportunitys")["amount"] == 500


def test_a_policy_field_that_did_not_arrive_is_named(tmp_path: Path) -> None:
    """An automation of the CRM drops what the CRM's own mapping was to bring."""
    town = native_office(tmp_path)
    crm = town.crm("crm")
    lead(crm, **ADA)
    town.plan("convert")
    crm.conversion = replace(
        NATIVELY, fields={**NATIVELY.fields, "contact": {"last_name": "last_name", "email": "email"}}
    )
    outcome = town.apply()
    assert outcome.codes == {"converted_deviating": 1}
    (reject,) = town.rejects()
    assert (reject.code, reject.provider_field) == ("converted_deviating", "first_name")
    assert "first_name did not arrive" in reject.reason
    assert reject.ref.object == "Contacts"


def test_a_follow_up_that_is_refused_names_its_field(tmp_path: Path) -> None:
    town = native_office(tmp_path)
    crm = town.crm("crm")
    id_ = lead(crm, **ADA)
    town.faults("crm", Faults(refuses=lambda action: action.object == "Contacts"))
    outcome = convert(town)
    assert outcome.codes == {"converted_deviating": 1}
    (reject,) = town.rejects()
    assert (reject.provider_field, is_converted(crm, id_)) == ("phone", True)
    assert only(crm, "Contacts").get("phone", "") == ""


def test_a_refused_follow_up_is_sent_again_by_retry_where_there_is_no_sync_job(tmp_path: Path) -> None:
    town = native_office(tmp_path)
    crm = town.crm("crm")
    contact(crm, last_name="King", email="ada@x.example")
    lead(crm, **ADA)
    town.faults("crm", Faults(refuses=lambda action: action.object == "Contacts"))
    convert(town)
    still = town.retry()[0]
    assert (still.codes, len(town.rejects())) == ({"converted_deviating": 1}, 1), "it can be retried again"
    town.faults("crm", Faults())
    (outcome,) = town.retry()
    assert (outcome.counts["done"], outcome.rejects, town.rejects()) == (1, 0, [])
    assert only(crm, "Contacts")["phone"] == "+14155550100"
    assert convert(town).counts["done"] == 0
    town.undo(outcome.run)
    assert only(crm, "Contacts")["phone"] == ""


def test_what_did_not_arrive_is_written_by_retry(tmp_path: Path) -> None:
    town = native_office(tmp_path, TWO, "crm", "shop")
    crm = town.crm("crm")
    lead(crm, **ADA)
    town.plan("convert")
    crm.conversion = replace(
        NATIVELY, fields={**NATIVELY.fields, "contact": {"last_name": "last_name", "email": "email"}}
    )
    town.apply()
    (outcome,) = town.retry()
    assert (outcome.job, outcome.counts["done"], outcome.rejects, town.rejects()) == ("convert", 1, 0, [])
    assert only(crm, "Contacts")["first_name"] == "Ada"
    before = everything(crm)
    town.sync()
    assert everything(crm) == before
    assert only(town.crm("shop"), "Contacts")["first_name"] == "Ada"


def test_retry_of_what_did_not_arrive_overwrites_nobodys_edit(tmp_path: Path) -> None:
    town = native_office(tmp_path)
    crm = town.crm("crm")
    lead(crm, **ADA)
    town.faults("crm", Faults(refuses=lambda action: action.object == "Contacts"))
    convert(town)
    town.faults("crm", Faults())
    crm.edit("Contacts", only_id(crm, "Contacts"), {"phone": "+14155550999"})
    (outcome,) = town.retry()
    assert outcome.codes == {"converted_deviating": 1}
    assert only(crm, "Contacts")["phone"] == "+14155550999"


def test_retry_writes_nothing_that_golden_no_longer_says(tmp_path: Path) -> None:
    """A sync has brought another number meanwhile, which is owed in its place."""
    town = native_office(tmp_path, TWO, "crm", "shop")
    crm, shop = town.crm("crm"), town.crm("shop")
    contact(crm, last_name="King", email="ada@x.example")
    lead(crm, **ADA)
    town.faults("crm", Faults(refuses=lambda action: action.object == "Contacts"))
    convert(town)
    town.sync()
    shop.edit("Contacts", only_id(shop, "Contacts"), {"phone": "+14155550222"})
    town.sync()
    town.faults("crm", Faults())
    for outcome in town.retry():
        assert outcome.rejects == 0
    assert only(crm, "Contacts")["phone"] == "+14155550222"


@pytest.mark.parametrize("step", range(1, 12))
def test_a_retry_that_is_killed_is_taken_up(tmp_path: Path, step: int) -> None:
    town = native_office(tmp_path)
    crm = town.crm("crm")
    lead(crm, **ADA)
    town.faults("crm", Faults(refuses=lambda action: action.object == "Contacts"))
    convert(town)
    town.faults("crm", Faults())
    patch = pytest.MonkeyPatch()
    try:
        with plugged(Plug(step), patch.setattr):
            town.retry()
    except Killed:
        pass
    finally:
        patch.undo()
    convert(town)
    town.retry()
    assert only(crm, "Contacts")["phone"] == "+14155550100"
    assert town.rejects() == []


def test_what_somebody_wrote_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    """Between the conversion and what follows it a user fills the field."""
    town = native_office(tmp_path)
    crm = town.crm("crm")
    lead(crm, **ADA)

    def fill(action: object) -> None:
        crm.edit("Contacts", only_id(crm, "Contacts"), {"phone": "+14155550999"})

    town.faults("crm", Faults(script=at({("convert", 1): "edit_after"}), user=fill))
    outcome = convert(town)
    assert outcome.codes == {"converted_deviating": 1}
    assert only(crm, "Contacts")["phone"] == "+14155550999"


def test_what_the_policy_keeps_blank_is_blanked_again(tmp_path: Path) -> None:
    town = native_office(tmp_path)
    policy = tmp_path / "mappings" / "convert.yaml"
    text = policy.read_text(encoding="utf-8")
    policy.write_text(text.replace("first_name: first_name,", "first_name: {from: first_name, existing: keep},"))
    crm = town.crm("crm")
    contact(crm, last_name="Lovelace", email="ada@x.example")
    lead(crm, **ADA)
    assert convert(town).rejects == 0
    assert only(crm, "Contacts")["first_name"] == ""


def test_an_undo_takes_back_what_can_be_and_the_lead_stays_converted(tmp_path: Path) -> None:
    town = native_office(tmp_path)
    crm = town.crm("crm")
    there = contact(crm, last_name="Lovelace", email="bob@x.example", first_name="Robert")
    before = crm.records("Contacts")[there]
    first, second = lead(crm, **ADA), lead(crm, **{**BOB, "company": "Other"})
    outcome = convert(town)
    undone = town.undo(outcome.run)
    assert [(one.ref.id, one.field) for one in undone.left] == [(first, "converted"), (second, "converted")]
    assert crm.records("Contacts") == {there: before}
    assert crm.records("Opportunitys") == crm.records("Accounts") == {}
    assert is_converted(crm, first)
    assert is_converted(crm, second)
    assert states(town, "crm", "Leads", first)[f"crm:Leads:{first}"] == "converted"
    assert convert(town).counts["done"] == 0


def test_a_lead_edited_since_the_plan_is_left_alone(tmp_path: Path) -> None:
    town = native_office(tmp_path)
    crm = town.crm("crm")
    id_ = lead(crm, **ADA)
    town.plan("convert")
    crm.edit("Leads", id_, {"phone": "+14155550123"})
    assert town.apply().codes == {"stale": 1}
    assert not is_converted(crm, id_)
    assert crm.records("Contacts") == {}


def test_a_status_that_the_crm_does_not_know_is_a_reject_before_anything_is_sent(tmp_path: Path) -> None:
    town = native_office(tmp_path)
    crm = town.crm("crm")
    crm.conversion = replace(NATIVELY, statuses={"status": frozenset({"qualified"})})
    lead(crm, **ADA)
    planned = town.plan("convert")
    assert (planned.rows, planned.rejects) == (0, 1)
    (reject,) = town.rejects()
    assert reject.code == "status"


def test_mode_managed_leaves_it_to_leadbridge(tmp_path: Path) -> None:
    town = native_office(tmp_path, "convert: {convert: [crm], policy: convert.yaml, mode: managed}")
    crm = town.crm("crm")
    id_ = lead(crm, **ADA)
    convert(town)
    assert only(crm, "Leads")["status"] == "converted"
    assert not is_converted(crm, id_)


def test_leads_from_elsewhere_become_records_here_by_leadbridge(tmp_path: Path) -> None:
    """Beside a lead of the CRM's own, with one account for both."""
    jobs = "convert: {convert: [crm, shop], into: crm, policy: convert.yaml}"
    town = native_office(tmp_path, jobs, "crm", "shop")
    crm, shop = town.crm("crm"), town.crm("shop")
    here, there = lead(crm, **ADA), lead(shop, **BOB)
    outcome = convert(town)
    assert (outcome.state, outcome.rejects) == ("done", 0)
    assert is_converted(crm, here)
    assert shop.records("Leads")[there]["status"] == "converted"
    assert len(crm.records("Accounts")) == 1
    assert {one["organisation"] for one in crm.records("Contacts").values()} == {only_id(crm, "Accounts")}
    assert convert(town).counts["done"] == 0


@pytest.mark.parametrize(
    ("jobs", "why"),
    [
        ("{convert: [crm, shop], policy: convert.yaml, mode: native}", "'shop' converts no leads by itself"),
        ("{convert: [crm], into: shop, policy: convert.yaml, mode: native}", "leads of 'crm' become records of 'shop'"),
    ],
)
def test_mode_native_is_refused_where_no_crm_can(tmp_path: Path, jobs: str, why: str) -> None:
    town = native_office(tmp_path, f"convert: {jobs}", "crm", "shop")
    town.crm("shop").conversion = None
    lead(town.crm("crm"), **ADA)
    with pytest.raises(UsageError, match=why):
        convert(town)


def test_programs_are_told_what_the_crm_does_and_what_follows(tmp_path: Path) -> None:
    town = native_office(tmp_path)
    lead(town.crm("crm"), **ADA)
    planned = town.plan("convert")
    with town.opened() as (_, store):
        rows = list(api.rows(store, planned.plan))
    parts = {(data["row"], data["part"]): data["by"] for data in map(row_data, rows) if "part" in data}
    (converts,) = (number for number, part in parts if part == "converts")
    assert {tuple(by) for (_, part), by in parts.items() if part != "converts"} == {(f"@{converts}",)}
    assert {line[COLUMNS.index("part")] for line in cells(rows)} == {"converts", "effect", "follows"}
    assert list(planned.notes) == plan_data(planned)["notes"]
