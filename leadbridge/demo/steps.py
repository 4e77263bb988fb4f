"""What the stories in stand-ins of CRMs have in common: plans that are approved, and what became of them as numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leadbridge.jobs.sync.model import PlanOutcome, RunOutcome, Watch
    from leadbridge.jobs.workspace import Workspace
    from leadbridge.records import Record
    from leadbridge.state.store import Store

Holds = Mapping[str, int]
"""Object -> records."""


def approve(workspace: Workspace, store: Store, made: PlanOutcome, watch: Watch) -> RunOutcome:
    """Carry a plan out as somebody who looked at it would, its brakes included: in small CRMs all shares are large."""
    from leadbridge.jobs.sync import api

    return api.approve_and_apply(workspace, store, made.plan, frozenset({"update", "create"}), watch)


def planned(made: PlanOutcome) -> dict[str, int]:
    """Verb -> rows, of all connections."""
    found: dict[str, int] = {}
    for verbs in made.writes.values():
        for verb, number in verbs.items():
            found[str(verb)] = found.get(str(verb), 0) + number
    return found


def done(run: RunOutcome) -> dict[str, object]:
    return {"written": run.counts.get("done", 0), "rejected": dict(run.codes), "left": len(run.left)}


def records(workspace: Workspace, connection: str, objects: Sequence[str]) -> dict[str, list[Record]]:
    """All that a CRM holds in these objects now."""
    with workspace.open((connection,)) as (source,):
        return {name: [one for page in source.provider.capture(name) for one in page.records] for name in objects}


def held(found: Mapping[str, Sequence[Record]], counts: Callable[[Record], bool] = lambda record: True) -> Holds:
    return {name: sum(map(counts, some)) for name, some in found.items()}
