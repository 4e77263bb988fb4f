"""The sandbox's records against the simplest model of them: a dictionary, and what Salesforce promises about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule
from leadbridge_salesforce.sandbox.dml.reading import moment
from leadbridge_salesforce.sandbox.dml.saving import create
from org_world import World

KEYS = st.sampled_from(["a", "A", "b", "c", None])
TEXTS = st.sampled_from(["", "Leeds", " York ", "Ä", "x" * 40])


@dataclass
class Known:
    """What a lead should be."""

    key: str | None
    city: str | None
    made: str
    touched: str
    deleted: bool = False


class Machine(RuleBasedStateMachine):
    leads = Bundle("leads")

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.known: dict[str, Known] = {}

    @rule(seconds=st.integers(0, 100))
    def wait(self, seconds: int) -> None:
        self.world.clock.advance(seconds)

    @rule(target=leads, key=KEYS, city=TEXTS)
    def make(self, key: str | None, city: str) -> str:
        given = {"LastName": "B", "Company": "A", "HubSpot_Id__c": key, "City": city}
        (saved,) = create(self.world.org, "Lead", [given], self.world.manner())
        if self.holder(key):
            assert saved.refused
            assert saved.refused.code == "DUPLICATE_VALUE"
            return ""
        assert saved.id
        self.known[saved.id] = Known(key, plain(city), self.now, self.now)
        return saved.id

    @rule(lead=leads, key=KEYS, city=TEXTS)
    def change(self, lead: str, key: str | None, city: str) -> None:
        if lead:
            saved = self.world.change(lead, HubSpot_Id__c=key, City=city)
            known = self.known[lead]
            assert (saved.refused is not None) == (known.deleted or self.holder(key) not in {None, lead})
            if saved.refused is None:
                known.key, known.city, known.touched = key, plain(city), self.now

    @rule(lead=leads)
    def delete(self, lead: str) -> None:
        if lead:
            (saved,) = self.world.delete(lead)
            assert (saved.refused is not None) == self.known[lead].deleted
            if saved.refused is None:
                self.known[lead].deleted, self.known[lead].touched = True, self.now

    @rule(lead=leads)
    def undelete(self, lead: str) -> None:
        if lead:
            (saved,) = self.world.undelete(lead)
            known = self.known[lead]
            assert (saved.refused is not None) == (not known.deleted or self.holder(known.key) is not None)
            if saved.refused is None:
                known.deleted, known.touched = False, self.now

    @rule(key=st.sampled_from(["a", "A", "b", "c"]), city=TEXTS)
    def upsert(self, key: str, city: str) -> None:
        given: dict[str, Any] = {"LastName": "B", "Company": "A", "HubSpot_Id__c": key, "City": city}
        (saved,) = self.world.upserted("Lead", "HubSpot_Id__c", given)
        assert saved.id
        holder = self.holder(key)
        assert (saved.created, holder in {None, saved.id}) == (holder is None, True)
        known = self.known.setdefault(saved.id, Known(key, None, self.now, self.now))
        known.city, known.touched = plain(city), self.now

    @invariant()
    def the_store_holds_what_is_known(self) -> None:
        rows = self.world.org.store.where("Lead", deleted=True)
        found = {
            str(row["Id"]): Known(
                *(row[name] and str(row[name]) for name in ("HubSpot_Id__c", "City", "CreatedDate", "SystemModstamp")),  # type: ignore[arg-type]
                deleted=bool(row["IsDeleted"]),
            )
            for row in rows
        }
        assert found == self.known

    @property
    def now(self) -> str:
        return moment(self.world.clock.now())

    def holder(self, key: str | None) -> str | None:
        """Which lead has the key now; case does not tell keys apart."""
        alive = ((lead, known) for lead, known in self.known.items() if not known.deleted and known.key and key)
        return next((lead for lead, known in alive if str(known.key).lower() == str(key).lower()), None)


def plain(text: str) -> str | None:
    return text.strip() or None


TestMachine = Machine.TestCase
TestMachine.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
