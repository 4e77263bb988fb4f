"""LeadConvertSettings as the core reads and writes it. What reads XML is imported when it is used."""

from __future__ import annotations

from leadbridge.conversions import ConversionFile, Copied
from leadbridge_salesforce.standard_mapping import OBJECTS, STANDARD


class LeadConvertSettingsFile(ConversionFile):
    """An org's file, in source or in metadata format. It can hold custom fields only."""

    lead = "Lead"
    objects = OBJECTS
    standard = STANDARD

    def read(self, content: bytes) -> Copied:
        from leadbridge_salesforce import convert_settings

        found = convert_settings.read(content).by_role()
        return {role: fields for role, fields in found.items() if fields}

    def write(self, copied: Copied, like: bytes | None = None) -> bytes:
        """Without a file to be like: people may change the owner, and may leave the opportunity out."""
        from leadbridge_salesforce import convert_settings
        from leadbridge_salesforce.convert_settings import CREATIONS, ConvertSettings

        old = ConvertSettings({}, allow_owner_change=True, opportunities=CREATIONS[0])
        if like is not None:
            old = convert_settings.read(like)
        mappings = {OBJECTS[role]: copied[role] for role in OBJECTS if copied.get(role)}
        return convert_settings.write(ConvertSettings(mappings, old.allow_owner_change, old.opportunities))

    def can_hold(self, role: str, field: str, source: str) -> bool:
        return field.endswith("__c") and source.endswith("__c")
