"""An org of its own for every test of conversions, and leads to convert."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from leadbridge_salesforce.sandbox.convert.converter import Converter
from leadbridge_salesforce.sandbox.convert.request import Converted, LeadConvert, Wishes
from leadbridge_salesforce.sandbox.convert.settings import STANDARD_SETTINGS, ConvertSettings
from leadbridge_salesforce.sandbox.dml.saving import create
from leadbridge_salesforce.sandbox.org import Org
from leadbridge_salesforce.sandbox.schema import standard_org
from leadbridge_salesforce.sandbox.seeding.settings import seed_settings
from leadbridge_salesforce.sandbox.store import Row, Store
from leadbridge_salesforce.sandbox.switches import Switches

from leadbridge.sandbox import Call, Clock, Faults

CALL = Call("POST", "/services/Soap/u/67.0")
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
STATUS = "Closed - Converted"

KINDS = {"lock": "", "late": "", "convert_fails": "", "bulk_rows_fail": "", "bulk_job_fails": ""}


class ConvertWorld:
    def __init__(self, **switches: Any) -> None:
        schema = standard_org(person_accounts=bool(switches.get("person_accounts")))
        self.org = Org(Store(schema), Clock(NOON, frozen=True), Faults(KINDS), Switches(**switches))
        self.staff = seed_settings(self.org)
        self.seller, self.other = self.staff.sellers[:2]
        self.settings: ConvertSettings = STANDARD_SETTINGS

    def made(self, object: str, **values: Any) -> str:
        (saved,) = create(self.org, object, [values], self.org.manner(internal=True))
        assert saved.refused is None, saved.refused
        return str(saved.id)

    def lead(self, **values: Any) -> str:
        return self.made("Lead", **{"LastName": "Lovelace", "Company": "Engines", "OwnerId": self.seller, **values})

    def convert(self, lead: str, wishes: Wishes = Wishes(), **wanted: Any) -> Converted:  # noqa: B008  (frozen)
        (outcome,) = self.convert_all(
            LeadConvert(**{"lead_id": lead, "converted_status": STATUS, **wanted}), wishes=wishes
        )
        return outcome

    def convert_all(self, *requests: LeadConvert, wishes: Wishes = Wishes()) -> list[Converted]:  # noqa: B008
        return Converter(self.org, self.settings, CALL, wishes).convert(requests)

    def row(self, object: str, id: str) -> Row:
        found = self.org.store.get(object, id)
        assert found is not None
        return found

    def count(self, object: str) -> int:
        table = self.org.store.table(object)
        return int(self.org.store.connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())

    def standing(self) -> Mapping[str, int]:
        """How many records of each kind there are."""
        return {name: self.count(name) for name in ("Account", "Contact", "Opportunity", "OpportunityContactRole")}
