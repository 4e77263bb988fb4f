"""Properties of objects: list, read, make, change, archive."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from leadbridge_hubspot.sandbox.objects import Kind
from leadbridge_hubspot.sandbox.portal import Portal, iso
from leadbridge_hubspot.sandbox.properties import TYPES, Option, Property, taken
from leadbridge_hubspot.sandbox.refusals import Refused, invalid
from leadbridge_hubspot.sandbox.rest.answers import Answer
from leadbridge_hubspot.sandbox.rest.asking import Asked
from leadbridge_hubspot.sandbox.shapes import each
from leadbridge_hubspot.sandbox.standard import PIPELINE_PROPERTIES

Json = Any
UNIQUE_MOST = 10
_NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")


def page(asked: Asked) -> Answer:
    """All of them, without pages."""
    kind, archived = asked.kind(), asked.flag("archived")
    found = [one for one in asked.portal.properties[kind.id].values() if one.archived is archived]
    return Answer(200, {"results": [_told(asked.portal, kind, one) for one in found]})


def read(asked: Asked) -> Answer:
    return Answer(200, _told(asked.portal, asked.kind(), _property(asked)))


def make(asked: Asked) -> Answer:
    """One whose name an archived property had comes back with what it is now told to be."""
    kind, told = asked.kind(), asked.json()
    missing = [name for name in ("name", "label", "type", "fieldType", "groupName") if not told.get(name)]
    if missing:
        raise invalid(f"{', '.join(missing)} must be set", "REQUIRED_FIELD_MISSING", missing[0])
    made = taken({**told, "options": options(told)})
    if made.type not in TYPES or not _NAME.fullmatch(made.name):
        raise invalid(f"Property {made.name} of type {made.type} is not valid", "INVALID_PROPERTY", made.name)
    before = asked.portal.properties[kind.id].get(made.name)
    if before is not None and not before.archived:
        message = f"A property named '{made.name}' already exists."
        raise Refused(409, "OBJECT_ALREADY_EXISTS", message, sub_category="Properties.PROPERTY_WITH_NAME_EXISTS")
    unique = sum(one.unique and not one.archived for one in asked.portal.properties[kind.id].values())
    if made.unique and unique >= UNIQUE_MOST:
        raise invalid(f"{kind.name} have {unique} unique properties already", "UNIQUE_PROPERTY_LIMIT", made.name)
    asked.portal.set_property(kind, made)
    return Answer(201, _told(asked.portal, kind, made))


def change(asked: Asked) -> Answer:
    """Options that are told take the place of all that were there."""
    kind, told, found = asked.kind(), asked.json(), _property(asked)
    if "options" in told:
        if found.fixed_options:
            raise invalid(f"The options of {found.name} are read only", "READ_ONLY_OPTIONS", found.name)
        found = found.with_options(options(told))
    if found.custom:
        found = replace(
            found,
            label=str(told.get("label", found.label)),
            description=str(told.get("description", found.description)),
            group=str(told.get("groupName", found.group)),
        )
    asked.portal.set_property(kind, found)
    return Answer(200, _told(asked.portal, kind, found))


def remove(asked: Asked) -> Answer:
    kind, found = asked.kind(), _property(asked)
    if not found.custom:
        raise invalid(f"{found.name} is HubSpot's own and cannot be deleted", "CANNOT_DELETE_HUBSPOT_PROPERTY")
    if any(rule.property == found.name and rule.object == kind.id for rule in asked.portal.validations):
        message = f"Property {found.name} is in use"
        raise invalid(message, sub_category="PropertyValidationError.CANNOT_DELETE_PROPERTY_IN_USE")
    asked.portal.set_property(kind, replace(found, archived=True))
    return Answer(204)


def options(told: Mapping[str, Json]) -> list[dict[str, Json]]:
    """Raises Refused where one lacks its value or its label."""
    found = each(told, "options")
    if not all(one.get("value") and one.get("label") for one in found):
        raise invalid("Every option must have a value and a label", "INVALID_OPTIONS", "options")
    return found


def validations(asked: Asked) -> Answer:
    """An administrator's rules on the properties of an object."""
    kind = asked.kind()
    rules: dict[str, list[Json]] = {}
    for rule in asked.portal.validations:
        if rule.object == kind.id:
            told = {"ruleType": rule.rule, "ruleArguments": list(rule.arguments), "shouldApplyNormalization": False}
            rules.setdefault(rule.property, []).append(told)
    return Answer(200, {"results": [{"propertyName": name, "propertyValidationRules": r} for name, r in rules.items()]})


def _property(asked: Asked) -> Property:
    found = asked.portal.properties[asked.kind().id].get(asked.parts["name"])
    if found is None or found.archived is not asked.flag("archived"):
        raise Refused(404, "OBJECT_NOT_FOUND", f"Property {asked.parts['name']} does not exist")
    return found


def _told(portal: Portal, kind: Kind, property: Property) -> dict[str, Json]:
    at = iso(int(portal.began.timestamp() * 1000))
    return with_pipelines(portal, kind, property).told(at)


def with_pipelines(portal: Portal, kind: Kind, property: Property) -> Property:
    """The options of a pipeline, or a stage, are those of the pipelines."""
    names = PIPELINE_PROPERTIES.get(kind.name)
    if names is None or property.name not in names:
        return property
    pipelines = portal.pipelines[kind.name]
    pairs = [(p.id, p.label) for p in pipelines]
    if property.name == names[1]:
        pairs = [(stage.id, stage.label) for p in pipelines for stage in p.stages]
    return replace(property, options=tuple(Option(value, label, order=n) for n, (value, label) in enumerate(pairs)))
