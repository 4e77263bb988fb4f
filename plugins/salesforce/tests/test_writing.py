"""Writing: what is sent, and what becomes of each row."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests
import responses
from leadbridge_salesforce.failures import Said
from leadbridge_salesforce.ingest import parse_error
from leadbridge_salesforce.provider import SalesforceProvider
from leadbridge_salesforce.rejecting import rejected
from salesforce_replies import DATA, LEAD, body, describe, ident, page, provider, queries

from leadbridge.errors import QuotaError, RetryableError, UncertainError
from leadbridge.provider import Action, Result
from leadbridge.values import Raw

ALL = f"{DATA}/composite/sobjects"


@pytest.fixture
def sf(tmp_path: Path) -> Iterator[SalesforceProvider]:
    with responses.mock:
        describe()
        yield provider(tmp_path)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)


def create(number: int, key: str | None = None, **values: Raw) -> Action:
    return Action(number, "create", "Lead", values={"LastName": f"n{number}", **values}, key=key or f"key-{number}")


def update(number: int, **values: Raw) -> Action:
    return Action(number, "update", "Lead", ident(number), values)


def made(*numbers: int) -> list[dict[str, Any]]:
    return [{"id": ident(number), "success": True, "errors": []} for number in numbers]


def refused(code: str, message: str = "no", *fields: str) -> dict[str, Any]:
    return {"success": False, "errors": [{"statusCode": code, "message": message, "fields": list(fields)}]}


def states(results: Sequence[Result]) -> dict[int, str]:
    return {r.number: r.reject.code if r.reject else r.state for r in results}


def test_a_create_carries_its_key_and_the_headers_that_are_meant(sf: SalesforceProvider) -> None:
    responses.post(ALL, json=made(1))
    (result,) = sf.write([create(1, Amount__c=Decimal("12.50"), Company="")])
    assert (result.state, result.id) == ("done", ident(1))
    sent = responses.calls[-1]
    record = {"LastName": "n1", "Amount__c": 12.5, "Company": None, "LeadBridge_Key__c": "key-1"}
    assert body(sent) == {"allOrNone": False, "records": [{"attributes": {"type": "Lead"}, **record}]}
    headers = sent.request.headers
    assert headers["Sforce-Auto-Assign"] == "FALSE"
    assert headers["Sforce-Duplicate-Rule-Header"].startswith("allowSave=false; ")


def test_each_row_has_a_result_of_its_own(sf: SalesforceProvider) -> None:
    replies = [*made(1), refused("FIELD_CUSTOM_VALIDATION_EXCEPTION", "no budget", "Amount__c"), *made(3)]
    responses.patch(ALL, json=replies)
    results = sf.write([update(1, LastName="x"), update(2, LastName="x"), update(3, LastName="x")])
    assert states(results) == {1: "done", 2: "validation", 3: "done"}
    reject = next(result.reject for result in results if result.number == 2)
    assert reject is not None
    assert (reject.provider_field, "no budget" in reject.reason) == ("Amount__c", True)


def test_two_hundred_a_call(sf: SalesforceProvider) -> None:
    responses.patch(ALL, json=made(*range(200)))
    responses.patch(ALL, json=made(*range(200, 250)))
    results = sf.write([update(number, LastName="x") for number in range(250)])
    assert states(results) == dict.fromkeys(range(250), "done")
    assert [len(body(call)["records"]) for call in responses.calls[1:]] == [200, 50]


def test_a_row_that_cannot_be_sent_spoils_no_call(sf: SalesforceProvider) -> None:
    responses.patch(ALL, json=made(3))
    actions = [
        Action(1, "update", "Lead", "no-such-id", {"LastName": "x"}),
        update(2, **{"no-such-field": "x"}),
        update(3, LastName="x"),
        update(4, IsConverted=True),
    ]
    assert states(sf.write(actions)) == {1: "gone", 2: "not_writable", 3: "done", 4: "not_writable"}
    assert len(body(responses.calls[-1])["records"]) == 1


def test_a_repeated_create_is_done_with_the_first_ones_id(sf: SalesforceProvider) -> None:
    """And leaves that record alone: an upsert would set back what a user has edited since."""
    responses.post(ALL, json=[refused("DUPLICATE_VALUE", "duplicate value found: LeadBridge_Key__c"), *made(2)])
    with queries(lambda text: page([{"Id": ident(7), "LeadBridge_Key__c": "key-1"}])) as asked:
        results = sf.write([create(1), create(2)])
    assert {result.number: result.id for result in results} == {1: ident(7), 2: ident(2)}
    assert asked == ["SELECT Id,LeadBridge_Key__c FROM Lead WHERE LeadBridge_Key__c IN ('key-1')"]


def test_another_unique_field_is_a_reject(sf: SalesforceProvider) -> None:
    responses.post(ALL, json=[refused("DUPLICATE_VALUE", "duplicate value found: Tax__c")])
    with queries(lambda text: page([])):
        assert states(sf.write([create(1)])) == {1: "not_unique"}


def test_a_key_twice_in_one_batch_is_sent_once(sf: SalesforceProvider) -> None:
    responses.post(ALL, json=made(1))
    results = sf.write([create(1, "same"), create(2, "same")])
    assert {result.number: result.id for result in results} == {1: ident(1), 2: ident(1)}
    assert len(body(responses.calls[-1])["records"]) == 1


def test_keys_are_bound_not_pasted(sf: SalesforceProvider) -> None:
    responses.post(ALL, json=[refused("DUPLICATE_VALUE")])
    with queries(lambda text: page([])) as asked:
        sf.write([create(1, "x') OR Id != ('")])
    assert asked[0].endswith("IN ('x\\') OR Id != (\\'')")


def test_a_locked_row_is_sent_again_alone(sf: SalesforceProvider) -> None:
    responses.patch(ALL, json=[*made(1), refused("UNABLE_TO_LOCK_ROW")])
    responses.patch(ALL, json=made(2))
    assert states(sf.write([update(1, LastName="x"), update(2, LastName="x")])) == {1: "done", 2: "done"}
    assert [len(body(call)["records"]) for call in responses.calls[1:]] == [2, 1]


def test_a_row_that_stays_locked_is_a_reject(sf: SalesforceProvider) -> None:
    responses.patch(ALL, json=[refused("UNABLE_TO_LOCK_ROW")])
    assert states(sf.write([update(1, LastName="x")])) == {1: "busy"}
    assert len(responses.calls) == 4


def test_a_call_that_is_refused_whole_is_split_to_the_row_at_fault(sf: SalesforceProvider) -> None:
    def answer(request: Any) -> tuple[int, dict[str, str], str]:
        records = json.loads(request.body)["records"]
        if any(record["Employees"] == "many" for record in records):
            return 400, {}, json.dumps([{"errorCode": "JSON_PARSER_ERROR", "message": "many"}])
        return 200, {}, json.dumps(made(*range(len(records))))

    responses.add_callback(responses.PATCH, ALL, answer)
    results = sf.write([update(number, Employees="many" if number == 3 else number) for number in range(8)])
    assert states(results) == {**dict.fromkeys(range(8), "done"), 3: "batch_refused"}


def test_once_something_is_written_a_failed_call_leaves_its_rows_open(sf: SalesforceProvider) -> None:
    """The contract: nothing was done is never said where something was."""
    responses.patch(ALL, json=made(*range(200)))
    responses.patch(ALL, status=403, json=[{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit"}])
    results = sf.write([update(number, LastName="x") for number in range(201)])
    assert states(results) == {**dict.fromkeys(range(200), "done"), 200: "uncertain"}


@pytest.mark.parametrize(
    ("status", "code", "message", "error"),
    [
        (403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", QuotaError),
        (403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded.", RetryableError),
        (403, "API_DISABLED_FOR_ORG", "", QuotaError),
        (503, "SERVER_UNAVAILABLE", "", RetryableError),
        (500, "UNKNOWN_EXCEPTION", "", UncertainError),
        (504, "", "", UncertainError),
    ],
)
def test_a_failed_call_says_what_to_do_next(
    sf: SalesforceProvider, status: int, code: str, message: str, error: type[Exception]
) -> None:
    responses.patch(ALL, status=status, json=[{"errorCode": code, "message": message}])
    with pytest.raises(error):
        sf.write([update(1, LastName="x")])


def test_a_lost_reply_is_uncertain(sf: SalesforceProvider) -> None:
    responses.patch(ALL, body=requests.exceptions.ReadTimeout("slow"))
    with pytest.raises(UncertainError):
        sf.write([update(1, LastName="x")])


def test_a_duplicate_rule_names_the_record_that_it_found(sf: SalesforceProvider) -> None:
    """The key is misspelt in what Salesforce sends; collections do not say which record, a row sent alone does."""
    responses.post(ALL, json=[refused("DUPLICATES_DETECTED", "You're creating a duplicate record.")])
    record = {"attributes": {"type": "Contact"}, "Id": "003000000000001AAA"}
    match = {"matchResults": [{"entityType": "Contact", "matchRecords": [{"record": record}]}]}
    told = {
        "errorCode": "DUPLICATES_DETECTED",
        "message": "You're creating a duplicate record.",
        "duplicateResut": match,
    }
    responses.post(f"{DATA}/sobjects/Lead", status=400, json=[told])
    (result,) = sf.write([create(1)])
    assert result.reject is not None
    assert (result.reject.code, "Contact 003000000000001AAA" in result.reject.reason) == ("duplicate", True)
    alone = body(responses.calls[-1])
    assert alone == {"LastName": "n1", "LeadBridge_Key__c": "key-1"}


def test_deletes_name_their_records_in_the_address(sf: SalesforceProvider) -> None:
    responses.delete(ALL, json=[*made(1), refused("ENTITY_IS_DELETED")])
    results = sf.write([Action(n, "delete", "Lead", ident(n)) for n in (1, 2)])
    assert states(results) == {1: "done", 2: "gone"}
    assert responses.calls[-1].request.params == {"ids": f"{ident(1)},{ident(2)}", "allOrNone": "false"}  # type: ignore[attr-defined]


def test_rows_of_one_parent_stand_together(sf: SalesforceProvider) -> None:
    describe("Contact", [one for one in LEAD if one["name"] != "OwnerId"] + [account()])
    responses.patch(ALL, json=made(1, 2, 3))
    parents = {1: "001b", 2: "001a", 3: "001b"}
    sf.write([Action(n, "update", "Contact", ident(n), {"AccountId": parent}) for n, parent in parents.items()])
    assert [record["AccountId"] for record in body(responses.calls[-1])["records"]] == ["001a", "001b", "001b"]


def account() -> dict[str, Any]:
    found = next(one for one in LEAD if one["name"] == "OwnerId")
    return {**found, "name": "AccountId", "referenceTo": ["Account"]}


class Job:
    """A bulk ingest job; keeps what was uploaded."""

    def __init__(
        self, failed: str = "", successful: str = "", unprocessed: str = "", state: str = "JobComplete"
    ) -> None:
        jobs = f"{DATA}/jobs/ingest"
        self.rows: list[list[str]] = []
        self.upload = ""
        responses.post(jobs, json={"id": "750x"})
        responses.add_callback(responses.PUT, f"{jobs}/750x/batches", self._take)
        responses.patch(f"{jobs}/750x", json={"id": "750x", "state": "UploadComplete"})
        responses.get(f"{jobs}/750x", json={"state": state, "numberRecordsFailed": failed.count("\n")})
        responses.get(f"{jobs}/750x/successfulResults/", body=successful)
        responses.get(f"{jobs}/750x/failedResults/", body=failed)

    def _take(self, request: Any) -> tuple[int, dict[str, str], str]:
        self.upload = request.body.decode()
        self.rows = list(csv.reader(io.StringIO(self.upload)))
        return 201, {}, ""


def test_many_rows_go_as_one_bulk_job(tmp_path: Path) -> None:
    """Results come in any order and are matched by our own column; a row without one is looked up."""
    with responses.mock:
        describe()
        good = "".join(f"{ident(n)},true,key-{n},n{n}\n" for n in range(197, -1, -1))
        job = Job(
            successful=f"sf__Id,sf__Created,LeadBridge_Key__c,LastName\n{good}",
            failed="sf__Id,sf__Error,LeadBridge_Key__c\n,STRING_TOO_LONG:Company: too long:Company --,key-198\n",
        )
        sf = provider(tmp_path, bulk_from=200)
        actions = [create(n, Company=None) for n in range(199)] + [create(199, HasOptedOutOfEmail=True)]
        results = sf.write(actions)
        assert states(results) == {**dict.fromkeys(range(198), "done"), 198: "too_long", 199: "uncertain"}
        assert next(r.id for r in results if r.number == 5) == ident(5)
        assert job.rows[0] == ["LeadBridge_Key__c", "LastName", "Company", "HasOptedOutOfEmail"]
        assert job.rows[1] == ["key-0", "n0", "#N/A", ""]
        assert job.rows[-1] == ["key-199", "n199", "", "true"]
        assert "\r" not in job.upload
        assert len(responses.calls) <= sf.estimate(actions) + 1


def test_what_no_bulk_job_takes_goes_by_collections(tmp_path: Path) -> None:
    """There ``#N/A`` would set the field to null, and 32,000 characters are the most."""
    with responses.mock:
        describe()
        job = Job(successful="sf__Id,sf__Created,Id\n" + "".join(f"{ident(n)},false,{ident(n)}\n" for n in range(198)))
        responses.patch(ALL, json=[{"id": ident(n), "success": True, "errors": []} for n in (198, 199)])
        sf = provider(tmp_path, bulk_from=200)
        actions = [update(n, LastName="x") for n in range(198)]
        actions += [update(198, LastName="#N/A"), update(199, LastName="y" * 32_001)]
        assert set(states(sf.write(actions)).values()) == {"done"}
        assert len(job.rows) == 199
        sent = body(responses.calls[-1])["records"]
        assert [record["LastName"][:4] for record in sent] == ["#N/A", "yyyy"]
        assert len(responses.calls) <= sf.estimate(actions) + 1


def test_a_bulk_job_that_fails_may_have_written_rows(tmp_path: Path) -> None:
    with responses.mock:
        describe()
        Job(
            successful=f"sf__Id,sf__Created,Id\n{ident(1)},false,{ident(1)}\n",
            failed="sf__Id,sf__Error\n",
            state="Failed",
        )
        results = provider(tmp_path, bulk_from=200).write([update(n, LastName="x") for n in range(200)])
        assert states(results) == {**dict.fromkeys(range(200), "uncertain"), 1: "done"}


def test_an_upload_that_is_lost_is_no_write(tmp_path: Path) -> None:
    """A job that is not closed never runs."""
    with responses.mock:
        describe()
        responses.post(f"{DATA}/jobs/ingest", json={"id": "750x"})
        responses.put(f"{DATA}/jobs/ingest/750x/batches", body=requests.exceptions.ConnectionError("closed"))
        with pytest.raises(RetryableError):
            provider(tmp_path, bulk_from=200).write([update(n, LastName="x") for n in range(200)])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "STRING_TOO_LONG:Company: data: too large:Company --",
            Said("STRING_TOO_LONG", "Company: data: too large", ("Company",)),
        ),
        ("UNABLE_TO_LOCK_ROW:unable:--", Said("UNABLE_TO_LOCK_ROW", "unable")),
        ("odd", Said("odd", "")),
    ],
)
def test_errors_of_bulk(text: str, said: Said) -> None:
    assert parse_error(text) == said


@pytest.mark.parametrize(
    ("field", "sent", "stored", "same"),
    [
        ("Email", "Ada@X.example", "ada@x.example", True),
        ("LastName", "Ada", "ada", False),
        ("LastName", " Ada ", "Ada", True),
        ("LastName", "", None, True),
        ("Amount__c", Decimal("1.005"), Decimal("1.01"), True),
        ("Amount__c", Decimal("1.5"), Decimal("2.5"), False),
        ("Amount__c", Decimal("1E30"), Decimal("1E29"), False),
        ("HasOptedOutOfEmail", False, None, False),
        ("HasOptedOutOfEmail", True, False, False),
        ("HasOptedOutOfEmail", False, 0, False),
        ("Company", "Acme", None, False),
        ("no_such_field", "a", "A", False),
    ],
)
def test_normalisations(sf: SalesforceProvider, field: str, sent: Raw, stored: Raw, same: bool) -> None:
    sf.describe()
    assert sf.normalises("Lead", field, sent, stored) is same


def test_without_the_key_field_creates_are_not_keyed(sf: SalesforceProvider, tmp_path: Path) -> None:
    assert sf.keyed("Lead")
    describe("Task", [one for one in LEAD if one["name"] != "LeadBridge_Key__c"])
    assert not sf.keyed("Task")
    assert not provider(tmp_path, key_field=None).capabilities.upsert_by_key


def test_a_lost_create_is_found_by_what_it_said(sf: SalesforceProvider) -> None:
    with queries(lambda text: page([{"Id": ident(4)}])) as asked:
        assert sf.find([create(1, Company="O'Neil", Amount__c=Decimal(3))]) == [ident(4)]
    assert asked == ["SELECT Id FROM Lead WHERE LastName = 'n1' AND Company = 'O\\'Neil' LIMIT 2"]


def test_two_that_say_the_same_are_no_answer(sf: SalesforceProvider) -> None:
    with queries(lambda text: page([{"Id": ident(4)}, {"Id": ident(5)}])):
        assert sf.find([create(1)]) == [None]


def test_a_field_that_cannot_be_seen_any_more_is_not_the_records_fault() -> None:
    found = rejected(Said("INVALID_FIELD", "No such column 'Title' on sobject of type Lead"), "sf:Lead:1")
    assert found.code == "invalid_field"
    assert found.remedy.startswith("let the connection's user see the field again")
