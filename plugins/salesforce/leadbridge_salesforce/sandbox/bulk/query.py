"""Jobs that give a query's rows out as CSV, page by page.

Rules: Bulk API 2.0 guide, query. Neither subqueries, aggregates, offsets nor compound fields are taken.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from leadbridge_salesforce.sandbox.bulk import job as jobs
from leadbridge_salesforce.sandbox.bulk.job import (
    Asked,
    Job,
    Json,
    Times,
    What,
    invalid,
    invalid_state,
    supported,
    within_quota,
)
from leadbridge_salesforce.sandbox.bulk.shelf import Shelf
from leadbridge_salesforce.sandbox.bulk.table import write_table
from leadbridge_salesforce.sandbox.bulk.working import keys, rows_of
from leadbridge_salesforce.sandbox.org import Org
from leadbridge_salesforce.sandbox.soql.compiler import compile_query
from leadbridge_salesforce.sandbox.soql.names import Surroundings
from leadbridge_salesforce.sandbox.soql.shapes import Branch, Compiled, Leaf, Nested, leaves

OPERATIONS: Final = frozenset({"query", "queryAll"})
_PROPERTIES: Final = frozenset({"operation", "query", "contentType", "columnDelimiter", "lineEnding"})

JOBS: Final = 10_000
"""Query jobs of a day; Bulk API 2.0 limits."""

LAST: Final = "null"
"""What the header ``Sforce-Locator`` says, literally, when there is nothing more."""


@dataclass(slots=True)
class QueryJob(Job):
    compiled: Compiled | None = None
    shape: Branch | None = None
    ids: tuple[str, ...] = ()

    def info(self) -> Json:
        told = Job.info(self) | {"jobType": "V2Query"}
        if self.state in jobs.ENDED:
            told |= {"numberRecordsProcessed": self.processed, **Times(rows=self.processed).info()}
        return told


@dataclass(frozen=True, slots=True)
class Page:
    """A page of results: CSV, how many rows it has, and where the next begins (:data:`LAST` for nowhere)."""

    csv: bytes
    rows: int
    locator: str


class QueryJobs:
    """All query jobs of an org."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._jobs = Shelf[QueryJob](org.clock)

    def create(self, properties: Mapping[str, Any], version: str, around: Surroundings) -> Json:
        """A new job, which runs by itself.

        Raises:
            QueryError: the query is refused.
            Refused: it holds what Bulk does not take, or a property is wrong.
        """
        asked = Asked(properties, _PROPERTIES)
        operation = asked.one_of("operation", OPERATIONS)
        compiled = compile_query(asked.text("query"), around, all_rows=operation == "queryAll")
        supported(compiled.object, self._org.switches.bulk_refuses)
        within_quota(self.begun, JOBS)
        shape = _flat(compiled)
        what = What(operation, compiled.object, version)
        made = QueryJob.begun(self._org, what, asked.format(), jobs.UPLOADED)
        made.compiled, made.shape = compiled, shape
        self._jobs.add(made)
        self._jobs.spend(1)
        return made.info()

    def info(self, id: str) -> Json:
        """A job as it stands. Each time it is asked for it gets on a step."""
        job = self._jobs.find(id)
        if job.state in {jobs.UPLOADED, jobs.RUNNING}:
            job.state, job.modified = jobs.RUNNING, self._org.now()
            job.polls += 1
            if job.polls > self._org.switches.bulk_polls and job.compiled is not None:
                job.ids = keys(self._org, job.compiled)
                job.processed, job.state = len(job.ids), jobs.DONE
        return job.info()

    def all(self) -> Sequence[Json]:
        return [job.info() for job in self._jobs.all()]

    def change(self, id: str, properties: Mapping[str, Any]) -> Json:
        """Abort a job. Raises Refused where it has ended."""
        job = self._jobs.find(id)
        Asked(properties, frozenset({"state"})).one_of("state", frozenset({jobs.ABORTED}))
        if job.state in jobs.ENDED:
            invalid_state(f"Job state {job.state} cannot be changed to {jobs.ABORTED}")
        job.state, job.modified = jobs.ABORTED, self._org.now()
        return job.info()

    def delete(self, id: str) -> None:
        """Forget a job. Raises Refused where it is still going on."""
        self._jobs.forget(id)

    @property
    def begun(self) -> int:
        """Jobs that were made within the last 24 hours."""
        return self._jobs.used()

    def results(self, id: str, version: str, locator: str, most: str) -> Page:
        """A page of results.

        Raises:
            Refused: the job is not complete, was made with another API version, or the locator is none of its own.
        """
        job = self._jobs.find(id)
        if version != job.what.version:
            message = f"The job was created with API version {job.what.version}; use the same to get its results"
            invalid(message, "API_VERSION_CONFLICT", 409)
        if job.state != jobs.DONE or job.compiled is None or job.shape is None:
            invalid(f"The job is not complete: {job.state}", "JOB_NOT_COMPLETE", 412)
        start, size = _start(locator, len(job.ids)), _size(most, self._org.switches.bulk_page)
        end = min(start + size, len(job.ids))
        columns = leaves(job.shape)
        rows = [
            [_cell(leaf, row[leaf.indexes[0]]) for _, leaf in columns]
            for row in rows_of(self._org, job.compiled, job.shape, job.ids[start:end])
        ]
        table = write_table([name for name, _ in columns], rows, job.format)
        return Page(table, len(rows), LAST if end >= len(job.ids) else _locator(end))


def _flat(compiled: Compiled) -> Branch:
    """The shape of a query that Bulk takes. Raises Refused for others."""
    if compiled.shape is None or compiled.keys is None:
        invalid("Aggregate functions are not supported in Bulk Query", "FUNCTIONALITY_NOT_ENABLED")
    if any(isinstance(member, Nested) for member in compiled.shape.members.values()):
        invalid("Nested queries are not supported in Bulk Query", "FUNCTIONALITY_NOT_ENABLED")
    if any(leaf.kind == "address" for _, leaf in leaves(compiled.shape)):
        invalid("Selecting compound data not supported in Bulk Query", "FUNCTIONALITY_NOT_ENABLED")
    return compiled.shape


def _cell(leaf: Leaf, value: Any) -> str:
    """A value as CSV has it: nothing for null, and a moment with ``Z``."""
    if value is None:
        return ""
    if leaf.kind == "boolean":
        return "true" if value else "false"
    return str(value).replace("+0000", "Z") if leaf.kind == "datetime" else str(value)


def _locator(start: int) -> str:
    return base64.urlsafe_b64encode(str(start).encode()).decode().rstrip("=")


def _start(locator: str, rows: int) -> int:
    if not locator:
        return 0
    try:
        text = base64.urlsafe_b64decode(locator + "=" * (-len(locator) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        text = ""
    if not text.isdecimal() or int(text) >= rows:
        invalid(f"Invalid locator: {locator}", "INVALID_QUERY_LOCATOR")
    return int(text)


def _size(most: str, default: int) -> int:
    if not most:
        return default
    if not most.isdecimal() or int(most) < 1:
        invalid(f"maxRecords must be a positive number: {most}", "INVALID_PARAMETER")
    return int(most)
