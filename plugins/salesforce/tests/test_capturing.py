"""Capture: what is asked, what is left out, where the next one starts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import responses
from leadbridge_salesforce.provider import SalesforceProvider
from salesforce_replies import DATA, DATE, LEAD, describe, ident, lead, page, provider, queries

from leadbridge.errors import ConnectionFailedError, UsageError
from leadbridge.provider import Converted, Gone
from leadbridge.records import Ref

OLD, RECENT = "2026-01-30T10:00:00.000+0000", "2026-01-31T11:59:59.000+0000"


@pytest.fixture
def sf(tmp_path: Path) -> Iterator[SalesforceProvider]:
    with responses.mock:
        describe()
        yield provider(tmp_path)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)


def test_values_travel_by_type(sf: SalesforceProvider) -> None:
    row = lead(1, Amount__c=12.50, Employees=3, HasOptedOutOfEmail=False, Company=None, Email="a@b.example")
    with queries(lambda text: page([row])):
        (found,) = sf.capture("Lead")
    (record,) = found.records
    assert record.values["Amount__c"] == Decimal("12.5")
    assert isinstance(record.values["Amount__c"], Decimal)
    kinds = {name: record.values[name] for name in ("Employees", "HasOptedOutOfEmail", "Company", "SystemModstamp")}
    assert kinds == {
        "Employees": 3,
        "HasOptedOutOfEmail": False,
        "Company": None,
        "SystemModstamp": "2026-01-30T10:00:00.000Z",
    }
    assert "Address" not in record.values
    assert (found.complete, found.seen) == (True, 1)


def test_compound_and_unsteady_fields_are_not_asked_for(sf: SalesforceProvider) -> None:
    with queries(lambda text: page([])) as asked:
        list(sf.capture("Lead"))
    selected = asked[0].split(" FROM ")[0]
    assert "Address" not in selected
    assert "LastViewedDate" not in selected
    assert asked[0].endswith("ORDER BY SystemModstamp, Id")


def test_changes_go_back_a_while_and_leave_out_what_was_carried(sf: SalesforceProvider) -> None:
    """A transaction that took long shows its record under an older stamp than the newest that was captured."""
    with queries(lambda text: page([lead(1, OLD), lead(2, RECENT)])):
        (first,) = sf.capture("Lead")
    late = lead(3, "2026-01-31T11:55:00.000+0000")
    with queries(lambda text: page([late, lead(2, RECENT)]), "queryAll") as asked:
        (second,) = sf.capture("Lead", first.cursor)
    assert "SystemModstamp >= 2026-01-31T11:50:00+00:00" in asked[0]
    assert [record.ref.id for record in second.records] == [ident(3)]


def test_two_edits_within_one_second_are_both_carried(sf: SalesforceProvider) -> None:
    with queries(lambda text: page([lead(1, RECENT, Company="once")])):
        (first,) = sf.capture("Lead")
    with queries(lambda text: page([lead(1, RECENT, Company="twice")]), "queryAll"):
        (second,) = sf.capture("Lead", first.cursor)
    assert [record.values["Company"] for record in second.records] == ["twice"]


def test_a_page_of_old_records_is_followed_from_its_last_one(sf: SalesforceProvider) -> None:
    """Of 10,000 records with one stamp none is skipped, and none is a reason to begin anew."""
    responses.get(f"{DATA}/query/01g-2", json=page([lead(3, RECENT)]), headers={"Date": DATE})
    with queries(lambda text: page([lead(1, OLD), lead(2, OLD)], "01g-2")):
        first, _ = sf.capture("Lead")
    with queries(lambda text: page([]), "queryAll") as asked:
        list(sf.capture("Lead", first.cursor))
    since = "2026-01-30T10:00:00+00:00"
    assert f"(SystemModstamp > {since} OR (SystemModstamp = {since} AND Id > '{ident(2)}'))" in asked[0]


def test_deletes_merges_and_conversions(sf: SalesforceProvider) -> None:
    cursor = json.dumps({"since": "2026-01-30T00:00:00+00:00", "after": None, "seen": ""})
    contact = "003000000000001AAA"
    rows = [
        lead(1, IsDeleted=True),
        lead(2, IsDeleted=True, MasterRecordId=ident(9)),
        lead(3, IsConverted=True, ConvertedContactId=contact, ConvertedContact={"CreatedDate": OLD, "LastName": "n3"}),
        lead(
            4, IsConverted=True, ConvertedContactId=contact, ConvertedContact={"CreatedDate": RECENT, "LastName": "n4"}
        ),
    ]
    rows.append({**rows[2], "Id": ident(0), "LastName": "another name"})
    with queries(lambda text: page(rows), "queryAll") as asked:
        (found,) = sf.capture("Lead", cursor)
    assert "ConvertedContact.CreatedDate" in asked[0]
    there = [Ref("sf", "Lead", ident(number)) for number in range(5)]
    assert found.gone == (Gone(there[1], "tombstone"), Gone(there[2], "tombstone", ident(9)))
    assert found.converted == (
        Converted(there[3], Ref("sf", "Contact", contact), made=True),
        Converted(there[4], Ref("sf", "Contact", contact), made=False),
        Converted(there[0], Ref("sf", "Contact", contact), made=False),
    )
    assert not found.complete


def test_a_lost_place_is_taken_up_after_the_last_row(sf: SalesforceProvider) -> None:
    lost = [{"errorCode": "INVALID_QUERY_LOCATOR", "message": "gone"}]
    responses.get(f"{DATA}/query/01g-1", json=page([lead(2, OLD)], "01g-2"))
    responses.get(f"{DATA}/query/01g-2", status=400, json=lost)
    with queries(lambda text: page([lead(1, OLD)], "01g-1")), queries(lambda text: page([lead(3)]), "queryAll") as rest:
        pages = list(sf.capture("Lead"))
    assert [record.ref.id for one in pages for record in one.records] == [ident(1), ident(2), ident(3)]
    assert f"Id > '{ident(2)}'" in rest[0]
    assert [one.complete for one in pages] == [False, False, True]


def test_a_field_that_becomes_invisible_is_missing(sf: SalesforceProvider) -> None:
    fewer = [one for one in LEAD if one["name"] != "Company"]
    describe(fields=fewer)

    def answer(text: str) -> Any:
        gone = [{"errorCode": "INVALID_FIELD", "message": "No such column 'Company' on entity 'Lead'"}]
        return gone if "Company" in text else page([lead(1)])

    with queries(answer) as asked:
        (found,) = sf.capture("Lead")
    assert len(asked) == 2
    assert "Company" not in found.records[0].values


def test_a_query_that_stays_wrong_fails(sf: SalesforceProvider) -> None:
    with (
        queries(lambda text: [{"errorCode": "INVALID_FIELD", "message": "x"}]) as asked,
        pytest.raises(ConnectionFailedError, match="leadbridge mappings lint -C"),
    ):
        list(sf.capture("Lead"))
    assert len(asked) == 3


def test_many_rows_come_by_bulk(sf: SalesforceProvider) -> None:
    """The locator says the word null at the end; rows may hold line ends."""
    jobs = f"{DATA}/jobs/query"
    responses.post(jobs, json={"id": "750x"})
    responses.get(f"{jobs}/750x", json={"state": "InProgress"})
    responses.get(f"{jobs}/750x", json={"state": "JobComplete"})
    head = "Id,SystemModstamp,IsDeleted,LastName,Company,Amount__c,HasOptedOutOfEmail,ConvertedContact.CreatedDate\n"
    one = f'{ident(1)},2026-01-30T10:00:00.000Z,false,"Ada\nKing",,12.50,true,\n'
    two = f"{ident(2)},2026-01-30T10:00:00.000Z,false,Bob,Acme,1000.0,false,\n"
    responses.get(f"{jobs}/750x/results", body=head + one, headers={"Sforce-Locator": "MQ"})
    responses.get(f"{jobs}/750x/results", body=head + two, headers={"Sforce-Locator": "null"})
    with queries(lambda text: page([lead(1)], "01g-1", total=5_000)):
        pages = list(sf.capture("Lead"))
    records = [record for one_page in pages for record in one_page.records]
    assert [record.values["LastName"] for record in records] == ["Ada\nKing", "Bob"]
    assert [record.values["Amount__c"] for record in records] == [Decimal("12.5"), Decimal(1000)]
    assert [record.values["HasOptedOutOfEmail"] for record in records] == [True, False]
    assert [one_page.complete for one_page in pages] == [False, False, True]
    assert [one_page.cursor is None for one_page in pages] == [True, True, False]


def test_an_object_that_bulk_does_not_know_comes_by_rest(sf: SalesforceProvider) -> None:
    responses.post(f"{DATA}/jobs/query", status=400, json=[{"errorCode": "INVALIDENTITY", "message": "not supported"}])
    responses.get(f"{DATA}/query/01g-1", json=page([lead(2)]))
    with queries(lambda text: page([lead(1)], "01g-1", total=5_000)):
        pages = list(sf.capture("Lead"))
    assert [record.ref.id for one in pages for record in one.records] == [ident(1), ident(2)]


def test_a_row_that_cannot_be_read_is_a_reject(sf: SalesforceProvider) -> None:
    with queries(lambda text: page([lead(1, Amount__c="many"), lead(2)])):
        (found,) = sf.capture("Lead")
    assert [record.ref.id for record in found.records] == [ident(2)]
    (reject,) = found.rejects
    assert (reject.code, reject.source) == ("unreadable", f"sf:Lead:{ident(1)}")
    assert "many" not in reject.reason


def test_a_cursor_of_somebody_else(sf: SalesforceProvider) -> None:
    with pytest.raises(UsageError, match="anew"):
        sf.capture("Lead", "42")


@pytest.mark.parametrize("name", ["no-such-object", "Lead; DELETE", "../x", ""])
def test_names_of_objects_are_checked_before_they_are_sent(sf: SalesforceProvider, name: str) -> None:
    with pytest.raises(UsageError):
        sf.capture(name)
    assert len(responses.calls) == 0
