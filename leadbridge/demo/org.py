"""The demo in an org of Salesforce: a list of leads is imported, then Salesforce converts them by the policy."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from leadbridge.demo.standing import StandIn
from leadbridge.demo.steps import Holds, approve, done, held, planned, records

if TYPE_CHECKING:
    from leadbridge.jobs.sync.model import PlanOutcome, RunOutcome, Watch
    from leadbridge.jobs.workspace import Workspace
    from leadbridge.state.store import Store

FILES: Final = Path(__file__).parent / "salesforce"
IMPORT: Final = "import"
CONVERT: Final = "convert"
ORG: Final = "sf"
OBJECTS: Final = ("Lead", "Contact", "Account", "Opportunity")
STAND_IN: Final = StandIn("salesforce", "http://127.0.0.1:8080", "SF_TOKEN", "simple_salesforce")


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


def live(workspace: Workspace, store: Store, watch: Watch) -> Story:
    """Import; convert; run again; undo both."""
    from leadbridge.jobs.sync import api

    holds = [_holds(workspace)]
    listed = api.make_plan(workspace, store, IMPORT, watch)
    imported = approve(workspace, store, listed, watch)
    holds.append(_holds(workspace))
    conversion = api.make_plan(workspace, store, CONVERT, watch)
    converted = approve(workspace, store, conversion, watch)
    holds.append(_holds(workspace))
    again = api.convert(workspace, store, CONVERT, "yes", frozenset(), watch)
    unconverted = api.undo(workspace, store, converted.run, "yes", watch)
    unimported = api.undo(workspace, store, imported.run, "yes", watch)
    steps = (listed, imported, conversion, converted, again, unconverted, unimported)
    return Story(*steps, (holds[0], holds[1], holds[2], _holds(workspace)))


def counts(story: Story) -> dict[str, object]:
    """What each step did, as numbers."""
    return {
        "import": {
            "planned": planned(story.planned),
            "applied": done(story.imported),
            "undone": done(story.unimported),
        },
        "conversion": {
            "planned": planned(story.conversion),
            "applied": done(story.converted),
            "again": done(story.again),
            "undone": done(story.unconverted),
        },
        "org": [dict(one) for one in story.holds],
    }


def _holds(workspace: Workspace) -> Holds:
    """Leads that were converted left out."""
    return held(records(workspace, ORG, OBJECTS), lambda record: record.values.get("IsConverted") is not True)
