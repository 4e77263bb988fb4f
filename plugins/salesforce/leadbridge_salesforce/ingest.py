"""Bulk API 2.0 ingest: one job for many rows, each result matched to its row by a column of our own."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from leadbridge.errors import ConnectionFailedError, RetryableError, UncertainError
from leadbridge.provider import Result
from leadbridge_salesforce import raws
from leadbridge_salesforce.bulk_query import JobFailedError, wait
from leadbridge_salesforce.client import Client
from leadbridge_salesforce.collections import find_by_key
from leadbridge_salesforce.drafting import Draft
from leadbridge_salesforce.failures import Said
from leadbridge_salesforce.rejecting import rejected
from leadbridge_salesforce.schema import Schema

_OPERATIONS: Final = {"create": "insert", "update": "update", "delete": "delete"}


class Ingest:
    """Writes rows of one verb to one object. Creates need the key field."""

    def __init__(self, client: Client, schema: Schema, key: str | None) -> None:
        self._client = client
        self._schema = schema
        self._key = key

    def write(self, rows: Sequence[Draft]) -> list[Result]:
        """Raises RetryableError where no row was processed, UncertainError where nobody knows."""
        column = self._key if rows[0].action.verb == "create" else "Id"
        if column is None:
            raise ValueError("creates in bulk need a key field")
        job = self._started(rows, column)
        by_mark = {_mark(draft): draft for draft in rows}
        try:
            ended = self._ended(job)
            results = self._results(job, column, by_mark, failed=bool(ended.get("numberRecordsFailed")))
        except ConnectionFailedError as error:
            raise UncertainError(self._client.connection, str(error)) from error
        return results + [result for draft in by_mark.values() for result in draft.uncertain()]

    def _started(self, rows: Sequence[Draft], column: str) -> str:
        """The job's path, with all rows uploaded. Until it is closed, no row is processed."""
        jobs = f"/services/data/v{self._client.version}/jobs/ingest"
        verb = rows[0].action.verb
        body = {"object": self._schema.name, "operation": _OPERATIONS[verb], "contentType": "CSV", "lineEnding": "LF"}
        try:
            made = self._client.raw("POST", jobs, json.dumps(body).encode(), _JSON).json()
            job = f"{jobs}/{made['id']}"
            self._client.raw("PUT", f"{job}/batches", _table(rows, column), {"Content-Type": "text/csv"})
        except UncertainError as error:
            raise RetryableError(self._client.connection, str(error)) from error
        self._client.raw("PATCH", job, json.dumps({"state": "UploadComplete"}).encode(), _JSON)
        return job

    def _ended(self, job: str) -> dict[str, Any]:
        """A job that failed as a whole may have processed rows: its lists of results tell."""
        try:
            return wait(self._client, job)
        except JobFailedError:
            return {"numberRecordsFailed": 1}

    def _results(self, job: str, column: str, by_mark: dict[str, Draft], *, failed: bool) -> list[Result]:
        """Takes out of ``by_mark`` the rows that have a result; what is left was not processed."""
        results: list[Result] = []
        for row in self._list(f"{job}/successfulResults/"):
            draft = by_mark.pop(_marked(row, column, "sf__Id"), None)
            results += draft.done(row["sf__Id"]) if draft else []
        refused = list(self._list(f"{job}/failedResults/")) if failed or by_mark else []
        taken = [by_mark[row[column]] for row in refused if _is_taken(row, column, by_mark, self._key)]
        made = find_by_key(self._client, self._schema, self._key, taken) if taken else {}
        for row in refused:
            draft = by_mark.pop(_marked(row, column, "sf__Id"), None)
            if draft is not None:
                results += self._outcome(draft, row, made)
        return results

    def _outcome(self, draft: Draft, row: dict[str, str], made: dict[int, str]) -> list[Result]:
        if draft.action.number in made:
            return draft.done(made[draft.action.number])
        source = f"{self._client.connection}:{self._schema.name}:{draft.action.id or 'new'}"
        return draft.rejected(rejected(parse_error(row.get("sf__Error", "")), source))

    def _list(self, path: str) -> Iterator[dict[str, str]]:
        text = self._client.raw("GET", path).content.decode("utf-8")  # the reply names no charset
        yield from csv.DictReader(io.StringIO(text, newline=""))


_JSON: Final = {"Content-Type": "application/json"}


def _mark(draft: Draft) -> str:
    action = draft.action
    return (action.key if action.verb == "create" else action.id) or ""


def _marked(row: dict[str, str], column: str, id_column: str) -> str:
    return row.get(column) or row.get(id_column, "")


def _is_taken(row: dict[str, str], column: str, by_mark: dict[str, Draft], key: str | None) -> bool:
    return column == key and row.get(column) in by_mark and row.get("sf__Error", "").startswith("DUPLICATE_VALUE")


def parse_error(text: str) -> Said:
    """An ``sf__Error``: ``CODE:message:field field --``, of which the message may hold colons itself."""
    code, _, rest = text.partition(":")
    message, _, fields = rest.rpartition(":")
    named = tuple(one for one in fields.removesuffix("--").replace(",", " ").split())
    return Said(code, message or rest, named)


def _table(rows: Sequence[Draft], column: str) -> bytes:
    """LF at the ends of lines; an empty cell where a row does not set a field, ``#N/A`` where it sets it to null."""
    named = dict.fromkeys(name for draft in rows for name in draft.action.values if name != column)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column, *named])
    for draft in rows:
        values = draft.action.values
        writer.writerow([_mark(draft), *(raws.for_csv(values[n]) if n in values else "" for n in named)])
    return text.getvalue().encode()
