"""Subjects: what golden records are about, and their standard fields."""

from __future__ import annotations

from typing import Final

from leadbridge.subjects.activity import ACTIVITY
from leadbridge.subjects.campaign import CAMPAIGN, CAMPAIGN_MEMBER
from leadbridge.subjects.model import Catalogue, Field, Subject
from leadbridge.subjects.opportunity import OPPORTUNITY
from leadbridge.subjects.organisation import ORGANISATION
from leadbridge.subjects.person import PERSON
from leadbridge.subjects.responsible import QUEUE, USER
from leadbridge.subjects.types import TYPES, FieldType

STANDARD: Final = Catalogue(
    {s.name: s for s in (PERSON, ORGANISATION, OPPORTUNITY, ACTIVITY, USER, QUEUE, CAMPAIGN, CAMPAIGN_MEMBER)}
)
"""The subjects as they are before a project adds its custom fields."""

__all__ = ["STANDARD", "TYPES", "Catalogue", "Field", "FieldType", "Subject"]
