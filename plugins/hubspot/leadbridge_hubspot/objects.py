"""What differs between HubSpot's objects: their type ids, their stamps, and how they hang together.

Sources: HubSpot's guides on understanding the CRM (type ids), searching (stamps) and associations v4 (their types).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

OWNERS: Final = "owners"
"""Read by an API of its own; never written."""


@dataclass(frozen=True, slots=True)
class Reference:
    """An association shown as a field that holds the other record's id.

    Attributes:
        name: the field, such as ``associations.company``.
        to: the other object.
        plain: type of the unlabelled association.
        primary: type of the one that marks the other record as the first of several; None where there is none such.
        required: whether a record cannot be made without it.
    """

    name: str
    to: str
    plain: int
    primary: int | None = None
    required: bool = False

    @property
    def written(self) -> int:
        return self.plain if self.primary is None else self.primary


@dataclass(frozen=True, slots=True)
class Kind:
    """
    Attributes:
        type_id: understood in every path.
        modified: the property that says when a record last changed.
        creates: properties of which a create needs one.
        pipeline: the properties that hold pipeline and stage, or None.
    """

    type_id: str
    modified: str = "hs_lastmodifieddate"
    references: tuple[Reference, ...] = ()
    creates: tuple[str, ...] = ()
    pipeline: tuple[str, str] | None = None


def _activity(type_id: str, contact: int, company: int, deal: int) -> Kind:
    references = (
        Reference("associations.contact", "contacts", contact),
        Reference("associations.company", "companies", company),
        Reference("associations.deal", "deals", deal),
    )
    return Kind(type_id, references=references, creates=("hs_timestamp",))


KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "contacts": Kind(
            "0-1",
            "lastmodifieddate",
            (Reference("associations.company", "companies", 279, 1),),
            ("email", "firstname", "lastname"),
        ),
        "companies": Kind(
            "0-2", references=(Reference("associations.parent", "companies", 14),), creates=("name", "domain")
        ),
        "deals": Kind(
            "0-3",
            references=(
                Reference("associations.company", "companies", 341, 5),
                Reference("associations.contact", "contacts", 3),
            ),
            pipeline=("pipeline", "dealstage"),
        ),
        "leads": Kind(
            "0-136",
            references=(
                Reference("associations.contact", "contacts", 608, 578, required=True),
                Reference("associations.company", "companies", 610, 580),
                Reference("associations.deal", "deals", 1037, 582),
            ),
            creates=("hs_lead_name",),
            pipeline=("hs_pipeline", "hs_pipeline_stage"),
        ),
        "calls": _activity("0-48", 194, 182, 206),
        "emails": _activity("0-49", 198, 186, 210),
        "meetings": _activity("0-47", 200, 188, 212),
        "notes": _activity("0-46", 202, 190, 214),
        "tasks": _activity("0-27", 204, 192, 216),
    }
)


def kind(object: str) -> Kind:
    """Of an object that is not known here, a custom one above all, no association is shown."""
    return KINDS.get(object) or Kind(object)
