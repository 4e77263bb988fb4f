"""The demo in an org of Salesforce: a list of leads is imported, then Salesforce converts them by the policy."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from leadbridge.errors import UsageError

if TYPE_CHECKING:
    from leadbridge.jobs.sync.model import PlanOutcome, RunOutcome, Watch
    from leadbridge.jobs.workspace import Workspace
    from leadbridge.state.store import Store

FILES: Final = Path(__file__).parent / "salesforce"
IMPORT: Final = "import"
CONVERT: Final = "convert"
ORG: Final = "sf"
OBJECTS: Final = ("Lead", "Contact", "Account", "Opportunity")
ADDRESS: Final = "http://127.0.0.1:8080"
"""Where the project's configuration says that the stand-in answers."""
TOKEN: Final = "SF_TOKEN"  # noqa: S105  (the variable's name)

Holds = Mapping[str, int]
"""Object -> records, leads that were converted left out."""


@dataclass(frozen=True, slots=True)
class Story:
    """What became of each step.

    Attributes:
        planned, imported: of the list into the org.
        conversion, converted, again: the leads' conversion, and the run after it.
        unconverted, unimported: the undo of both.
        holds: of the org, at the start, after the import, after the conversion, and at the end.
    """

    planned: PlanOutcome
    imported: RunOutcome
    conversion: PlanOutcome
    converted: RunOutcome
    again: RunOutcome
    unconverted: RunOutcome
    unimported: RunOutcome
    holds: tuple[Holds, Holds, Holds, Holds]


@contextmanager
def stand_in(folder: Path) -> Iterator[None]:
    """Serve an org with a few firms and their people for the project in a folder.

    Raises UsageError where the parts are missing that a stand-in needs.
    """
    from leadbridge.sandbox import Options, start

    file = folder / "leadbridge.yaml"
    text = file.read_text(encoding="utf-8")
    before = os.environ.get(TOKEN)
    with start("salesforce", Options(leads=0)) as served:
        file.write_text(text.replace(ADDRESS, served.url), encoding="utf-8")
        os.environ[TOKEN] = served.token
        try:
            yield
        finally:
            file.write_text(text, encoding="utf-8")
            os.environ.pop(TOKEN)
            if before is not None:
                os.environ[TOKEN] = before


def live(workspace: Workspace, store: Store, watch: Watch) -> Story:
    """Import; convert; run again; undo both."""
    from leadbridge.jobs.sync import api

    def approved(made: PlanOutcome) -> RunOutcome:
        return api.approve_and_apply(workspace, store, made.plan, frozenset({"update", "create"}), watch)

    holds = [_holds(workspace)]
    planned = api.make_plan(workspace, store, IMPORT, watch)
    imported = approved(planned)
    holds.append(_holds(workspace))
    conversion = api.make_plan(workspace, store, CONVERT, watch)
    converted = approved(conversion)
    holds.append(_holds(workspace))
    again = api.convert(workspace, store, CONVERT, "yes", frozenset(), watch)
    unconverted = api.undo(workspace, store, converted.run, "yes", watch)
    unimported = api.undo(workspace, store, imported.run, "yes", watch)
    steps = (planned, imported, conversion, converted, again, unconverted, unimported)
    return Story(*steps, (holds[0], holds[1], holds[2], _holds(workspace)))


def counts(story: Story) -> dict[str, object]:
    """What each step did, as numbers."""

    def done(run: RunOutcome) -> dict[str, object]:
        return {"written": run.counts.get("done", 0), "rejected": dict(run.codes), "left": len(run.left)}

    return {
        "import": {
            "planned": _planned(story.planned),
            "applied": done(story.imported),
            "undone": done(story.unimported),
        },
        "conversion": {
            "planned": _planned(story.conversion),
            "applied": done(story.converted),
            "again": done(story.again),
            "undone": done(story.unconverted),
        },
        "org": [dict(one) for one in story.holds],
    }


def _planned(made: PlanOutcome) -> dict[str, int]:
    return {str(verb): number for verbs in made.writes.values() for verb, number in verbs.items()}


def _holds(workspace: Workspace) -> Holds:
    with workspace.open((ORG,)) as (source,):
        return {
            name: sum(
                1
                for page in source.provider.capture(name)
                for record in page.records
                if record.values.get("IsConverted") is not True
            )
            for name in OBJECTS
        }


def check_parts() -> None:
    """Raises UsageError where what the story needs is not installed."""
    from importlib.util import find_spec

    missing = [part for part in ("starlette", "uvicorn", "simple_salesforce") if find_spec(part) is None]
    if missing:
        raise UsageError(
            f"the demo in Salesforce needs {missing[0]}, which is not installed;"
            " add it with: pip install 'leadbridge[salesforce,sandbox]'"
        )
