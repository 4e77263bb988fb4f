"""The built-in scorer: the project's rules behind the hook ``leadbridge_score``, like any plugin's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from leadbridge import hookimpl
from leadbridge.extend import Reason
from leadbridge.records import Captured, Reject
from leadbridge.scoring.score import ScoringModel


class RuleScorer:
    """Plugin object for one run.

    Attributes:
        rejects: records on which a rule failed, one per record and rule, in the order scored.
    """

    def __init__(self, model: ScoringModel, now: datetime | None = None) -> None:
        self.model = model
        self.now = now or datetime.now(UTC)
        self.rejects: list[Reject] = []

    @hookimpl
    def leadbridge_score(self, batch: Sequence[Captured]) -> Sequence[Sequence[Reason]]:
        weighed = [self.model.weigh(captured, self.now) for captured in batch]
        self.rejects.extend(reject for one in weighed for reject in one.rejects)
        return [one.reasons for one in weighed]
