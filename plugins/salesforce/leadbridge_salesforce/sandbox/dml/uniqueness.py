"""Values that one record only may have. Looked up once for the whole batch; of equal rows in it the first one wins."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from leadbridge_salesforce.sandbox.dml.drafts import Draft, standing
from leadbridge_salesforce.sandbox.dml.refusals import Refused
from leadbridge_salesforce.sandbox.schema import FieldSchema, ObjectSchema
from leadbridge_salesforce.sandbox.store import Store

_BATCH = 500


class Unique:
    """The unique values that are taken, of those that a batch of rows wants."""

    def __init__(self, store: Store, schema: ObjectSchema, drafts: Iterable[Draft]) -> None:
        self._store = store
        self._fields = [f for f in schema.fields if f.unique]
        wanted = list(standing(drafts))
        self._taken = {f.name: self._holders(schema, f, wanted) for f in self._fields}
        self._members = _members(store, wanted) if schema.name == "CampaignMember" else set()

    def claim(self, draft: Draft) -> None:
        """Take the row's values. Raises Refused where another record has one of them."""
        for f in self._fields:
            key = _key(f, draft.changes.get(f.name))
            holder = self._taken[f.name].get(key) if key is not None else None
            if holder is not None and holder != draft.id:
                message = f"duplicate value found: {f.name} duplicates value on record with id: {holder}"
                raise Refused("DUPLICATE_VALUE", message, [f.name])
        self._join(draft)
        for f in self._fields:
            key = _key(f, draft.changes.get(f.name))
            if key is not None:
                self._taken[f.name][key] = str(draft.id)

    def _join(self, draft: Draft) -> None:
        """A lead or contact is a member of a campaign once."""
        if draft.schema.name != "CampaignMember" or draft.before is not None:
            return
        member = (draft.value("CampaignId"), draft.value("LeadId") or draft.value("ContactId"))
        if member in self._members:
            raise Refused("DUPLICATE_VALUE", "Already a campaign member.")
        self._members.add(member)

    def _holders(self, schema: ObjectSchema, f: FieldSchema, drafts: list[Draft]) -> dict[str, str]:
        table = self._store.table(schema.name)
        wanted = list({str(draft.changes[f.name]) for draft in drafts if draft.changes.get(f.name) is not None})
        alive = table.c.IsDeleted == 0 if "IsDeleted" in table.c else sa.true()
        found: dict[str, str] = {}
        for start in range(0, len(wanted), _BATCH):
            here = table.c[f.name].in_(wanted[start : start + _BATCH])
            rows = self._store.rows(sa.select(table.c.Id, table.c[f.name]).where(here, alive))
            found |= {str(_key(f, row[f.name])): str(row["Id"]) for row in rows}
        return found


def _key(f: FieldSchema, value: object) -> str | None:
    if value is None:
        return None
    return str(value) if f.case_sensitive else str(value).lower()


def _members(store: Store, drafts: list[Draft]) -> set[tuple[str | None, str | None]]:
    campaigns = {draft.value("CampaignId") for draft in drafts}
    rows = [row for campaign in campaigns for row in store.where("CampaignMember", {"CampaignId": campaign})]
    return {(str(row["CampaignId"]), str(row["LeadId"] or row["ContactId"])) for row in rows}
