"""How rows are applied, and what came of it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from leadbridge.apply.journal import Outcome
from leadbridge.errors import LeadBridgeError
from leadbridge.plan.rows import WriteRow
from leadbridge.values import Raw

Equivalent = Callable[[WriteRow, str, Raw, Raw], bool]
"""(row, provider field, sent, stored) -> whether both mean the same; by the field's type where a mapping is at hand."""


def same(left: Raw, right: Raw) -> bool:
    """Equal, with all kinds of nothing kept apart."""
    return left == right and isinstance(left, bool) == isinstance(right, bool)


def _same(row: WriteRow, name: str, sent: Raw, stored: Raw) -> bool:
    return same(sent, stored)


def _sleep(seconds: float) -> None:
    """Looked up when it is called, so that a clock can be put in its place."""
    time.sleep(seconds)


def _nothing() -> None:
    """No lease to check."""


@dataclass(frozen=True, slots=True)
class Options:
    """
    Attributes:
        captured_at: when the values that the rows expect were captured; None for a saved plan.
        recheck_after: age of captured values from which records are read again before they are written.
        batch: most rows that one ``write`` is given; ``staged_batch`` the same where writing only stages.
        attempts: most tries of one call, and of one batch whose replies are lost.
        longest_wait: seconds; a CRM that asks for more patience counts as one that cannot be used now.
        check: called before every batch and commit; raises where the run may not go on (the lease was lost).
    """

    captured_at: datetime | None = None
    recheck_after: timedelta = timedelta(seconds=60)
    batch: int = 200
    staged_batch: int = 5_000
    attempts: int = 5
    longest_wait: float = 300.0
    equivalent: Equivalent = _same
    check: Callable[[], None] = _nothing
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], None] = _sleep

    @property
    def recheck(self) -> bool:
        """Whether captured values are too old to be trusted, now."""
        return self.captured_at is None or self.now() - self.captured_at > self.recheck_after


@dataclass(slots=True)
class Summary:
    """What became of the rows of one run.

    Attributes:
        codes: code of a reject -> how many rows.
        skipped: rows that would have taken something back, had it been refused.
        left: rows without an outcome, because their connection stopped; ``resume`` takes them up.
        stopped: connection -> why nothing more was written there.
    """

    done: int = 0
    rejected: int = 0
    uncertain: int = 0
    skipped: int = 0
    left: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    stopped: dict[str, LeadBridgeError] = field(default_factory=dict)

    def count(self, outcomes: Iterable[Outcome]) -> None:
        for outcome in outcomes:
            self.done += outcome.state == "done"
            self.rejected += outcome.state == "rejected"
            self.uncertain += outcome.state == "uncertain"
            self.skipped += outcome.state == "skipped"
            if outcome.reject:
                self.codes[outcome.reject.code] += 1
