"""An org's own mapping of custom fields, as its LeadConvertSettings hold it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from leadbridge_salesforce.sandbox.convert.table import ACCOUNT, CONTACT, OPPORTUNITY
from leadbridge_salesforce.sandbox.schema import OrgSchema

OBJECTS = (ACCOUNT, CONTACT, OPPORTUNITY)


@dataclass(frozen=True, slots=True)
class ConvertSettings:
    """Object -> target field -> lead field: so no target has two sources."""

    mapped: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def pairs(self, object: str) -> Iterator[tuple[str, str]]:
        """Lead field and target field, in the order of the settings."""
        return ((source, target) for target, source in self.mapped.get(object, {}).items())

    def checked(self, org: OrgSchema) -> ConvertSettings:
        """The settings themselves. Raises ValueError where they name what is not there, or no custom field."""
        lead = org.by_name["lead"]
        for name, targets in self.mapped.items():
            if name not in OBJECTS:
                raise ValueError(f"leads are not converted to {name}; to {', '.join(OBJECTS)} they are")
            for target, source in targets.items():
                for schema, wanted in ((lead, source), (org.by_name[name.lower()], target)):
                    found = schema.field(wanted)
                    if found is None or not found.custom:
                        raise ValueError(f"{schema.name} has no custom field {wanted}")
        return self


STANDARD_SETTINGS = ConvertSettings(
    {
        ACCOUNT: {"Region__c": "Region__c"},
        CONTACT: {
            "Product_Interest__c": "Product_Interest__c",
            "Consent_Date__c": "Consent_Date__c",
            "Source_Detail__c": "Source_Detail__c",
        },
        OPPORTUNITY: {"Budget__c": "Budget__c", "Source_Detail__c": "Source_Detail__c"},
    }
)
"""What the admin of a demo org has mapped; the lead's score and its HubSpot id are among what was forgotten."""
