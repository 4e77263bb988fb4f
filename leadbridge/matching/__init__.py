"""Which records are one subject, and which existing record a lead belongs to: first form, exact normalised keys."""

from __future__ import annotations

from leadbridge.matching.evidence import combine, strongest
from leadbridge.matching.exact import ExactKeys
from leadbridge.matching.existing import Ambiguous, Found, Index
from leadbridge.matching.groups import Group, Groups, Review, group
from leadbridge.matching.keys import MATCH_KEYS, keys_of

__all__ = [
    "MATCH_KEYS",
    "Ambiguous",
    "ExactKeys",
    "Found",
    "Group",
    "Groups",
    "Index",
    "Review",
    "combine",
    "group",
    "keys_of",
    "strongest",
]
