"""simple-salesforce as it comes from the index, in a process of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from leadbridge_salesforce.sandbox.stand_in import SalesforceSandbox
from tunnel import tunnel

from leadbridge.sandbox import Served

Python = Callable[..., Any]

BEGIN = """
import json, os
from simple_salesforce import Salesforce, format_soql
from simple_salesforce.exceptions import SalesforceError
told = json.loads(os.environ["TOLD"])
sf = Salesforce(instance_url=told["url"], session_id=told["token"], version="67.0")
"""

RECORDS = """
made = sf.Lead.create({"LastName": "One", "Company": "Py", "Email": "A@X.example"})
sf.Lead.update(made["id"], {"Title": "CTO"})
status = sf.Lead.upsert("HubSpot_Id__c/py-1", {"LastName": "Two", "Company": "Py"})
query = "SELECT Name FROM Lead WHERE LastName LIKE '{:like}%' AND Company IN {}"
like = sf.query(format_soql(query, "On", ["Py", "x'y"]))
every = list(sf.query_all_iter("SELECT Id, Owner.Name, (SELECT Id FROM Tasks) FROM Lead"))
try:
    sf.query("SELECT Nope FROM Lead")
except SalesforceError as error:
    refused = error.content[0]["errorCode"]
print(json.dumps({
    "sandbox": sf.is_sandbox(), "read": sf.Lead.get(made["id"]), "status": status, "like": like, "every": len(every),
    "refused": refused, "usage": sf.api_usage["api-usage"].used,
    "collection": sf.restful("composite/sobjects", method="POST", json={"records": [
        {"attributes": {"type": "Lead"}, "LastName": "Three", "Company": "Py"},
        {"attributes": {"type": "Lead"}, "Company": "Py"}]}),
}))
"""

BULK = """
lead = sf.bulk2.Lead
(told,) = lead.insert(records=[{"LastName": n, "Company": "Bulk"} for n in ("a,b", "c;d", "")], wait=0)
job = told["job_id"]
query = "SELECT Id, LastName FROM Lead WHERE Company = 'Bulk' ORDER BY LastName"
pages = list(lead.query(query, max_records=1, wait=0))
ids = [row["Id"] for row in sf.query_all("SELECT Id FROM Lead WHERE Company = 'Bulk'")["records"]]
(updated,) = lead.update(records=[{"Id": id, "Title": "#N/A"} for id in ids], wait=0)
(upserted,) = lead.upsert(
    records=[{"HubSpot_Id__c": "b1", "LastName": "Up", "Company": "B"}], external_id_field="HubSpot_Id__c", wait=0)
(deleted,) = lead.delete(records=[{"Id": id} for id in ids], wait=0)
print(json.dumps({
    "told": told, "pages": pages, "results": lead.get_all_ingest_records(job),
    "updated": updated, "upserted": upserted, "deleted": deleted,
}))
"""


LOGIN = """
import json, os
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import SalesforceAuthenticationFailed
told = json.loads(os.environ["APP"])
sf = Salesforce(**told)
try:
    Salesforce(**{**told, "password": "wrong"})
except SalesforceAuthenticationFailed as error:
    refused = error.code
leads = sf.query("SELECT COUNT() FROM Lead")["totalSize"]
print(json.dumps({"host": sf.sf_instance, "leads": leads, "refused": refused}))
"""


def test_signing_in_by_password(python: Python, org: Served) -> None:
    """At login.salesforce.com, which a proxy leads here; it answers with the org's own host."""
    assert isinstance(org.sandbox, SalesforceSandbox)
    app, port = org.sandbox.app, int(org.url.rpartition(":")[2])
    told = {"username": app.username, "password": app.password, "security_token": app.security_token}
    with tunnel(port) as proxy:
        found = python(LOGIN, APP=json.dumps(told), HTTPS_PROXY=proxy, NO_PROXY="localhost")
    assert found == {"host": f"localhost:{port}", "leads": 60, "refused": "INVALID_LOGIN"}


BY_APP = """
import json, os
from simple_salesforce import Salesforce
apps = json.loads(os.environ["APPS"])
print(json.dumps([Salesforce(**app).query("SELECT COUNT() FROM Lead")["totalSize"] for app in apps]))
"""


def test_signing_in_by_client_credentials_and_by_jwt(python: Python, org: Served) -> None:
    assert isinstance(org.sandbox, SalesforceSandbox)
    app, port = org.sandbox.app, int(org.url.rpartition(":")[2])
    by_jwt = {"username": app.username, "consumer_key": app.client_id, "privatekey": app.private_key, "domain": "test"}
    by_secret = {"consumer_key": app.client_id, "consumer_secret": app.client_secret, "domain": "sandbox.my"}
    with tunnel(port) as proxy:
        told = json.dumps([by_jwt, by_secret])
        assert python(BY_APP, APPS=told, HTTPS_PROXY=proxy, NO_PROXY="localhost") == [60, 60]


def test_records_and_queries(python: Python) -> None:
    found = python(BEGIN + RECORDS)
    assert found["sandbox"] is True
    assert (found["read"]["Title"], found["read"]["Email"]) == ("CTO", "a@x.example")
    assert found["status"] == 201
    assert [row["Name"] for row in found["like"]["records"]] == ["One"]
    assert found["every"] == 62
    assert found["refused"] == "INVALID_FIELD"
    assert found["usage"] > 5
    assert [row["success"] for row in found["collection"]] == [True, False]


def test_bulk_jobs(python: Python) -> None:
    found = python(BEGIN + BULK)
    assert (found["told"]["numberRecordsProcessed"], found["told"]["numberRecordsFailed"]) == (3, 1)
    assert {row["LastName"] for row in found["results"]["successfulRecords"]} == {"a,b", "c;d"}
    assert found["results"]["failedRecords"][0]["sf__Error"].startswith("REQUIRED_FIELD_MISSING:")
    assert len(found["pages"]) == 2
    for name, count in (("updated", 2), ("upserted", 1), ("deleted", 2)):
        assert (found[name]["numberRecordsProcessed"], found[name]["numberRecordsFailed"]) == (count, 0)
