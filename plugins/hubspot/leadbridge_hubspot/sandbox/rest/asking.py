"""A request to a resource, taken apart."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from leadbridge.sandbox import Call
from leadbridge_hubspot.sandbox.objects import BY_NAME, LEADS, Kind
from leadbridge_hubspot.sandbox.portal import Portal
from leadbridge_hubspot.sandbox.refusals import Refused, invalid
from leadbridge_hubspot.sandbox.rest.answers import View

Json = Any
MOST: int = 100
"""Inputs of a batch of records."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request.

    Attributes:
        version: ``v3``, ``v4``, or a date.
        rest: the path behind the prefix, without slashes at its ends.
        parts: what the route's pattern found in it.
    """

    portal: Portal
    call: Call
    version: str
    rest: str
    parts: Mapping[str, str] = field(default_factory=dict)

    @property
    def dated(self) -> bool:
        return self.version.startswith("2")

    def query(self, name: str, default: str = "") -> str:
        return next((value for key, value in self._pairs() if key == name), default)

    def names(self, name: str) -> list[str]:
        """A list in the query: repeated, or joined by commas."""
        return [part for key, value in self._pairs() if key == name for part in value.split(",") if part]

    def flag(self, name: str) -> bool:
        return self.query(name).lower() == "true"

    def number(self, name: str, default: int, most: int) -> int:
        """Raises Refused where it is none, or more than allowed."""
        text = self.query(name) or str(default)
        if not (text.isascii() and text.isdigit()) or not 0 < int(text) <= most:
            raise invalid(f"{name} must be between 1 and {most}", "INVALID_LIMIT", name)
        return int(text)

    def after(self) -> int:
        text = self.query("after") or "0"
        if not (text.isascii() and text.isdigit()) or len(text) > 18:
            raise invalid("after must be a number that an earlier reply told", "INVALID_AFTER", "after")
        return int(text)

    def json(self) -> dict[str, Json]:
        """The body. Raises Refused where it is no JSON object."""
        try:
            told = json.loads(self.call.body)
        except (ValueError, RecursionError):
            raise Refused(400, "VALIDATION_ERROR", "Invalid input JSON") from None
        if not isinstance(told, dict):
            raise Refused(400, "VALIDATION_ERROR", "Invalid input JSON: an object was expected")
        return told

    def inputs(self, most: int = MOST) -> list[dict[str, Json]]:
        """A batch's inputs. Raises Refused where they are too many, or none."""
        found = self.json().get("inputs")
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found) or not found:
            raise invalid("inputs must be a list of objects", "INVALID_INPUTS", "inputs")
        if len(found) > most:
            raise invalid(f"At most {most} inputs are allowed in a batch", "TOO_MANY_INPUTS", "inputs")
        return found

    def kind(self, part: str = "object") -> Kind:
        """The object that the path names. Raises Refused where there is none of this name."""
        return kind_named(self.portal, self.parts[part])

    def view(self) -> View:
        return View(self.portal, self.kind(), self.names("properties"), self.names("propertiesWithHistory"))

    def _pairs(self) -> list[tuple[str, str]]:
        return parse_qsl(self.call.query, keep_blank_values=True)


def kind_named(portal: Portal, name: str) -> Kind:
    """Raises Refused where there is no such object, or this portal has none."""
    found = BY_NAME.get(name.lower())
    if found is None or (found is LEADS and not portal.switches.leads_object):
        raise invalid(f"Unable to infer object type from: {name}", "INVALID_OBJECT_TYPE")
    return found


def given(told: Mapping[str, Json]) -> dict[str, Json]:
    """The properties of an input. Raises Refused where there are none."""
    found = told.get("properties")
    if not isinstance(found, dict):
        raise invalid("properties must be an object", "INVALID_PROPERTIES", "properties")
    return found
