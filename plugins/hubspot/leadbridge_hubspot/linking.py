"""Associations as fields: the id of the record that a record is associated with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from leadbridge.records import Record
from leadbridge.values import Raw
from leadbridge_hubspot.client import Client
from leadbridge_hubspot.failures import NotThereError, ScopeError
from leadbridge_hubspot.objects import Reference, kind
from leadbridge_hubspot.schema import Schema


def linked(client: Client, schema: Schema, records: Sequence[Record]) -> list[Record]:
    """The records with their references. One that the token may not see is missing."""
    values: dict[str, dict[str, Raw]] = {record.ref.id: {} for record in records}
    for reference in schema.references if records else ():
        try:
            found = referred(client, schema, reference, list(values))
        except (ScopeError, NotThereError):
            continue
        for id_, fields in values.items():
            fields[reference.name] = found.get(id_)
    return [replace(record, values={**record.values, **values[record.ref.id]}) for record in records]


def referred(client: Client, schema: Schema, reference: Reference, ids: Sequence[str]) -> dict[str, str]:
    """Record -> the one it refers to; without one it is left out."""
    found = client.associations(schema.kind.type_id, kind(reference.to).type_id, ids)
    shown = {id_: _shown(reference, targets) for id_, targets in found}
    return {id_: target for id_, target in shown.items() if target is not None}


def _shown(reference: Reference, targets: Iterable[Mapping[str, Any]]) -> str | None:
    """The primary one, else of several the oldest: the same whenever it is asked."""
    of_type: dict[int, list[str]] = {}
    for target in targets:
        for type_ in target.get("associationTypes") or ():
            of_type.setdefault(int(type_.get("typeId") or 0), []).append(str(target["toObjectId"]))
    candidates = of_type.get(reference.primary or 0) or of_type.get(reference.plain) or []
    return min(candidates, key=lambda one: (len(one), one), default=None)
