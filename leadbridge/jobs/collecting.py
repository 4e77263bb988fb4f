"""Garbage collection while a job runs."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_YOUNG: Final = 100_000


@contextmanager
def rarely() -> Iterator[None]:
    """Look for cycles rarely: rows make none, and looking takes a third of a job's time.

    What stands by now is never looked at again: mappings, modules, compiled expressions.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_YOUNG, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
