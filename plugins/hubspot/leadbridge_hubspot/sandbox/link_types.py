"""The association types that HubSpot defines. Source: its guide on associations v4."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from leadbridge_hubspot.sandbox.objects import BY_NAME

DEFINED: Final = "HUBSPOT_DEFINED"
CUSTOM: Final = "USER_DEFINED"


@dataclass(frozen=True, slots=True)
class LinkType:
    """One type in one direction.

    Attributes:
        inverse: the type that the same association has in the other direction; None where none is known.
        primary: marks one of several records as the first one.
        only: whether a record has at most one such.
    """

    source: str
    target: str
    id: int
    category: str = DEFINED
    label: str | None = None
    inverse: int | None = None
    primary: bool = False
    only: bool = False


_PLAIN: Final = """
contact company 279 280, contact deal 4 3, contact lead 609 608, contact call 193 194, contact email 197 198,
contact meeting 199 200, contact note 201 202, contact task 203 204, company deal 342 341, company lead 611 610,
company call 181 182, company email 185 186, company meeting 187 188, company note 189 190, company task 191 192,
deal lead 1038 1037, deal call 205 206, deal email 209 210, deal meeting 211 212, deal note 213 214, deal task 215 216,
lead call 596 597, lead meeting 600 601, lead note 854 855, lead task 646 647,
contact contact 449 449, company company 450 450, deal deal 451 451
"""
_PRIMARY: Final = """
contact company 1 2, deal company 5 6, lead contact 578 579, lead deal 582 583
"""
LEAD_TO_PRIMARY_CONTACT: Final = 578


def _types(told: str, *, primary: bool) -> list[LinkType]:
    found: list[LinkType] = []
    label = "Primary" if primary else None
    for line in told.split(","):
        one, other, there, back = line.split()
        source, target = BY_NAME[one].id, BY_NAME[other].id
        there_id, back_id = int(there), int(back)
        found.append(LinkType(source, target, there_id, DEFINED, label, back_id, primary, primary))
        if there_id != back_id:
            found.append(LinkType(target, source, back_id, DEFINED, label, there_id, primary))
    return found


_LEAD, _COMPANY = BY_NAME["lead"].id, BY_NAME["company"].id
STANDARD: Final = (
    *_types(_PLAIN, primary=False),
    *_types(_PRIMARY, primary=True),
    LinkType(_LEAD, _COMPANY, 580, DEFINED, "Primary", None, True, True),
    LinkType(_LEAD, BY_NAME["email"].id, 598),
    LinkType(_COMPANY, _COMPANY, 13, DEFINED, "Parent Company", 14),
    LinkType(_COMPANY, _COMPANY, 14, DEFINED, "Child Company", 13),
)
