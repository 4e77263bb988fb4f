"""Faults on demand: each waits for the requests that it is for, strikes as often as it was asked to, and is gone.

Two sources: faults that a test sets, and a profile, which draws them at random from a seed. A kind is either played by
the wire itself (``slow``, ``drop_before``, ``drop_after``, ``unavailable``), or by the sandbox that names it.
"""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from leadbridge.sandbox.calls import Call

WIRE_KINDS: Mapping[str, str] = {
    "slow": "answers after `seconds`",
    "drop_before": "closes the connection and does nothing",
    "drop_after": "does what was asked, then closes the connection without a word",
    "unavailable": "HTTP 503, nothing done",
}
SECONDS: Mapping[str, float] = {"slow": 0.05}
"""How long the faults take that a profile draws."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong, and when.

    Attributes:
        kind: one of :data:`WIRE_KINDS`, or of the sandbox's own kinds.
        method: only for this method; empty for all.
        path, body: only where this regular expression is found in the path, in the body.
        after: how many such requests pass unharmed first.
        times: how often it strikes; None for ever.
        seconds: how long, for the kinds that are about time.
        detail: what else the kind needs to know, such as the field that is withdrawn.
    """

    kind: str
    method: str = ""
    path: str = ""
    body: str = ""
    after: int = 0
    times: int | None = 1
    seconds: float = 0.0
    detail: Mapping[str, str] = field(default_factory=dict)

    def is_for(self, call: Call) -> bool:
        if self.method and self.method.upper() != call.method:
            return False
        if self.path and not re.search(self.path, call.path):
            return False
        return not self.body or re.search(self.body.encode(), call.body) is not None


class Faults:
    """The faults that are waiting.

    Args:
        kinds: each kind that the sandbox plays itself, with a line on what it does.
        seconds: how long those of its kinds take that are about time, where a profile draws them.
        details: what else its kinds must be told; such a kind is never drawn.
    """

    def __init__(
        self,
        kinds: Mapping[str, str],
        seconds: Mapping[str, float] | None = None,
        details: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.kinds: Mapping[str, str] = {**WIRE_KINDS, **kinds}
        self._details = details or {}
        self._seconds: Mapping[str, float] = {**SECONDS, **(seconds or {})}
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []
        self._random: random.Random | None = None
        self._rates: Mapping[str, float] = {}

    def add(self, fault: Fault) -> None:
        """Raises ValueError: no such kind here, a detail is lacking, or an expression is none."""
        self._check(fault.kind)
        lacking = [name for name in self._details.get(fault.kind, ()) if name not in fault.detail]
        if lacking:
            raise ValueError(f"fault {fault.kind} lacks detail {', '.join(lacking)}")
        for expression in (fault.path, fault.body):
            try:
                re.compile(expression)
            except re.error as error:
                raise ValueError(f"{expression!r} is no regular expression: {error}") from None
        with self._lock:
            self._waiting.append(fault)

    def draw(self, seed: int, rates: Mapping[str, float]) -> None:
        """Let faults strike at random, the same ones from the same seed.

        ``rates`` are shares of the requests in which a kind is looked for. Raises ValueError as :meth:`add`.
        """
        for kind, rate in rates.items():
            self._check(kind)
            if kind in self._details:
                raise ValueError(f"{kind} cannot be drawn: it needs detail {', '.join(self._details[kind])}")
            if not 0 <= rate <= 1:
                raise ValueError(f"the rate of {kind} is {rate}; it must be between 0 and 1")
        with self._lock:
            self._random, self._rates = random.Random(seed), dict(rates)  # noqa: S311  (no secrets here)

    def clear(self) -> None:
        with self._lock:
            self._waiting, self._random, self._rates = [], None, {}

    def waiting(self) -> list[Fault]:
        with self._lock:
            return list(self._waiting)

    def take(self, kind: str, call: Call) -> Fault | None:
        """The fault of this kind that strikes this request, if one does. It counts as having struck."""
        with self._lock:
            return self._set(kind, call) or self._drawn(kind)

    def _check(self, kind: str) -> None:
        if kind not in self.kinds:
            raise ValueError(f"there is no fault {kind!r}; there are {', '.join(sorted(self.kinds))}")

    def _set(self, kind: str, call: Call) -> Fault | None:
        for place, fault in enumerate(self._waiting):
            if fault.kind != kind or not fault.is_for(call):
                continue
            if fault.after > 0:
                self._waiting[place] = replace(fault, after=fault.after - 1)
                continue
            if fault.times is not None:
                left = replace(fault, times=fault.times - 1)
                self._waiting[place : place + 1] = [left] if left.times else []
            return fault
        return None

    def _drawn(self, kind: str) -> Fault | None:
        rate = self._rates.get(kind, 0.0)
        if self._random is None or not rate or self._random.random() >= rate:
            return None
        return Fault(kind, seconds=self._seconds.get(kind, 0.0))
