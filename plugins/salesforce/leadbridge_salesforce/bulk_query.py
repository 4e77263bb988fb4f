"""Bulk API 2.0 query: a job, its result in parts, each read while it comes."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Iterator
from typing import Any, BinaryIO, Final, cast

from leadbridge.errors import ConnectionFailedError
from leadbridge_salesforce.client import Client

PART: Final = 50_000
"""Rows of one part of a result."""
_LAST: Final = "null"  # what the locator says, literally, where there is no further part
FIRST_PAUSE = 1.0  # seconds
_PATIENCE: Final = 4 * 3600.0  # seconds


class JobFailedError(ConnectionFailedError):
    """A bulk job ended without success, or does not end."""


def bulk_rows(client: Client, soql: str, *, deleted: bool) -> Iterator[list[dict[str, str]]]:
    """The rows of a query, some thousand at a time, in no particular order.

    The job is made before the first step. Raises JobFailedError where it fails or does not end.
    """
    body = {"operation": "queryAll" if deleted else "query", "query": soql}
    job = _job(client)
    made = client.raw("POST", job, json.dumps(body).encode(), {"Content-Type": "application/json"}).json()
    return _results(client, f"{job}/{made['id']}")


def _job(client: Client) -> str:
    return f"/services/data/v{client.version}/jobs/query"


def _results(client: Client, job: str) -> Iterator[list[dict[str, str]]]:
    wait(client, job)
    params = {"maxRecords": str(PART)}
    while True:
        with client.stream(f"{job}/results", params) as reply:
            locator = reply.headers.get("Sforce-Locator", _LAST)
            reply.raw.decode_content = True
            reply.raw.auto_close = False  # else the wrapper finds its source closed at the end
            text = io.TextIOWrapper(cast(BinaryIO, reply.raw), "utf-8", newline="")
            yield from _chunks(csv.DictReader(text))
        if locator == _LAST:
            return
        params = {"maxRecords": str(PART), "locator": locator}


def _chunks(rows: csv.DictReader[str], size: int = 2_000) -> Iterator[list[dict[str, str]]]:
    chunk: list[dict[str, str]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def wait(client: Client, job: str) -> dict[str, Any]:
    """The job's description once it has ended well.

    Asks after 1, 2, 4... seconds, then each half minute, and ever more seldom where it takes long: a look is a call.
    """
    pause, waited = FIRST_PAUSE, 0.0
    while True:
        time.sleep(pause)
        waited += pause
        found: dict[str, Any] = client.raw("GET", job).json()
        state = found.get("state")
        if state == "JobComplete":
            return found
        if state in {"Failed", "Aborted"}:
            raise _failed(client, f"ended as {state}: {found.get('errorMessage') or 'no reason given'}")
        if waited > _PATIENCE:
            raise _failed(client, f"is {state} after {waited / 3600:.0f} hours")
        pause = min(pause * 2, max(30.0, waited / 4))


def _failed(client: Client, what: str) -> JobFailedError:
    reason = f"connection {client.connection!r}: a bulk job of Salesforce {what}; run again"
    return JobFailedError(client.connection, reason)
