"""``leadbridge runs`` and ``leadbridge show``: what was done, and why a value is what it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from leadbridge.cli.options import AsJson, Config, Quiet, Verbose

if TYPE_CHECKING:
    from leadbridge.cli.lines import Line
    from leadbridge.jobs.sync.model import Explained, Reason, RunDetail
    from leadbridge.records import Ref

runs_app = typer.Typer(rich_markup_mode=None, add_completion=False)
show_app = typer.Typer(rich_markup_mode=None, add_completion=False)


@runs_app.command()
def runs(  # noqa: PLR0913, PLR0917  (options of a command, each by its own name)
    job: Annotated[str | None, typer.Argument(metavar="[JOB]", help="Only runs of this job.")] = None,
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="The newest N.")] = 20,
    config: Config = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """List the runs, the newest first, with what became of their rows."""
    from leadbridge.cli.opening import opened
    from leadbridge.cli.output import print_json, say
    from leadbridge.cli.sync_data import run_data
    from leadbridge.jobs.sync import api

    with opened(config) as (workspace, store):
        if job is not None:
            workspace.project.config.job(job)
        found = api.runs(store, job, limit)
    if as_json:
        print_json({"runs": [run_data(run) for run in found]})
    elif found:
        _print_runs(found)
    elif not quiet:
        say("No run yet.")


def _print_runs(found: Sequence[RunDetail]) -> None:
    """A table; on a terminal, which would cut it, what became of a run's rows stands below the run."""
    from leadbridge.cli.lines import folded, line, print_lines
    from leadbridge.cli.output import Column, print_table, table, width

    heads = [Column(title) for title in ("run", "job", "kind", "state", "started", "plan", "rows", "note")]
    if width() is None:
        print_table(heads, [[*_cells(run), _rows(run), _note(run)] for run in found])
        return
    (head, style), *lines = table(heads[:-2], [_cells(run) for run in found])
    print_lines([line(head, style)])
    for (text, _), run in zip(lines, found, strict=True):
        notes = "; ".join(note for note in (_rows(run), _note(run)) if note)
        print_lines([line(text), *(folded(notes, 5, "dim") if notes else [])])


def _cells(run: RunDetail) -> list[str]:
    from leadbridge.cli.output import show

    plan = "" if run.plan is None else str(run.plan)
    return [str(run.run), run.job, run.kind, "planned" if run.waits else run.state, show(run.started_at), plan]


def _rows(run: RunDetail) -> str:
    """What became of its rows; of a run that has not ended, how far it is."""
    from leadbridge.cli.outcome import row_words

    if run.state == "running":
        return ", ".join(f"{number:,} {state}" for state, number in sorted(run.states.items()) if number)
    return ", ".join(row_words(run.counts, {}))


def _note(run: RunDetail) -> str:
    undoes = f"undoes run {run.undoes}" if run.undoes is not None else ""
    undone = f"undone by run {', '.join(map(str, run.undone_by))}" if run.undone_by else ""
    unwritten = "nothing was written" if run.state == "stopped" and not run.states and not run.waits else ""
    waits = f"waits for: leadbridge apply {run.plan}" if run.waits else ""
    return "; ".join(part for part in (waits, unwritten, undoes, undone) if part)


@show_app.command()
def show(  # noqa: PLR0913, PLR0917  (options of a command, each by its own name)
    what: Annotated[
        str,
        typer.Argument(metavar="RUN|REF", help="A run's number, or a record as CONNECTION:OBJECT:ID."),
    ],
    limit: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="Of a run, show the first N rows of each group.")
    ] = None,
    config: Config = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """Show a run with its rows, or a record with the reason for each of its values.

    A reason names the place that the value comes from, the run that took it, the rule, and the values that lost.
    """
    from leadbridge.cli.opening import ref_of

    if what.isdigit():
        _show_run(int(what), limit, config, as_json)
    else:
        _show_record(ref_of(what), config, as_json)


def _show_run(number: int, limit: int | None, config: Config, as_json: bool) -> None:
    from leadbridge.cli.opening import names_in, opened
    from leadbridge.cli.output import print_json_rows
    from leadbridge.cli.paging import page
    from leadbridge.cli.sync_data import row_data, run_data
    from leadbridge.jobs.sync import api

    with opened(config) as (_, store):
        run = api.run(store, number)
        looked_at = None if as_json else limit
        rows = api.rows(store, run.plan, looked_at) if run.plan is not None else iter(())
        if as_json:
            print_json_rows(run_data(run), "rows", (row_data(row) for row in rows))
            return
        from leadbridge.cli.sync_lines import row_lines

        page(line for part in (_head(run), row_lines(rows, limit, names_in(store))) for line in part)


def _head(run: RunDetail) -> Iterator[Line]:
    from leadbridge.cli.lines import folded, line
    from leadbridge.cli.output import show as shown

    yield line(f"Run {run.run} of job {run.job}: {run.kind}, {run.state}", "title")
    ended = f" to {shown(run.ended_at)}" if run.ended_at else ""
    notes = [f"{shown(run.started_at)}{ended}", _rows(run), _note(run)]
    yield from folded("; ".join(note for note in notes if note), 0)


def _show_record(ref: Ref, config: Config, as_json: bool) -> None:
    from leadbridge.cli.opening import opened
    from leadbridge.cli.output import print_json
    from leadbridge.cli.paging import page
    from leadbridge.cli.sync_data import explained_data
    from leadbridge.jobs.sync import api

    with opened(config) as (workspace, store):
        found = api.why(workspace, store, ref)
    if as_json:
        print_json(explained_data(found))
    else:
        page(_explained(found))


def _explained(found: Explained) -> Iterator[Line]:
    from leadbridge.cli.lines import field_lines, folded, line, word

    yield line(" ".join(part for part in (found.subject, found.label) if part), "title")
    if found.erased_by is not None:
        told = f"Erased by run {found.erased_by}: nothing is kept but marks, by which nobody makes the person again."
        yield from folded(told, 3)
    for link in found.links:
        due = ", still owed a write" if link.due else ""
        yield from folded(f"{link.ref}  {link.role}, {link.state}{due}", 3)
    yield line()
    broad = max((len(reason.field) for reason in found.fields), default=0)
    for reason in found.fields:
        yield from field_lines(reason.field.ljust(broad), word(reason.value), _reason(reason), "plain")


def _reason(reason: Reason) -> str:
    from leadbridge.cli.lines import word

    place = str(reason.ref or reason.origin or "a person here")
    parts = [f"from {place}", f"run {reason.run}" if reason.run else "", reason.rule]
    parts += [f"not {word(value)} from {place}" for value, place in reason.losers]
    return ", ".join(part for part in (*parts, "held" if reason.held else "") if part)
