"""Steering the Salesforce sandbox: rules, access, fields, other people's edits, switches, files, beginning again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from leadbridge_salesforce.sandbox.dml.saving import create
from leadbridge_salesforce.sandbox.schema import FieldSchema, PicklistValue
from leadbridge_salesforce.sandbox.stand_in import SalesforceSandbox
from org_served import Client, code_of, served_org

from leadbridge.errors import UsageError
from leadbridge.sandbox import Fault, Options, start


@pytest.fixture
def org() -> Iterator[Client]:
    with served_org() as client:
        yield client


def test_the_key_field_goes_and_comes(org: Client) -> None:
    for present in (False, True):
        org.control("POST", "/fields", object="Lead", present=present)
        fields = {f["name"]: f for f in org.get("sobjects/Lead/describe")["fields"]}
        assert ("LeadBridge_Key__c" in fields) == present
    key = fields["LeadBridge_Key__c"]
    assert (key["unique"], key["externalId"], key["caseSensitive"]) == (True, True, True)


def test_an_org_without_the_key_field() -> None:
    with served_org(key_field=False) as org:
        assert "LeadBridge_Key__c" not in {f["name"] for f in org.get("sobjects/Lead/describe")["fields"]}


def test_a_custom_field_is_made_and_permitted(org: Client) -> None:
    org.control("POST", "/fields", object="Lead", present=False)
    told = {
        "FullName": "Lead.LeadBridge_Key__c",
        "Metadata": {"type": "Text", "label": "Key", "length": 64, "unique": True, "externalId": True},
    }
    assert org.ask("POST", "tooling/sobjects/CustomField", told).status_code == 201
    assert code_of(org.ask("POST", "tooling/sobjects/CustomField", told)) == (400, "DUPLICATE_DEVELOPER_NAME")
    given = {"LastName": "B", "Company": "A", "LeadBridge_Key__c": "k"}
    assert code_of(org.ask("POST", "sobjects/Lead", given)) == (400, "INVALID_FIELD")
    (permissions,) = org.get("query", q="SELECT Id FROM PermissionSet WHERE Name = 'LeadBridge'")["records"]
    org.make(
        "FieldPermissions",
        ParentId=permissions["Id"],
        SobjectType="Lead",
        Field="Lead.LeadBridge_Key__c",
        PermissionsRead=True,
        PermissionsEdit=True,
    )
    assert org.ask("POST", "sobjects/Lead", given).status_code == 201
    assert code_of(org.ask("POST", "sobjects/Lead", given)) == (400, "DUPLICATE_VALUE")


def test_access_is_taken_and_given_back(org: Client) -> None:
    key = org.lead()
    org.control("POST", "/access", hide=True, object="Lead", field="Phone")
    org.control("POST", "/access", lock=True, object="Lead", field="City")
    org.control("POST", "/access", hide=True, object="Campaign")
    assert code_of(org.ask("PATCH", f"sobjects/Lead/{key}", {"Phone": "1"})) == (400, "INVALID_FIELD")
    assert code_of(org.ask("PATCH", f"sobjects/Lead/{key}", {"City": "X"})) == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")
    assert code_of(org.ask("GET", "query?q=SELECT+Id+FROM+Campaign")) == (400, "INVALID_TYPE")
    for field in ({"field": "Phone"}, {"field": "City"}):
        org.control("POST", "/access", show=True, object="Lead", **field)
    org.control("POST", "/access", show=True, object="Campaign")
    assert org.ask("PATCH", f"sobjects/Lead/{key}", {"Phone": "1", "City": "X"}).status_code == 204
    assert org.get("query", q="SELECT Id FROM Campaign")["totalSize"] == 0


def test_what_others_do_meanwhile(org: Client) -> None:
    org.control("POST", "/clock", now="2026-06-01T12:00:00+00:00", frozen=True)
    (key,) = org.control("POST", "/records", object="Lead", create=[{"LastName": "B", "Company": "A"}], late=90)["ids"]
    assert org.row(key)["SystemModstamp"] == "2026-06-01T11:58:30.000+0000"
    org.control("POST", "/records", object="Lead", update=[{"Id": key, "City": "Leeds"}])
    assert org.row(key)["City"] == "Leeds"
    org.control("POST", "/records", delete=[key])
    assert org.row(key)["IsDeleted"] == 1
    org.control("POST", "/records", undelete=[key])
    assert org.row(key)["IsDeleted"] == 0
    for wrong, said in (({"object": "Nope", "create": [{}]}, "NOT_FOUND"), ({"hide": True}, "hide is not known here")):
        refused = requests.post(f"{org.control_url}/records", json=wrong, timeout=20)
        assert (refused.status_code, said in refused.text) == (400, True)
    refused = requests.post(f"{org.control_url}/records", json={"object": "Lead", "create": [{}]}, timeout=20)
    assert (refused.status_code, "REQUIRED_FIELD_MISSING" in refused.text) == (400, True)


def test_a_profile_makes_rows_late_by_minutes(org: Client) -> None:
    org.control("POST", "/clock", now="2026-06-01T12:00:00+00:00", frozen=True)
    org.control("POST", "/profile", seed=1, rates={"late": 1})
    assert org.row(org.lead())["SystemModstamp"] == "2026-06-01T11:58:00.000+0000"


@pytest.mark.parametrize(
    ("path", "told", "said"),
    [
        ("/faults", {"kind": "hide_field", "detail": {"object": "Lead"}}, "fault hide_field lacks detail field"),
        ("/profile", {"seed": 1, "rates": {"hide_object": 1}}, "hide_object cannot be drawn: it needs detail object"),
    ],
)
def test_faults_that_need_to_be_told_more(org: Client, path: str, told: dict[str, object], said: str) -> None:
    refused = requests.post(f"{org.control_url}{path}", json=told, timeout=20)
    assert (refused.status_code, refused.json()) == (400, {"error": said})


def test_somebody_else_may_be_behind_the_token(org: Client) -> None:
    before = org.ask("GET", "/services/oauth2/userinfo").json()
    org.control("POST", "/user", username="grace@sandbox.example")
    after = org.ask("GET", "/services/oauth2/userinfo").json()
    assert before["user_id"] != after["user_id"] == org.sandbox.staff.sellers[0]
    assert org.row(org.lead())["CreatedById"] == after["user_id"]
    refused = requests.post(f"{org.control_url}/user", json={"username": "ines@sandbox.example"}, timeout=20)
    assert refused.json() == {"error": "there is no active user ines@sandbox.example"}


def test_sessions_can_all_end(org: Client) -> None:
    org.control("DELETE", "/sessions")
    assert code_of(org.ask("GET", "limits")) == (401, "INVALID_SESSION_ID")


@pytest.mark.parametrize(
    ("name", "value"),
    [("gravity", True), ("page_size", "many"), ("page_size", True), ("jwt_tokens", 1), ("key_field", True)],
)
def test_switches_that_are_none(org: Client, name: str, value: object) -> None:
    refused = requests.post(f"{org.control_url}/switches", json={name: value}, timeout=20)
    assert refused.status_code == 400
    assert name in refused.json()["error"]


def test_a_rule_that_cannot_be_read_is_said(org: Client) -> None:
    rule = {"name": "R", "object": "Lead", "refuses": "Budget__c <", "message": "No."}
    refused = requests.post(f"{org.control_url}/rules", json={"validation": rule}, timeout=20)
    assert refused.status_code == 400
    lacking = requests.post(f"{org.control_url}/rules", json={"validation": {"name": "R"}}, timeout=20)
    assert (lacking.status_code, lacking.json()) == (400, {"error": "refuses is missing"})
    good = {**rule, "refuses": "Budget__c < 0.0", "field": "Budget__c"}
    assert org.control("POST", "/rules", validation=good)["validation"] == ["R"]
    reply = org.ask("POST", "sobjects/Lead", {"LastName": "B", "Company": "A", "Budget__c": -1})
    assert reply.json() == [
        {"message": "No.", "errorCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION", "fields": ["Budget__c"]}
    ]


def test_beginning_again_keeps_the_token() -> None:
    with served_org("demo", leads=8) as org:
        before = org.get("query", q="SELECT Id, Name FROM Lead ORDER BY Id")["records"]
        org.lead(LastName="More")
        org.sandbox.faults.add(Fault("slow", seconds=5))
        org.control("POST", "/reset")
        assert org.get("query", q="SELECT Id, Name FROM Lead ORDER BY Id")["records"] == before


def test_the_demo_is_the_same_each_time_and_holds_together() -> None:
    with served_org("demo", leads=60) as org, served_org("demo", leads=60) as other:
        text = "SELECT Name, Email, Company, Owner.Name, Status FROM Lead ORDER BY Id"
        leads = org.get("query", q=text)["records"]
        assert leads == other.get("query", q=text)["records"]
        assert len(leads) == 60
        listed = "','".join(lead["Email"] for lead in leads if lead["Email"])
        known = org.get("query", q=f"SELECT COUNT() FROM Contact WHERE Email IN ('{listed}')")
        assert known["totalSize"] >= 5, "some leads are known as contacts"
        assert {lead["Owner"]["Name"] for lead in leads} >= {"New leads", "Grace Okafor"}
        assert org.get("query", q="SELECT COUNT() FROM CampaignMember")["totalSize"] == 6
        duplicate = {"LastName": "B", "Company": "A", "Email": leads[0]["Email"]}
        assert code_of(org.ask("POST", "sobjects/Lead", duplicate)) == (400, "DUPLICATES_DETECTED")


def test_records_are_kept_in_a_file(tmp_path: Path) -> None:
    options = Options("demo", 12, tmp_path / "org.db")
    for times in range(2):
        sandbox = SalesforceSandbox(options)
        assert len(sandbox.org.store.where("Lead")) == 12 + times
        sandbox.org.store.insert(
            "Lead", [{**sandbox.org.store.where("Lead")[0], "Id": sandbox.org.store.new_id("Lead")}]
        )
        assert sandbox.staff.queue
        sandbox.close()
        sandbox.close()


def test_a_file_keeps_fields_that_came_and_went(tmp_path: Path) -> None:
    options = Options("empty", file=tmp_path / "org.db")
    sandbox = SalesforceSandbox(options)
    sandbox.org.store.remove_field("Lead", "LeadBridge_Key__c")
    picked = FieldSchema("Mood__c", "Mood", "picklist", length=40, picklist=(PicklistValue("Good", "Good"),))
    sandbox.org.store.add_field("Lead", picked)
    sandbox.close()
    again = SalesforceSandbox(options)
    lead = again.org.store.schema.by_name["lead"]
    assert not lead.has("LeadBridge_Key__c")
    assert lead.field("Mood__c") == picked
    (saved,) = create(again.org, "Lead", [{"LastName": "B", "Company": "A", "Mood__c": "Good"}], again.org.manner())
    assert again.org.store.where("Lead", {"Mood__c": "Good"})[0]["Id"] == saved.id
    again.reset()
    assert again.org.store.schema.by_name["lead"].has("LeadBridge_Key__c")
    assert not again.org.store.schema.by_name["lead"].has("Mood__c")
    again.close()


def test_it_is_started_by_name() -> None:
    with start("salesforce", Options("empty")) as served:
        headers = {"Authorization": f"Bearer {served.token}"}
        assert requests.get(f"{served.url}/services/data/v67.0/limits", headers=headers, timeout=20).status_code == 200
    with pytest.raises(UsageError, match="there is no sandbox 'salesfarce'"), start("salesfarce"):
        pass
    with pytest.raises(UsageError, match="there is no seed 'winter'"), start("salesforce", Options("winter")):
        pass
    with pytest.raises(UsageError, match="there is no switch 'x'"), start("salesforce", Options(switches={"x": 1})):
        pass


def test_random_faults_never_write_without_saying_so_or_losing_count(org: Client) -> None:
    """Whatever strikes, a record is there once if it was acknowledged, and at most once if it was not."""
    org.control(
        "POST", "/profile", seed=5, rates={"drop_before": 0.2, "drop_after": 0.2, "unavailable": 0.2, "lock": 0.2}
    )
    made = []
    for n in range(60):
        try:
            reply = org.ask("POST", "sobjects/Lead", {"LastName": f"L{n}", "Company": "A"})
        except requests.ConnectionError:
            continue
        if reply.status_code == 201:
            made.append(f"L{n}")
    held = [str(row["LastName"]) for row in org.sandbox.org.store.where("Lead")]
    assert set(made) < set(held), "some were saved although nobody heard of it"
    assert len(held) == len(set(held))
    assert len(held) < 60
