"""Upsert: a row is found by a key of its own, and changed; or made, where nothing has that key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa

from leadbridge_salesforce.sandbox.dml.drafts import Given, Manner, Saved
from leadbridge_salesforce.sandbox.dml.reading import Habits, read
from leadbridge_salesforce.sandbox.dml.refusals import Refused, cross_reference, not_found
from leadbridge_salesforce.sandbox.dml.saving import create, update
from leadbridge_salesforce.sandbox.schema import FieldSchema, ObjectSchema

if TYPE_CHECKING:
    from leadbridge_salesforce.sandbox.org import Org

_BATCH = 500


class AmbiguousKeyError(Refused):
    """Several records have the key. Nothing is written."""

    def __init__(self, f: FieldSchema, ids: Sequence[str]) -> None:
        listed = ", ".join(ids)
        message = f"{f.name}: more than one record found for external id field: [{listed}]"
        super().__init__("DUPLICATE_EXTERNAL_ID", message, [f.name], status=300)
        self.ids = tuple(ids)


def key_field(org: Org, object: str, name: str) -> tuple[ObjectSchema, FieldSchema]:
    """The field that rows are found by. Raises Refused where it cannot be one."""
    schema = org.seen.object(object)
    if schema is None:
        raise not_found()
    f = schema.field(name)
    if f is None or not (f.external_id or f.type == "id" or (f.id_lookup and org.switches.upsert_by_lookup)):
        message = f"Provided external ID field does not exist or is not accessible: {name}"
        raise Refused("NOT_FOUND", message, status=404)
    return schema, f


def upsert(  # noqa: PLR0913  (a request, part by part)
    org: Org, object: str, key: str, rows: Sequence[Given], manner: Manner, *, update_only: bool = False
) -> list[Saved]:
    """Upsert rows that hold the key among their fields; one outcome for each, in order.

    Raises Refused where the object or the key field is none.
    """
    schema, f = key_field(org, object, key)
    with org.store.transaction():
        outcomes: dict[int, Saved] = {}
        creating: dict[int, Given] = {}
        updating: dict[int, tuple[str, Given]] = {}
        keys = [_key(org, f, row) for row in rows]
        found = _holders(org, schema, f, [k for k in keys if isinstance(k, str)])
        times = Counter(_folded(f, k) for k in keys if isinstance(k, str))
        for place, (row, value) in enumerate(zip(rows, keys, strict=True)):
            try:
                ids = _holder(org, f, value, found, times)
                if ids is None and update_only:
                    raise not_found()
                if ids is None:
                    creating[place] = row
                else:
                    updating[place] = (ids, _without(row, f))
            except Refused as refused:
                outcomes[place] = Saved(None, refused=refused)
        outcomes |= dict(zip(creating, create(org, object, list(creating.values()), manner), strict=True))
        outcomes |= dict(zip(updating, _updated(org, object, updating.values(), manner), strict=True))
        return [outcomes[place] for place in range(len(rows))]


def _updated(org: Org, object: str, rows: Iterable[tuple[str, Given]], manner: Manner) -> list[Saved]:
    """One after the other where a record comes twice, so that the last row counts; at once where none does."""
    listed: list[tuple[str, Given]] = list(rows)
    if len({key for key, _ in listed}) == len(listed):
        return update(org, object, listed, manner)
    return [saved for row in listed for saved in update(org, object, [row], manner)]


def _key(org: Org, f: FieldSchema, row: Given) -> str | Refused | None:
    """The row's key; None where it has none and is to be made; the refusal of what is no key."""
    raw = next((value for name, value in row.items() if name.lower() == f.name.lower()), None)
    try:
        value = read(f, raw, Habits(org.switches.lower_email, org.switches.trim_text))
    except Refused as refused:
        return refused
    if value is None and f.type != "id":
        return Refused("MISSING_ARGUMENT", f"{f.name} not specified", [f.name])
    return None if value is None else str(value)


def _holder(
    org: Org, f: FieldSchema, key: str | Refused | None, found: dict[str, list[str]], times: Counter[str]
) -> str | None:
    if isinstance(key, Refused):
        raise key
    if key is None:
        return None
    if times[_folded(f, key)] > 1 and org.switches.repeated_key_refused:
        raise Refused("DUPLICATE_VALUE", f"Duplicate external id specified: {key}", [f.name])
    ids = found.get(_folded(f, key), [])
    if f.type == "id" and not ids:
        raise cross_reference(["Id"])
    if len(ids) > 1:
        raise AmbiguousKeyError(f, ids)
    return ids[0] if ids else None


def _holders(org: Org, schema: ObjectSchema, f: FieldSchema, keys: Sequence[str]) -> dict[str, list[str]]:
    """Key -> the records that have it."""
    table, wanted = org.store.table(schema.name), list(dict.fromkeys(keys))
    alive = table.c.IsDeleted == 0 if "IsDeleted" in table.c else sa.true()
    found: dict[str, list[str]] = {}
    for start in range(0, len(wanted), _BATCH):
        here = table.c[f.name].in_(wanted[start : start + _BATCH])
        for row in org.store.rows(sa.select(table.c.Id, table.c[f.name].label("key")).where(here, alive)):
            found.setdefault(_folded(f, str(row["key"])), []).append(str(row["Id"]))
    return found


def _folded(f: FieldSchema, key: str) -> str:
    return key if f.case_sensitive or f.type == "id" else key.lower()


def _without(row: Given, f: FieldSchema) -> Given:
    return {name: value for name, value in row.items() if name.lower() != f.name.lower()}
