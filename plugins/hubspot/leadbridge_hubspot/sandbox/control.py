"""What the control endpoint of this sandbox offers beyond what all have.

====================  ========  ======================================================================================
path                  method    body
====================  ========  ======================================================================================
``/app``              GET       what a client signs in by: ids, secrets, tokens
``/records``          POST      what others do: ``create``, ``update``, ``archive``, ``restore``, ``erase``, ``merge``
``/scopes``           POST      ``withdraw`` or ``grant`` a list of scopes
``/owners``           POST      ``archive`` or ``restore`` the owner of this id
``/properties``       POST      LeadBridge's key goes from, or with ``present`` true comes to, an ``object``
``/validations``      POST      a rule: ``object``, ``property``, ``rule`` (REQUIRED, MAX_LENGTH, REGEX), ``arguments``
``/validations``      DELETE    all rules are taken back
``/webhooks``         POST      ``url`` of a receiver at 127.0.0.1, ``subscriptions`` such as ``contact.creation``
``/webhooks``         GET       attempt and status of every delivery, and how many wait
====================  ========  ======================================================================================
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from starlette.routing import BaseRoute, Route

from leadbridge.sandbox import known, steered
from leadbridge_hubspot.sandbox.crm.merging import merge
from leadbridge_hubspot.sandbox.crm.saving import archive, create, erase, restore, update
from leadbridge_hubspot.sandbox.objects import Kind
from leadbridge_hubspot.sandbox.portal import Portal, Validation
from leadbridge_hubspot.sandbox.refusals import Refused
from leadbridge_hubspot.sandbox.rest.asking import kind_named
from leadbridge_hubspot.sandbox.rest.forms import FORM
from leadbridge_hubspot.sandbox.standard import KEY, standard_properties
from leadbridge_hubspot.sandbox.store import State

if TYPE_CHECKING:
    from leadbridge_hubspot.sandbox.stand_in import HubSpotSandbox

Told = Mapping[str, Any]
_RULES = ("REQUIRED", "MAX_LENGTH", "REGEX")


def control_routes(sandbox: HubSpotSandbox) -> Sequence[BaseRoute]:
    steering = Steering(sandbox)
    return [
        Route("/app", steered(steering.app), methods=["GET"]),
        Route("/records", steered(steering.change_records), methods=["POST"]),
        Route("/scopes", steered(steering.change_scopes), methods=["POST"]),
        Route("/owners", steered(steering.change_owner), methods=["POST"]),
        Route("/properties", steered(steering.change_key), methods=["POST"]),
        Route("/validations", steered(steering.add_validation), methods=["POST"]),
        Route("/validations", steered(steering.clear_validations), methods=["DELETE"]),
        Route("/webhooks", steered(steering.subscribe), methods=["POST"]),
        Route("/webhooks", steered(steering.deliveries), methods=["GET"]),
    ]


class Steering:
    """What people other than the client do in the portal. Each call is done whole, or not at all."""

    def __init__(self, sandbox: HubSpotSandbox) -> None:
        self._sandbox = sandbox

    @property
    def _portal(self) -> Portal:
        return self._sandbox.portal

    def app(self, told: Told) -> object:
        known(told)
        tokens = self._sandbox.tokens
        return {
            "token": tokens.private,
            "client_id": tokens.client_id,
            "client_secret": tokens.client_secret,
            "refresh_token": tokens.refresh_token,
            "portal_id": self._portal.id,
            "form_id": FORM,
        }

    def change_records(self, told: Told) -> object:
        known(told, "object", "create", "update", "archive", "restore", "erase", "merge")
        portal, done = self._portal, False
        with portal.store.lock:
            try:
                with portal.store.transaction():
                    ids = self._changed(kind_named(portal, str(told["object"])), told)
                done = True
            except Refused as refused:
                raise ValueError(f"{refused.category}: {refused.message}") from None
            finally:
                self._sandbox.settle(done=done)
        return {"ids": [str(key) for key in ids]}

    def _changed(self, kind: Kind, told: Told) -> list[int]:
        portal = self._portal
        ids = [create(portal, kind, given).id for given in told.get("create", ())]
        for one in told.get("update", ()):
            given = {name: value for name, value in one.items() if name != "id"}
            ids.append(update(portal, kind, self._live(kind, one["id"]), given).id)
        for deed, act in (("archive", archive), ("erase", erase)):
            for key in told.get(deed, ()):
                ids.append(self._live(kind, key))
                act(portal, kind, ids[-1])
        for key in told.get("restore", ()):
            ids.append(self._there(kind, key, State.ARCHIVED))
            restore(portal, kind, ids[-1])
        if told.get("merge"):
            primary, other = told["merge"]
            ids.append(merge(portal, kind, self._live(kind, primary), self._live(kind, other)).id)
        return ids

    def _live(self, kind: Kind, told: object) -> int:
        return self._there(kind, told, State.LIVE)

    def _there(self, kind: Kind, told: object, state: State) -> int:
        record = self._portal.store.get(kind.id, int(str(told)))
        if record is None or record.state is not state:
            raise ValueError(f"there is no {kind.singular} {told}")
        return record.id

    def change_scopes(self, told: Told) -> object:
        known(told, "withdraw", "grant")
        hidden = self._portal.hidden_scopes
        hidden |= {str(scope) for scope in told.get("withdraw", ())}
        hidden -= {str(scope) for scope in told.get("grant", ())}
        return {"withdrawn": sorted(hidden)}

    def change_owner(self, told: Told) -> object:
        known(told, "archive", "restore")
        (deed,) = told
        owner = self._portal.owners[str(told[deed])]
        self._portal.owners[owner.id] = replace(owner, archived=deed == "archive")
        return {"id": owner.id, "archived": deed == "archive"}

    def change_key(self, told: Told) -> object:
        known(told, "object", "present")
        portal = self._portal
        kind, present = kind_named(portal, str(told["object"])), bool(told.get("present", False))
        if present:
            portal.set_property(kind, standard_properties()[kind.id][KEY])
        else:
            portal.drop_key(kind)
        return {"object": kind.name, "present": present}

    def add_validation(self, told: Told) -> object:
        known(told, "object", "property", "rule", "arguments")
        if told["rule"] not in _RULES:
            raise ValueError(f"there is no rule {told['rule']}; there are {', '.join(_RULES)}")
        kind = kind_named(self._portal, str(told["object"]))
        arguments = tuple(str(one) for one in told.get("arguments", ()))
        self._portal.validations.append(Validation(kind.id, str(told["property"]), str(told["rule"]), arguments))
        return {"rules": len(self._portal.validations)}

    def clear_validations(self, told: Told) -> object:
        known(told)
        self._portal.validations.clear()
        return {}

    def subscribe(self, told: Told) -> object:
        known(told, "url", "subscriptions")
        self._sandbox.webhooks.subscribe(str(told["url"]), [str(one) for one in told["subscriptions"]])
        return dict(told)

    def deliveries(self, told: Told) -> object:
        known(told)
        waiting = self._sandbox.webhooks.deliver()
        return {"calls": [{"attempt": a, "status": s} for a, s in self._sandbox.webhooks.log], "waiting": waiting}
