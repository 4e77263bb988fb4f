"""Rows before they are sent: what HubSpot would refuse, the whole batch with it, is told of the row alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from leadbridge.provider import Action, Result
from leadbridge.records import Reject
from leadbridge.values import MISSING, is_absent
from leadbridge_hubspot import raws
from leadbridge_hubspot.objects import OWNERS, Reference
from leadbridge_hubspot.raws import UnfitError
from leadbridge_hubspot.schema import Property, Schema

ADDRESSES: Final = ("email", "hs_additional_emails")


@dataclass(frozen=True, slots=True)
class Draft:
    """An action that can be sent.

    Attributes:
        properties: what to send.
        references: association -> the other record's id, empty to take it away.
        others: numbers of creates that have the same key: one record for all.
    """

    action: Action
    properties: Mapping[str, str] = field(default_factory=dict)
    references: Mapping[Reference, str] = field(default_factory=dict)
    others: tuple[int, ...] = ()

    @property
    def trace(self) -> str:
        """By it a reply names the row."""
        return str(self.action.number)

    def done(self, id: str) -> list[Result]:
        return [Result(number, "done", id) for number in (self.action.number, *self.others)]

    def rejected(self, reject: Reject) -> list[Result]:
        return [Result(number, "rejected", self.action.id, reject) for number in (self.action.number, *self.others)]

    def uncertain(self) -> list[Result]:
        return [Result(number, "uncertain", self.action.id) for number in (self.action.number, *self.others)]


def is_id(text: str | None) -> bool:
    return text is not None and text.isascii() and text.isdecimal()


def drafts(schema: Schema, actions: Sequence[Action]) -> tuple[list[Draft], list[Result]]:
    """What can be sent, and what cannot."""
    ready: list[Draft] = []
    unfit: list[Result] = []
    for action in actions:
        made = _draft(schema, action)
        if isinstance(made, Reject):
            unfit.append(Result(action.number, "rejected", action.id, made))
        else:
            ready.append(made)
    return _coalesced(ready), unfit


def _draft(schema: Schema, action: Action) -> Draft | Reject:
    refusal = _refusal(schema, action)
    if refusal is not None:
        return refusal
    properties: dict[str, str] = {}
    references: dict[Reference, str] = {}
    for name, raw in action.values.items():
        known = schema.fields.get(name)
        if raw is MISSING:
            continue
        if known is None or not known.writable:
            reason = f"{schema.name} has no property {name!r} that the API takes values for"
            return Reject("not_writable", reason, "map it `write: never`", provider_field=name)
        try:
            if known.reference is not None:
                references[known.reference] = _other(known, raws.text(raw))
            else:
                properties[name] = raws.for_wire(known, raw)
        except UnfitError as error:
            remedy = "correct the value, or map it"
            return Reject(error.code, f"{schema.name}: {name} {error}", remedy, provider_field=name)
    return Draft(action, properties, references)


def _refusal(schema: Schema, action: Action) -> Reject | None:
    """Why the row cannot be sent at all, whatever its values are."""
    if schema.name == OWNERS:
        return Reject("not_writable", "owners are users of HubSpot, which the API does not change")
    if action.verb != "create":
        return None if is_id(action.id) else Reject("gone", f"{action.id!r} is no id of HubSpot's")
    needed = schema.kind.creates
    if needed and all(is_absent(action.values.get(name)) for name in needed):
        return Reject("required", f"{schema.name} needs a value in {' or '.join(needed)}", "map the property")
    lacking = next((r.name for r in schema.references if r.required and is_absent(action.values.get(r.name))), None)
    if lacking is not None:
        reason = f"{schema.name} needs another record in {lacking} from the first"
        return Reject("required", reason, "map it, and have the other record written before", provider_field=lacking)
    return None


def _other(field: Property, id: str) -> str:
    if id and not is_id(id):
        raise UnfitError("invalid", "is no id of HubSpot's")
    return id


def _coalesced(ready: Sequence[Draft]) -> list[Draft]:
    """Two creates with one key make one record."""
    first: dict[str, int] = {}
    others: dict[int, list[int]] = {}
    for draft in ready:
        action = draft.action
        key = action.key if action.verb == "create" and action.key is not None else f"alone {action.number}"
        others.setdefault(first.setdefault(key, action.number), []).append(action.number)
    kept = [draft for draft in ready if draft.action.number in others]
    return [Draft(d.action, d.properties, d.references, tuple(others[d.action.number][1:])) for d in kept]


def batches(ready: Sequence[Draft], size: int) -> list[list[Draft]]:
    """In the order given; HubSpot refuses both where a record, or a person by any address, is twice in one."""
    made: list[list[Draft]] = []
    taken: list[set[str]] = []
    for draft in ready:
        names = set(_names(draft))
        behind = max((at + 1 for at, known in enumerate(taken) if known & names), default=0)
        at = next((n for n in range(behind, len(made)) if len(made[n]) < size), len(made))
        if at == len(made):
            made.append([])
            taken.append(set())
        made[at].append(draft)
        taken[at] |= names
    return made


def _names(draft: Draft) -> Iterable[str]:
    if draft.action.id is not None:
        yield draft.action.id
    for name in ADDRESSES:
        yield from (part.strip().lower() for part in draft.properties.get(name, "").split(";") if part.strip())
