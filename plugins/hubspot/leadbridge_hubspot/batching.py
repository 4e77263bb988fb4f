"""One batch of one verb: a call, and what became of each of its rows, whether the reply tells of it or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from leadbridge.errors import ConnectionFailedError, UncertainError
from leadbridge.provider import Result
from leadbridge.records import Ref, Reject
from leadbridge_hubspot.client import Client
from leadbridge_hubspot.drafting import Draft
from leadbridge_hubspot.failures import RefusedError, Said, said
from leadbridge_hubspot.rejecting import rejected
from leadbridge_hubspot.schema import Schema

_GONE = Said("OBJECT_NOT_FOUND", "it is not there any more, or was merged into another record")


class Batches:
    """Sends batches of creates, updates or deletes of one object."""

    def __init__(self, client: Client, schema: Schema, key: str | None) -> None:
        self._client = client
        self._schema = schema
        self._key = key

    def send(self, part: Sequence[Draft]) -> list[Result]:
        """At most 100 rows of one verb. A batch that is refused whole is split to the rows at fault.

        Raises what the client raises, where nothing was done or nobody knows.
        """
        verb = part[0].action.verb
        try:
            return {"create": self._create, "update": self._update, "delete": self._delete}[verb](part)
        except RefusedError as error:
            if len(part) == 1:
                return self._failed([(part[0], error.said)])
        middle = len(part) // 2
        first = self.send(part[:middle])
        try:
            return first + self.send(part[middle:])
        except ConnectionFailedError:
            return first + [result for draft in part[middle:] for result in draft.uncertain()]

    def _create(self, part: Sequence[Draft]) -> list[Result]:
        body = self._client.batch("create", self._schema.kind.type_id, [self._new(draft) for draft in part])
        errors = [said(one) for one in body.get("errors") or ()]
        made = correlated(part, body.get("results") or (), self._key)
        results = [result for draft in part if draft.trace in made for result in draft.done(made[draft.trace])]
        rest = [draft for draft in part if draft.trace not in made]
        named = {trace: error for error in errors for trace in error.traces}
        try:
            results += self._failed([(draft, named[draft.trace]) for draft in rest if draft.trace in named])
            return results + self._unheard([draft for draft in rest if draft.trace not in named])
        except ConnectionFailedError as later:  # rows of the call may be written
            raise UncertainError(self._client.connection, str(later)) from later

    def _new(self, draft: Draft) -> dict[str, object]:
        properties = dict(draft.properties)
        if self._key is not None and draft.action.key is not None:
            properties[self._key] = draft.action.key
        associations = [
            {"to": {"id": other}, "types": [type_of(reference.written)]}
            for reference, other in draft.references.items()
            if other
        ]
        sent = {name: value for name, value in properties.items() if value != ""}
        return {"properties": sent, "associations": associations, "objectWriteTraceId": draft.trace}

    def _failed(self, failed: Sequence[tuple[Draft, Said]]) -> list[Result]:
        """Rejects; but a create whose key is taken was made by an earlier call."""
        taken = [draft for draft, error in failed if self._may_be_repeated(draft, error)]
        made = find_by_key(self._client, self._schema, self._key, taken)
        here = Ref(self._client.connection, self._schema.name, "")
        results: list[Result] = []
        for draft, error in failed:
            if draft.trace in made:
                results += draft.done(made[draft.trace])
            else:
                at = here if draft.action.verb == "create" else None
                results += draft.rejected(rejected(error, self._source(draft), at))
        return results

    def _may_be_repeated(self, draft: Draft, error: Said) -> bool:
        if draft.action.verb != "create" or self._key is None or draft.action.key is None:
            return False
        names_key = self._key in {error.named, *error.context} or self._key in error.message
        return names_key or error.existing is not None or error.code in {"CONFLICT", "OBJECT_ALREADY_EXISTS"}

    def _unheard(self, rest: Sequence[Draft]) -> list[Result]:
        """Creates that the reply does not tell of are looked for by their key; else a person or a look-up tells."""
        if not rest:
            return []
        made = find_by_key(self._client, self._schema, self._key, rest)
        told = ((d.done(made[d.trace]) if d.trace in made else d.uncertain()) for d in rest)
        return [result for results in told for result in results]

    def _update(self, part: Sequence[Draft]) -> list[Result]:
        """A record that was merged away is left out of a reply that says it went well."""
        inputs = [
            {"id": draft.action.id, "properties": dict(draft.properties), "objectWriteTraceId": draft.trace}
            for draft in part
            if draft.properties
        ]
        there = self._there([draft for draft in part if not draft.properties])
        body = self._client.batch("update", self._schema.kind.type_id, inputs) if inputs else {}
        done = there | {str(one["id"]) for one in body.get("results") or ()}
        named: dict[str, Said] = {}
        for one in map(said, body.get("errors") or ()):
            named |= dict.fromkeys((*one.traces, *(f"id {id_}" for id_ in one.ids)), one)
        results: list[Result] = []
        for draft in part:
            error = named.get(draft.trace) or named.get(f"id {draft.action.id}")
            if error is None and draft.action.id in done:
                results += draft.done(draft.action.id)
            else:
                results += draft.rejected(rejected(error or _GONE, self._source(draft)))
        return results

    def _delete(self, part: Sequence[Draft]) -> list[Result]:
        """HubSpot says nothing of records that are not there, so they are looked for before."""
        there = self._there(part)
        found = [draft for draft in part if draft.action.id in there]
        if found:
            inputs = [{"id": draft.action.id} for draft in found]
            self._client.batch("archive", self._schema.kind.type_id, inputs)
        results = [result for draft in found for result in draft.done(draft.action.id or "")]
        reject = Reject("gone", f"{self._schema.name}: it is not there any more", "it is captured as gone next time")
        lost = [draft for draft in part if draft.action.id not in there]
        return results + [result for draft in lost for result in draft.rejected(reject)]

    def _there(self, part: Sequence[Draft]) -> set[str]:
        ids = [draft.action.id or "" for draft in part]
        return {str(one["id"]) for one in self._client.batch_read(self._schema.kind.type_id, ids, ())} if ids else set()

    def _source(self, draft: Draft) -> str:
        return f"{self._client.connection}:{self._schema.name}:{draft.action.id or 'new'}"


def type_of(number: int) -> dict[str, object]:
    """An association's type as it is written; in replies its keys have other names."""
    return {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": number}


def correlated(part: Sequence[Draft], results: Sequence[Mapping[str, Any]], key: str | None) -> dict[str, str]:
    """Trace of a create -> the record made. Results come in no order: they are told apart by what they hold."""
    made: dict[str, str] = {}
    for result in results:
        fitting = [draft for draft in part if draft.trace not in made and _fits(draft, result, key)]
        if len(fitting) == 1:
            made[fitting[0].trace] = str(result["id"])
    return made


def _fits(draft: Draft, result: Mapping[str, Any], key: str | None) -> bool:
    if result.get("objectWriteTraceId"):
        return str(result["objectWriteTraceId"]) == draft.trace
    stored = result.get("properties") or {}
    if key is not None and stored.get(key):
        return str(stored[key]) == draft.action.key
    address = draft.properties.get("email")
    if address and stored.get("email"):
        return str(stored["email"]).lower() == address.strip().lower()
    return all(stored.get(name) == value for name, value in draft.properties.items() if value)


def find_by_key(client: Client, schema: Schema, key: str | None, creates: Sequence[Draft]) -> dict[str, str]:
    """Trace of a create -> the record that carries its key."""
    keys = {draft.action.key: draft.trace for draft in creates if draft.action.key is not None}
    if key is None or not keys:
        return {}
    rows = client.batch_read(schema.kind.type_id, [one for one in keys if one], (key,), by=key)
    return {keys[one]: str(row["id"]) for row in rows if (one := (row.get("properties") or {}).get(key)) in keys}
