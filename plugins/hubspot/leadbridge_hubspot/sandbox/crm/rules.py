"""What each object demands of a record, and what HubSpot itself makes of its values."""

from __future__ import annotations

import re
from collections.abc import Mapping

from leadbridge_hubspot.sandbox.objects import ACTIVITIES, COMPANIES, CONTACTS, DEALS, LEADS, Kind
from leadbridge_hubspot.sandbox.portal import Portal
from leadbridge_hubspot.sandbox.refusals import Fault, invalid
from leadbridge_hubspot.sandbox.standard import LIFECYCLE, PIPELINE_PROPERTIES

_ORDER = [name for name, _ in LIFECYCLE]
Values = Mapping[str, str]


def check_new(portal: Portal, kind: Kind, values: Values, contacts: int) -> None:
    """Raises Refused where a record of this kind lacks what it must have. ``contacts``: how many a lead hangs on."""
    if kind is CONTACTS and portal.switches.contact_needs_identity:
        _one_of(values, "email", "firstname", "lastname")
    if kind is COMPANIES:
        _one_of(values, "name", "domain")
    if kind in ACTIVITIES:
        _one_of(values, "hs_timestamp")
    if kind is LEADS:
        _one_of(values, "hs_lead_name")
        if not contacts:
            raise invalid("A lead must be associated with a contact.", "MISSING_PRIMARY_CONTACT", "hs_lead_name")


def with_pipeline(portal: Portal, kind: Kind, values: dict[str, str]) -> None:
    """Fill in pipeline and stage, and what a deal's stage means. Raises Refused for one that is not there."""
    names = PIPELINE_PROPERTIES.get(kind.name)
    if names is None:
        return
    pipeline_name, stage_name = names
    pipelines = {one.id: one for one in portal.pipelines[kind.name]}
    pipeline = pipelines.get(values.get(pipeline_name) or next(iter(pipelines)))
    if pipeline is None:
        message = f"Pipeline {values[pipeline_name]} was not found for object type {kind.id}"
        raise invalid(message, "INVALID_PIPELINE", pipeline_name)
    stage = pipeline.stage(values.get(stage_name) or pipeline.stages[0].id)
    if stage is None:
        message = f"Stage {values[stage_name]} was not found in pipeline {pipeline.id}"
        raise invalid(message, "INVALID_PIPELINE_STAGE", stage_name)
    values |= {pipeline_name: pipeline.id, stage_name: stage.id}
    if kind is DEALS:
        won = stage.closed and float(stage.probability) >= 1
        values |= {
            "hs_is_closed": str(stage.closed).lower(),
            "hs_is_closed_won": str(won).lower(),
            "hs_is_closed_lost": str(stage.closed and not won).lower(),
            "hs_deal_stage_probability": f"{float(stage.probability):g}",
        }


def staged(portal: Portal, old: str, new: str) -> str:
    """The lifecycle stage that results from a write.

    Forward, or from or to blank, it is the new one. Raises Refused where moving back is refused.
    """
    position = portal.switches.lifecycle_backward
    if not old or not new or _rank(new) >= _rank(old) or position == "taken":
        return new
    if position == "refused":
        raise invalid("lifecyclestage cannot be moved back", "INVALID_LIFECYCLE_STAGE", "lifecyclestage")
    return old


def earlier(old: str, new: str) -> bool:
    """Whether a stage comes before another one, blank before all."""
    return not old or _rank(old) < _rank(new)


def check_validations(portal: Portal, kind: Kind, values: Values) -> list[Fault]:
    """What an administrator's rules find wrong with values that are written."""
    found: list[Fault] = []
    for rule in portal.validations:
        value = values.get(rule.property, "")
        if rule.object != kind.id or not value:
            continue
        if rule.rule == "MAX_LENGTH" and len(value) > int(rule.arguments[0]):
            found.append(Fault(rule.property, "MAX_LENGTH", f"{rule.property} is longer than {rule.arguments[0]}"))
        if rule.rule == "REGEX" and not re.fullmatch(rule.arguments[0], value):
            found.append(Fault(rule.property, "REGEX", f"{rule.property} does not fit {rule.arguments[0]}"))
    return found


def check_required(portal: Portal, kind: Kind, values: Values) -> None:
    """Raises Refused where an administrator made a property required for new records."""
    missing = [
        rule.property
        for rule in portal.validations
        if rule.object == kind.id and rule.rule == "REQUIRED" and not values.get(rule.property)
    ]
    if missing:
        raise invalid(f"Required properties are missing: {missing}", "MISSING_REQUIRED_PROPERTY", missing[0])


def _one_of(values: Values, *names: str) -> None:
    if not any(values.get(name) for name in names):
        listed = ", ".join(names)
        raise invalid(f"At least one of these properties must be set: {listed}", "REQUIRED_FIELD_MISSING", names[0])


def _rank(stage: str) -> int:
    """Stages of an account's own come last."""
    return _ORDER.index(stage) if stage in _ORDER else len(_ORDER)
