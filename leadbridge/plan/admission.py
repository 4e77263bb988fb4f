"""Leads that cannot be converted whole are not converted at all: what each record needs before it can be made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from leadbridge.conditions import ConditionError
from leadbridge.mapping.lint.policies import NEEDED
from leadbridge.mapping.policy import Part
from leadbridge.plan.layout import Scene, parts_of
from leadbridge.plan.model import Request, label
from leadbridge.plan.sharing import share
from leadbridge.records import Reject
from leadbridge.values import is_absent


def admit(requests: Sequence[Request], scene: Scene) -> tuple[tuple[Request, ...], tuple[Reject, ...]]:
    """The requests that can be converted, and a reject for each of the others."""
    reasons = {request.number: _own_reason(request, scene) for request in requests}
    able = [request for request in requests if not reasons[request.number]]
    part = scene.policy.parts.get("account")
    if part is not None:
        reasons |= _nameless(able, part, scene)
    admitted = tuple(request for request in requests if not reasons[request.number])
    return admitted, tuple(_reject(r, reasons[r.number]) for r in requests if reasons[r.number])


def _own_reason(request: Request, scene: Scene) -> str:
    try:
        parts = parts_of(request, scene)
    except ConditionError as error:
        return str(error)
    for connection, role, part in parts:
        if role == "account" or (connection or "", role) in request.matched:
            continue
        absent = _lacking(role, part, [request], scene)
        if absent:
            return f"the {role} would have no {' and no '.join(absent)}"
    return _no_contact(request, scene)


def _no_contact(request: Request, scene: Scene) -> str:
    """Why a record that holds leads and contacts would be none once it is written; empty where all is well."""
    part = scene.policy.parts.get("contact")
    wanted = {f.target.name: f.source.value(request.lead.values, scene.now) for f in part.fields} if part else {}
    for own in request.own.values():
        if own.record.ref in request.changing and not own.can_become({**wanted, **scene.policy.on_converted}):
            return (
                f"its record would be no contact by the `when` of {own.mapping.file.name}, which needs an `on_create`"
            )
    return ""


def _nameless(requests: Sequence[Request], part: Part, scene: Scene) -> dict[int, str]:
    """Leads whose new account would lack a name, though others may lead to the same account and bring it."""
    makers = share(requests, "account", part.match)
    sharers: dict[int, list[Request]] = {}
    for request in requests:
        if any(
            role == "account" and (name or "", role) not in request.matched
            for name, role, _ in parts_of(request, scene)
        ):
            sharers.setdefault(makers[request.number], []).append(request)
    reasons: dict[int, str] = {}
    for group in sharers.values():
        absent = _lacking("account", part, group, scene)
        if absent:
            reasons |= {request.number: f"the account would have no {' and no '.join(absent)}" for request in group}
    return reasons


def _lacking(role: str, part: Part, requests: Iterable[Request], scene: Scene) -> list[str]:
    held = {
        name
        for request in requests
        for name in (
            *(f.target.name for f in part.fields if not is_absent(f.source.value(request.lead.values, scene.now))),
            *(name for name, value in request.added.get(role, {}).items() if not is_absent(value)),
        )
    }
    return [name for name in NEEDED.get(role, ()) if name not in held]


def _reject(request: Request, reason: str) -> Reject:
    record = request.lead.members[0].record
    return Reject(
        code="cannot_convert",
        reason=f"{label(request.lead.values) or record.ref} is not converted: {reason}",
        remedy="complete the lead, or let the policy's `when` of that part leave it out",
        source=record.source or str(record.ref),
    )
