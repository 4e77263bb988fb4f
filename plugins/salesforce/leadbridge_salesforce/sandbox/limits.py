"""How many API calls the org has made, and how many it may."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

from leadbridge_salesforce.sandbox.dml.refusals import Refused
from leadbridge_salesforce.sandbox.org import Org


class Limits:
    """The calls of the last 24 hours, by the org's own clock."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._calls: deque[datetime] = deque()

    def spend(self) -> None:
        """Count a call. Raises Refused where the day's calls are used up."""
        if self.used >= self.most:
            raise exceeded()
        self._calls.append(self._org.clock.now())

    @property
    def used(self) -> int:
        since = self._org.clock.now() - timedelta(hours=24)
        while self._calls and self._calls[0] <= since:
            self._calls.popleft()
        return len(self._calls)

    @property
    def most(self) -> int:
        return self._org.switches.daily_calls

    @property
    def header(self) -> str:
        own = self._org.switches.app_calls
        app = f"; per-app-api-usage={self.used}/{own}(appName=LeadBridge)" if own else ""
        return f"api-usage={self.used}/{self.most}{app}"


def exceeded(*, concurrent: bool = False) -> Refused:
    kind = "ConcurrentRequests (Concurrent API Requests)" if concurrent else "TotalRequests"
    return Refused("REQUEST_LIMIT_EXCEEDED", f"{kind} Limit exceeded.", status=403)
