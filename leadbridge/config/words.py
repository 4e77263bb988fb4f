"""Small notations of ``leadbridge.yaml``: limits, durations and names. What cannot be read is a ValueError."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,62}")
"""Names of connections and jobs."""

_SHARE = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,6})?) ?%")
_SPAN = re.compile(r"([0-9]{1,6}) ?([smh])")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600}


@dataclass(frozen=True, slots=True)
class Limit:
    """How many actions are too many: a share of the linked records (0 to 1), or a count."""

    share: Decimal | None = None
    count: int | None = None

    def __str__(self) -> str:
        return str(self.count) if self.share is None else f"{(self.share * 100).normalize():f} %"


def limit(written: Any) -> Limit:
    """``2%`` or ``500``."""
    if isinstance(written, Limit):
        return written
    if isinstance(written, int) and not isinstance(written, bool) and written >= 0:
        return Limit(count=written)
    found = _SHARE.fullmatch(written) if isinstance(written, str) else None
    if found is None or (share := Decimal(found[1]) / 100) > 1:
        raise ValueError("must be a share such as `2%`, or a whole number of records")
    return Limit(share=share)


def span(written: Any) -> timedelta:
    """``60`` (seconds), ``60s``, ``5m`` or ``1h``."""
    if isinstance(written, timedelta):
        return written
    text = f"{written}s" if isinstance(written, int) and not isinstance(written, bool) else written
    found = _SPAN.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError("must be seconds, or a time such as `60s`, `5m` or `1h`")
    return timedelta(seconds=int(found[1]) * _SECONDS[found[2]])
