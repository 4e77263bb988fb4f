"""When a job is due: the five fields of cron, checked. Running at that time is the scheduler's work."""

from __future__ import annotations

import re
from typing import Final

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")

_FIELDS: Final = (  # name, lowest, highest, words and the number of the first
    ("minute", 0, 59, (), 0),
    ("hour", 0, 23, (), 0),
    ("day of the month", 1, 31, (), 0),
    ("month", 1, 12, _MONTHS, 1),
    ("day of the week", 0, 7, _DAYS, 0),
)
_ITEM = re.compile(r"(?:\*|([0-9a-z]{1,3})(?:-([0-9a-z]{1,3}))?)(?:/([0-9]{1,2}))?")


def cron(text: str) -> str:
    """The text itself, if it is a time table. Raises ValueError that names the field that is wrong."""
    fields = text.split()
    if len(fields) != len(_FIELDS):
        raise ValueError(
            "must be five fields (minute, hour, day of the month, month, day of the week), such as `*/15 * * * *`"
        )
    for written, (name, low, high, words, first) in zip(fields, _FIELDS, strict=True):
        numbers = {word: first + i for i, word in enumerate(words)}
        for item in written.lower().split(","):
            if not _fits(item, low, high, numbers):
                raise ValueError(
                    f"the {name} must be from {low} to {high}, such as `*`, `{low}`, `{low}-{high}` or `*/2`"
                )
    return text


def _fits(item: str, low: int, high: int, words: dict[str, int]) -> bool:
    found = _ITEM.fullmatch(item)
    if found is None or found[3] in ("0", "00"):
        return False
    ends = [words.get(end, int(end) if end.isdecimal() else -1) for end in found.groups()[:2] if end is not None]
    return all(low <= end <= high for end in ends) and ends == sorted(ends)
