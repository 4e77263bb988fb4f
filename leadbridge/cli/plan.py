"""``leadbridge plan``: what a job would do. So far: the preview of conversion jobs."""

from __future__ import annotations

from typing import Annotated

import typer

from leadbridge.cli.options import AsJson, Config, Quiet, Verbose

app = typer.Typer(rich_markup_mode=None, add_completion=False)


JobName = Annotated[str, typer.Argument(metavar="JOB", help="A conversion job of leadbridge.yaml.")]
AsPreview = Annotated[bool, typer.Option("--preview", help="Show the plan, and keep and write nothing.")]
Limit = Annotated[
    int | None, typer.Option(min=0, metavar="N", help="Show the rows of the first N leads; all are counted.")
]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print CSV, one line per row and field.")]


@app.command()
def plan(  # noqa: PLR0913, PLR0917  (options of a command, each by its own name)
    job: JobName,
    preview: AsPreview = False,
    limit: Limit = None,
    as_csv: AsCsv = False,
    config: Config = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """Show what a conversion job would do, row and field, with reasons. Nothing is written.

    Exit status 1 says that there are rejects, or questions for a person.
    """
    from leadbridge.cli.output import one_form, print_csv, print_json, progress
    from leadbridge.cli.preview import print_preview
    from leadbridge.cli.preview_data import CSV_HEADER, csv_rows, document
    from leadbridge.errors import UsageError
    from leadbridge.jobs.preview import preview as make_preview
    from leadbridge.jobs.workspace import load_workspace

    if not preview:
        raise UsageError("this version shows plans and does not carry them out yet; add --preview")
    one_form(as_json, as_csv)
    with progress(quiet) as watch:
        found = make_preview(load_workspace(config), job, watch)
    if as_json:
        print_json(document(found))
    elif as_csv:
        print_csv(CSV_HEADER, csv_rows(found))
    else:
        print_preview(found, limit)
    if found.rejects or found.reviews:
        raise typer.Exit(1)
