"""Plans that fit in memory and are made without a capture: their rows are kept, hashed and counted at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from leadbridge.jobs.sync import keeping
from leadbridge.jobs.sync.keeping import Summary
from leadbridge.jobs.sync.model import PlanOutcome
from leadbridge.plan.brakes import Facts, Side
from leadbridge.plan.native import WriteVerb
from leadbridge.plan.row_text import Digest
from leadbridge.plan.sync_rows import PlanRow, Write
from leadbridge.state import plans, runs
from leadbridge.state.model import Plan, Run
from leadbridge.state.transactions import Transaction


def keep(tx: Transaction, run: Run, rows: Sequence[PlanRow]) -> Plan:
    """The run's plan, a draft with these rows, which are numbered."""
    plan = plans.draft(tx, run.job, run.kind, "", {})
    runs.set_plan(tx, run.id, plan.id)
    kept = [keeping.stored(row) for row in rows]
    running = Digest()
    for row in kept:
        running.add(row.body)
    plans.add_rows(tx, plan.id, kept)
    sides = tuple(Side(connection, 0, verbs) for connection, verbs in counted(rows).items())
    plans.seal(tx, plan.id, running.text, {}, Summary(Facts(run.job, sides)).text())
    return replace(plan, digest=running.text)


def outcome_of(run: Run, plan: Plan, rows: Iterable[PlanRow]) -> PlanOutcome:
    """What a person is shown who is asked about it."""
    return PlanOutcome(run.id, plan.id, run.job, plan.digest, writes=counted(rows))


def counted(rows: Iterable[PlanRow]) -> Mapping[str, Mapping[WriteVerb, int]]:
    """Connection -> verb -> rows."""
    found: dict[str, dict[WriteVerb, int]] = {}
    for row in rows:
        if isinstance(row.body, Write):
            verbs = found.setdefault(row.body.connection, {})
            verbs[row.body.verb] = verbs.get(row.body.verb, 0) + 1
    return found
