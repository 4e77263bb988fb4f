"""Owners, pipelines, and what the account has used up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from leadbridge_hubspot.sandbox.limits import Limits
from leadbridge_hubspot.sandbox.portal import Owner, Portal, iso
from leadbridge_hubspot.sandbox.refusals import Refused
from leadbridge_hubspot.sandbox.rest.answers import Answer
from leadbridge_hubspot.sandbox.rest.asking import Asked
from leadbridge_hubspot.sandbox.standard import Pipeline, Stage

Json = Any


def owners(asked: Asked) -> Answer:
    """Live or archived ones, by id; ``after`` is the last id of the page before."""
    archived, address = asked.flag("archived"), asked.query("email").lower()
    limit = asked.number("limit", 100, 500)
    found = [
        one
        for one in sorted(asked.portal.owners.values(), key=lambda owner: int(owner.id))
        if one.archived is archived and (not address or one.email == address) and int(one.id) > asked.after()
    ]
    body: dict[str, Json] = {"results": [_owner(asked.portal, one) for one in found[:limit]]}
    if len(found) > limit:
        body["paging"] = {"next": {"after": found[limit - 1].id}}
    return Answer(200, body)


def owner(asked: Asked) -> Answer:
    wanted, archived = asked.parts["id"], asked.flag("archived")
    for one in asked.portal.owners.values():
        named = str(one.user) if asked.query("idProperty") == "userId" else one.id
        if named == wanted and one.archived is archived:
            return Answer(200, _owner(asked.portal, one))
    raise Refused(404, "OBJECT_NOT_FOUND", f"Owner {wanted} does not exist")


def pipelines(asked: Asked) -> Answer:
    found = asked.portal.pipelines.get(asked.kind().name, ())
    return Answer(200, {"results": [_pipeline(asked.portal, one, n) for n, one in enumerate(found)]})


def pipeline(asked: Asked) -> Answer:
    return Answer(200, _pipeline(asked.portal, *_named(asked)))


def stages(asked: Asked) -> Answer:
    found, _ = _named(asked)
    return Answer(200, {"results": [_stage(asked.portal, one, n) for n, one in enumerate(found.stages)]})


def usage(portal: Portal, limits: Limits) -> Answer:
    """The calls of the day; a private app may read it."""
    now = portal.clock.now()
    midnight = now.replace(hour=0, minute=0, second=0) + timedelta(days=1)
    told = {
        "name": "private-apps-api-calls-daily",
        "usageLimit": portal.switches.daily,
        "currentUsage": limits.used,
        "collectedAt": iso(portal.now()),
        "fetchStatus": "SUCCESS",
        "resetsAt": iso(int(midnight.timestamp() * 1000)),
    }
    return Answer(200, {"results": [told]})


def details(portal: Portal) -> Answer:
    told = {
        "portalId": portal.id,
        "timeZone": "UTC",
        "accountType": "STANDARD",
        "companyCurrency": "EUR",
        "additionalCurrencies": [],
        "utcOffset": "+00:00",
        "utcOffsetMilliseconds": 0,
        "uiDomain": "app.hubspot.com",
        "dataHostingLocation": "na1",
    }
    return Answer(200, told)


def _owner(portal: Portal, one: Owner) -> dict[str, Json]:
    at = iso(int(portal.began.timestamp() * 1000))
    told: dict[str, Json] = {
        "id": one.id,
        "email": one.email,
        "type": "PERSON",
        "firstName": one.first,
        "lastName": one.last,
        "userId": None if one.archived else one.user,
        "userIdIncludingInactive": one.user,
        "createdAt": at,
        "updatedAt": at,
        "archived": one.archived,
        "teams": [],
    }
    return told


def _named(asked: Asked) -> tuple[Pipeline, int]:
    for place, one in enumerate(asked.portal.pipelines.get(asked.kind().name, ())):
        if one.id == asked.parts["id"]:
            return one, place
    raise Refused(404, "OBJECT_NOT_FOUND", f"Pipeline {asked.parts['id']} does not exist")


def _pipeline(portal: Portal, one: Pipeline, place: int) -> dict[str, Json]:
    at = iso(int(portal.began.timestamp() * 1000))
    return {
        "id": one.id,
        "label": one.label,
        "displayOrder": place,
        "stages": [_stage(portal, stage, n) for n, stage in enumerate(one.stages)],
        "createdAt": at,
        "updatedAt": at,
        "archived": False,
    }


def _stage(portal: Portal, one: Stage, place: int) -> dict[str, Json]:
    at = iso(int(portal.began.timestamp() * 1000))
    metadata = {"isClosed": str(one.closed).lower()}
    return {
        "id": one.id,
        "label": one.label,
        "displayOrder": place,
        "metadata": {**metadata, "probability": one.probability} if one.probability else metadata,
        "createdAt": at,
        "updatedAt": at,
        "archived": False,
        "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
    }
