"""How many records one call takes, and how many calls some records take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

WRITTEN: Final = 200
"""Records that one call writes (REST API guide, sObject Collections)."""
READ: Final = 2_000
"""Records of one object that one call reads (REST API guide, Get Records Using sObject Collections)."""
CONVERTED: Final = 100
"""Leads of one call (SOAP API guide, convertLead)."""
BULK: Final = 18
"""Of one bulk job: create, upload, close, two lists of results, a look for keys that were taken, and a dozen looks at
its state, the last after some five minutes."""
_QUERIED: Final = 400
"""Ids that fit into one query at least."""


def calls(records: int, size: int) -> int:
    return -(-records // size)


def reads(objects: Iterable[str]) -> int:
    """Of reading a record of each of these objects, together."""
    return sum(calls(number, READ) for number in Counter(objects).values())


def writes(rows: int, *, bulk_from: int | None) -> int:
    """Of writing rows of one verb and object; ``bulk_from`` is None where none go in bulk.

    Rows that are refused before they are sent may leave too few for a bulk job.
    """
    if bulk_from is None or rows < bulk_from:
        return calls(rows, WRITTEN)
    return max(BULK, calls(bulk_from - 1, WRITTEN))


def conversions(leads: int, *, alone: int) -> int:
    """A look at all of them, and one at each hundred where it takes long; then the conversion of each hundred.

    Args:
        alone: how many go into a contact without a word of its account, which is looked up.
    """
    return calls(leads, READ) + 2 * calls(leads, CONVERTED) + calls(alone, _QUERIED)
