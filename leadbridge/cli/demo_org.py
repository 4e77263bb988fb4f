"""The demo in an org of Salesforce as it is told: plans first, what was done, what can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from leadbridge.cli.lines import print_lines
from leadbridge.cli.opening import names_in
from leadbridge.cli.outcome import print_run
from leadbridge.cli.output import Column, print_line, print_table
from leadbridge.cli.sync_lines import row_lines, summary_lines
from leadbridge.demo.org import OBJECTS, Story
from leadbridge.jobs.sync import api
from leadbridge.state import rejects
from leadbridge.state.store import Store

Say = Callable[[str], None]

ROWS: Final = 2
TIMES: Final = ("at the start", "imported", "converted", "undone")


def tell(story: Story, store: Store, title: Say, text: Say) -> None:
    """Print the steps; ``title`` and ``text`` print as in the demo's other story."""
    names = names_in(store)
    title("1. A list from a fair, to become leads in Salesforce: the plan, nothing is written yet")
    print_lines(summary_lines(story.planned))
    print_lines(row_lines(api.rows(store, story.planned.plan, ROWS), ROWS, names))
    title("2. Approved and applied; what Salesforce or the list does not allow is put aside, with its reason")
    print_run(story.imported)
    print_line()
    _print_rejects(store, text)
    title("3. What Salesforce's own conversion will do with them, and what the policy wants beyond it")
    print_lines(summary_lines(story.conversion))
    print_lines(row_lines(api.rows(store, story.conversion.plan, ROWS), ROWS, names))
    title("4. Approved and applied: Salesforce converts, each lead once; the rest follows and is read back")
    print_run(story.converted)
    print_line()
    text("The same job once more:")
    print_line()
    print_run(story.again)
    title("5. Undone, as far as Salesforce knows a way back; the rest was named before anything was done")
    print_run(story.unconverted)
    print_run(story.unimported)
    title("6. What the org held meanwhile; of leads, those that are open")
    columns = [Column("object"), *(Column(time, "right") for time in TIMES)]
    print_table(columns, [[name, *(str(held[name]) for held in story.holds)] for name in OBJECTS], indent=2)


def _print_rejects(store: Store, text: Say) -> None:
    with store.read() as snapshot:
        for row in rejects.page(snapshot, state=None):
            text(f"{row.source}: {row.reason}")
