"""One record: make, read, change, delete, and upsert by a key."""

from __future__ import annotations

from typing import Any

from leadbridge_salesforce.sandbox import ids
from leadbridge_salesforce.sandbox.dml.deleting import delete as delete_rows
from leadbridge_salesforce.sandbox.dml.drafts import Saved
from leadbridge_salesforce.sandbox.dml.refusals import Refused, id_given, not_found
from leadbridge_salesforce.sandbox.dml.saving import create, update
from leadbridge_salesforce.sandbox.dml.upserting import AmbiguousKeyError, key_field, upsert
from leadbridge_salesforce.sandbox.rest.answers import Answer
from leadbridge_salesforce.sandbox.rest.asking import Asked
from leadbridge_salesforce.sandbox.rest.selecting import select
from leadbridge_salesforce.sandbox.schema import ObjectSchema

_NO_BODY = 204


def make(asked: Asked) -> Answer:
    schema = asked.object()
    given = asked.record()
    if any(name.lower() == "id" for name in given):
        raise id_given()
    (saved,) = create(asked.org, schema.name, [given], asked.manner())
    return _made(saved, upserted=False)


def read(asked: Asked) -> Answer:
    schema, key = asked.object(), _id(asked)
    return Answer(200, _record(asked, schema, key))


def change(asked: Asked) -> Answer:
    schema, key = asked.object(), _id(asked)
    (saved,) = update(asked.org, schema.name, [(key, asked.record())], asked.manner())
    if (
        saved.refused
        and saved.refused.code == "INVALID_CROSS_REFERENCE_KEY"
        and not asked.org.store.get(schema.name, key)
    ):
        raise not_found()
    return _changed(saved)


def remove(asked: Asked) -> Answer:
    schema, key = asked.object(), _id(asked)
    if key[:3] != schema.key_prefix:
        raise not_found()
    (saved,) = delete_rows(asked.org, [key], asked.manner())
    return _changed(saved)


def read_by_key(asked: Asked) -> Answer:
    schema, f = key_field(asked.org, asked.parts["object"], asked.parts["key"])
    rows = asked.org.store.where(schema.name, {f.name: asked.parts["value"]})
    if len(rows) > 1:
        return _choice(asked, schema, [str(row["Id"]) for row in rows])
    if not rows:
        raise not_found()
    return Answer(200, _record(asked, schema, str(rows[0]["Id"])))


def upsert_by_key(asked: Asked) -> Answer:
    """201 for a record that was made, 200 (204 before v46) for one that was changed, 300 where several have the key."""
    schema, f = key_field(asked.org, asked.parts["object"], asked.parts["key"])
    given = asked.record()
    if any(name.lower() == f.name.lower() for name in given):
        message = f"The {f.name} field should not be specified in the sobject data."
        raise Refused("INVALID_FIELD", message)
    update_only = asked.query.get("updateOnly", "").lower() == "true"
    row = {**given, f.name: asked.parts["value"]}
    (saved,) = upsert(asked.org, schema.name, f.name, [row], asked.manner(), update_only=update_only)
    if isinstance(saved.refused, AmbiguousKeyError):
        return _choice(asked, schema, list(saved.refused.ids))
    answer = _made(saved, upserted=True)
    return answer if saved.created or float(asked.version) >= 46 else Answer(_NO_BODY)


def _id(asked: Asked) -> str:
    found = ids.normal(asked.parts["id"])
    if found is None:
        raise Refused("MALFORMED_ID", f"Record ID: id value of incorrect type: {asked.parts['id']}", ["Id"])
    return found


def _record(asked: Asked, schema: ObjectSchema, key: str) -> dict[str, Any]:
    found = select(asked, schema, asked.query.get("fields", "").split(","), [key])
    if key not in found:
        raise not_found()
    return found[key]


def _choice(asked: Asked, schema: ObjectSchema, keys: list[str]) -> Answer:
    return Answer(300, [f"{asked.base}/sobjects/{schema.name}/{key}" for key in keys])


def _made(saved: Saved, *, upserted: bool) -> Answer:
    if saved.refused:
        raise saved.refused
    told: dict[str, Any] = {"id": saved.id, "success": True, "errors": []}
    if upserted:
        told["created"] = saved.created
    return Answer(201 if saved.created else 200, told)


def _changed(saved: Saved) -> Answer:
    if saved.refused:
        raise saved.refused
    return Answer(_NO_BODY)
