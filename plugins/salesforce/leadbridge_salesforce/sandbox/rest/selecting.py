"""Records by their ids, in the shape of a query's rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from leadbridge_salesforce.sandbox.dml.refusals import no_such_field
from leadbridge_salesforce.sandbox.rest.asking import Asked
from leadbridge_salesforce.sandbox.schema import ObjectSchema


def select(asked: Asked, schema: ObjectSchema, names: Iterable[str], keys: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Id -> record, of those that are there.

    Args:
        names: fields; all where there are none. Raises Refused for one that the user does not see.
        keys: ids that have been looked at: they go into the text of a query.
    """
    listed = [_seen(schema, name.strip()) for name in names if name.strip()] or [f.name for f in schema.fields]
    chosen = ", ".join(dict.fromkeys(["Id", *listed]))
    inside = ", ".join(f"'{key}'" for key in keys)
    text = f"SELECT {chosen} FROM {schema.name} WHERE Id IN ({inside})"  # noqa: S608  (names of the schema, and ids)
    found = asked.api.queries.start(text, asked.around(), asked.base)["records"] if keys else []
    return {record["Id"]: record for record in found}


def _seen(schema: ObjectSchema, name: str) -> str:
    f = schema.field(name)
    if f is None:
        raise no_such_field(schema.name, name)
    return f.name
