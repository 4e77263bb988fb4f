"""``leadbridge plan``: what a job would do. It is kept, to be applied; a conversion can be previewed."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Annotated

import typer

from leadbridge.cli.options import AsJson, Config, Quiet, Verbose

if TYPE_CHECKING:
    from leadbridge.jobs.workspace import Workspace

app = typer.Typer(rich_markup_mode=None, add_completion=False)


JobName = Annotated[str, typer.Argument(metavar="JOB", help="A job of leadbridge.yaml.")]
AsPreview = Annotated[
    bool, typer.Option("--preview", help="Of a conversion job: show the plan, and keep and write nothing.")
]
Limit = Annotated[
    int | None,
    typer.Option(min=0, metavar="N", help="Show the first N leads, or rows of each group; all are counted."),
]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print CSV, one line per row and field.")]
Rebaseline = Annotated[
    bool,
    typer.Option(
        "--rebaseline",
        help="Of a sync job: after a mapping or filter changed, read what it concerns completely; where none did, read "
        "all, which finds records that went and left no trace.",
    ),
]


@app.command()
def plan(  # noqa: PLR0913, PLR0917  (options of a command, each by its own name)
    job: JobName,
    preview: AsPreview = False,
    limit: Limit = None,
    as_csv: AsCsv = False,
    rebaseline: Rebaseline = False,
    config: Config = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """Show what a job would do, row and field, with reasons. Nothing is written to a CRM.

    The plan is kept under a number: `leadbridge apply` carries it out as it stands. With --preview a conversion job is
    shown lead by lead instead, with the leads that are left out and why, and nothing is kept. Exit status 1 says that
    there are rejects, or questions for a person, 3 that a brake would stop the plan; that a job's first plan is still
    to be approved, by applying it, is neither.
    """
    from leadbridge.cli.output import one_form
    from leadbridge.config.jobs import SyncJob
    from leadbridge.errors import UsageError
    from leadbridge.jobs.workspace import load_workspace

    one_form(as_json, as_csv)
    form = "json" if as_json else "csv" if as_csv else "text"
    workspace = load_workspace(config)
    if preview and isinstance(workspace.project.config.job(job), SyncJob):
        raise UsageError(f"--preview is for conversion jobs; {job!r} syncs: leave it out, a plan writes nothing")
    if preview:
        status = int(_preview(workspace, job, limit, form, quiet))
    else:
        status = _plan_kept(workspace, job, limit, form, quiet, rebaseline)
    if status:
        raise typer.Exit(status)


def _preview(workspace: Workspace, job: str, limit: int | None, form: str, quiet: bool) -> bool:
    """Whether there are rejects or questions."""
    from leadbridge.cli.output import print_csv, print_json
    from leadbridge.cli.preview import print_preview
    from leadbridge.cli.preview_data import CSV_HEADER, csv_rows, document
    from leadbridge.cli.progress import progress
    from leadbridge.jobs.preview import preview as make_preview

    with progress(quiet) as watch:
        found = make_preview(workspace, job, watch)
    if form == "json":
        print_json(document(found))
    elif form == "csv":
        print_csv(CSV_HEADER, csv_rows(found))
    else:
        print_preview(found, limit)
    return bool(found.rejects or found.reviews)


def _plan_kept(  # noqa: PLR0913, PLR0917  (the command's options)
    workspace: Workspace, job: str, limit: int | None, form: str, quiet: bool, rebaseline: bool
) -> int:
    """The exit status."""
    from leadbridge.cli.failure import data_of_stops, sentence_of
    from leadbridge.cli.opening import names_in
    from leadbridge.cli.outcome import NEWS, STOPPED
    from leadbridge.cli.output import print_csv, print_json_rows, say
    from leadbridge.cli.paging import page
    from leadbridge.cli.progress import progress
    from leadbridge.cli.sync_data import plan_data, row_data
    from leadbridge.cli.sync_lines import closing_lines, plan_lines
    from leadbridge.jobs.sync import api
    from leadbridge.plan.row_text import COLUMNS, cells

    with api.open_state(workspace) as store:
        with progress(quiet) as watch:
            made = api.make_plan(workspace, store, job, watch, rebaseline=rebaseline)
        rows = api.rows(store, made.plan, limit if form == "text" else None)
        brakes = made.brakes
        if form == "json":
            error = {"error": data_of_stops(STOPPED, brakes)} if brakes else {}
            print_json_rows({**plan_data(made), **error}, "rows", (row_data(row) for row in rows))
        elif form == "csv":
            print_csv(COLUMNS, cells(rows))
        else:
            page(chain(plan_lines(made, rows, limit, names_in(store)), closing_lines(made)))
    for stop in brakes if form != "text" else ():
        say(sentence_of(stop))
    return STOPPED if brakes else NEWS if made.rejects or made.questions else 0
