"""Many records in one request: collections, composite, batch and tree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from org_served import Client, code_of, served_org


@pytest.fixture
def org() -> Iterator[Client]:
    with served_org() as client:
        yield client


def lead(name: str | None = "Byron", **given: Any) -> dict[str, Any]:
    return {"attributes": {"type": "Lead"}, "LastName": name, "Company": "A", **given}


def names(org: Client) -> list[object]:
    return [row["LastName"] for row in org.sandbox.org.store.where("Lead")]


def test_rows_are_made_in_order_and_fail_alone(org: Client) -> None:
    reply = org.ask("POST", "composite/sobjects", {"records": [lead("One"), lead(None), lead("Three")]})
    first, second, third = reply.json()
    assert reply.status_code == 200
    assert first == {"id": first["id"], "success": True, "errors": []}
    assert second == {
        "success": False,
        "errors": [
            {
                "statusCode": "REQUIRED_FIELD_MISSING",
                "message": "Required fields are missing: [LastName]",
                "fields": ["LastName"],
            }
        ],
    }
    assert org.row(third["id"])["LastName"] == "Three"


def test_a_new_row_names_no_id(org: Client) -> None:
    told = {"records": [lead("One", Id=org.lead()), lead("Two", id=None), lead(None)]}
    first, second, third = org.ask("POST", "composite/sobjects", told).json()
    assert first["errors"][0]["message"] == "cannot specify Id in an insert call"
    assert second["success"]
    assert third["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"


def test_all_or_none_rolls_back(org: Client) -> None:
    told = {"allOrNone": True, "records": [lead("One"), lead(None)]}
    good, bad = org.ask("POST", "composite/sobjects", told).json()
    assert good["errors"][0]["statusCode"] == "ALL_OR_NONE_OPERATION_ROLLED_BACK"
    assert bad["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"
    assert names(org) == []


def test_upsert_tells_which_were_made(org: Client) -> None:
    key = org.lead(HubSpot_Id__c="a")
    records = [lead("A", HubSpot_Id__c="a"), lead("B", HubSpot_Id__c="b")]
    first, second = org.ask("PATCH", "composite/sobjects/Lead/HubSpot_Id__c", {"records": records}).json()
    assert first == {"id": key, "success": True, "errors": [], "created": False}
    assert second["created"] is True
    by_id = org.ask("PATCH", "composite/sobjects/Lead/Id", {"records": [lead("C", Id=None)]})
    assert by_id.json()[0]["created"] is True
    twice = org.ask("PATCH", "composite/sobjects/Lead/HubSpot_Id__c", {"records": [records[1], records[1]]}).json()
    assert [one["errors"][0]["message"] for one in twice] == ["Duplicate external id specified: b"] * 2
    other = {"records": [{"attributes": {"type": "Contact"}, "HubSpot_Id__c": "c"}]}
    assert code_of(org.ask("PATCH", "composite/sobjects/Lead/HubSpot_Id__c", other)) == (400, "INVALID_TYPE")


def test_updates_and_deletes(org: Client) -> None:
    first, second = org.lead(), org.lead()
    records = [lead("One", id=first), lead("Two", id=second), {"attributes": {"type": "Lead"}, "LastName": "Nobody"}]
    done = org.ask("PATCH", "composite/sobjects", {"records": records}).json()
    assert [one["success"] for one in done] == [True, True, False]
    assert done[2]["errors"][0]["statusCode"] == "MALFORMED_ID"
    assert names(org) == ["One", "Two"]
    gone = org.ask("DELETE", f"composite/sobjects?ids={first},{first},bad").json()
    assert [one["success"] for one in gone] == [True, False, False]
    assert gone[1]["errors"][0]["statusCode"] == "ENTITY_IS_DELETED"
    kept = org.ask("DELETE", f"composite/sobjects?ids={second},{first}&allOrNone=true").json()
    assert [one["success"] for one in kept] == [False, False]
    assert names(org) == ["Two"]


def test_records_are_read_in_the_order_of_their_ids(org: Client) -> None:
    first, second = org.lead(LastName="One"), org.lead(LastName="Two")
    told = {"ids": [second, "00Q000000000001", first], "fields": ["LastName"]}
    found = org.ask("POST", "composite/sobjects/Lead", told).json()
    assert [one and one["LastName"] for one in found] == ["Two", None, "One"]
    same = org.ask("GET", f"composite/sobjects/Lead?ids={second},{first}&fields=id,LastName").json()
    assert [one["Id"] for one in same] == [second, first]
    assert code_of(org.ask("POST", "composite/sobjects/Lead", {**told, "fields": ["Nope"]})) == (400, "INVALID_FIELD")


@pytest.mark.parametrize(
    ("records", "code"),
    [
        ([], "REQUIRED_FIELD_MISSING"),
        ([lead()] * 201, "EXCEEDED_MAX_SIZE_REQUEST"),
        ([{"LastName": "B"}], "INVALID_INPUT"),
        ([{"attributes": {"type": "Nothing"}}], "INVALID_TYPE"),
        (["Byron"], "JSON_PARSER_ERROR"),
    ],
)
def test_requests_that_are_refused_whole(org: Client, records: list[Any], code: str) -> None:
    assert code_of(org.ask("POST", "composite/sobjects", {"records": records})) == (400, code)
    assert names(org) == []


def test_mixed_objects_come_in_few_chunks(org: Client) -> None:
    contact = {"attributes": {"type": "Contact"}, "LastName": "B"}
    mixed = [lead(), contact] * 6
    assert code_of(org.ask("POST", "composite/sobjects", {"records": mixed})) == (400, "LIMIT_EXCEEDED")
    org.sandbox.switch("mixed_chunks", False)
    assert all(one["success"] for one in org.ask("POST", "composite/sobjects", {"records": mixed}).json())


def test_a_collection_tells_matches_where_the_switch_says_so(org: Client) -> None:
    org.control(
        "POST", "/rules", duplicate={"name": "R", "object": "Lead", "matches": "Lead", "compares": {"Email": "Email"}}
    )
    first = org.lead(Email="a@x.example")
    told = {"records": [lead(Email="a@x.example")]}
    (error,) = org.ask("POST", "composite/sobjects", told).json()[0]["errors"]
    assert error == {"statusCode": "DUPLICATES_DETECTED", "message": error["message"], "fields": []}
    org.sandbox.switch("duplicates_in_collections", True)
    (error,) = org.ask("POST", "composite/sobjects", told).json()[0]["errors"]
    assert error["duplicateResult"]["matchResults"][0]["matchRecords"][0]["record"]["Id"] == first


def sub(name: str, method: str, url: str, body: Any = None) -> dict[str, Any]:
    return {"referenceId": name, "method": method, "url": f"/services/data/v67.0/{url}", "body": body}


def test_composite_hands_on_what_was_answered(org: Client) -> None:
    one = org.ask("POST", "composite", {"compositeRequest": [sub("x", "GET", "limits"), sub("y", "GET", "limits")]})
    assert one.headers["Sforce-Limit-Info"] == "api-usage=1/100000"
    requests = [
        sub("account", "POST", "sobjects/Account", {"Name": "A"}),
        sub("contact", "POST", "sobjects/Contact", {"LastName": "B", "AccountId": "@{account.id}"}),
        sub("found", "GET", "query?q=SELECT+AccountId+FROM+Contact+WHERE+Id='@{contact.id}'"),
        sub("deal", "PATCH", "sobjects/Account/@{found.records[0].AccountId}", {"Phone": "1"}),
    ]
    done = org.ask("POST", "composite", {"compositeRequest": requests}).json()["compositeResponse"]
    assert [(one["referenceId"], one["httpStatusCode"]) for one in done] == [
        ("account", 201),
        ("contact", 201),
        ("found", 200),
        ("deal", 204),
    ]
    assert org.row(done[0]["body"]["id"])["Phone"] == "1"


def test_composite_goes_on_or_takes_everything_back(org: Client) -> None:
    requests = [
        sub("good", "POST", "sobjects/Account", {"Name": "A"}),
        sub("bad", "POST", "sobjects/Contact", {}),
        sub("lost", "PATCH", "sobjects/Contact/@{bad.id}", {"Phone": "1"}),
    ]
    statuses = [
        one["httpStatusCode"]
        for one in org.ask("POST", "composite", {"compositeRequest": requests}).json()["compositeResponse"]
    ]
    assert statuses == [201, 400, 400]
    assert len(org.sandbox.org.store.where("Account")) == 1
    told = {"allOrNone": True, "compositeRequest": requests}
    done = org.ask("POST", "composite", told).json()["compositeResponse"]
    codes = [one["body"][0]["errorCode"] for one in done]
    assert codes == ["PROCESSING_HALTED", "REQUIRED_FIELD_MISSING", "PROCESSING_HALTED"]
    assert len(org.sandbox.org.store.where("Account")) == 1


def test_composite_of_what_is_not_there(org: Client) -> None:
    done = org.ask("POST", "composite", {"compositeRequest": [sub("x", "GET", "nothing")]}).json()
    assert done == {
        "compositeResponse": [
            {
                "body": [{"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}],
                "httpHeaders": {},
                "httpStatusCode": 404,
                "referenceId": "x",
            }
        ]
    }
    many = {"compositeRequest": [sub(f"r{n}", "GET", "limits") for n in range(26)]}
    assert code_of(org.ask("POST", "composite", many)) == (400, "LIMIT_EXCEEDED")
    queries = {"compositeRequest": [sub(f"r{n}", "GET", "query?q=x") for n in range(6)]}
    assert code_of(org.ask("POST", "composite", queries)) == (400, "LIMIT_EXCEEDED")
    within = {"compositeRequest": [sub("x", "POST", "composite", many)]}
    assert org.ask("POST", "composite", within).json()["compositeResponse"][0]["httpStatusCode"] == 400
    twice = {"compositeRequest": [sub("x", "GET", "limits")] * 2}
    assert code_of(org.ask("POST", "composite", twice)) == (400, "INVALID_INPUT")


def test_batch_knows_no_references(org: Client) -> None:
    requests = [
        {"method": "POST", "url": "v67.0/sobjects/Lead", "richInput": {"LastName": "B", "Company": "A"}},
        {"method": "GET", "url": "v67.0/sobjects/Lead/nobody"},
        {"method": "GET", "url": "v67.0/limits"},
    ]
    reply = org.ask("POST", "composite/batch", {"batchRequests": requests})
    assert reply.headers["Sforce-Limit-Info"] == "api-usage=3/100000"
    done = reply.json()
    assert (done["hasErrors"], [one["statusCode"] for one in done["results"]]) == (True, [201, 400, 200])
    halted = org.ask("POST", "composite/batch", {"batchRequests": requests[1:], "haltOnError": True}).json()
    assert [one["statusCode"] for one in halted["results"]] == [400, 412]


def node(kind: str, name: str, **given: Any) -> dict[str, Any]:
    return {"attributes": {"type": kind, "referenceId": name}, **given}


def test_a_tree_is_planted_whole_or_not_at_all(org: Client) -> None:
    contacts = {"records": [node("Contact", "c1", LastName="B"), node("Contact", "c2", LastName="C")]}
    told = {"records": [node("Account", "a", Name="A", Contacts=contacts)]}
    done = org.ask("POST", "composite/tree/Account", told)
    assert (done.status_code, done.json()["hasErrors"]) == (201, False)
    made = {one["referenceId"]: one["id"] for one in done.json()["results"]}
    assert org.row(made["c2"])["AccountId"] == made["a"]
    contacts["records"].append(node("Contact", "c3"))
    failed = org.ask("POST", "composite/tree/Account", told)
    assert failed.status_code == 400
    (result,) = failed.json()["results"]
    assert (result["referenceId"], result["errors"][0]["statusCode"]) == ("c3", "REQUIRED_FIELD_MISSING")
    assert len(org.sandbox.org.store.where("Account")) == 1
    contacts["records"] = [node("Contact", f"n{n}", LastName="B") for n in range(200)]
    assert code_of(org.ask("POST", "composite/tree/Account", told)) == (400, "LIMIT_EXCEEDED")


def test_of_requests_at_once_one_takes_a_unique_value(org: Client) -> None:
    def attempt(n: int) -> int:
        given = {"LastName": str(n), "Company": "A", "HubSpot_Id__c": str(n % 5)}
        headers = {"Authorization": f"Bearer {org.sandbox.token}"}
        reply = requests.post(f"{org.url}{org.base}/sobjects/Lead", json=given, headers=headers, timeout=20)
        return reply.status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = Counter(pool.map(attempt, range(40)))
    assert statuses == {201: 5, 400: 35}
    assert sorted(str(row["HubSpot_Id__c"]) for row in org.sandbox.org.store.where("Lead")) == list("01234")
