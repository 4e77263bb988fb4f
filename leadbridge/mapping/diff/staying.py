"""A lead that becomes a contact in its own record, because one object holds both: what stays where it is."""

from __future__ import annotations

from leadbridge.mapping.diff.model import Fate, Reason
from leadbridge.mapping.lint.finding import Seen
from leadbridge.mapping.policy import From, PolicyField


def staying(rule: PolicyField, lead: Seen, contact: Seen) -> Fate | None:
    """What becomes of a field that the record has already; None where it has to be written."""
    if not isinstance(rule.source, From):
        return None
    here, there = lead.mapping.fieldmap(rule.source.field), contact.mapping.fieldmap(rule.target.name)
    if here is None or here.column is None:
        return None
    if there is not None and there.column == here.column:
        return Fate("carried", (), contact.mapping.object, here.column)
    if there is None:
        text = f"it stays in the record, and {contact.mapping.file.name} does not read it any more"
        return Fate("partly", (Reason("stays_unread", text),), contact.mapping.object, here.column)
    return None
