"""The leads of connections as they are, each with its score; nothing is united or written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from leadbridge.conditions import Condition, ConditionError
from leadbridge.errors import UsageError
from leadbridge.jobs.capture import Tally, capture
from leadbridge.jobs.rating import rate, values_of
from leadbridge.jobs.sources import Source
from leadbridge.jobs.workspace import Workspace
from leadbridge.plan.book import lead_beside
from leadbridge.plan.model import Rating
from leadbridge.records import Captured, Ref, Reject
from leadbridge.values import MISSING, Value, is_present


@dataclass(frozen=True, slots=True)
class Lead:
    """One captured lead. ``values`` are its own and the computed ones."""

    record: Captured
    values: dict[str, Value]
    rating: Rating | None

    @property
    def ref(self) -> Ref:
        return self.record.ref

    @property
    def source(self) -> str:
        return self.record.record.source or str(self.ref)


@dataclass(frozen=True, slots=True)
class Leads:
    """The leads that a filter let through, in the order asked for, out of ``captured``."""

    found: tuple[Lead, ...]
    captured: int
    rejects: tuple[Reject, ...]
    tallies: tuple[Tally, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which leads, and in which order.

    Attributes:
        connections: empty for all that have mapped objects of the roles.
        sort: fields, the most important first; True for the largest first. Absent values come last either way.
    """

    connections: tuple[str, ...]
    roles: frozenset[str]
    where: Condition | None
    sort: tuple[tuple[str, bool], ...]


def list_leads(workspace: Workspace, wanted: Wanted, watch: Callable[[str, int], None]) -> Leads:
    """Raises UsageError where no connection has leads, and what opening and capturing raise."""
    found: list[Lead] = []
    rejects: list[Reject] = []
    tallies: dict[tuple[str, str], Tally] = {}
    with workspace.open(wanted.connections or _all(workspace, wanted.roles)) as sources:
        for batch in capture(_with_leads(sources, wanted), workspace.plugins, wanted.roles):
            rejects += batch.rejects
            records = [record for record in batch.captured if not lead_beside(record)]
            for record, rating in zip(records, rate(records, workspace), strict=True):
                lead = Lead(record, {**record.values, **values_of(rating)}, rating)
                _filter(lead, wanted.where, found, rejects)
            at = batch.connection, batch.object
            tallies[at] = tallies.get(at, Tally(*at)).plus(batch)
            watch(batch.connection, tallies[at].read)
    captured = sum(tally.captured for tally in tallies.values())
    return Leads(
        tuple(_sorted(found, wanted.sort)), captured, (*rejects, *workspace.scoring_rejects), tuple(tallies.values())
    )


def _all(workspace: Workspace, roles: Collection[str]) -> tuple[str, ...]:
    mapped = {(m.provider, m.connection) for m in workspace.mappings.objects if m.role in roles}
    connections = workspace.project.config.connections.values()
    names = tuple(c.name for c in connections if {(c.provider, None), (c.provider, c.name)} & mapped)
    if not names:
        listed = " or ".join(sorted(roles))
        raise UsageError(
            f"no mapping in {workspace.mappings.folder.name}/ reads an object of a connection as role {listed}; "
            "begin one with: leadbridge mappings suggest CONNECTION"
        )
    return names


def _with_leads(sources: Sequence[Source], wanted: Wanted) -> list[Source]:
    """Those that were named, each of which must have leads; else those that have, of which there must be one."""
    having = [source for source in sources if source.objects(wanted.roles)]
    for source in sources if wanted.connections or not having else having:
        source.demand(wanted.roles)
    return having


def _filter(lead: Lead, where: Condition | None, found: list[Lead], rejects: list[Reject]) -> None:
    try:
        if where is None or where.includes(lead.values):
            found.append(lead)
    except ConditionError as error:
        remedy = "guard the condition, for example with has(record.field)"
        rejects.append(Reject("condition", f"--where: {error}", remedy, lead.source))


def _sorted(leads: Sequence[Lead], sort: Sequence[tuple[str, bool]]) -> list[Lead]:
    ordered = list(leads)
    for name, largest_first in reversed(sort):
        there = [lead for lead in ordered if is_present(lead.values.get(name, MISSING))]
        absent = [lead for lead in ordered if not is_present(lead.values.get(name, MISSING))]
        there.sort(key=lambda lead: _key(lead.values[name]), reverse=largest_first)
        ordered = there + absent
    return ordered


def _key(value: Value) -> Any:
    return value.casefold() if isinstance(value, str) else value
