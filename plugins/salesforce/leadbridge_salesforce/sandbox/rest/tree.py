"""sObject Tree: records with their children, all made or none."""

from __future__ import annotations

from typing import Any, Final

from leadbridge_salesforce.sandbox.dml.drafts import Manner
from leadbridge_salesforce.sandbox.dml.refusals import Refused, no_such_field
from leadbridge_salesforce.sandbox.dml.saving import create
from leadbridge_salesforce.sandbox.rest.answers import Answer
from leadbridge_salesforce.sandbox.rest.asking import Asked
from leadbridge_salesforce.sandbox.schema import ObjectSchema

MOST: Final = 200
DEEPEST: Final = 5

Record = dict[str, Any]


class _FailedError(Exception):
    """A record that was refused: none of the tree stays."""

    def __init__(self, name: str, refused: Refused) -> None:
        super().__init__()
        self.name = name
        self.refused = refused


def plant(asked: Asked) -> Answer:
    rows = asked.record().get("records")
    if not isinstance(rows, list) or not rows:
        raise Refused("JSON_PARSER_ERROR", "records must be a list of objects at [line:1, column:1]")
    schema, manner = asked.object(), asked.manner()
    if sum(map(_size, rows)) > MOST:
        raise Refused("LIMIT_EXCEEDED", f"a tree holds at most {MOST} records")
    made: list[dict[str, Any]] = []
    try:
        with asked.org.store.transaction():
            for row in rows:
                _plant(asked, schema, row, manner, made)
    except _FailedError as failed:
        error = {
            "statusCode": failed.refused.code,
            "message": failed.refused.message,
            "fields": list(failed.refused.fields),
        }
        return Answer(400, {"hasErrors": True, "results": [{"referenceId": failed.name, "errors": [error]}]})
    return Answer(201, {"hasErrors": False, "results": made})


def _plant(  # noqa: PLR0913, PLR0917  (a walk that carries what it has found)
    asked: Asked, schema: ObjectSchema, row: Record, manner: Manner, made: list[dict[str, Any]], depth: int = 1
) -> str:
    told = row.get("attributes") if isinstance(row, dict) else None
    name = told.get("referenceId") if isinstance(told, dict) else None
    if not name or told is None or told.get("type") != schema.name or depth > DEEPEST:
        message = f"every record of a tree needs attributes.type {schema.name} and attributes.referenceId"
        raise Refused("INVALID_INPUT", message)
    own = {key: value for key, value in row.items() if not _is_branch(value)}
    (saved,) = create(asked.org, schema.name, [own], manner)
    if saved.refused or saved.id is None:
        raise _FailedError(str(name), saved.refused or Refused("UNKNOWN_EXCEPTION", "nothing was made"))
    made.append({"referenceId": name, "id": saved.id})
    for key, value in row.items():
        if _is_branch(value):
            child = asked.org.seen.child(schema.name, key)
            found = asked.org.seen.object(child.child) if child else None
            if child is None or found is None:
                raise no_such_field(schema.name, key)
            for below in value["records"]:
                _plant(asked, found, {**below, child.field: saved.id}, manner, made, depth + 1)
    return saved.id


def _is_branch(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("records"), list)


def _size(row: Any) -> int:
    if not isinstance(row, dict):
        return 1
    return 1 + sum(_size(below) for value in row.values() if _is_branch(value) for below in value["records"])
