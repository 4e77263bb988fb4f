"""What an update needs besides its batch: associations, and lifecycle stages that go back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from leadbridge.records import Reject
from leadbridge_hubspot.batching import type_of
from leadbridge_hubspot.client import ASSOCIATIONS, BATCH, Client
from leadbridge_hubspot.drafting import Draft
from leadbridge_hubspot.linking import referred
from leadbridge_hubspot.objects import Reference, kind
from leadbridge_hubspot.schema import LIFECYCLE, Schema


def associate(client: Client, schema: Schema, done: Sequence[Draft]) -> dict[str, Reject]:
    """Set the references of records that were written; trace -> why one was not set.

    The new association is made first, then the old one goes: a lead without any is deleted by HubSpot itself.
    """
    failed: dict[str, Reject] = {}
    for reference in schema.references:
        drafts = [draft for draft in done if reference in draft.references]
        wanted = {draft.action.id or "": draft.references[reference] for draft in drafts}
        if wanted and not _set(client, schema, reference, wanted):
            now = referred(client, schema, reference, list(wanted))
            unset = [d for d in drafts if now.get(d.action.id or "", "") != wanted[d.action.id or ""]]
            reason = f"{schema.name}: HubSpot did not set {reference.name}"
            remedy = "look whether the other record is there, and how many it may have"
            failed |= {d.trace: Reject("not_associated", reason, remedy, provider_field=reference.name) for d in unset}
    return failed


def _set(client: Client, schema: Schema, reference: Reference, wanted: dict[str, str]) -> bool:
    """Whether HubSpot took all of it."""
    now = referred(client, schema, reference, list(wanted))
    new = [
        {"from": {"id": id_}, "to": {"id": other}, "types": [type_of(reference.written)]}
        for id_, other in wanted.items()
        if other and now.get(id_) != other
    ]
    old = [
        {"from": {"id": id_}, "to": [{"id": now[id_]}]}
        for id_, other in wanted.items()
        if id_ in now and now[id_] != other
    ]
    ends = schema.kind.type_id, kind(reference.to).type_id
    for verb, inputs in (("create", new), ("archive", old)):
        for at in range(0, len(inputs), ASSOCIATIONS):
            body = client.associate(verb, *ends, inputs[at : at + ASSOCIATIONS])
            if body and body.get("errors"):
                return False
    return True


def move_back(client: Client, schema: Schema, done: Sequence[Draft]) -> None:
    """A stage is only ever moved forward, and HubSpot does not say so: one that stayed is cleared, then set.

    Two calls, because rows of one batch come in no order.
    """
    wanted = {d.action.id or "": d.properties[LIFECYCLE] for d in done if d.properties.get(LIFECYCLE)}
    if not wanted:
        return
    rows = client.batch_read(schema.kind.type_id, list(wanted), (LIFECYCLE,))
    now = {str(row["id"]): (row.get("properties") or {}).get(LIFECYCLE) for row in rows}
    stayed = {id_: stage for id_, stage in wanted.items() if now.get(id_) not in {None, "", stage}}
    for stages in (dict.fromkeys(stayed, ""), stayed):
        set_stages(client, schema, stages)


def set_stages(client: Client, schema: Schema, stages: Mapping[str, str]) -> None:
    inputs = [{"id": id_, "properties": {LIFECYCLE: stage}} for id_, stage in stages.items()]
    for at in range(0, len(inputs), BATCH):
        client.batch("update", schema.kind.type_id, inputs[at : at + BATCH])
