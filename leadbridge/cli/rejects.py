"""``leadbridge rejects``: rows that could not be read or written, to look at, to hand on, to send again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from leadbridge.cli.opening import ListByDefault, Yes
from leadbridge.cli.options import AsJson, Config, Quiet, Verbose

if TYPE_CHECKING:
    from leadbridge.cli.lines import Line
    from leadbridge.state.model import RejectRow

app = typer.Typer(
    cls=ListByDefault,
    help="List, export and retry rows that could not be read or written.",
    rich_markup_mode=None,
    add_completion=False,
)
HEADER = ("id", "run", "row", "record", "source", "provider_field", "code", "reason", "remedy")
Raw = Annotated[bool, typer.Option("--raw", help="With the raw values as they came: personal data.")]


@app.command("list")
def list_(  # noqa: PLR0913, PLR0917  (options of a command, each by its own name)
    run: Annotated[int | None, typer.Option(metavar="N", help="Only those of this run.")] = None,
    raw: Raw = False,
    config: Config = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """List open rejects. Raw values are left out unless you ask for them."""
    from leadbridge.cli.opening import opened, paged
    from leadbridge.cli.output import print_json_rows
    from leadbridge.cli.paging import page_or_say
    from leadbridge.cli.sync_data import reject_row_data
    from leadbridge.state import rejects

    with opened(config) as (_, store):
        found = paged(store, lambda snapshot, after: rejects.page(snapshot, after, run=run))
        if as_json:
            print_json_rows({}, "rejects", (reject_row_data(reject, raw=raw) for reject in found))
            return
        page_or_say((line for reject in found for line in _lines(reject, raw=raw)), "No open rejects.", quiet)


@app.command()
def export(  # noqa: PLR0913, PLR0917  (options of a command, each by its own name)
    csv: Annotated[Path, typer.Option("--csv", metavar="FILE", help="The file to write; it must not be there yet.")],
    run: Annotated[int | None, typer.Option(metavar="N", help="Only those of this run.")] = None,
    raw: Raw = False,
    config: Config = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """Write open rejects to a CSV file with their reasons and remedies, safe to open in a spreadsheet."""
    from leadbridge.cli.files import written
    from leadbridge.cli.opening import opened, paged
    from leadbridge.cli.output import print_csv, print_json, say
    from leadbridge.cli.preview import plural
    from leadbridge.state import rejects

    with opened(config) as (_, store), written(csv) as out:
        numbers: list[int] = []
        header = (*HEADER, "raw") if raw else HEADER
        print_csv(
            header,
            _cells(
                paged(store, lambda snapshot, after: rejects.page(snapshot, after, run=run)), numbers.append, raw=raw
            ),
            out,
        )
    if as_json:
        print_json({"file": csv.as_posix(), "rejects": len(numbers)})
    elif not quiet:
        say(f"{plural(len(numbers), 'reject')} in {csv.as_posix()}.")


@app.command()
def retry(  # noqa: PLR0913, PLR0917  (options of a command, each by its own name)
    ids: Annotated[
        list[int] | None, typer.Argument(metavar="[ID]...", help="Numbers of rejects; all open ones if not given.")
    ] = None,
    yes: Yes = False,
    config: Config = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """Send rejected rows once more, these alone, although nothing changed here.

    Rejects whose value, record or mapping changed are sent again by the next run anyway.
    """
    from leadbridge.cli.opening import Asking, approval, opened
    from leadbridge.cli.outcome import report_all
    from leadbridge.cli.progress import progress
    from leadbridge.jobs.sync import api

    with opened(config) as (workspace, store), progress(quiet) as watch:
        approved = approval(store, Asking(yes, as_json, watch), "rejects")
        done = api.retry_rejects(workspace, store, ids or None, approved, watch)
    report_all(
        done, "Nothing to retry: there is no open reject of a row that was to be written.", as_json=as_json, quiet=quiet
    )


def _lines(reject: RejectRow, *, raw: bool) -> Iterator[Line]:
    from leadbridge.cli.lines import folded
    from leadbridge.cli.sync_data import shown_ref

    remedy = f"; {reject.remedy}" if reject.remedy else ""
    place = reject.source.rstrip(":") or shown_ref(reject.ref)
    if reject.number is not None:
        place += f", @{reject.number} of run {reject.run}"
    if reject.provider_field:
        place += f", {reject.provider_field}"
    yield from folded(f"{reject.id}  {place}: {reject.reason}{remedy} ({reject.code})", 0, hang=4)
    if raw:
        yield from folded(_raw(reject), 4, "dim")


def _cells(found: Iterator[RejectRow], count: Callable[[int], None], *, raw: bool) -> Iterator[Sequence[str]]:
    from leadbridge.cli.sync_data import shown_ref

    for reject in found:
        count(reject.id)
        row = "" if reject.number is None else str(reject.number)
        cells = [str(reject.id), str(reject.run), row, shown_ref(reject.ref), reject.source, reject.provider_field]
        yield [*cells, reject.code, reject.reason, reject.remedy, *([_raw(reject)] if raw else [])]


def _raw(reject: RejectRow) -> str:
    from leadbridge.cli.output import plain

    return json.dumps(plain(reject.raw), ensure_ascii=False)
