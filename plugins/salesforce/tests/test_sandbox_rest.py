"""The sandbox's REST API over HTTP: versions, sessions, describe, single records, queries, changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from org_served import Client, code_of, served_org

from leadbridge.sandbox import Fault

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def org() -> Iterator[Client]:
    with served_org() as client:
        yield client


def test_versions_need_no_session_and_old_ones_are_gone(org: Client) -> None:
    org.http.headers.pop("Authorization")
    versions = org.ask("GET", "/services/data/").json()
    assert versions[-1] == {"label": "Summer '26", "url": "/services/data/v67.0", "version": "67.0"}
    assert versions[0]["version"] == "31.0"
    assert code_of(org.ask("GET", "/services/data/v30.0/sobjects")) == (410, "GONE")
    assert code_of(org.ask("GET", "/services/data/v68.0/sobjects")) == (404, "NOT_FOUND")


def test_without_a_session_nothing_is_told(org: Client) -> None:
    org.http.headers["Authorization"] = "Bearer stale"
    assert code_of(org.ask("GET", "limits")) == (401, "INVALID_SESSION_ID")
    org.http.headers.pop("Authorization")
    assert code_of(org.ask("GET", "limits")) == (401, "INVALID_SESSION_ID")


def test_sessions_end_when_they_are_left_alone(org: Client) -> None:
    org.sandbox.clock.advance(119 * 60)
    org.get("limits")
    org.sandbox.clock.advance(121 * 60)
    assert code_of(org.ask("GET", "limits")) == (401, "INVALID_SESSION_ID")


def test_every_call_counts(org: Client) -> None:
    org.sandbox.switch("daily_calls", 3)
    first = org.ask("GET", "limits")
    assert first.headers["Sforce-Limit-Info"] == "api-usage=1/3"
    assert first.json()["DailyApiRequests"] == {"Max": 3, "Remaining": 2}
    assert [org.ask("GET", "limits").status_code for _ in range(3)] == [200, 200, 403]
    assert code_of(org.ask("GET", "limits")) == (403, "REQUEST_LIMIT_EXCEEDED")
    org.sandbox.switch("session_minutes", 60 * 48)
    org.sandbox.clock.advance(24 * 3600)
    assert org.ask("GET", "limits").status_code == 200


def test_an_app_may_have_its_own_share_of_the_calls(org: Client) -> None:
    org.sandbox.switch("app_calls", 250)
    header = org.ask("GET", "limits").headers["Sforce-Limit-Info"]
    assert header == "api-usage=1/100000; per-app-api-usage=1/250(appName=LeadBridge)"


def test_addresses_have_a_length(org: Client) -> None:
    path = "query?q=SELECT+Id+FROM+Lead+WHERE+LastName='" + "x" * 16_400 + "'"
    assert code_of(org.ask("GET", path)) == (414, "URI_TOO_LONG")
    org.sandbox.switch("longest_address", 0)
    assert org.ask("GET", path).status_code == 200


def test_unknown_paths_and_methods(org: Client) -> None:
    assert code_of(org.ask("GET", "nothing/here")) == (404, "NOT_FOUND")
    assert code_of(org.ask("GET", "sobjects/Nothing/describe")) == (404, "NOT_FOUND")
    assert code_of(org.ask("PUT", "sobjects/Lead")) == (405, "METHOD_NOT_ALLOWED")


def test_describe_tells_fields_children_and_record_types(org: Client) -> None:
    assert {o["name"] for o in org.get("sobjects")["sobjects"]} >= {"Lead", "Contact", "QueueSobject"}
    lead = org.get("sobjects/lead/describe")
    fields = {f["name"]: f for f in lead["fields"]}
    assert (fields["Email"]["length"], fields["Email"]["byteLength"], fields["Email"]["idLookup"]) == (80, 240, True)
    assert fields["OwnerId"]["referenceTo"] == ["Group", "User"]
    assert (fields["IsConverted"]["createable"], fields["IsConverted"]["updateable"]) == (True, False)
    assert {v["value"] for v in fields["Region__c"]["picklistValues"]} == {"EMEA", "AMER", "APAC"}
    assert (fields["Region__c"]["restrictedPicklist"], fields["LeadSource"]["restrictedPicklist"]) == (True, False)
    assert [t["developerName"] for t in lead["recordTypeInfos"]] == ["Inbound", "Partner", "Master"]
    assert [t["defaultRecordTypeMapping"] for t in lead["recordTypeInfos"]] == [True, False, False]
    account = org.get("sobjects/Account/describe")
    assert "Contacts" in {c["relationshipName"] for c in account["childRelationships"]}


def test_describe_that_has_not_changed_is_not_sent_again(org: Client) -> None:
    stamp = org.ask("GET", "sobjects/Lead/describe").headers["Last-Modified"]
    assert org.ask("GET", "sobjects/Lead/describe", If_Modified_Since=stamp).status_code == 304
    org.sandbox.clock.advance(60)
    org.control("POST", "/access", hide=True, object="Lead", field="Phone")
    changed = org.ask("GET", "sobjects/Lead/describe", If_Modified_Since=stamp)
    assert changed.status_code == 200
    assert "Phone" not in {f["name"] for f in changed.json()["fields"]}


def test_picklists_under_a_record_type(org: Client) -> None:
    partner = next(t for t in org.get("sobjects/Lead/describe")["recordTypeInfos"] if t["name"] == "Partner")
    path = f"ui-api/object-info/Lead/picklist-values/{partner['recordTypeId']}"
    status = org.get(path)["picklistFieldValues"]["Status"]
    assert {v["value"] for v in status["values"]} == {
        "Open - Not Contacted",
        "Working - Contacted",
        "Partner_Won",
        "Closed - Not Converted",
    }
    assert status["defaultValue"]["value"] == "Open - Not Contacted"
    assert code_of(org.ask("GET", "ui-api/object-info/Lead/picklist-values/012000000000001")) == (404, "NOT_FOUND")


def test_one_record_from_its_making_to_its_end(org: Client) -> None:
    made = org.ask("POST", "sobjects/Lead", {"LastName": "Byron", "Company": "A", "Email": "Ada@X.Example"})
    assert made.status_code == 201
    key = made.json()["id"]
    assert made.json() == {"id": key, "success": True, "errors": []}
    record = org.get(f"sobjects/Lead/{key}")
    assert record["attributes"] == {"type": "Lead", "url": f"/services/data/v67.0/sobjects/Lead/{key}"}
    assert (record["Email"], record["Address"], record["Status"]) == ("ada@x.example", None, "Open - Not Contacted")
    assert org.get(f"sobjects/Lead/{key[:15]}", fields="Id,email")["Email"] == "ada@x.example"

    changed = org.ask("PATCH", f"sobjects/Lead/{key}", {"City": "Leeds"})
    assert (changed.status_code, changed.content) == (204, b"")
    assert org.get(f"sobjects/Lead/{key}")["Address"]["city"] == "Leeds"
    assert org.ask("DELETE", f"sobjects/Lead/{key}").status_code == 204
    assert code_of(org.ask("GET", f"sobjects/Lead/{key}")) == (404, "NOT_FOUND")
    assert code_of(org.ask("PATCH", f"sobjects/Lead/{key}", {"City": "York"})) == (404, "ENTITY_IS_DELETED")


def test_a_refusal_is_a_list_with_one_error(org: Client) -> None:
    reply = org.ask("POST", "sobjects/Lead", {"Company": "A"})
    assert reply.status_code == 400
    assert reply.json() == [
        {
            "message": "Required fields are missing: [LastName]",
            "errorCode": "REQUIRED_FIELD_MISSING",
            "fields": ["LastName"],
        }
    ]
    assert code_of(org.ask("PATCH", "sobjects/Lead/00Q000000000001", {})) == (404, "NOT_FOUND")
    assert code_of(org.ask("PATCH", "sobjects/Lead/nobody", {})) == (400, "MALFORMED_ID")
    assert code_of(org.ask("POST", "sobjects/Lead", {"Id": "00Q000000000001"})) == (
        400,
        "INVALID_FIELD_FOR_INSERT_UPDATE",
    )
    assert code_of(org.ask("POST", "sobjects/Lead", [1])) == (400, "JSON_PARSER_ERROR")
    assert code_of(org.http.post(f"{org.url}{org.base}/sobjects/Lead", data="{", timeout=9)) == (
        400,
        "JSON_PARSER_ERROR",
    )
    deep = org.http.post(f"{org.url}{org.base}/sobjects/Lead", data="[" * 100_000, timeout=9)
    assert code_of(deep) == (400, "JSON_PARSER_ERROR")


def test_upsert_answers_201_200_and_300(org: Client) -> None:
    path = "sobjects/Lead/HubSpot_Id__c/a%2Fb.inc"
    made = org.ask("PATCH", path, {"LastName": "B", "Company": "A"})
    assert (made.status_code, made.json()["created"]) == (201, True)
    assert org.row(made.json()["id"])["HubSpot_Id__c"] == "a/b.inc"
    changed = org.ask("PATCH", path, {"City": "Leeds"})
    assert (changed.status_code, changed.json()) == (
        200,
        {"id": made.json()["id"], "success": True, "errors": [], "created": False},
    )
    assert org.get(path)["City"] == "Leeds"
    org.lead(Email="a@x.example")
    org.lead(Email="a@x.example")
    several = org.ask("PATCH", "sobjects/Lead/Email/a@x.example", {"City": "York"})
    assert several.status_code == 300
    assert len(several.json()) == 2
    assert all(url.startswith("/services/data/v67.0/sobjects/Lead/00Q") for url in several.json())
    assert code_of(org.ask("PATCH", path, {"HubSpot_Id__c": "c"})) == (400, "INVALID_FIELD")
    assert code_of(org.ask("PATCH", "sobjects/Lead/HubSpot_Id__c/new?updateOnly=true", {})) == (404, "NOT_FOUND")
    assert code_of(org.ask("PATCH", "sobjects/Lead/City/Leeds", {})) == (404, "NOT_FOUND")


def test_upsert_of_old_versions_answers_204() -> None:
    with served_org(version="45.0") as org:
        org.ask("PATCH", "sobjects/Lead/HubSpot_Id__c/a", {"LastName": "B", "Company": "A"})
        changed = org.ask("PATCH", "sobjects/Lead/HubSpot_Id__c/a", {"City": "Leeds"})
        assert (changed.status_code, changed.content) == (204, b"")


def test_queries_come_in_pages_of_no_promised_size(org: Client) -> None:
    for n in range(5):
        org.lead(LastName=f"L{n}")
    org.sandbox.switch("page_size", 2)
    page = org.get("query", q="SELECT Name FROM Lead ORDER BY LastName")
    assert (page["totalSize"], page["done"], len(page["records"])) == (5, False, 2)
    names = [record["Name"] for record in page["records"]]
    while not page["done"]:
        page = org.ask("GET", page["nextRecordsUrl"]).json()
        names += [record["Name"] for record in page["records"]]
    assert names == [f"L{n}" for n in range(5)]
    bad = org.ask("GET", "query?q=SELECT+Nope+FROM+Lead")
    assert code_of(bad) == (400, "INVALID_FIELD")
    assert code_of(org.ask("GET", "query")) == (400, "MALFORMED_QUERY")


def test_query_all_sees_the_bin(org: Client) -> None:
    key = org.lead()
    org.ask("DELETE", f"sobjects/Lead/{key}")
    text = "SELECT Id, IsDeleted, MasterRecordId FROM Lead"
    assert org.get("query", q=text)["records"] == []
    assert org.get("queryAll", q=text)["records"][0]["IsDeleted"] is True


def test_updated_and_deleted_by_window(org: Client) -> None:
    org.sandbox.clock.set(NOON)
    org.sandbox.clock.freeze()
    kept, gone = org.lead(), org.lead()
    org.sandbox.clock.advance(60)
    org.ask("DELETE", f"sobjects/Lead/{gone}")
    org.sandbox.clock.advance(60)

    def window(kind: str, start: timedelta, end: timedelta) -> dict[str, str]:
        return org.get(f"sobjects/Lead/{kind}", start=(NOON + start).isoformat(), end=(NOON + end).isoformat())  # type: ignore[no-any-return]

    hour = timedelta(hours=1)
    assert window("updated", -hour, hour) == {"ids": [kept], "latestDateCovered": "2026-06-01T12:02:00.000+0000"}
    deleted = window("deleted", -hour, hour)
    assert deleted["deletedRecords"] == [{"id": gone, "deletedDate": "2026-06-01T12:01:00.000+0000"}]
    assert deleted["earliestDateAvailable"] == "2026-05-17T12:02:00.000+0000"
    for kind, start, end in (("updated", -31 * 24, 0), ("deleted", -16 * 24, 0), ("updated", 1, 0)):
        query = f"start={(NOON + start * hour):%Y-%m-%dT%H:%M:%SZ}&end={(NOON + end * hour):%Y-%m-%dT%H:%M:%SZ}"
        assert code_of(org.ask("GET", f"sobjects/Lead/{kind}/?{query}")) == (400, "INVALID_REPLICATION_DATE")


def test_assignment_runs_unless_it_is_sent_away(org: Client) -> None:
    seller = org.sandbox.staff.sellers[0]
    rule = {"object": "Lead", "entries": [{"when": "Country == 'France'", "owner": seller}]}
    (key,) = org.control("POST", "/rules", assignment=rule)["assignment"]
    given = {"LastName": "B", "Company": "A", "Country": "France"}

    def owner(**headers: str) -> str:
        return str(org.row(org.ask("POST", "sobjects/Lead", given, **headers).json()["id"])["OwnerId"])

    assert owner() == owner(Sforce_Auto_Assign="TRUE") == owner(Sforce_Auto_Assign=key) == seller
    assert owner(Sforce_Auto_Assign="FALSE") == org.sandbox.org.user
    moved = org.lead(Country="Peru")
    org.ask("PATCH", f"sobjects/Lead/{moved}", {"Country": "France"}, Sforce_Auto_Assign="FALSE")
    assert org.row(moved)["OwnerId"] == org.sandbox.org.user
    org.ask("PATCH", f"sobjects/Lead/{moved}", {"City": "Lyon"})
    assert org.row(moved)["OwnerId"] == seller, "an update lets the rule run as well"


def test_duplicates_are_told_under_the_misspelt_key(org: Client) -> None:
    rule = {"name": "Leads_DR", "object": "Lead", "matches": "Contact", "compares": {"Email": "Email"}}
    org.control("POST", "/rules", duplicate=rule)
    contact = org.make("Contact", LastName="Byron", Email="a@x.example")
    given = {"LastName": "B", "Company": "A", "Email": "a@x.example"}
    refused = org.ask("POST", "sobjects/Lead", given)
    (error,) = refused.json()
    assert (refused.status_code, error["errorCode"]) == (400, "DUPLICATES_DETECTED")
    found = error["duplicateResut"]
    assert (found["allowSave"], found["duplicateRule"], found["duplicateRuleEntityType"]) == (True, "Leads_DR", "Lead")
    record = found["matchResults"][0]["matchRecords"][0]["record"]
    assert record["Id"] == contact
    assert record["attributes"]["url"] == f"/services/data/v67.0/sobjects/Contact/{contact}"
    assert (
        org.ask("POST", "sobjects/Lead", given, Sforce_Duplicate_Rule_Header="allowSave=true; x=y").status_code == 201
    )
    org.control("DELETE", "/rules")
    org.control("POST", "/rules", duplicate={**rule, "action": "block"})
    blocked = org.ask("POST", "sobjects/Lead", given, Sforce_Duplicate_Rule_Header="allowSave=true")
    assert blocked.json()[0]["duplicateResut"]["allowSave"] is False


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("unauthorized", (401, "INVALID_SESSION_ID")),
        ("limit", (403, "REQUEST_LIMIT_EXCEEDED")),
        ("server_error", (500, "UNKNOWN_EXCEPTION")),
        ("unavailable", (503, "SERVER_UNAVAILABLE")),
        ("lock", (400, "UNABLE_TO_LOCK_ROW")),
    ],
)
def test_faults_of_one_request(org: Client, kind: str, answer: tuple[int, str]) -> None:
    org.sandbox.faults.add(Fault(kind, path="sobjects/Lead"))
    given = {"LastName": "B", "Company": "A"}
    assert code_of(org.ask("POST", "sobjects/Lead", given)) == answer
    assert org.sandbox.org.store.where("Lead") == []
    assert org.ask("POST", "sobjects/Lead", given).status_code == 201


def test_faults_that_last(org: Client) -> None:
    org.sandbox.faults.add(Fault("expire"))
    assert code_of(org.ask("GET", "limits")) == (401, "INVALID_SESSION_ID")
    assert code_of(org.ask("GET", "limits")) == (401, "INVALID_SESSION_ID")
    org.http.headers["Authorization"] = f"Bearer {org.sandbox.sessions.open()}"
    org.sandbox.faults.add(Fault("hide_field", after=1, detail={"object": "Lead", "field": "Phone"}))
    assert org.ask("POST", "sobjects/Lead", {"LastName": "B", "Company": "A", "Phone": "1"}).status_code == 201
    refused = org.ask("POST", "sobjects/Lead", {"LastName": "B", "Company": "A", "Phone": "1"})
    assert code_of(refused) == (400, "INVALID_FIELD")
    org.sandbox.faults.add(Fault("hide_object", detail={"object": "Campaign"}))
    assert code_of(org.ask("GET", "sobjects/Campaign/describe")) == (404, "NOT_FOUND")


def test_faults_of_queries(org: Client) -> None:
    for n in range(3):
        org.lead(LastName=f"L{n}")
    org.sandbox.switch("page_size", 2)
    org.sandbox.faults.add(Fault("query_timeout"))
    assert code_of(org.ask("GET", "query?q=SELECT+Id+FROM+Lead")) == (400, "QUERY_TIMEOUT")
    page = org.get("query", q="SELECT Id FROM Lead")
    org.sandbox.faults.add(Fault("locator_lost"))
    assert code_of(org.ask("GET", page["nextRecordsUrl"])) == (400, "INVALID_QUERY_LOCATOR")
