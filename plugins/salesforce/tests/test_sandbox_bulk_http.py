"""Bulk API 2.0 as clients reach it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from org_served import Client, code_of, served_org

JOB = {"object": "Lead", "operation": "insert", "contentType": "CSV", "lineEnding": "LF"}


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with served_org() as client:
        yield client


def upload(client: Client, job: dict[str, Any], data: bytes, media: str = "text/csv") -> requests.Response:
    where = f"{client.url}/{job['contentUrl']}/"
    return client.http.put(where, data=data, headers={"Content-Type": media}, timeout=20)


def closed(client: Client, data: bytes, **properties: str) -> dict[str, Any]:
    """An ingest job that was closed."""
    job = client.ask("POST", "jobs/ingest", {**JOB, **properties}).json()
    assert upload(client, job, data).status_code == 201
    done = client.ask("PATCH", f"jobs/ingest/{job['id']}", {"state": "UploadComplete"})
    assert (done.status_code, done.json()["state"]) == (200, "UploadComplete")
    return dict(job)


def ended(client: Client, kind: str, job: str) -> dict[str, Any]:
    for _ in range(5):
        told = client.get(f"jobs/{kind}/{job}")
        if told["state"] not in {"UploadComplete", "InProgress"}:
            return dict(told)
    raise AssertionError(told)


def test_an_ingest_job_and_its_results(client: Client) -> None:
    job = closed(client, b"LastName,Company,Email\nA,Acme,a@x.example\nB,,b@x.example\n")
    told = ended(client, "ingest", job["id"])
    assert (told["state"], told["jobType"]) == ("JobComplete", "V2Ingest")
    assert (told["numberRecordsProcessed"], told["numberRecordsFailed"]) == (2, 1)
    for path in ("successfulResults/", "failedResults", "unprocessedrecords/", "unprocessedRecords"):
        reply = client.ask("GET", f"jobs/ingest/{job['id']}/{path}")
        assert reply.status_code == 200
        assert reply.headers["Content-Type"].startswith("text/csv")
    assert client.ask("DELETE", f"jobs/ingest/{job['id']}").status_code == 204
    assert code_of(client.ask("GET", f"jobs/ingest/{job['id']}")) == (404, "NOT_FOUND")


def test_a_query_job_and_its_pages(client: Client) -> None:
    for name in ("q1", "q2", "q3"):
        client.lead(LastName=name, Company="Query")
    query = "SELECT LastName FROM Lead WHERE Company = 'Query' ORDER BY LastName"
    job = client.ask("POST", "jobs/query", {"operation": "query", "query": query}).json()
    early = client.ask("GET", f"jobs/query/{job['id']}/results")
    assert code_of(early) == (412, "JOB_NOT_COMPLETE")
    assert ended(client, "query", job["id"])["numberRecordsProcessed"] == 3
    first = client.ask("GET", f"jobs/query/{job['id']}/results?maxRecords=2")
    assert first.headers["Sforce-NumberOfRecords"] == "2"
    locator = first.headers["Sforce-Locator"]
    second = client.ask("GET", f"jobs/query/{job['id']}/results?maxRecords=2&locator={locator}")
    assert (second.headers["Sforce-NumberOfRecords"], second.headers["Sforce-Locator"]) == ("1", "null")
    assert first.text + second.text == '"LastName"\n"q1"\n"q2"\n"LastName"\n"q3"\n'
    other = client.ask("GET", f"/services/data/v66.0/jobs/query/{job['id']}/results")
    assert other.status_code == 409


def test_jobs_are_listed(client: Client) -> None:
    job = closed(client, b"LastName,Company\nA,Acme\n")
    assert job["id"] in {one["id"] for one in client.get("jobs/ingest")["records"]}
    assert client.get("jobs/query")["done"] is True


def test_what_is_left_of_the_day(client: Client) -> None:
    before = client.get("limits")
    ended(client, "ingest", closed(client, b"LastName,Company\nA,Acme\n")["id"])
    client.ask("POST", "jobs/query", {"operation": "query", "query": "SELECT Id FROM Lead"})
    after = client.get("limits")
    for name in ("DailyBulkApiBatches", "DailyBulkV2QueryJobs"):
        assert before[name]["Remaining"] - after[name]["Remaining"] == 1


def test_what_is_refused(client: Client) -> None:
    assert code_of(client.ask("POST", "jobs/ingest", {**JOB, "object": "Leed"})) == (400, "INVALIDENTITY")
    assert code_of(client.ask("POST", "jobs/query", {"operation": "query", "query": "SELECT"}))[1] == "MALFORMED_QUERY"
    job = client.ask("POST", "jobs/ingest", JOB).json()
    assert code_of(upload(client, job, b"{}", "application/json")) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert client.ask("PATCH", f"jobs/ingest/{job['id']}", {"state": "Aborted"}).json()["state"] == "Aborted"


def test_troubles_on_demand(client: Client) -> None:
    data = b"LastName,Company\n" + b"".join(b"n%d,Acme\n" % number for number in range(10))
    client.control("POST", "/faults", kind="bulk_rows_fail", detail={"every": "5"})
    told = ended(client, "ingest", closed(client, data)["id"])
    assert (told["state"], told["numberRecordsFailed"]) == ("JobComplete", 2)
    client.control("POST", "/faults", kind="bulk_job_fails", detail={"rows": "4"})
    told = ended(client, "ingest", closed(client, data)["id"])
    assert (told["state"], told["numberRecordsProcessed"]) == ("Failed", 4)
    rest = client.ask("GET", f"jobs/ingest/{told['id']}/unprocessedrecords")
    assert len(rest.text.splitlines()) == 7
