"""sObject Collections: up to 200 records in one request, each with an outcome of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any, Final

from leadbridge_salesforce.sandbox import ids
from leadbridge_salesforce.sandbox.dml.deleting import delete as delete_rows
from leadbridge_salesforce.sandbox.dml.drafts import Manner, Saved
from leadbridge_salesforce.sandbox.dml.refusals import Refused, id_given, rolled_back
from leadbridge_salesforce.sandbox.dml.saving import create, update
from leadbridge_salesforce.sandbox.dml.upserting import upsert
from leadbridge_salesforce.sandbox.rest.answers import Answer, all_failed, saved
from leadbridge_salesforce.sandbox.rest.asking import Asked
from leadbridge_salesforce.sandbox.rest.selecting import select
from leadbridge_salesforce.sandbox.schema import ObjectSchema

MOST: Final = 200
MOST_CHUNKS: Final = 10
MOST_READ: Final = 2000

Record = dict[str, Any]


def make(asked: Asked) -> Answer:
    rows, all_or_none = _rows(asked)
    manner = asked.manner()
    return _answered(asked, all_or_none, lambda: _by_object(asked, rows, lambda o, r: _created(asked, o, r, manner)))


def change(asked: Asked) -> Answer:
    rows, all_or_none = _rows(asked)
    manner = asked.manner()
    return _answered(asked, all_or_none, lambda: _by_object(asked, rows, lambda o, r: _updated(asked, o, r, manner)))


def upsert_by_key(asked: Asked) -> Answer:
    rows, all_or_none = _rows(asked)
    schema, key, manner = asked.object(), asked.parts["key"], asked.manner()
    for row in rows:
        if _object(asked, row).name != schema.name:
            message = "All records in an upsert request must be of the object that the address names."
            raise Refused("INVALID_TYPE", message)
    return _answered(asked, all_or_none, lambda: upsert(asked.org, schema.name, key, rows, manner), upserted=True)


def remove(asked: Asked) -> Answer:
    query = asked.query
    keys = [ids.normal(key.strip()) for key in query.get("ids", "").split(",") if key.strip()]
    _bounded(len(keys))
    manner = asked.manner()

    def done() -> list[Saved]:
        outcomes = iter(delete_rows(asked.org, [key for key in keys if key], manner))
        return [next(outcomes) if key else Saved(None, refused=_malformed()) for key in keys]

    return _answered(asked, query.get("allOrNone", "").lower() == "true", done)


def read(asked: Asked) -> Answer:
    """Records by id, in the order of the ids; null for what is not there."""
    schema = asked.object()
    told = asked.record() if asked.call.method == "POST" else asked.query
    keys, names = _listed(told.get("ids")), _listed(told.get("fields"))
    if len(keys) > MOST_READ or not names:
        raise Refused("INVALID_QUERY_FILTER_OPERATOR", f"name fields, and at most {MOST_READ} ids")
    wanted = [ids.normal(key) for key in keys]
    by_id = select(asked, schema, names, [key for key in wanted if key])
    return Answer(200, [by_id.get(key or "") for key in wanted])


def _answered(
    asked: Asked, all_or_none: bool, work: Callable[[], Sequence[Saved]], *, upserted: bool = False
) -> Answer:
    with asked.org.store.transaction() as part:
        outcomes = work()
        if all_or_none and any(one.refused for one in outcomes):
            part.rollback()
            outcomes = all_failed(outcomes, rolled_back())
    details = asked.base if asked.org.switches.duplicates_in_collections else None
    return Answer(200, [saved(one, upserted=upserted, details=details) for one in outcomes])


def _by_object(
    asked: Asked, rows: Sequence[Record], work: Callable[[ObjectSchema, Sequence[Record]], Sequence[Saved]]
) -> list[Saved]:
    """Save chunk by chunk, a chunk being rows of one object that follow each other."""
    chunks = [(schema, list(chunk)) for schema, chunk in groupby(rows, key=lambda row: _object(asked, row))]
    if asked.org.switches.mixed_chunks and len(chunks) > MOST_CHUNKS:
        raise Refused("LIMIT_EXCEEDED", f"Cannot have more than {MOST_CHUNKS} chunks in a single operation.")
    return [one for schema, chunk in chunks for one in work(schema, chunk)]


def _created(asked: Asked, schema: ObjectSchema, rows: Sequence[Record], manner: Manner) -> list[Saved]:
    """Rows that name an id fail."""
    outcomes = iter(create(asked.org, schema.name, [row for row in rows if not _raw_id(row)], manner))
    return [Saved(None, refused=id_given()) if _raw_id(row) else next(outcomes) for row in rows]


def _updated(asked: Asked, schema: ObjectSchema, rows: Sequence[Record], manner: Manner) -> list[Saved]:
    """Rows without an id fail; the others are saved one after the other where one comes twice."""
    named = [(_key(row), row) for row in rows]
    good = [(key, row) for key, row in named if key]
    once = len({key for key, _ in good}) == len(good)
    batches = [good] if once else [[pair] for pair in good]
    outcomes = iter([one for batch in batches for one in update(asked.org, schema.name, batch, manner)])
    return [next(outcomes) if key else Saved(None, refused=_malformed()) for key, _ in named]


def _rows(asked: Asked) -> tuple[list[Record], bool]:
    told = asked.record()
    rows = told.get("records")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Refused("JSON_PARSER_ERROR", "records must be a list of objects at [line:1, column:1]")
    _bounded(len(rows))
    return rows, bool(told.get("allOrNone", False))


def _bounded(count: int) -> None:
    if not count:
        raise Refused("REQUIRED_FIELD_MISSING", "records is required, and must not be empty")
    if count > MOST:
        message = f"The requested operation is limited to {MOST} records, the request contains {count}"
        raise Refused("EXCEEDED_MAX_SIZE_REQUEST", message)


def _object(asked: Asked, row: Record) -> ObjectSchema:
    told = row.get("attributes")
    name = told.get("type") if isinstance(told, dict) else None
    if not name:
        raise Refused("INVALID_INPUT", "The type attribute is required in every record: attributes.type")
    found = asked.org.seen.object(str(name))
    if found is None:
        raise Refused("INVALID_TYPE", f"sObject type '{name}' is not supported.")
    return found


def _key(row: Record) -> str | None:
    raw = _raw_id(row)
    return ids.normal(str(raw)) if raw else None


def _raw_id(row: Record) -> object:
    return next((value for name, value in row.items() if name.lower() == "id"), None)


def _listed(told: Any) -> list[str]:
    """A list out of a body, or what an address holds with commas between."""
    if isinstance(told, str):
        return told.split(",")
    return [str(one) for one in told] if isinstance(told, list) else []


def _malformed() -> Refused:
    return Refused("MALFORMED_ID", "Record ID: id value of incorrect type", ["Id"])
