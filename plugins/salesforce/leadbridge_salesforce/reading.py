"""Records by id, and the record that a create made whose reply was lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from leadbridge.provider import Action
from leadbridge.records import Record, Ref
from leadbridge.values import MISSING, is_absent
from leadbridge_salesforce import soql
from leadbridge_salesforce.client import Client
from leadbridge_salesforce.costs import READ
from leadbridge_salesforce.drafting import is_id
from leadbridge_salesforce.rows import Rows
from leadbridge_salesforce.schema import Field, Schema, Schemas

_TELLING: Final = 12
"""Fields by which a lost create is looked for; more tell no more, and make the query long."""
_UNSUITED: Final = frozenset({"textarea", "encryptedstring", "double", "currency", "percent", "datetime", "time"})
"""Types that cannot be filtered by, or whose stored form may differ from what was sent."""


def read(client: Client, schemas: Schemas, refs: Sequence[Ref]) -> list[Record | None]:
    """In the order asked; None for a record that is not there, or in the bin."""
    found: dict[tuple[str, str], Record] = {}
    for name in dict.fromkeys(ref.object for ref in refs):
        ids = list(dict.fromkeys(ref.id for ref in refs if ref.object == name and is_id(ref.id)))
        found |= {(name, _short(record.ref.id)): record for record in _read(client, schemas.get(name), ids)}
    return [found.get((ref.object, _short(ref.id))) for ref in refs]


def _read(client: Client, schema: Schema, ids: Sequence[str]) -> list[Record]:
    rows = fetched(client, schema.name, tuple(schema.fields), ids)
    read = Rows(client.connection, schema).read(rows).rows
    return [row.record for row in read if not row.deleted]


def fetched(client: Client, object: str, fields: Sequence[str], ids: Sequence[str]) -> list[dict[str, Any]]:
    """Rows of these records as they are now, without those that are not there; some in the bin may be."""
    rows: list[dict[str, Any]] = []
    for at in range(0, len(ids), READ):
        asked = {"ids": list(ids[at : at + READ]), "fields": list(fields)}
        answered = client.ask(f"composite/sobjects/{object}", asked)
        rows += [row for row in answered or () if row]
    return rows


def _short(id: str) -> str:
    """The part of an id that is in all its forms: the last three characters only repeat which letters are capitals."""
    return id[:15]


def find(client: Client, schemas: Schemas, action: Action) -> str | None:
    """The one record that says what the create says; None where there is none, or more than one."""
    schema = schemas.get(action.object)
    telling = _telling(schema.fields, action)
    if not telling:
        return None
    found = [str(row["Id"]) for row in client.rows(soql.equal(schema, ("Id",), telling, limit=2))]
    return found[0] if len(found) == 1 else None


def _telling(fields: Mapping[str, Field], action: Action) -> dict[str, object]:
    usable = {
        name: raw
        for name, raw in action.values.items()
        if raw is not MISSING
        and not is_absent(raw)
        and name in fields
        and fields[name].filterable
        and fields[name].type not in _UNSUITED
    }
    return dict(list(usable.items())[:_TELLING])
