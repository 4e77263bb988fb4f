"""Rows before they are sent: what Salesforce would refuse the whole call for is told of the row alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from leadbridge.provider import Action, Result
from leadbridge.records import Reject
from leadbridge.values import MISSING
from leadbridge_salesforce.schema import Schema

_ID: Final = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?")


@dataclass(frozen=True, slots=True)
class Draft:
    """An action that can be sent. ``others`` are the numbers of creates that have the same key: one record for all."""

    action: Action
    others: tuple[int, ...] = ()

    def done(self, id: str) -> list[Result]:
        return [Result(number, "done", id) for number in (self.action.number, *self.others)]

    def rejected(self, reject: Reject) -> list[Result]:
        return [Result(number, "rejected", self.action.id, reject) for number in (self.action.number, *self.others)]

    def uncertain(self) -> list[Result]:
        return [Result(number, "uncertain", self.action.id) for number in (self.action.number, *self.others)]


def is_id(text: str | None) -> bool:
    return text is not None and _ID.fullmatch(text) is not None


def drafts(schema: Schema, actions: Sequence[Action]) -> tuple[list[Draft], list[Result]]:
    """What can be sent, ordered by parent so that parallel writes do not lock each other out, and what cannot."""
    refusals = {action.number: refusal(schema, action) for action in actions}
    fit = [action for action in actions if refusals[action.number] is None]
    fit.sort(key=lambda action: _parent(schema, action))
    unfit = [action for action in actions if refusals[action.number] is not None]
    return _coalesced(fit), [Result(a.number, "rejected", a.id, refusals[a.number]) for a in unfit]


def refusal(schema: Schema, action: Action) -> Reject | None:
    """Why the row cannot be sent at all."""
    if action.verb != "create" and not is_id(action.id):
        return Reject("gone", f"{action.id!r} is no id of Salesforce's", "it is captured as gone next time")
    for name, raw in action.values.items():
        field = schema.fields.get(name)
        usable = field is not None and (field.createable if action.verb == "create" else field.updateable)
        if raw is not MISSING and not usable:
            reason = f"{schema.name} has no field {name!r} that the connection's user can {action.verb}"
            return Reject("not_writable", reason, "map it `write: never`, or give access", provider_field=name)
    return None


def _parent(schema: Schema, action: Action) -> str:
    fields = (name for name in action.values if name in schema.fields and schema.fields[name].references)
    return min((str(action.values[name] or "") for name in fields if name != "OwnerId"), default="")


def _coalesced(actions: Sequence[Action]) -> list[Draft]:
    """Salesforce refuses both of two creates with one key in one call."""
    first: dict[str, int] = {}
    others: dict[int, list[int]] = {}
    for action in actions:
        key = action.key if action.verb == "create" and action.key is not None else f"alone {action.number}"
        others.setdefault(first.setdefault(key, action.number), []).append(action.number)
    kept = [action for action in actions if action.number in others]
    return [Draft(action, tuple(others[action.number][1:])) for action in kept]
