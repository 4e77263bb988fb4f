"""Properties: what an object's records can hold, and how values of them look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

Json = Any
TYPES: Final = ("bool", "date", "datetime", "enumeration", "number", "phone_number", "string")


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    hidden: bool = False
    order: int = 0

    def told(self) -> dict[str, Json]:
        return {"label": self.label, "value": self.value, "displayOrder": self.order, "hidden": self.hidden}


@dataclass(frozen=True, slots=True)
class Property:
    """
    Attributes:
        type, field_type: as HubSpot names them; ``checkbox`` of an enumeration takes several values.
        owner: values are ids of owners, and no options are told.
        read_only: only HubSpot sets it.
        fixed_options: options cannot be changed by API.
        custom: made by the account, not by HubSpot.
    """

    name: str
    label: str
    type: str = "string"
    field_type: str = "text"
    group: str = "information"
    options: tuple[Option, ...] = ()
    owner: bool = False
    unique: bool = False
    read_only: bool = False
    calculated: bool = False
    fixed_options: bool = False
    custom: bool = False
    archived: bool = False
    description: str = ""

    @property
    def several(self) -> bool:
        return self.type == "enumeration" and self.field_type == "checkbox"

    def told(self, at: str) -> dict[str, Json]:
        """As a reply shows it."""
        shown: dict[str, Json] = {
            "name": self.name,
            "label": self.label,
            "type": self.type,
            "fieldType": self.field_type,
            "groupName": self.group,
            "description": self.description,
            "options": [] if self.owner else [option.told() for option in self.options],
            "displayOrder": -1,
            "calculated": self.calculated,
            "externalOptions": self.owner,
            "hasUniqueValue": self.unique,
            "hidden": False,
            "hubspotDefined": not self.custom,
            "formField": not self.read_only,
            "archived": self.archived,
            "createdAt": at,
            "updatedAt": at,
            "modificationMetadata": {
                "archivable": self.custom,
                "readOnlyDefinition": not self.custom,
                "readOnlyOptions": self.fixed_options,
                "readOnlyValue": self.read_only,
            },
        }
        return {**shown, "referencedObjectType": "OWNER"} if self.owner else shown

    def with_options(self, told: Json) -> Property:
        """With the whole list of options replaced."""
        found = (Option(str(o["value"]), str(o["label"]), bool(o.get("hidden", False)), n) for n, o in enumerate(told))
        return replace(self, options=tuple(found))

    def kept(self) -> dict[str, Json]:
        """What must be written down to have it again."""
        return {
            "name": self.name,
            "label": self.label,
            "type": self.type,
            "fieldType": self.field_type,
            "groupName": self.group,
            "description": self.description,
            "hasUniqueValue": self.unique,
            "archived": self.archived,
            "hubspotDefined": not self.custom,
            "options": [option.told() for option in self.options],
        }


def taken(told: Mapping[str, Json]) -> Property:
    """A property out of a request, or of what was kept. Raises KeyError for what must be there."""
    made = Property(
        name=str(told["name"]),
        label=str(told["label"]),
        type=str(told["type"]),
        field_type=str(told["fieldType"]),
        group=str(told["groupName"]),
        description=str(told.get("description") or ""),
        unique=bool(told.get("hasUniqueValue", False)),
        owner=bool(told.get("externalOptions", False)) and told.get("referencedObjectType") == "OWNER",
        archived=bool(told.get("archived", False)),
        custom=True,
    )
    return made.with_options(told.get("options") or [])
