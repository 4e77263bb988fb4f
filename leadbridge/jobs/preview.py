"""The preview of a conversion job: capture and decide, from the CRMs alone. Nothing is written or remembered."""

from __future__ import annotations

from collections.abc import Callable

from leadbridge.jobs.capture import capture_all
from leadbridge.jobs.convert.deciding import Deciding, convert_job, where_of
from leadbridge.jobs.convert.running import scene_of
from leadbridge.jobs.identify import MATCHED_ROLES
from leadbridge.jobs.outcome import Preview
from leadbridge.jobs.sync.references import References
from leadbridge.jobs.workspace import Workspace
from leadbridge.mapping.policy import LEAD_ROLES
from leadbridge.plan.book import Book
from leadbridge.plan.elsewhere import NOT_ASKED, Elsewhere


def preview(workspace: Workspace, name: str, watch: Callable[[str, int], None]) -> Preview:
    """What the conversion job of this name would do. ``watch`` is told what is read.

    Raises:
        UsageError: there is no such job, it converts nothing, or its connections cannot take what the policy makes.
        FileFaults: a file is wrong.
        ConnectionFailedError: a connection cannot be read.
    """
    job = convert_job(workspace, name)
    policy = workspace.mappings.policy(job.policy)
    where = where_of(workspace, name, job.where)
    with workspace.open(job.connections) as sources:
        translated = References(scene_of(workspace, name, sources)).translated
        nobody = Book({}, elsewhere=Elsewhere(translated, why=NOT_ASKED))
        deciding = Deciding(workspace, name, job, policy, sources, nobody)
        deciding.check_targets()
        captured = capture_all(sources, workspace.plugins, LEAD_ROLES | set(MATCHED_ROLES), watch)
    return deciding.decide(captured, where)
