"""What HubSpot does to a connector, point by point, against a stand-in of a portal; unverified behaviour both ways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hubspot_portal import PortalHarness
from leadbridge_hubspot.provider import HubSpotProvider

from leadbridge.errors import QuotaError, RetryableError
from leadbridge.provider import Action, Gone, Result
from leadbridge.records import Ref
from leadbridge.sandbox import Switch
from leadbridge.values import Raw


@pytest.fixture
def made(tmp_path: Path) -> Iterator[list[PortalHarness]]:
    harnesses: list[PortalHarness] = []
    yield harnesses
    for one in harnesses:
        one.close()


@pytest.fixture
def portal(made: list[PortalHarness], tmp_path: Path) -> Any:
    def open_(settings: Mapping[str, Any] | None = None, **switches: Switch) -> PortalHarness:
        made.append(PortalHarness(tmp_path, settings, **switches))
        return made[-1]

    return open_


def create(number: int, object: str = "contacts", **values: Raw) -> Action:
    return Action(number, "create", object, values=values, key=f"key-{number}")


def told(results: Any) -> dict[int, str]:
    return {one.number: one.reject.code if one.reject else one.state for one in results}


def captured(crm: HubSpotProvider, cursor: str | None = None, object: str = "contacts") -> tuple[list[str], Any, str]:
    pages = list(crm.capture(object, cursor))
    ids = [record.ref.id for page in pages for record in page.records]
    return ids, [one for page in pages for one in page.gone], pages[-1].cursor or ""


def value(crm: HubSpotProvider, id: str, name: str, object: str = "contacts") -> Raw:
    (record,) = crm.read([Ref("hs", object, id)])
    assert record is not None
    return record.values.get(name)


def test_01_the_index_is_late_and_nothing_is_made_twice_or_lost(portal: Any) -> None:
    harness = portal(index_lag=30)
    crm = harness.connect()
    _, _, cursor = captured(crm)
    new = harness.create(harness.sample(1))
    ids, _, later = captured(crm, cursor)
    assert ids == []
    results: list[Result] = list(crm.write([create(1, email="ADA1@example.com")]))
    assert told(results) == {1: "duplicate"}
    assert results[0].reject is not None
    assert f"Existing ID: {new}" in results[0].reject.reason
    harness.sandbox.clock.advance(31)
    assert captured(crm, later)[0] == [new]


def test_02_a_search_of_equal_stamps_never_reaches_its_end(portal: Any) -> None:
    """A portal that gives 400 results of a query, and 1,000 contacts changed at once."""
    harness = portal(search_window=400)
    crm = harness.connect()
    _, _, cursor = captured(crm)
    ids = harness.change("contacts", create=[{"lastname": f"n{n}"} for n in range(1_000)])
    found, _, _ = captured(crm, cursor)
    assert found == [str(one) for one in ids]


@pytest.mark.parametrize("position", ["ignored", "refused", "taken"])
def test_03_a_lifecycle_goes_back(portal: Any, position: str) -> None:
    harness = portal(lifecycle_backward=position)
    crm = harness.connect()
    one = harness.make("contacts", {"lastname": "x", "lifecyclestage": "customer"})
    results = crm.write([Action(1, "update", "contacts", one, {"lifecyclestage": "lead", "lastname": "y"})])
    assert told(results) == {1: "done"}
    assert (value(crm, one, "lifecyclestage"), value(crm, one, "lastname")) == ("lead", "y")


@pytest.mark.parametrize("version", ["v3", "2026-09"])
@pytest.mark.parametrize("multi_status", [True, False])
def test_04_rows_that_a_reply_leaves_out_are_accounted_for(portal: Any, version: str, multi_status: bool) -> None:
    harness = portal({"api_version": version}, dated_multi_status=multi_status)
    crm = harness.connect()
    good, gone, winner, loser = (harness.create(harness.sample(n)) for n in range(4))
    harness.delete(gone)
    harness.merge(loser, winner)
    ids = (good, gone, winner, loser)
    rows = [Action(n, "update", "contacts", id_, {"lastname": "z"}) for n, id_ in enumerate(ids)]
    assert told(crm.write(rows)) == {0: "done", 1: "gone", 2: "done", 3: "gone"}
    read = crm.read([Ref("hs", "contacts", id_) for id_ in ids])
    assert [record and record.ref.id for record in read] == [good, None, winner, None]


@pytest.mark.parametrize("shuffled", [True, False])
def test_05_one_duplicate_fails_one_row(portal: Any, shuffled: bool) -> None:
    harness = portal(shuffled_batches=shuffled)
    crm = harness.connect()
    harness.create(harness.sample(7))
    results = list(crm.write([create(n, email=f"ada{n}@example.com", lastname="x") for n in range(20)]))
    assert told(results) == {n: "duplicate" if n == 7 else "done" for n in range(20)}
    assert {value(crm, one.id or "", "email") for one in results if one.number == 3} == {"ada3@example.com"}


def test_06_a_person_has_several_addresses(portal: Any) -> None:
    harness = portal()
    crm = harness.connect()
    winner, loser = harness.create(harness.sample(1)), harness.create(harness.sample(2))
    harness.merge(loser, winner)
    assert value(crm, winner, "hs_additional_emails") == "ada2@example.com"
    rows = [create(1, email="Ada2@example.com"), create(2, email="ada3@example.com")]
    assert told(crm.write(rows)) == {1: "duplicate", 2: "done"}


def test_07_the_limits_are_kept_or_waited_for(portal: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    harness = portal()
    crm = harness.connect()
    crm.describe()
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    harness.fault("burst", times=1)
    harness.fault("locked", times=1)
    assert captured(crm)[0] == []
    assert sum(slept) >= 12
    harness.fault("migrating", times=1, seconds=7200)
    with pytest.raises(RetryableError) as caught:
        captured(crm)
    assert caught.value.retry_after == 7200
    harness.fault("daily", times=1)
    with pytest.raises(QuotaError, match="used up; run again after midnight"):
        captured(crm)


def test_08_a_day_stays_the_day(portal: Any) -> None:
    crm = portal().connect()
    (result,) = crm.write([create(1, "deals", dealname="x", closedate="2026-12-31")])
    stored = str(value(crm, result.id or "", "closedate", "deals"))
    assert stored.startswith("2026-12-31T00:00:00")
    assert crm.normalises("deals", "closedate", "2026-12-31", stored)


def test_11_a_merge_makes_a_new_record(portal: Any) -> None:
    harness = portal(merge_mints_id=True)
    crm = harness.connect()
    first, second = harness.create(harness.sample(1)), harness.create(harness.sample(2))
    _, _, cursor = captured(crm)
    (new,) = harness.change("contacts", merge=[first, second])
    ids, gone, _ = captured(crm, cursor)
    assert ids == [str(new)]
    assert {(one.ref.id, one.proof, one.merged_into) for one in gone} == {
        (id_, "tombstone", str(new)) for id_ in (first, second)
    }


@pytest.mark.parametrize("archived", [True, False])
def test_11_a_merged_record_is_not_told_of_as_deleted(portal: Any, archived: bool) -> None:
    harness = portal(merged_in_archive=archived)
    crm = harness.connect()
    loser, winner = harness.create(harness.sample(1)), harness.create(harness.sample(2))
    _, _, cursor = captured(crm)
    harness.merge(loser, winner)
    assert captured(crm, cursor)[1] == [Gone(Ref("hs", "contacts", loser), "tombstone", winner)]


def test_12_a_lead_lives_with_its_contact(portal: Any) -> None:
    harness = portal()
    crm = harness.connect()
    person = harness.create(harness.sample(1))
    alone = create(1, "leads", hs_lead_name="x")
    whole = create(2, "leads", hs_lead_name="x", **{"associations.contact": person})
    results = {one.number: one for one in crm.write([alone, whole])}
    assert told(results.values()) == {1: "required", 2: "done"}
    assert value(crm, results[2].id or "", "associations.contact", "leads") == person


def test_13_an_option_that_went_meanwhile_is_one_rows_fault(portal: Any) -> None:
    """Told by HubSpot, since what was described before says otherwise."""
    harness = portal()
    crm = harness.connect()
    crm.describe()
    harness.control("validations", object="contacts", property="jobtitle", rule="MAX_LENGTH", arguments=["3"])
    results = crm.write([create(1, lastname="x", jobtitle="longer"), create(2, lastname="y", jobtitle="ok")])
    assert {number: code == "done" for number, code in told(results).items()} == {1: False, 2: True}


def test_14_an_owner_that_left_is_gone(portal: Any) -> None:
    harness = portal()
    crm = harness.connect()
    ids, _, cursor = captured(crm, object="owners")
    harness.control("owners", archive=ids[0])
    assert ids[0] in [one.ref.id for one in captured(crm, cursor, "owners")[1]]
    assert ids[0] not in captured(crm, object="owners")[0]


@pytest.mark.parametrize("numeric", [True, False])
def test_15_associations_are_read_and_written(portal: Any, numeric: bool) -> None:
    harness = portal(numeric_association_ids=numeric)
    crm = harness.connect()
    one, other = (harness.make("companies", {"name": name}) for name in ("a", "b"))
    (result,) = crm.write([create(1, lastname="x", **{"associations.company": one})])
    person = result.id or ""
    assert value(crm, person, "associations.company") == one
    crm.write([Action(1, "update", "contacts", person, {"associations.company": other})])
    assert value(crm, person, "associations.company") == other
    crm.write([Action(1, "update", "contacts", person, {"associations.company": None})])
    assert value(crm, person, "associations.company") is None


def test_the_key_is_offered_made_and_used(portal: Any) -> None:
    harness = portal()
    harness.control("properties", object="contacts", present=False)
    crm = harness.connect()
    lacks = {lack.name: lack for lack in crm.lacks()}
    assert "contacts.leadbridge_key" in lacks
    for lack in lacks.values():
        crm.supply(lack)
    assert crm.lacks() == []
    assert all(crm.keyed(name) for name in ("contacts", "companies", "deals", "leads"))


def test_a_scope_that_is_missing_is_named(portal: Any) -> None:
    harness = portal()
    harness.control("scopes", withdraw=["crm.objects.deals.read", "crm.objects.deals.write"])
    crm = harness.connect()
    with pytest.raises(QuotaError, match=r"lacks .*crm\.objects\.deals"):
        captured(crm, object="deals")


def test_an_app_signs_in_by_its_refresh_token(portal: Any) -> None:
    harness = portal()
    app = harness.http.get(f"{harness.served.control}/app", timeout=10).json()
    names = ("client_id", "client_secret", "refresh_token")
    crm = harness.connect(token=None, **{name: app[name] for name in names})
    assert captured(crm)[0] == []
    harness.fault("expire", times=1)
    assert captured(crm)[0] == []


def test_10_000_changed_contacts_cost_little_more_than_their_pages(portal: Any) -> None:
    """The floor is the pages of a search, or where the names of all properties do not fit, those and their batches."""
    harness = portal(search_per_second=1_000)
    crm = harness.connect()
    crm.describe()
    _, _, cursor = captured(crm)
    harness.change("contacts", create=[{"lastname": f"n{n}"} for n in range(2_000)])
    before = crm.portal.client.calls
    assert len(captured(crm, cursor)[0]) == 2_000
    calls = crm.portal.client.calls - before
    assert calls <= 1.1 * (2_000 / 200 + 2_000 / 100) + 4


def test_an_account_without_the_lead_object_is_described(portal: Any) -> None:
    described = {one.name for one in portal(leads_object=False).connect().describe()}
    assert "contacts" in described
    assert "leads" not in described


def test_07_a_window_that_is_full_is_waited_out(portal: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """No call is refused: the headers say beforehand when it would be; searches, which have none, are counted."""
    harness = portal(burst=10)
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        harness.sandbox.clock.advance(seconds)

    monkeypatch.setattr("time.sleep", sleep)
    crm = harness.connect(objects=("contacts",))
    _, _, cursor = captured(crm)
    before = crm.portal.client.calls
    for _ in range(12):
        captured(crm, cursor)
    assert crm.portal.client.calls - before == 24  # a search and the bin each: nothing was sent twice
    assert sum(slept) >= 10


def test_e_mails_are_captured_where_their_scope_is_granted(portal: Any) -> None:
    harness = portal()
    person = harness.create(harness.sample(1))
    values = {"hs_timestamp": "2026-01-31T09:30:00Z", "hs_email_subject": "Pumps", "hs_email_direction": "EMAIL"}
    (done,) = harness.connect().write([create(1, "emails", **values, **{"associations.contact": person})])
    assert done.state == "done"
    (page,) = harness.connect().capture("emails")
    told_ = page.records[0].values
    assert (told_["hs_email_subject"], told_["associations.contact"]) == ("Pumps", person)
    harness.control("scopes", withdraw=["sales-email-read"])
    assert "emails" not in {one.name for one in harness.connect().describe()}
