"""How many calls were made, and which are too many."""

from __future__ import annotations

import uuid
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from leadbridge_hubspot.sandbox.portal import Portal
from leadbridge_hubspot.sandbox.rest.answers import Answer

_WORDS: Final = {
    "TEN_SECONDLY_ROLLING": "ten_secondly_rolling limit",
    "SECONDLY": "secondly limit",
    "DAILY": "daily limit",
}
WAITS: Final = {"TEN_SECONDLY_ROLLING": 10, "SECONDLY": 1}


@dataclass(frozen=True, slots=True)
class Spent:
    """What a call counts as."""

    search: bool = False
    associations: bool = False
    oauth: bool = False


class Limits:
    """The calls of an account, by its own clock: of ten seconds for each sort, and of the day."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._recent: dict[str, deque[datetime]] = {}
        self._day = portal.clock.now().date()
        self._used = 0

    def spend(self, call: Spent) -> str | None:
        """Count a call; the policy that it breaks, if it breaks one. Searches have a limit of their own."""
        switches = self._portal.switches
        if self.used >= switches.daily and not call.oauth:
            return "DAILY"
        name, most, seconds = "app", switches.burst, 10
        if call.search:
            name, most, seconds = "search", switches.search_per_second, 1
        elif call.associations:
            name, most = "associations", switches.association_burst
        recent = self._window(name, seconds)
        if len(recent) >= most:
            return "SECONDLY" if call.search else "TEN_SECONDLY_ROLLING"
        recent.append(self._portal.clock.now())
        self._used += 1
        return None

    @property
    def used(self) -> int:
        """Since midnight."""
        today = self._portal.clock.now().date()
        if today != self._day:
            self._day, self._used = today, 0
        return self._used

    def headers(self, *, oauth: bool) -> dict[str, str]:
        """What every reply tells but a search's. The day's are not told to apps that sign in by OAuth."""
        burst, daily = self._portal.switches.burst, self._portal.switches.daily
        left = max(0, burst - len(self._window("app", 10)))
        told = {
            "x-hubspot-ratelimit-interval-milliseconds": "10000",
            "x-hubspot-ratelimit-max": str(burst),
            "x-hubspot-ratelimit-remaining": str(left),
            "x-hubspot-ratelimit-secondly": str(burst // 10),
            "x-hubspot-ratelimit-secondly-remaining": str(min(left, burst // 10)),
        }
        if not oauth:
            told["x-hubspot-ratelimit-daily"] = str(daily)
            told["x-hubspot-ratelimit-daily-remaining"] = str(max(0, daily - self.used))
        return told

    def _window(self, name: str, seconds: int) -> deque[datetime]:
        recent = self._recent.setdefault(name, deque())
        since = self._portal.clock.now() - timedelta(seconds=seconds)
        while recent and recent[0] <= since:
            recent.popleft()
        return recent


def too_many(policy: str, *, retry_after: bool) -> Answer:
    """HTTP 429, whose body names the policy."""
    body: dict[str, Any] = {
        "status": "error",
        "message": f"You have reached your {_WORDS[policy]}.",
        "errorType": "RATE_LIMIT",
        "correlationId": str(uuid.uuid4()),
        "policyName": policy,
        "requestId": str(uuid.uuid4()),
    }
    wait = WAITS.get(policy)
    return Answer(429, body, {"retry-after": str(wait)} if retry_after and wait else {})
