"""What jobs do in the org: rows are saved, queries are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from leadbridge.sandbox import Call
from leadbridge_salesforce.sandbox import ids
from leadbridge_salesforce.sandbox.dml.deleting import delete, erase
from leadbridge_salesforce.sandbox.dml.drafts import Given, Manner, Saved
from leadbridge_salesforce.sandbox.dml.refusals import Refused
from leadbridge_salesforce.sandbox.dml.saving import create, update
from leadbridge_salesforce.sandbox.dml.upserting import upsert
from leadbridge_salesforce.sandbox.org import Org
from leadbridge_salesforce.sandbox.schema import ObjectSchema
from leadbridge_salesforce.sandbox.soql.rows import Rows
from leadbridge_salesforce.sandbox.soql.shapes import Branch, Compiled


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be done with every row of a job. ``call`` is the request that made it go on, for faults to see."""

    operation: str
    object: ObjectSchema
    external_id: str
    assignment_rule: str
    call: Call


def save(org: Org, work: Work, rows: Sequence[Given]) -> list[Saved]:
    """Do the work with some rows; one outcome for each, in order.

    Raises:
        Refused: it cannot be done with any of them.
    """
    manner = replace(org.manner(work.call), assign=work.assignment_rule or False)
    if work.operation == "insert":
        return create(org, work.object.name, rows, manner)
    if work.operation == "upsert":
        return upsert(org, work.object.name, work.external_id, rows, manner)
    return _by_id(org, work, rows, manner)


def _by_id(org: Org, work: Work, rows: Sequence[Given], manner: Manner) -> list[Saved]:
    """Rows that name their record; those that do not are refused, and the others go on."""
    outcomes: dict[int, Saved] = {}
    named: list[tuple[int, str]] = []
    for place, row in enumerate(rows):
        try:
            named.append((place, _id(work.object, row)))
        except Refused as refused:
            outcomes[place] = Saved(None, refused=refused)
    done = _done(org, work, [(key, rows[place]) for place, key in named], manner)
    outcomes |= {place: saved for (place, _), saved in zip(named, done, strict=True)}
    return [outcomes[place] for place in range(len(rows))]


def _done(org: Org, work: Work, rows: Sequence[tuple[str, Given]], manner: Manner) -> list[Saved]:
    if work.operation == "update":
        return update(org, work.object.name, rows, manner)
    outcomes = delete(org, [key for key, _ in rows], manner)
    if work.operation == "hardDelete":
        erase(org, work.object.name, [str(saved.id) for saved in outcomes if saved.refused is None])
    return outcomes


def _id(schema: ObjectSchema, row: Given) -> str:
    given = next((value for name, value in row.items() if name.lower() == "id"), None)
    if not given:
        raise Refused("MISSING_ARGUMENT", "Id not specified", ["Id"])
    key = ids.normal(str(given))
    if key is None or key[:3] != schema.key_prefix:
        raise Refused("MALFORMED_ID", f"{schema.label} ID: id value of incorrect type: {given}", ["Id"])
    return key


def keys(org: Org, compiled: Compiled) -> tuple[str, ...]:
    """The ids of all rows of a query, in order."""
    return tuple(_rows(org).keys(compiled))


def rows_of(org: Org, compiled: Compiled, shape: Branch, wanted: Sequence[str]) -> Sequence[Sequence[Any]]:
    """Some rows of a query, as the store holds them."""
    return _rows(org).raw(compiled, shape, wanted)


def _rows(org: Org) -> Rows:
    return Rows(org.store, org.store.schema, "")
