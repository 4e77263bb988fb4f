"""What a kept plan comes to, from its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from leadbridge.jobs.sync.model import PlanOutcome
from leadbridge.plan.sync_rows import PlanRow, Write
from leadbridge.provider import Verb
from leadbridge.state.model import Plan


def counted(plan: Plan, rows: Iterable[PlanRow]) -> PlanOutcome:
    """As it was when the plan was made, but for what was read and rejected then; ``run`` is 0."""
    writes: dict[str, Counter[Verb]] = {}
    settles = conflicts = questions = 0
    for body in (row.body for row in rows):
        if isinstance(body, Write):
            writes.setdefault(body.connection, Counter())[body.verb] += 1
        else:
            settles += 1
            conflicts += len(body.conflicts)
            questions += len(body.questions) + len(body.asked)
    return PlanOutcome(
        run=0,
        plan=plan.id,
        job=plan.job,
        digest=plan.digest,
        writes=writes,
        settles=settles,
        conflicts=conflicts,
        questions=questions,
    )
