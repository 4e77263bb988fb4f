"""What there is beside records: versions, resources, limits."""

from __future__ import annotations

from leadbridge_salesforce.sandbox.bulk.ingest import BATCHES
from leadbridge_salesforce.sandbox.bulk.query import JOBS
from leadbridge_salesforce.sandbox.org import Org
from leadbridge_salesforce.sandbox.rest.answers import Answer
from leadbridge_salesforce.sandbox.rest.asking import Asked
from leadbridge_salesforce.sandbox.switches import FIRST_VERSION

_RESOURCES = ("sobjects", "query", "queryAll", "composite", "limits", "jobs", "tooling")
_SEASONS = ("Spring", "Summer", "Winter")
_SUMMER_26 = 67


def versions(org: Org) -> Answer:
    """Needs no session."""
    return Answer(
        200,
        [
            {"label": _label(number), "url": f"/services/data/v{number}.0", "version": f"{number}.0"}
            for number in range(FIRST_VERSION, org.switches.newest_version + 1)
        ],
    )


def resources(asked: Asked) -> Answer:
    return Answer(200, {name: f"{asked.base}/{name}" for name in _RESOURCES})


def limits(asked: Asked) -> Answer:
    spent = asked.api.limits
    known = {
        "DailyApiRequests": (spent.most, spent.used),
        "DailyBulkApiBatches": (BATCHES, asked.api.ingest.batches),
        "DailyBulkV2QueryJobs": (JOBS, asked.api.query_jobs.begun),
        "DataStorageMB": (10_240, 0),
    }
    return Answer(200, {name: {"Max": most, "Remaining": max(0, most - used)} for name, (most, used) in known.items()})


def _label(version: int) -> str:
    """Three releases a year; the winter's bears the number of the year to come."""
    year, season = divmod(26 * 3 + 1 + version - _SUMMER_26, 3)
    return f"{_SEASONS[season]} '{year + (season == 2):02d}"
