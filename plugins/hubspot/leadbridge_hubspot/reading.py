"""Records by id, and the record that a create made whose reply was lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from leadbridge.provider import Action
from leadbridge.records import Record, Ref
from leadbridge.values import MISSING, is_absent
from leadbridge_hubspot import normalising, raws, rows
from leadbridge_hubspot.client import BATCH, Client
from leadbridge_hubspot.drafting import is_id
from leadbridge_hubspot.linking import linked
from leadbridge_hubspot.objects import OWNERS
from leadbridge_hubspot.schema import ID, Schema, Schemas

_TELLING: Final = 6  # filters of a group, the most that a search takes
_UNSUITED: Final = frozenset({"date", "datetime", "number", "enumeration", "bool"})
"""Types whose stored form may differ from what was sent, or that tell little."""
_LONGEST: Final = 200  # characters of a value that is searched for; a search takes 3,000 altogether


def read(client: Client, schemas: Schemas, refs: Sequence[Ref]) -> list[Record | None]:
    """In the order asked; None for a record that is not there, or in the bin."""
    found: dict[tuple[str, str], Record] = {}
    for name in dict.fromkeys(ref.object for ref in refs):
        ids = list(dict.fromkeys(ref.id for ref in refs if ref.object == name and is_id(ref.id)))
        found |= {(name, record.ref.id): record for record in _read(client, schemas.get(name), ids)}
    return [found.get((ref.object, ref.id)) for ref in refs]


def _read(client: Client, schema: Schema, ids: Sequence[str]) -> list[Record]:
    """A merged-away id is answered with the record that it went into, which is another one."""
    if schema.name == OWNERS:
        return [rows.owner(client.connection, schema, row) for row in _owners(client) if str(row["id"]) in ids]
    found: list[dict[str, Any]] = []
    for at in range(0, len(ids), BATCH):
        found += client.batch_read(schema.kind.type_id, ids[at : at + BATCH], schema.properties)
    return linked(client, schema, rows.read(client.connection, schema, found).records)


def _owners(client: Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    asked: dict[str, object] = {}
    while True:
        page = client.owners(**asked)
        found += page["results"]
        after = ((page.get("paging") or {}).get("next") or {}).get("after")
        if not after:
            return found
        asked["after"] = str(after)


def find(client: Client, schemas: Schemas, action: Action) -> str | None:
    """The one record that says what the create says; None where there is none, or more than one."""
    schema = schemas.get(action.object)
    wanted = {
        name: raw
        for name, raw in action.values.items()
        if raw is not MISSING and not is_absent(raw) and name in schema.properties
    }
    address = wanted.get("email")
    if schema.name == "contacts" and isinstance(address, str):
        found = client.batch_read(schema.kind.type_id, [address.strip().lower()], schema.properties, by="email")
    else:
        found = _searched(client, schema, {name: raws.text(raw) for name, raw in wanted.items()})
    same = [str(row["id"]) for row in found if _says(schema, row.get("properties") or {}, wanted)]
    return same[0] if len(same) == 1 else None


def _searched(client: Client, schema: Schema, wanted: Mapping[str, str]) -> list[dict[str, Any]]:
    """The index shows new records late; what is not found stays unknown."""
    telling = [
        {"propertyName": name, "operator": "EQ", "value": text}
        for name, text in wanted.items()
        if schema.fields[name].type not in _UNSUITED and len(text) <= _LONGEST
    ]
    if not telling:
        return []
    query = {"filterGroups": [{"filters": telling[:_TELLING]}], "properties": [ID], "limit": 10}
    ids = [str(row["id"]) for row in client.search(schema.kind.type_id, query)["results"]]
    return client.batch_read(schema.kind.type_id, ids, schema.properties) if ids else []


def _says(schema: Schema, stored: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    return all(normalising.normalises(schema.fields[name], raw, stored.get(name)) for name, raw in wanted.items())
