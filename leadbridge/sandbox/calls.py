"""What a sandbox was asked, for faults to recognise and for tests to count."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field

KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Call:
    """One request. ``path`` is without the query; header names are in lower case."""

    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answered:
    """A request and the status it was answered with; 0 where the connection was dropped."""

    method: str
    path: str
    status: int


class Log:
    """The last requests, oldest first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: deque[Answered] = deque(maxlen=KEPT)

    def add(self, call: Call, status: int) -> None:
        with self._lock:
            self._kept.append(Answered(call.method, call.path, status))

    def all(self) -> list[Answered]:
        with self._lock:
            return list(self._kept)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
