"""What a kept plan comes to."""

from __future__ import annotations

from leadbridge.jobs.sync.keeping import summary_of
from leadbridge.jobs.sync.model import PlanOutcome
from leadbridge.state.model import Plan


def counted(plan: Plan) -> PlanOutcome:
    """As it was when the plan was made; ``run`` is 0."""
    summary = summary_of(plan)
    return PlanOutcome(
        run=0,
        plan=plan.id,
        job=plan.job,
        digest=plan.digest,
        read={(connection, name): n for connection, of in summary.read.items() for name, n in of.items()},
        writes={side.connection: side.planned for side in summary.facts.sides if any(side.planned.values())},
        settles=summary.settles,
        conflicts=summary.conflicts,
        questions=summary.questions,
        rejects=summary.rejects,
        notes=summary.notes,
        calls=summary.facts.calls,
    )
