"""Everything that can be asked of jobs. All of it may raise LeadBridgeError: BusyError where another run holds a
connection, StoppedError where a saved plan is refused whole, UsageError, FileFaults, ConnectionFailedError.

==========================  ==============================================================================
open_state                  the project's state
make_plan                   ``leadbridge plan JOB``: capture and plan; a draft is kept, no CRM is written to
rows                        a kept plan's rows, streamed
approve_and_apply           ``leadbridge apply [PLAN]``
sync, convert               ``leadbridge sync JOB``, ``leadbridge convert JOB``: plan, brakes, apply
resume                      ``leadbridge resume``: end what was killed
undo                        ``leadbridge undo RUN``
retry_rejects               ``leadbridge rejects retry``
answer_review(s), release   what a person says to a question; what an undo protects may be planned again
lift_erasure                somebody who was erased may be known again
restore_conflict            the losing value becomes golden, the next run carries it
runs, run, why              ``leadbridge runs``, ``leadbridge show RUN|REF``
==========================  ==============================================================================
"""

from __future__ import annotations

from leadbridge.jobs.convert.running import convert
from leadbridge.jobs.sync.answering import answer_review, answer_reviews, lift_erasure, release, restore_conflict
from leadbridge.jobs.sync.history import run, runs, why
from leadbridge.jobs.sync.keeping import rows
from leadbridge.jobs.sync.resuming import resume
from leadbridge.jobs.sync.retrying import retry_rejects
from leadbridge.jobs.sync.running import approve_and_apply, make_plan, sync
from leadbridge.jobs.sync.undoing import undo
from leadbridge.jobs.workspace import Workspace
from leadbridge.state.store import Store, open_store

__all__ = [
    "answer_review",
    "answer_reviews",
    "approve_and_apply",
    "convert",
    "lift_erasure",
    "make_plan",
    "open_state",
    "release",
    "restore_conflict",
    "resume",
    "retry_rejects",
    "rows",
    "run",
    "runs",
    "sync",
    "undo",
    "why",
]


def open_state(workspace: Workspace) -> Store:
    """The project's state, made where it is not there; the caller closes it."""
    return open_store(workspace.project.config.state, workspace.project.folder)
