"""A lead that becomes a contact in its own record, because the CRM keeps both in one object, as HubSpot does.

Nothing is made beside it: one update fills it by the policy, closes it as a lead, and makes the contact's mapping cover
it. Its link stays, with its bases, and is a contact's from then on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from leadbridge.mapping.fields import ColumnMap
from leadbridge.mapping.objects import Changed, ObjectMapping
from leadbridge.records import Captured
from leadbridge.values import Raw, Value, is_present

_SOMEBODY: Final = "1"
"""The id of a record that may be made in the same plan."""


@dataclass(frozen=True, slots=True)
class AsContact:
    """A lead's own record as its object's mapping for contacts reads it, over what it says as a lead."""

    record: Captured
    mapping: ObjectMapping

    @classmethod
    def of(cls, lead: Captured, mapping: ObjectMapping) -> AsContact:
        found = mapping.get(lead.record)
        return cls(replace(found, values={**lead.values, **found.values}), mapping)

    def can_become(self, wanted: Mapping[str, Value]) -> bool:
        """Whether the mapping would cover the record, given these values, its references, and ``on_create``."""
        raws = self.record.record.values
        columns = (m for m in self.mapping.fields if isinstance(m, ColumnMap) and m.target.type == "reference")
        named = {m.column: _SOMEBODY for m in columns if m.write == "always"}
        given = {**raws, **named, **_given(self.mapping, wanted, raws).values}
        return any(self.mapping.surely_covers({**given, **more}) for more in ({}, self.mapping.on_create))

    def still_lacks(self, wanted: Mapping[str, Value], said: Mapping[str, Value]) -> dict[str, Value]:
        """Canonical values without which the mapping would not cover the record: those that it says already where
        they do, else those of ``on_create``.

        Args:
            wanted: what it is given anyhow.
            said: what is known of the person.
        """
        constants = self.mapping.read(self.mapping.on_create)
        known = {name: said[name] for name in constants if is_present(said.get(name))}
        raws = self.record.record.values
        for more in ({}, known):
            if self.mapping.surely_covers({**raws, **_given(self.mapping, {**wanted, **more}, raws).values}):
                return more
        return constants


def change_role(
    lead: ObjectMapping, contact: ObjectMapping, wanted: Mapping[str, Value], raws: Mapping[str, Raw]
) -> Changed:
    """The provider fields that make a lead's record a contact. What only leads have is written as the lead's.

    Args:
        wanted: canonical values that the record must say in the end, as either.
        raws: what it holds.
    """
    here = {target.name for m in contact.fields if m.column is not None for target in m.targets}
    as_contact = _given(contact, wanted, raws)
    as_lead = lead.change({name: value for name, value in wanted.items() if name not in here}, raws)
    values = {**as_lead.values, **as_contact.values}
    if not contact.surely_covers({**raws, **values}):
        values |= contact.on_create
    return Changed(values, (*as_lead.rejects, *as_contact.rejects))


def _given(contact: ObjectMapping, wanted: Mapping[str, Value], raws: Mapping[str, Raw]) -> Changed:
    """By the contact's mapping; what only the lead's can read is no reason to leave a field alone."""
    columns = [m.column for m in contact.fields if m.column is not None and m.column in raws]
    strange = [column for column in columns if not contact.read({column: raws[column]})]
    return contact.change(wanted, {**raws, **dict.fromkeys(strange, "")})
