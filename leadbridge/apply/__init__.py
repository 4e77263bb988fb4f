"""Carrying out a plan's writes, resuming them after a kill, and planning their undoing."""

from __future__ import annotations

from leadbridge.apply.engine import apply_writes, resume
from leadbridge.apply.journal import Journal, Operation, Outcome, Past
from leadbridge.apply.options import Options, Summary
from leadbridge.apply.undo import Kept, Undo, undo_rows

__all__ = [
    "Journal",
    "Kept",
    "Operation",
    "Options",
    "Outcome",
    "Past",
    "Summary",
    "Undo",
    "apply_writes",
    "resume",
    "undo_rows",
]
