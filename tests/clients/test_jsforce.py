"""jsforce, the client of most JavaScript programs for Salesforce."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from leadbridge_salesforce.sandbox.stand_in import SalesforceSandbox

from leadbridge.sandbox import Served

Script = Callable[..., Any]


def test_leads_are_converted(script: Script, org: Served) -> None:
    found = script("convert.js")
    one, (again, into, illegal) = found["one"], found["many"]
    assert one["success"] is True
    assert one["leadId"] == found["leads"][0]["Id"]
    assert one["opportunityId"].startswith("006")
    assert again["errors"][0]["statusCode"] == "CANNOT_UPDATE_CONVERTED_LEAD"
    assert into["success"] is True
    assert into["accountId"] == one["accountId"]
    assert into["opportunityId"] is None
    assert illegal["errors"][0]["message"] == "invalid convertedStatus: Nurturing"
    assert found["account"]["Name"] == found["leads"][0]["Company"]
    assert found["account"]["Contacts"]["totalSize"] == 2
    assert found["misplaced"] == "soapenv:Client"
    assert found["expired"] == "sf:INVALID_SESSION_ID"
    assert found["lead"]["IsConverted"] is True
    assert found["lead"]["ConvertedContactId"] == one["contactId"]


def test_records_queries_and_bulk_jobs(script: Script, org: Served) -> None:
    found = script("records.js")
    good, bad = found["made"]
    assert good["success"] is True
    assert bad["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"
    assert found["upserted"]["success"] is True
    assert found["updated"]["success"] is True
    assert (found["read"]["Title"], found["read"]["LastName"]) == ("CTO", "One")
    assert [lead["LastName"] for lead in found["every"]] == ["One", "Two"]
    assert set(found["fields"]) <= set(found["every"][0])
    assert found["fetched"] == found["total"] == 62
    assert len(found["nested"]) == 5
    assert max(account["Contacts"]["totalSize"] for account in found["nested"] if account["Contacts"]) <= 2
    assert {row["LastName"] for row in found["loaded"]["successfulResults"]} == {'B, "1"', "B\n2"}
    assert found["loaded"]["failedResults"][0]["sf__Error"].startswith("REQUIRED_FIELD_MISSING:")
    assert {row["LastName"] for row in found["queried"]} == {'B, "1"', "B\n2"}
    assert found["removed"]["success"] is True
    assert found["refused"] == "INVALID_FIELD"


def test_signing_in_and_looking_round(script: Script, org: Served) -> None:
    assert isinstance(org.sandbox, SalesforceSandbox)
    app = org.sandbox.app
    names = ("client_id", "client_secret", "username", "password", "security_token")
    org.sandbox.clock.advance(5)  # getUpdated does not cover the second in which records were made
    found = script("signin.js", app={name: getattr(app, name) for name in names})
    assert found["login"] == org.url
    assert found["identity"]["username"] == found["user"]["userName"] == app.username
    assert (found["found"], found["renewed"], found["updated"]) == (60, 1, 60)
    assert [one["success"] for one in found["emptied"]] == [True]
    assert {"Id", "Email", "LeadBridge_Key__c"} <= set(found["fields"])
    assert {"Lead", "QueueSobject"} <= set(found["objects"])
    assert found["usage"] == 100_000
