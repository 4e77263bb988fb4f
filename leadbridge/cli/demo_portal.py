"""The demo in a portal of HubSpot as it is told: leads, the policy in two CRMs, plans, what HubSpot shows, undo."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from leadbridge.cli.diff_text import print_text
from leadbridge.cli.lines import print_lines
from leadbridge.cli.opening import names_in
from leadbridge.cli.outcome import print_run
from leadbridge.cli.output import Column, print_line, print_table, show
from leadbridge.cli.preview import score_words
from leadbridge.cli.sync_lines import row_lines, summary_lines
from leadbridge.demo.portal import HELD, Portal, Story
from leadbridge.jobs.sync import api
from leadbridge.jobs.sync.model import PlanOutcome
from leadbridge.plan.model import label
from leadbridge.plan.sync_rows import Write
from leadbridge.state.store import Store
from leadbridge.values import MISSING

Say = Callable[[str], None]

TIMES: Final = ("at the start", "into Salesforce", "within HubSpot", "undone")
SHOWN: Final = {
    "lifecycle": "lifecyclestage",
    "lead status": "hs_lead_status",
    "owner": "owner",
    "id in Salesforce": "salesforce_contact",
}
INTO: Final = ("Britta Thiel", "Thiel Maschinenbau KG")
WITHIN: Final = ("Peter Ohm", "Ohm Logistik GmbH")
"""A lead for whom everything is made, and what its company and its opportunity are called."""
CRMS: Final = {"hs": "HubSpot", "sf": "Salesforce"}


def tell(story: Story, store: Store, title: Say, text: Say) -> None:
    """Print the steps; ``title`` and ``text`` print as in the demo's other stories."""
    title("1. Leads in HubSpot, each with its score")
    _print_leads(story, text)
    title("2. One policy says what a lead becomes; where the CRMs would differ by it")
    _print_differences(story, text)
    title("3. The plan of those with 10,000 and more, into Salesforce; nothing is written")
    _print_plan(story.into, store, INTO, text)
    title("4. Approved and applied; HubSpot is told what they became, and whose they are")
    print_run(story.converted)
    print_run(story.told)
    print_line()
    _print_portal(story.portals[1])
    print_line()
    for sentence in _handed_over(story):
        text(sentence)
    print_line()
    text("The same job once more:")
    print_line()
    print_run(story.again)
    title("5. The other leads become contacts within HubSpot, by the same policy")
    _print_plan(story.within, store, WITHIN, text)
    print_line()
    print_run(story.closed)
    print_line()
    _print_portal(story.portals[2])
    title("6. Undone, the last job first: both CRMs are as they were")
    for run in story.undone:
        print_run(run)
    print_line()
    columns = [Column("object"), *(Column(time, "right") for time in TIMES)]
    rows = [
        [f"{CRMS[crm]} {name}", *(str(held[crm][name]) for held in story.holds)]
        for crm, objects in HELD.items()
        for name in objects
    ]
    print_table(columns, rows, indent=2)


def _print_leads(story: Story, text: Say) -> None:
    columns = [Column("name"), Column("company"), Column("budget", "right"), Column("owner"), Column("score", "right")]
    rows = []
    for lead in story.leads:
        said = {name: lead.values.get(name, MISSING) for name in ("company", "budget", "owner", "score")}
        cells = {name: show(value) for name, value in said.items()}
        owner = story.names.get(cells["owner"], "")
        rows.append([label(lead.values), cells["company"], cells["budget"], owner, cells["score"]])
    print_table(columns, rows, indent=2)
    best = story.leads[0]
    if best.rating is not None:
        print_line()
        text(f"{label(best.values)}: {score_words(best.rating)}")
    print_line()
    text("Owners work in both CRMs: each has an id of its own for them, and an e-mail address says who is who.")


def _print_differences(story: Story, text: Say) -> None:
    print_text(story.differences, all_=False)
    compared = story.differences.comparison
    print_line()
    same = len(compared.rows) - len(compared.differing)
    text(f"With the other {same} fields of the policy both do the same.")


def _print_plan(made: PlanOutcome, store: Store, names: Sequence[str], text: Say) -> None:
    """The sum of it, and one lead's rows in full."""
    print_lines(summary_lines(made))
    print_line()
    text(f"One lead of them, {names[0]}:")
    shown = [
        row
        for row in api.rows(store, made.plan)
        if isinstance(row.body, Write) and row.body.label in names and row.body.undoes is None
    ]
    print_lines(row_lines(shown, None, names_in(store)))


def _handed_over(story: Story) -> Iterator[str]:
    for was, one in zip(*story.portals[:2], strict=True):
        if was["owner"] != one["owner"]:
            yield (
                f"{_name(one)} was a contact of {one['owner']} in Salesforce already, and stays that; "
                "HubSpot has the same owner now."
            )


def _name(one: Mapping[str, str]) -> str:
    return f"{one.get('firstname', '')} {one.get('lastname', '')}"


def _print_portal(portal: Portal) -> None:
    columns = [Column("in HubSpot"), *map(Column, SHOWN)]
    rows = [[_name(one), *(one.get(name, "") for name in SHOWN.values())] for one in portal]
    print_table(columns, rows, indent=2)
