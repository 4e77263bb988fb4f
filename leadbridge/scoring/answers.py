"""Several plugins' reasons for one batch, put together record by record."""

from __future__ import annotations

from collections.abc import Sequence

from leadbridge.errors import UsageError
from leadbridge.extend import Reason


def gather(answers: Sequence[Sequence[Sequence[Reason]]], records: int) -> tuple[tuple[Reason, ...], ...]:
    """One record's reasons after the other from the answers of the hook ``leadbridge_score``.

    Raises:
        UsageError: a plugin did not answer for each record.
    """
    for answer in answers:
        if len(answer) != records:
            raise UsageError(
                f"a plugin's leadbridge_score gave {len(answer)} answers for {records} records; "
                "find it with `leadbridge plugins list` and remove it"
            )
    return tuple(tuple(reason for answer in answers for reason in answer[n]) for n in range(records))
