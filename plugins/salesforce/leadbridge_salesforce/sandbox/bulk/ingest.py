"""Jobs that take CSV in: made, filled, closed, then worked off row by row.

Rules: Bulk API 2.0 guide, ingest; a job that is left open never runs, and a complete one may hold failures.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from leadbridge.sandbox import Call
from leadbridge_salesforce.sandbox.bulk import job as jobs
from leadbridge_salesforce.sandbox.bulk.columns import Column, columns_of, values_of
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
from leadbridge_salesforce.sandbox.bulk.table import Table, UnreadableError, read_table, write_table
from leadbridge_salesforce.sandbox.bulk.working import Work, save
from leadbridge_salesforce.sandbox.dml.drafts import Given, Saved
from leadbridge_salesforce.sandbox.dml.refusals import Refused, row_locked
from leadbridge_salesforce.sandbox.org import Org
from leadbridge_salesforce.sandbox.schema import ObjectSchema

MAX_UPLOAD: Final = 100 * 1024 * 1024
"""Bytes of one upload, which base64 makes 150 MB of; Bulk API 2.0 limits."""

OPERATIONS: Final = frozenset({"insert", "update", "upsert", "delete", "hardDelete"})
_PROPERTIES: Final = frozenset(
    {"object", "operation", "externalIdFieldName", "contentType", "columnDelimiter", "lineEnding"}
    | {"assignmentRuleId", "concurrencyMode"}
)
BATCH: Final = 10_000
"""Rows of a batch."""

BATCHES: Final = 15_000
"""Batches of a day; Bulk API 2.0 limits."""

CHUNK: Final = 200
"""Rows that are saved together."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What goes wrong with a job on purpose.

    Attributes:
        failing_every: each n-th row cannot be locked; 0 for none.
        stops_after: the job fails when so many rows are through, the rest stay unprocessed; None for never.
    """

    failing_every: int = 0
    stops_after: int | None = None


Cells = tuple[str, ...]


@dataclass(slots=True)
class IngestJob(Job):
    external_id: str = ""
    assignment_rule: str = ""
    data: bytes | None = None
    header: Cells = ()
    successes: list[Cells] = field(default_factory=list)
    failures: list[Cells] = field(default_factory=list)
    unprocessed: list[Cells] = field(default_factory=list)
    trouble: Trouble = Trouble()

    def info(self) -> Json:
        told = Job.info(self)
        if self.external_id:
            told["externalIdFieldName"] = self.external_id
        if self.assignment_rule:
            told["assignmentRuleId"] = self.assignment_rule
        told["jobType"] = "V2Ingest"
        if self.state == jobs.OPEN:
            told["contentUrl"] = f"services/data/v{self.what.version}/jobs/ingest/{self.id}/batches"
        if self.state in jobs.ENDED:
            told |= {"numberRecordsProcessed": self.processed, "numberRecordsFailed": len(self.failures)}
            told |= Times(rows=self.processed).info()
        return told


class Ingest:
    """All ingest jobs of an org."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._jobs = Shelf[IngestJob](org.clock)

    def create(self, properties: Mapping[str, Any], version: str) -> Json:
        """A new job, open for its data.

        Raises:
            Refused: a property is missing, unknown or wrong.
        """
        asked = Asked(properties, _PROPERTIES)
        operation = asked.one_of("operation", OPERATIONS)
        found = self._org.seen.object(asked.text("object"))
        if found is None:
            invalid(f"Unable to find object: {asked.text('object')}", "INVALIDENTITY")
        supported(found.name, self._org.switches.bulk_refuses)
        within_quota(self.batches, BATCHES)
        what = What(operation, found.name, version)
        made = IngestJob.begun(self._org, what, asked.format(), jobs.OPEN)
        made.external_id = _external_id(found, operation, asked.text("externalIdFieldName"))
        made.assignment_rule = asked.text("assignmentRuleId")
        self._jobs.add(made)
        return made.info()

    def upload(self, id: str, content_type: str, data: bytes) -> None:
        """Take the data of a job, all at once and once only.

        Raises:
            Refused: the job is not open, has data, or this is no CSV, or too much of it.
        """
        job = self._jobs.find(id)
        if content_type.partition(";")[0].strip().lower() != "text/csv":
            invalid(f"Unsupported content type: {content_type}", "UNSUPPORTED_MEDIA_TYPE", 415)
        if job.state != jobs.OPEN or job.data is not None:
            invalid_state("Data can be uploaded once, and only while the job is in state Open")
        if len(data) > MAX_UPLOAD:
            invalid(f"The upload exceeds the maximum of {MAX_UPLOAD} bytes", "REQUEST_ENTITY_TOO_LARGE", 413)
        job.data = data
        job.modified = self._org.now()

    def change(self, id: str, properties: Mapping[str, Any], trouble: Trouble) -> Json:
        """Close a job, so that it runs, or abort it.

        Raises:
            Refused: the job cannot go into that state from the one it is in.
        """
        job = self._jobs.find(id)
        wanted = Asked(properties, frozenset({"state"})).one_of("state", frozenset({jobs.UPLOADED, jobs.ABORTED}))
        if job.state in jobs.ENDED or (wanted == jobs.UPLOADED and job.state != jobs.OPEN):
            invalid_state(f"Job state {job.state} cannot be changed to {wanted}")
        if wanted == jobs.UPLOADED and job.data is None:
            invalid_state("No data was uploaded")
        job.state, job.trouble, job.modified = wanted, trouble, self._org.now()
        return job.info()

    def info(self, id: str, call: Call) -> Json:
        """A job as it stands. Each time a closed one is asked for it gets on a step."""
        job = self._jobs.find(id)
        if job.state in {jobs.UPLOADED, jobs.RUNNING}:
            job.state = jobs.RUNNING
            job.polls += 1
            if job.polls > self._org.switches.bulk_polls:
                self._run(job, call)
        return job.info()

    def all(self) -> Sequence[Json]:
        return [job.info() for job in self._jobs.all()]

    def delete(self, id: str) -> None:
        """Forget a job that has ended.

        Raises:
            Refused: it is still going on.
        """
        self._jobs.forget(id)

    @property
    def batches(self) -> int:
        """Batches of 10,000 rows that were worked off within the last 24 hours."""
        return self._jobs.used()

    def results(self, id: str, kind: str) -> bytes:
        """One of the three results as CSV.

        Raises:
            Refused: the job has not ended.
        """
        job = self._jobs.find(id)
        if job.state not in jobs.ENDED:
            invalid_state("The job has not been completed")
        added, rows = {
            "successfulresults": (("sf__Id", "sf__Created"), job.successes),
            "failedresults": (("sf__Id", "sf__Error"), job.failures),
            "unprocessedrecords": ((), job.unprocessed),
        }[kind.lower()]
        return write_table((*added, *job.header), self._ordered(job, rows), job.format)

    def _ordered(self, job: IngestJob, rows: list[Cells]) -> list[Cells]:
        if not self._org.switches.bulk_shuffled:
            return rows
        return random.Random(job.id).sample(rows, len(rows))  # noqa: S311  (the same order each time)

    def _run(self, job: IngestJob, call: Call) -> None:
        job.modified = self._org.now()
        try:
            table = read_table(job.data or b"", job.format)
            self._work_off(job, table, call)
        except UnreadableError as error:
            job.state, job.error = jobs.FAILED, str(error)
        job.data = None

    def _work_off(self, job: IngestJob, table: Table, call: Call) -> None:
        seen = self._org.seen
        schema = seen.by_name[job.what.object.lower()]
        columns = columns_of(schema, table.header, seen)
        work = Work(job.what.operation, schema, job.external_id, job.assignment_rule, call)
        job.header, job.state = table.header, jobs.DONE
        self._jobs.spend(-(-len(table.rows) // BATCH))
        end = len(table.rows) if job.trouble.stops_after is None else job.trouble.stops_after
        for start in range(0, min(end, len(table.rows)), CHUNK):
            self._chunk(job, work, columns, table.rows[start : min(start + CHUNK, end)])
        job.unprocessed = list(table.rows[end:])
        if job.unprocessed:
            job.state, job.error = jobs.FAILED, "InternalServerError : Unable to process the batch; retries exceeded"

    def _chunk(self, job: IngestJob, work: Work, columns: Sequence[Column], rows: Sequence[Cells]) -> None:
        taken: list[tuple[Cells, Given]] = []
        for row in rows:
            job.processed += 1
            try:
                _strike(job)
                taken.append((row, values_of(columns, row)))
            except Refused as refused:
                job.failures.append(("", _error(refused), *row))
        for (row, _), saved in zip(taken, self._saved(work, [values for _, values in taken]), strict=True):
            if saved.refused is None:
                job.successes.append((saved.id or "", "true" if saved.created else "false", *row))
            else:
                job.failures.append((saved.id or "", _error(saved.refused), *row))

    def _saved(self, work: Work, rows: Sequence[Given]) -> Sequence[Saved]:
        try:
            return save(self._org, work, rows)
        except Refused as refused:
            return [Saved(None, refused=refused) for _ in rows]


def _strike(job: IngestJob) -> None:
    if job.trouble.failing_every and job.processed % job.trouble.failing_every == 0:
        raise row_locked()


def _error(refused: Refused) -> str:
    """``CODE:message:fields --``, as the column ``sf__Error`` has it."""
    return f"{refused.code}:{refused.message}:{','.join(refused.fields)} --"


def _external_id(found: ObjectSchema, operation: str, name: str) -> str:
    if operation != "upsert":
        return ""
    key = found.field(name)
    if key is None or not (key.external_id or key.id_lookup):
        invalid(f"InvalidJob : Field name provided, {name} does not match an External ID for {found.name}")
    return key.name
