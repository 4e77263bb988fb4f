"""Bulk API 2.0: ``jobs/ingest`` and ``jobs/query``."""

from __future__ import annotations

from typing import Final

from leadbridge_salesforce.sandbox.bulk.ingest import Trouble
from leadbridge_salesforce.sandbox.rest.answers import Answer
from leadbridge_salesforce.sandbox.rest.asking import Asked

_CSV: Final = "text/csv"
JOB: Final = r"(?P<id>\w+)"
RESULTS: Final = "(?P<results>successfulResults|failedResults|unprocessed[rR]ecords)"
"""The last one is documented in lower case; simple-salesforce asks for it in camel case."""


def make_ingest(asked: Asked) -> Answer:
    return Answer(200, asked.api.ingest.create(asked.record(), asked.version))


def list_ingest(asked: Asked) -> Answer:
    return Answer(200, {"done": True, "nextRecordsUrl": None, "records": list(asked.api.ingest.all())})


def upload(asked: Asked) -> Answer:
    asked.api.ingest.upload(asked.parts["id"], asked.header("content-type"), asked.call.body)
    return Answer(201)


def change_ingest(asked: Asked) -> Answer:
    return Answer(200, asked.api.ingest.change(asked.parts["id"], asked.record(), _trouble(asked)))


def show_ingest(asked: Asked) -> Answer:
    return Answer(200, asked.api.ingest.info(asked.parts["id"], asked.call))


def forget_ingest(asked: Asked) -> Answer:
    asked.api.ingest.delete(asked.parts["id"])
    return Answer(204)


def ingest_results(asked: Asked) -> Answer:
    return Answer(200, asked.api.ingest.results(asked.parts["id"], asked.parts["results"]), media=_CSV)


def make_query(asked: Asked) -> Answer:
    return Answer(200, asked.api.query_jobs.create(asked.record(), asked.version, asked.around()))


def list_queries(asked: Asked) -> Answer:
    return Answer(200, {"done": True, "nextRecordsUrl": None, "records": list(asked.api.query_jobs.all())})


def change_query(asked: Asked) -> Answer:
    return Answer(200, asked.api.query_jobs.change(asked.parts["id"], asked.record()))


def show_query(asked: Asked) -> Answer:
    return Answer(200, asked.api.query_jobs.info(asked.parts["id"]))


def forget_query(asked: Asked) -> Answer:
    asked.api.query_jobs.delete(asked.parts["id"])
    return Answer(204)


def query_results(asked: Asked) -> Answer:
    told = asked.query
    page = asked.api.query_jobs.results(
        asked.parts["id"], asked.version, told.get("locator", ""), told.get("maxRecords", "")
    )
    headers = {"Sforce-Locator": page.locator, "Sforce-NumberOfRecords": str(page.rows)}
    return Answer(200, page.csv, headers, _CSV)


def _trouble(asked: Asked) -> Trouble:
    rows = asked.org.faults.take("bulk_rows_fail", asked.call)
    stop = asked.org.faults.take("bulk_job_fails", asked.call)
    return Trouble(
        failing_every=int(rows.detail.get("every", "2")) if rows else 0,
        stops_after=int(stop.detail.get("rows", "0")) if stop else None,
    )


ROUTES: Final = (
    ("POST", "jobs/ingest", make_ingest),
    ("GET", "jobs/ingest", list_ingest),
    ("PUT", f"jobs/ingest/{JOB}/batches", upload),
    ("PATCH", f"jobs/ingest/{JOB}", change_ingest),
    ("GET", f"jobs/ingest/{JOB}", show_ingest),
    ("DELETE", f"jobs/ingest/{JOB}", forget_ingest),
    ("GET", f"jobs/ingest/{JOB}/{RESULTS}", ingest_results),
    ("POST", "jobs/query", make_query),
    ("GET", "jobs/query", list_queries),
    ("PATCH", f"jobs/query/{JOB}", change_query),
    ("GET", f"jobs/query/{JOB}", show_query),
    ("DELETE", f"jobs/query/{JOB}", forget_query),
    ("GET", f"jobs/query/{JOB}/results", query_results),
)
"""As the routes of :mod:`routing`."""
