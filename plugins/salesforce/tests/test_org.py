"""The provider against a stand-in of an org: whole flows, with what goes wrong on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from journals import Clock, MemoryJournal, create, options
from leadbridge_salesforce.provider import SalesforceProvider
from salesforce_org import OrgHarness

from leadbridge.apply import apply_writes, resume
from leadbridge.errors import CredentialsError, QuotaError, RetryableError, UncertainError
from leadbridge.plan.rows import WriteRow
from leadbridge.provider import Action, Page
from leadbridge.records import Ref
from leadbridge.values import MISSING


@pytest.fixture
def org(tmp_path: Path) -> Iterator[OrgHarness]:
    made = OrgHarness(tmp_path)
    yield made
    made.close()


@pytest.fixture
def sf(org: OrgHarness) -> Iterator[SalesforceProvider]:
    made = org.connect()
    made.describe()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting for locks and jobs takes no time."""
    monkeypatch.setattr("leadbridge_salesforce.collections._PAUSES", (0.0, 0.0))
    monkeypatch.setattr("leadbridge_salesforce.converting._PAUSES", (0.0, 0.0))
    monkeypatch.setattr("leadbridge_salesforce.bulk_query.FIRST_PAUSE", 0.01)


def leads(number: int, start: int = 1) -> list[Action]:
    rows = range(start, start + number)
    return [
        Action(n, "create", "Lead", values={"LastName": f"King {n}", "Company": f"Ada {n}"}, key=f"key-{n}")
        for n in rows
    ]


def ids(pages: list[Page]) -> list[str]:
    return [record.ref.id for page in pages for record in page.records]


def test_signing_in_as_an_app(org: OrgHarness) -> None:
    app = org.http.get(f"{org.served.control}/app", timeout=5).json()
    for signed in (
        {"auth": "client_credentials", "client_id": app["client_id"], "client_secret": app["client_secret"]},
        {"auth": "refresh_token", "client_id": app["client_id"], "refresh_token": app["refresh_token"]},
        {
            "auth": "jwt",
            "client_id": app["client_id"],
            "username": app["username"],
            "private_key": app["private_key"],
        },
    ):
        provider = org.connect(**signed)
        assert [one.name for one in provider.describe()][:2] == ["Lead", "Contact"]
        org.http.delete(f"{org.served.control}/sessions", timeout=5)
        assert list(provider.capture("Lead"))[-1].complete
        provider.close()


def test_a_create_whose_reply_is_lost_is_made_once(org: OrgHarness, sf: SalesforceProvider) -> None:
    org.fault("drop_after", method="POST", path="composite/sobjects")
    with pytest.raises(UncertainError):
        sf.write(leads(3))
    results = sf.write(leads(3))
    assert [result.state for result in results] == ["done"] * 3
    assert len(org.rows("Lead")) == 3


def test_an_expired_session_is_renewed_on_the_way(org: OrgHarness) -> None:
    app = org.http.get(f"{org.served.control}/app", timeout=5).json()
    signed = {"auth": "client_credentials", "client_id": app["client_id"], "client_secret": app["client_secret"]}
    sf = org.connect(**signed)
    org.fault("expire", path="composite")
    assert [result.state for result in sf.write(leads(2))] == ["done"] * 2
    org.fault("unauthorized", path="composite", times=None)
    with pytest.raises(CredentialsError):
        sf.write(leads(1, 9))
    sf.close()


def test_quota_and_concurrency(org: OrgHarness, sf: SalesforceProvider) -> None:
    org.fault("limit", path="composite")
    with pytest.raises(QuotaError):
        sf.write(leads(1))
    org.fault("limit", path="composite", detail={"concurrent": "yes"})
    with pytest.raises(RetryableError):
        sf.write(leads(1))
    assert org.rows("Lead") == []


def test_the_share_of_the_day(org: OrgHarness) -> None:
    org.sandbox.switch("daily_calls", 30)
    sf = org.connect(daily_share=0.5)
    with pytest.raises(QuotaError, match="daily_share"):
        for number in range(30):
            sf.write(leads(1, number + 1))
    assert sf.org.client.quota.used == 15


def test_a_locked_row_is_sent_again(org: OrgHarness, sf: SalesforceProvider) -> None:
    org.fault("lock", after=1, times=2)
    assert [result.state for result in sf.write(leads(4))] == ["done"] * 4


def test_a_duplicate_rule_blocks_and_names_what_it_found(org: OrgHarness, sf: SalesforceProvider) -> None:
    known = org.create(org.sample(1))
    compares = {"Email": "Email"}
    rule = {"name": "Lead_DR", "object": "Lead", "matches": "Lead", "compares": compares, "action": "block"}
    told = org.http.post(f"{org.served.control}/rules", json={"duplicate": rule}, timeout=5)
    assert told.ok, told.text
    action = Action(1, "create", "Lead", values=org.sample(1), key="key-1")
    (result,) = sf.write([action])
    assert result.reject is not None
    assert (result.reject.code, f"Lead {known}" in result.reject.reason) == ("duplicate", True)
    assert result.reject.rival == Ref("sf", "Lead", known)


def test_assignment_rules_run_only_when_they_are_asked_for(org: OrgHarness) -> None:
    rule = {"object": "Lead", "entries": [{"when": "true", "owner": org.sandbox.staff.queue}]}
    told = org.http.post(f"{org.served.control}/rules", json={"assignment": rule}, timeout=5)
    assert told.ok, told.text
    for assign in (False, True):
        sf = org.connect(assign=assign)
        (result,) = sf.write(leads(1, 1 + assign))
        (record,) = sf.read([Ref("sf", "Lead", result.id or "")])
        assert record is not None
        assert (record.values["OwnerId"] == org.sandbox.staff.queue) is assign
        sf.close()


def test_late_rows_are_captured(org: OrgHarness, sf: SalesforceProvider) -> None:
    org.create(org.sample(1))
    cursor = list(sf.capture("Lead"))[-1].cursor
    (late,) = org.change("Lead", create=[org.sample(2)], late=300)
    assert ids(list(sf.capture("Lead", cursor))) == [late]


def test_many_rows_of_one_stamp_in_small_pages(org: OrgHarness) -> None:
    """Killed after any page, and taken up there, nothing is lost."""
    org.sandbox.switch("page_size", 7)
    made = org.change("Lead", create=[org.sample(number) for number in range(40)])
    sf = org.connect(look_back=0)
    org.sandbox.clock.advance(3600)
    pages = list(sf.capture("Lead"))
    assert sorted(ids(pages)) == sorted(made)
    carried: set[str] = set()
    for page in pages:
        carried |= set(ids([page]))
        rest = ids(list(sf.capture("Lead", page.cursor)))
        assert sorted([*carried, *rest]) == sorted(made)
    sf.close()


def test_a_place_that_is_lost_is_found_again(org: OrgHarness, sf: SalesforceProvider) -> None:
    org.sandbox.switch("page_size", 10)
    made = org.change("Lead", create=[org.sample(number) for number in range(35)])
    org.fault("locator_lost", after=1)
    pages = list(sf.capture("Lead"))
    assert sorted(set(ids(pages))) == sorted(made)
    assert [page.complete for page in pages][-1]


def test_a_field_that_is_withdrawn_is_missing(org: OrgHarness, sf: SalesforceProvider) -> None:
    org.create(org.sample(1))
    org.fault("hide_field", path="query", detail={"object": "Lead", "field": "Email"})
    (page,) = sf.capture("Lead")
    (record,) = page.records
    assert record.values.get("Email", MISSING) is MISSING
    assert record.values["Company"] == "Ada 1, Ltd"


def test_merges_and_deletes_are_told_by_their_tombstones(org: OrgHarness, sf: SalesforceProvider) -> None:
    one, two, three = (org.create(org.sample(number)) for number in (1, 2, 3))
    cursor = list(sf.capture("Lead"))[-1].cursor
    org.merge(one, two)
    org.delete(three)
    gone = {g.ref.id: g.merged_into for page in sf.capture("Lead", cursor) for g in page.gone}
    assert gone == {one: two, three: None}


def test_bulk_both_ways(org: OrgHarness) -> None:
    """Results come shuffled; rows come back as they were sent, by Bulk and by REST alike."""
    sf = org.connect(bulk_from=300)
    rows = [
        replace(action, values={**action.values, "Description": f'"{action.number}"\nline', "Title": None})
        for action in leads(500)
    ]
    before = sf.org.client.calls
    results = sf.write(rows)
    assert {result.number for result in results if result.state == "done"} == set(range(1, 501))
    assert sf.org.client.calls - before <= sf.estimate(rows)
    org.sandbox.switch("page_size", 200)
    pages = list(sf.capture("Lead"))
    assert len(ids(pages)) == 500
    assert pages[-1].complete
    by_rest = org.connect()
    bulk = {record.ref.id: record.values for page in pages for record in page.records}
    rest = {record.ref.id: record.values for page in by_rest.capture("Lead") for record in page.records}
    assert bulk == rest
    again = sf.write(rows)
    assert {result.number: result.id for result in again} == {result.number: result.id for result in results}
    by_rest.close()
    sf.close()


def test_owners_queues_and_campaign_members(org: OrgHarness, sf: SalesforceProvider) -> None:
    lead = org.create(org.sample(1))
    campaign = org.make("Campaign", {"Name": "Fair"})
    org.make("CampaignMember", {"CampaignId": campaign, "LeadId": lead})
    org.make("Task", {"Subject": "Call", "WhoId": lead})
    found = {name: ids(list(sf.capture(name))) for name in ("User", "Group", "Campaign", "CampaignMember", "Task")}
    assert found["Group"] == [org.sandbox.staff.queue]
    assert org.sandbox.staff.left in found["User"]
    assert [len(found[name]) for name in ("Campaign", "CampaignMember", "Task")] == [1, 1, 1]


def test_what_reading_and_describing_cost(org: OrgHarness) -> None:
    org.change("Lead", create=[org.sample(number) for number in range(30)])
    sf = org.connect(api_version="67.0")
    list(sf.capture("Lead"))
    assert sf.org.client.calls == 2  # describe, query
    sf.describe()
    assert sf.org.client.calls == 3  # the other ten objects, and the statuses of converted leads
    sf.close()


@pytest.mark.parametrize("seed", range(4))
def test_whatever_strikes_every_create_is_made_once(org: OrgHarness, seed: int) -> None:
    """A run that cannot go on is resumed; in the end there is one record for each row, or a question about it."""
    clock, journal = Clock(), MemoryJournal()
    rows = [_row(create(n, **org.sample(n)), f"key-{n}") for n in range(1, 31)]
    journal.plan(rows)
    app = org.http.get(f"{org.served.control}/app", timeout=5).json()
    signed = {"auth": "client_credentials", "client_id": app["client_id"], "client_secret": app["client_secret"]}
    kinds = ("drop_before", "drop_after", "unavailable", "expire", "lock", "server_error")
    org.sandbox.faults.draw(seed, dict.fromkeys(kinds, 0.08))
    manner = replace(options(clock), batch=4)
    for attempt in range(20):
        sf = org.connect(**signed)
        sf.capabilities = replace(sf.capabilities, at_once=4)
        again = resume({"sf": sf}, journal, manner) if attempt else apply_writes(rows, {"sf": sf}, journal, manner)
        sf.close()
        if not again.left:
            break
    org.sandbox.faults.clear()
    assert set(journal.states().values()) <= {"done", "uncertain"}
    keys = [row["LeadBridge_Key__c"] for row in org.rows("Lead")]
    assert len(set(keys)) == len(keys)
    assert len(keys) >= list(journal.states().values()).count("done")


def _row(row: WriteRow, key: str) -> WriteRow:
    return replace(row, connection="sf", object="Lead", key=key)
