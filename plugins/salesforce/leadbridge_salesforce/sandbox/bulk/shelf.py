"""Where jobs are kept: for seven days by the org's own clock; and what of a day's allowance they use up."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar

from leadbridge.sandbox import Clock
from leadbridge_salesforce.sandbox.bulk.job import ENDED, Job, invalid_state, no_such_job

KEPT: Final = timedelta(days=7)
_DAY: Final = timedelta(hours=24)

J = TypeVar("J", bound=Job)


class Shelf(Generic[J]):
    """The jobs of one kind."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._jobs: dict[str, tuple[datetime, J]] = {}
        self._used: deque[tuple[datetime, int]] = deque()

    def add(self, job: J) -> None:
        self._jobs[job.id] = (self._clock.now(), job)

    def find(self, id: str) -> J:
        """The job of this id, in either length. Raises Refused where there is none, or no more."""
        self._purge()
        found = self._jobs.get(id) or next((kept for key, kept in self._jobs.items() if key[:15] == id), None)
        if found is None:
            no_such_job()
        return found[1]

    def all(self) -> Sequence[J]:
        self._purge()
        return [job for _, job in self._jobs.values()]

    def forget(self, id: str) -> None:
        """Raises Refused where the job is still going on, or there is none."""
        job = self.find(id)
        if job.state not in ENDED:
            invalid_state("A job can be deleted only when it has been aborted, has failed or is complete")
        del self._jobs[job.id]

    def spend(self, amount: int) -> None:
        """Count what a job takes of the day's allowance."""
        self._used.append((self._clock.now(), amount))

    def used(self) -> int:
        """What was spent within the last 24 hours, by jobs that were forgotten too."""
        since = self._clock.now() - _DAY
        while self._used and self._used[0][0] <= since:
            self._used.popleft()
        return sum(amount for _, amount in self._used)

    def _purge(self) -> None:
        since = self._clock.now() - KEPT
        self._jobs = {key: kept for key, kept in self._jobs.items() if kept[0] > since}
