"""``leadbridge demo``: from messy files to contacts, and two tables in step, on the demo's own files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from leadbridge.cli.options import AsJson, Config, Quiet, Verbose

if TYPE_CHECKING:
    from leadbridge.demo.standing import StandIn
    from leadbridge.jobs.leads import Leads
    from leadbridge.jobs.outcome import Preview
    from leadbridge.jobs.workspace import Workspace
    from leadbridge.sandbox import Served
    from leadbridge.state.store import Store

app = typer.Typer(rich_markup_mode=None, add_completion=False)

INBOXES = ("fair", "web", "partner")
JOB = "convert"
TOP = 8
COLUMNS = ("name", "company", "score", "rating", "connection")


class StoryName(StrEnum):
    """Which story is told."""

    CSV = "csv"
    SALESFORCE = "salesforce"
    HUBSPOT = "hubspot"


@app.command()
def demo(  # noqa: PLR0913, PLR0917  (options of a command, each by its own name)
    story: Annotated[
        StoryName,
        typer.Argument(metavar="[STORY]", help="csv: files alone; salesforce: in an org; hubspot: a portal beside it."),
    ] = StoryName.CSV,
    folder: Annotated[
        Path | None,
        typer.Option("--dir", metavar="D", help="Leave the demo's project in this folder, to copy from."),
    ] = None,
    config: Config = None,  # every command takes it; the demo brings its own
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """Show LeadBridge at work: messy leads are converted into a small CRM, which is kept in step with another table.

    With `salesforce` a list becomes leads in an org, which converts them itself. With `hubspot` leads of a portal
    become contacts in Salesforce or in HubSpot, by one policy. Both CRMs are stand-ins on this machine. Everything
    happens in a folder of the demo's own, and is undone in the end.
    """
    tell = {StoryName.SALESFORCE: _in_an_org, StoryName.HUBSPOT: _in_a_portal, StoryName.CSV: _in_files}
    tell[story](folder, as_json)


def _in_an_org(folder: Path | None, as_json: bool) -> None:
    from leadbridge.cli.demo_org import tell
    from leadbridge.demo import org

    with _among_stand_ins("Salesforce", _project(folder, org.FILES), [org.STAND_IN]) as (workspace, store):
        lived = org.live(workspace, store, _unwatched)
        _show(as_json, lambda: org.counts(lived), lambda: tell(lived, store, _title, _text))


def _in_a_portal(folder: Path | None, as_json: bool) -> None:
    from leadbridge.cli.demo_portal import tell
    from leadbridge.demo import portal

    place = _project(folder, portal.FILES, portal.STARTERS)
    with _among_stand_ins("HubSpot", place, portal.STAND_INS, portal.fill) as (workspace, store):
        lived = portal.live(workspace, store, _unwatched)
        _show(as_json, lambda: portal.counts(lived), lambda: tell(lived, store, _title, _text))


@contextmanager
def _among_stand_ins(
    crm: str,
    project: AbstractContextManager[Path],
    stand_ins: Sequence[StandIn],
    fill: Callable[[Served], None] = lambda served: None,
) -> Iterator[tuple[Workspace, Store]]:
    """The demo's project with its CRMs answering; ``fill`` is given the first of them."""
    from leadbridge.demo.standing import check_parts, serving
    from leadbridge.jobs.sync.api import open_state
    from leadbridge.jobs.workspace import load_workspace

    check_parts(crm, stand_ins)
    with project as place, serving(place, stand_ins) as served:
        fill(served[0])
        workspace = load_workspace(place)
        with open_state(workspace) as store:
            yield workspace, store


def _show(as_json: bool, counts: Callable[[], dict[str, object]], tell: Callable[[], None]) -> None:
    from leadbridge.cli.output import print_json

    if as_json:
        print_json(counts())
    else:
        tell()


def _in_files(folder: Path | None, as_json: bool) -> None:
    from leadbridge.cli.demo_story import tell
    from leadbridge.cli.output import print_json
    from leadbridge.cli.preview_data import counts
    from leadbridge.demo import FILES, story
    from leadbridge.jobs.leads import Wanted, list_leads
    from leadbridge.jobs.preview import preview
    from leadbridge.jobs.sync.api import open_state
    from leadbridge.jobs.workspace import load_workspace

    with _project(folder, FILES) as place:
        workspace = load_workspace(place)
        found = preview(workspace, JOB, _unwatched)
        if not as_json:
            wanted = Wanted(INBOXES, frozenset({"lead"}), None, (("score", True),))
            _narrate(workspace, list_leads(load_workspace(place), wanted, _unwatched), found)
        with open_state(workspace) as store:
            lived = story.live(workspace, store, _unwatched)
            if as_json:
                print_json({**counts(found), **story.counts(lived)})
                return
            tell(lived, store, _title, _text)
        _say_next(folder)


def _unwatched(what: str, so_far: int) -> None:
    """The demo is over before a progress line could be read."""
    del what, so_far


@contextmanager
def _project(folder: Path | None, files: Path, starters: Sequence[str] = ()) -> Iterator[Path]:
    from tempfile import TemporaryDirectory

    from leadbridge.demo import copy_to

    if folder is not None:
        copy_to(folder, files, starters)
        yield folder
        return
    with TemporaryDirectory(prefix="leadbridge-demo-") as made:
        copy_to(Path(made), files, starters)
        yield Path(made)


def _narrate(workspace: Workspace, leads: Leads, found: Preview) -> None:
    _show_files(workspace, leads)
    _show_leads(leads)
    _show_duplicates(found)
    _show_preview(found)


def _show_files(workspace: Workspace, leads: Leads) -> None:
    from leadbridge.cli.output import Column, print_line, print_table

    _title("1. Three lead files, each in a style of its own, and a small CRM of tables")
    read = {tally.connection: tally for tally in leads.tallies}
    rows = []
    with workspace.open(INBOXES) as sources:
        for source in sources:
            tally, columns = read[source.connection], [field.name for field in source.described[0].fields]
            numbers = [str(tally.captured), str(tally.rejected), str(tally.fields)]
            rows.append([tally.object, *numbers, ", ".join(columns)])
    numeric = [Column(title, "right", shrink=False) for title in ("leads", "bad rows", "bad cells")]
    print_table([Column("file", shrink=False), *numeric, Column("columns")], rows, indent=2)
    print_line()
    _text(
        "Delimiters, encodings and quotes are found out. A bad row or cell is put aside with its line number and the "
        "rest goes on, for example:"
    )
    for reject in leads.rejects[:3]:
        _text(f"{reject.source}: {reject.reason}", 4)


def _show_leads(leads: Leads) -> None:
    from leadbridge.cli.leads import print_leads
    from leadbridge.cli.output import print_line
    from leadbridge.cli.preview import score_words
    from leadbridge.plan.model import label

    _title("2. Read through mappings they speak one language, and every score explains itself")
    best = leads.found[:TOP]
    print_leads(best, COLUMNS, indent=2)
    if best and best[0].rating is not None:
        print_line()
        _text(f"{label(best[0].values)}: {score_words(best[0].rating)}")


def _show_duplicates(found: Preview) -> None:
    from leadbridge.cli.preview import plural, print_duplicates

    leads = found.leads.total()
    twins = leads - len(found.people)
    _title(f"3. {plural(leads, 'lead')} are {plural(len(found.people), 'person')}: {twins} came more than once")
    print_duplicates(found)


def _show_preview(found: Preview) -> None:
    from leadbridge.cli.preview import print_conversions, print_left_out, print_summary

    _title("4. What the convert policy makes of them; nothing is written yet")
    print_summary(found)
    print_conversions(found, _telling(found))
    print_left_out(found.left_out)


def _telling(found: Preview) -> list[int]:
    """Numbers of the conversions to show in full: the first that changes a contact, the first of several records."""
    changing = {row.number for row in found.plan.rows if row.role == "contact" and row.verb == "update"}
    conversions = found.plan.conversions
    of_contact = next((one.number for one in conversions if changing.intersection(one.rows)), None)
    of_several = next((one.number for one in conversions if len(one.lead.members) > 1), None)
    return sorted({number for number in (of_contact, of_several) if number is not None})


def _say_next(folder: Path | None) -> None:
    from leadbridge.cli.output import escape, print_line

    _title("Next")
    if folder is None:
        print_line("  leadbridge demo --dir my-leads        leaves these files and their state")
        print_line("  leadbridge init --dir my-project      starts a project for your own files")
        return
    print_line(f"  cd {escape(folder.as_posix())}")
    print_line("  leadbridge leads --where 'score >= 60'   any filter; --columns, --sort, --csv")
    print_line("  leadbridge plan convert --preview        every row and field, with reasons")
    print_line("  leadbridge runs                          what was done")
    print_line("  leadbridge show crm:contacts.csv:C006    why each value is what it is")
    print_line("  leadbridge mappings lint                 after you changed a file in mappings/")


def _title(text: str) -> None:
    from leadbridge.cli.output import fold, paint, print_line

    print_line()
    for line in fold(text, 0):
        print_line(paint(line, "title"))
    print_line()


def _text(text: str, indent: int = 2) -> None:
    from leadbridge.cli.output import fold, paint, print_line

    for line in fold(text, indent):
        print_line(paint(line, "plain"))
