"""What the control endpoint of this sandbox offers beyond what all have.

====================  ========  ======================================================================================
path                  method    body
====================  ========  ======================================================================================
``/app``              GET       what a client signs in by: ids, secrets, user, key
``/rules``            POST      a ``validation``, ``assignment`` or ``duplicate`` rule, with the fields of its class
``/rules``            DELETE    all rules are taken back
``/access``           POST      ``hide``, ``show`` or ``lock`` an ``object``, or one ``field`` of it
``/fields``           POST      the key field comes to, or with ``present`` false goes from, an ``object``
``/records``          POST      what others do: ``create``, ``update``, ``delete``, ``undelete``; ``late`` in seconds
``/mapping``          POST      ``{object: {target: lead field}}`` of custom fields, in place of what was mapped
``/user``             POST      all sessions are from now on those of the user with this ``username``
``/sessions``         DELETE    all sessions end
====================  ========  ======================================================================================
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from starlette.routing import BaseRoute, Route

from leadbridge.sandbox import known, steered
from leadbridge_salesforce.sandbox.convert.settings import ConvertSettings
from leadbridge_salesforce.sandbox.dml.deleting import delete, undelete
from leadbridge_salesforce.sandbox.dml.drafts import Saved
from leadbridge_salesforce.sandbox.dml.refusals import Refused
from leadbridge_salesforce.sandbox.dml.saving import create, update
from leadbridge_salesforce.sandbox.org import Org
from leadbridge_salesforce.sandbox.rules import AssignmentRule, DuplicateRule, ValidationRule, formula
from leadbridge_salesforce.sandbox.schema import key_field

if TYPE_CHECKING:
    from leadbridge_salesforce.sandbox.stand_in import SalesforceSandbox

Told = Mapping[str, Any]


def control_routes(sandbox: SalesforceSandbox) -> Sequence[BaseRoute]:
    steering = Steering(sandbox)
    return [
        Route("/app", steered(steering.app), methods=["GET"]),
        Route("/rules", steered(steering.add_rule), methods=["POST"]),
        Route("/rules", steered(steering.clear_rules), methods=["DELETE"]),
        Route("/access", steered(steering.change_access), methods=["POST"]),
        Route("/fields", steered(steering.change_field), methods=["POST"]),
        Route("/records", steered(steering.change_records), methods=["POST"]),
        Route("/mapping", steered(steering.map_fields), methods=["POST"]),
        Route("/user", steered(steering.change_user), methods=["POST"]),
        Route("/sessions", steered(steering.end_sessions), methods=["DELETE"]),
    ]


class Steering:
    """What people other than the client do in the org."""

    def __init__(self, sandbox: SalesforceSandbox) -> None:
        self._sandbox = sandbox

    @property
    def _org(self) -> Org:
        return self._sandbox.org

    def app(self, told: Told) -> object:
        known(told)
        app = self._sandbox.app
        return {
            "client_id": app.client_id,
            "client_secret": app.client_secret,
            "refresh_token": next(iter(self._sandbox.sessions.refresh)),
            "username": app.username,
            "password": app.password,
            "security_token": app.security_token,
            "private_key": app.private_key,
        }

    def add_rule(self, told: Told) -> object:
        known(told, "validation", "assignment", "duplicate")
        rules, org = self._org.rules, self._org
        for rule in _each(told, "validation"):
            rules.validation.append(ValidationRule(**{**rule, "refuses": formula(rule["refuses"])}))
        for rule in _each(told, "assignment"):
            entries = tuple((formula(one["when"]), str(one["owner"])) for one in rule["entries"])
            key = org.store.new_id_of("01Q")
            rules.assignment.append(AssignmentRule(key, rule["object"], entries, bool(rule.get("active", True))))
        for rule in _each(told, "duplicate"):
            rules.duplicates.append(DuplicateRule(**rule))
        return {
            "validation": [rule.name for rule in rules.validation],
            "assignment": [rule.id for rule in rules.assignment],
            "duplicate": [rule.name for rule in rules.duplicates],
        }

    def clear_rules(self, told: Told) -> object:
        known(told)
        for rules in (self._org.rules.validation, self._org.rules.assignment, self._org.rules.duplicates):
            rules.clear()
        return {}

    def change_access(self, told: Told) -> object:
        known(told, "hide", "show", "lock", "object", "field")
        access, object_, field = self._org.access, str(told["object"]), told.get("field")
        deeds = told.keys() & {"hide", "show", "lock"}
        if len(deeds) != 1:
            raise ValueError("say one of hide, show and lock")
        (deed,) = deeds
        if field is None and deed == "lock":
            raise ValueError("a whole object cannot be locked; name a field")
        if field is None:
            (access.hide_object if deed == "hide" else access.show_object)(object_)
        else:
            {"hide": access.hide_field, "show": access.show_field, "lock": access.lock_field}[deed](object_, str(field))
        return {}

    def change_field(self, told: Told) -> object:
        known(told, "object", "present")
        org, object_ = self._org, str(told["object"])
        schema = org.store.schema.object(object_)
        if schema is None:
            raise ValueError(f"there is no object {object_}")
        key = key_field()
        with org.store.lock:
            if told.get("present", True) and not schema.has(key.name):
                org.store.add_field(schema.name, key)
            elif not told.get("present", True) and schema.has(key.name):
                org.store.remove_field(schema.name, key.name)
        return {"object": schema.name, "present": bool(told.get("present", True))}

    def change_records(self, told: Told) -> object:
        """What another user does, with the platform's own rights: no rule asks questions."""
        known(told, "object", "create", "update", "delete", "undelete", "late")
        org = self._org
        manner = replace(org.manner(late=float(told.get("late", 0))), check_duplicates=False, validate=False)
        done: list[Saved] = []
        try:
            with org.store.transaction():
                if told.get("create"):
                    done += create(org, str(told["object"]), list(told["create"]), manner)
                if told.get("update"):
                    rows = [(str(row["Id"]), {k: v for k, v in row.items() if k != "Id"}) for row in told["update"]]
                    done += update(org, str(told["object"]), rows, manner)
                done += delete(org, [str(key) for key in told.get("delete", ())], manner)
                done += undelete(org, [str(key) for key in told.get("undelete", ())], manner)
                _ensure_all(done)
        except Refused as refused:
            raise ValueError(f"{refused.code}: {refused.message}") from None
        return {"ids": [one.id for one in done]}

    def map_fields(self, told: Told) -> object:
        """Replace the mapping of custom fields in conversions: object -> target -> field of the lead."""
        mapped = ConvertSettings({str(name): dict(fields) for name, fields in told.items()})
        self._org.convert_settings = mapped.checked(self._org.store.schema)
        return mapped.mapped

    def change_user(self, told: Told) -> object:
        """Somebody else is behind the token, as after an app was given another user to run as."""
        known(told, "username")
        rows = self._org.store.where("User", {"Username": str(told["username"]), "IsActive": 1})
        if not rows:
            raise ValueError(f"there is no active user {told['username']}")
        self._org.user = str(rows[0]["Id"])
        return {"user": self._org.user}

    def end_sessions(self, told: Told) -> object:
        known(told)
        self._sandbox.sessions.close_all()
        return {}


def _ensure_all(done: Sequence[Saved]) -> None:
    """Raises the first refusal."""
    for one in done:
        if one.refused:
            raise one.refused


def _each(told: Told, name: str) -> list[dict[str, Any]]:
    found = told.get(name, [])
    return found if isinstance(found, list) else [found]
