"""getUpdated and getDeleted: ids of what changed, or went, within a window of time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from leadbridge_salesforce.sandbox.dml.reading import moment
from leadbridge_salesforce.sandbox.dml.refusals import Refused
from leadbridge_salesforce.sandbox.rest.answers import Answer
from leadbridge_salesforce.sandbox.rest.asking import Asked

UPDATED_BACK: Final = timedelta(days=30)
DELETED_BACK: Final = timedelta(days=15)


def updated(asked: Asked) -> Answer:
    found, end = _found(asked, UPDATED_BACK, deleted=0)
    return Answer(200, {"ids": [str(row["Id"]) for row in found], "latestDateCovered": end})


def deleted(asked: Asked) -> Answer:
    found, end = _found(asked, DELETED_BACK, deleted=1)
    gone = [{"id": str(row["Id"]), "deletedDate": row["SystemModstamp"]} for row in found]
    earliest = moment(asked.org.clock.now() - DELETED_BACK)
    return Answer(200, {"deletedRecords": gone, "earliestDateAvailable": earliest, "latestDateCovered": end})


def _found(asked: Asked, back: timedelta, *, deleted: int) -> tuple[list[Any], str]:
    schema = asked.object()
    if not schema.replicateable or not schema.has("IsDeleted"):
        raise Refused("INVALID_TYPE", f"object type {schema.name} is not replicateable")
    now = asked.org.clock.now()
    start, end = _moment(asked, "start"), min(_moment(asked, "end"), now)
    if start >= end:
        raise Refused("INVALID_REPLICATION_DATE", "start date must be before end date")
    if start < now - back:
        raise Refused(
            "INVALID_REPLICATION_DATE", f"startDate before org replication enabled or more than {back.days} days ago"
        )
    table = asked.org.store.table(schema.name)
    stamp = table.c.SystemModstamp
    within = (stamp >= moment(start), stamp < moment(end), table.c.IsDeleted == deleted)
    rows = asked.org.store.rows(sa.select(table.c.Id, stamp).where(*within).order_by(table.c.Id))
    return rows, moment(end)


def _moment(asked: Asked, name: str) -> datetime:
    raw = asked.query.get(name, "").replace(" ", "+")  # a plus that the client did not encode
    try:
        found = datetime.fromisoformat(raw)
    except ValueError:
        raise Refused("INVALID_FIELD", f"{name} is no date and time: {raw}") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
