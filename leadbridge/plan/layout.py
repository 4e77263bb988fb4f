"""Which records a conversion touches, before any field is looked at: slots, one per record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from leadbridge.mapping.policy import ConvertPolicy, Part
from leadbridge.mapping.stages import DEFAULT, Stages
from leadbridge.plan.elsewhere import NOWHERE, Elsewhere
from leadbridge.plan.model import Request
from leadbridge.plan.sharing import share
from leadbridge.records import Ref
from leadbridge.subjects.model import Subject


@dataclass(frozen=True, slots=True)
class Scene:
    """All that planning knows besides the requests.

    Attributes:
        homes: (connection, role) -> the canonical fields that the connection's object for the role can be given.
            A role that is not there has no object in that connection: LeadBridge alone keeps such records.
        lead: the subject whose fields leads have.
        now: the run's time, aware UTC.
        stages: the moves that a person's stage may make.
        elsewhere: how records that are named in one connection are named in another.
    """

    policy: ConvertPolicy
    homes: Mapping[tuple[str, str], frozenset[str]]
    lead: Subject
    now: datetime
    stages: Stages = DEFAULT
    elsewhere: Elsewhere = NOWHERE


@dataclass(frozen=True, slots=True)
class Slot:
    """One record of the plan: an existing one by its ref, a new one by the request that makes it."""

    connection: str | None
    role: str
    ref: Ref | None
    maker: int


@dataclass(frozen=True, slots=True)
class Layout:
    """Slots of each request in the order in which records are made, the lead's own records last."""

    slots: Mapping[int, tuple[Slot, ...]]

    @property
    def numbers(self) -> dict[Slot, int]:
        """Row numbers, from 1, in the order of first appearance."""
        distinct = dict.fromkeys(slot for slots in self.slots.values() for slot in slots)
        return {slot: number for number, slot in enumerate(distinct, 1)}

    def users(self, requests: Sequence[Request]) -> dict[Slot, list[Request]]:
        """The requests that lead to each slot, in their order."""
        found: dict[Slot, list[Request]] = {}
        for request in requests:
            for slot in self.slots[request.number]:
                found.setdefault(slot, []).append(request)
        return found


def lay_out(requests: Sequence[Request], scene: Scene) -> Layout:
    """Slots for requests that are in order and whose conditions are known not to err."""
    makers = {role: _makers(role, part, requests) for role, part in scene.policy.parts.items()}
    return Layout({r.number: (*_made(r, scene, makers), *_closed(r)) for r in requests})


def _makers(role: str, part: Part, requests: Sequence[Request]) -> Mapping[int, int]:
    if role == "account":  # several people of one company; every other record is a lead's own
        return share(requests, role, part.match)
    return {request.number: request.number for request in requests}


def _made(request: Request, scene: Scene, makers: Mapping[str, Mapping[int, int]]) -> list[Slot]:
    slots = []
    for connection, role, _part in parts_of(request, scene):
        match = request.matched.get((connection or "", role))
        ref = match.record.ref if match else None
        slots.append(Slot(connection, role, ref, 0 if ref else makers[role][request.number]))
    return slots


def parts_of(request: Request, scene: Scene) -> list[tuple[str | None, str, Part]]:
    """(connection, role, part) of what the policy makes of this lead. Raises ConditionError."""
    found: list[tuple[str | None, str, Part]] = []
    for role, part in scene.policy.parts.items():
        if part.when is None or part.when.includes(request.lead.values):
            at: list[str | None] = [name for name in request.targets if (name, role) in scene.homes]
            found += [(connection, role, part) for connection in at or [None]]
    return found


def _closed(request: Request) -> list[Slot]:
    kept = [ref for ref in request.lead.refs if not is_own_contact(request, ref)]
    return [Slot(ref.connection, "lead", ref, 0) for ref in kept]


def is_own_contact(request: Request, ref: Ref | None) -> bool:
    """Whether the record is the lead's own, and one of the contacts that it becomes."""
    return ref is not None and ref in request.changing and ref.connection in request.targets
