"""An org of the Salesforce sandbox without a server, and hands to save records in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from leadbridge_salesforce.sandbox.dml.deleting import delete, undelete
from leadbridge_salesforce.sandbox.dml.drafts import Manner, Saved
from leadbridge_salesforce.sandbox.dml.refusals import Refused
from leadbridge_salesforce.sandbox.dml.saving import create, update
from leadbridge_salesforce.sandbox.dml.upserting import upsert
from leadbridge_salesforce.sandbox.org import Org
from leadbridge_salesforce.sandbox.schema import standard_org
from leadbridge_salesforce.sandbox.seeding.settings import seed_settings
from leadbridge_salesforce.sandbox.store import Row, Store
from leadbridge_salesforce.sandbox.switches import Switches

from leadbridge.sandbox import Call, Clock, Faults, Switch

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
HERE = Call("POST", "/")


class World:
    """An empty org at noon; time stands still."""

    def __init__(self, **switches: Switch) -> None:
        positions = Switches()
        for name, value in switches.items():
            positions = positions.turned(name, value)
        self.clock = Clock(NOON, frozen=True)
        self.faults = Faults({"lock": "", "late": ""})
        schema = standard_org(person_accounts=positions.person_accounts)
        self.org = Org(Store(schema), self.clock, self.faults, positions)
        self.staff = seed_settings(self.org)

    def manner(self, **changes: Any) -> Manner:
        return replace(self.org.manner(HERE), **changes)

    def save(self, object: str, given: Mapping[str, Any], **manner: Any) -> str:
        """A record that is made; its id."""
        (saved,) = create(self.org, object, [given], self.manner(**manner))
        assert saved.refused is None, saved.refused
        assert saved.id
        return saved.id

    def lead(self, **given: Any) -> str:
        return self.save("Lead", {"LastName": "Byron", "Company": "Analytical", **given})

    def refusal(self, object: str, given: Mapping[str, Any], **manner: Any) -> Refused:
        """Why a record is not made."""
        return refusal_of(create(self.org, object, [given], self.manner(**manner)))

    def change(self, key: str, **given: Any) -> Saved:
        (saved,) = update(self.org, self.object_of(key), [(key, given)], self.manner())
        return saved

    def upserted(self, object: str, key: str, *rows: Mapping[str, Any], **options: Any) -> list[Saved]:
        return upsert(self.org, object, key, rows, self.manner(), **options)

    def delete(self, *keys: str) -> list[Saved]:
        return delete(self.org, keys, self.manner())

    def undelete(self, *keys: str) -> list[Saved]:
        return undelete(self.org, keys, self.manner())

    def row(self, key: str) -> Row:
        found = self.org.store.get(self.object_of(key), key)
        assert found is not None
        return found

    def object_of(self, key: str) -> str:
        return self.org.store.schema.by_prefix[key[:3]].name


def refusal_of(saved: list[Saved]) -> Refused:
    (one,) = saved
    assert one.refused is not None
    return one.refused


@pytest.fixture
def world() -> World:
    return World()
