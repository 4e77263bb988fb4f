"""``leadbridge conflicts``: fields that were settled against somebody, with the values that lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from leadbridge.cli.opening import ListByDefault
from leadbridge.cli.options import AsJson, Config, Quiet, Verbose

if TYPE_CHECKING:
    from leadbridge.state.model import Claim, ConflictRow

app = typer.Typer(
    cls=ListByDefault,
    help="List conflicts that were settled, and restore a value that lost.",
    rich_markup_mode=None,
    add_completion=False,
)


@app.command("list")
def list_(
    run: Annotated[int | None, typer.Option(metavar="N", help="Only those of this run.")] = None,
    config: Config = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """List conflicts: the field, the value that won and by which rule, and the values that lost."""
    from leadbridge.cli.lines import folded
    from leadbridge.cli.opening import opened, paged
    from leadbridge.cli.output import print_json_rows
    from leadbridge.cli.paging import page_or_say
    from leadbridge.cli.sync_data import conflict_data
    from leadbridge.state import conflicts

    with opened(config) as (_, store):
        found = paged(store, lambda snapshot, after: conflicts.page(snapshot, after, run=run))
        if as_json:
            print_json_rows({}, "conflicts", (conflict_data(conflict) for conflict in found))
            return
        page_or_say((line for one in found for line in folded(_sentence(one), 0, hang=4)), "No conflicts.", quiet)


@app.command()
def restore(  # noqa: PLR0913, PLR0917  (options of a command, each by its own name)
    number: Annotated[int, typer.Argument(metavar="ID", help="The conflict's number.")],
    loser: Annotated[int, typer.Option(min=1, metavar="N", help="Which of the values that lost.")] = 1,
    config: Config = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """Let a value that lost count after all; the next run carries it everywhere."""
    from leadbridge.cli.opening import opened
    from leadbridge.cli.output import escape, print_json, print_line
    from leadbridge.jobs.sync import api

    with opened(config) as (workspace, store):
        follows = api.restore_conflict(workspace, store, number, loser)
    if as_json:
        print_json({"conflict": number, "follows": follows})
    elif not quiet:
        print_line(escape(follows))


def _sentence(conflict: ConflictRow) -> str:
    losers = ", ".join(_claim(loser) for loser in conflict.losers)
    restored = f"; restored by run {conflict.restored_by}" if conflict.restored_by else ""
    return f"{conflict.id}  {conflict.field}: {_claim(conflict.winner)}, not {losers} ({conflict.rule}){restored}"


def _claim(claim: Claim) -> str:
    from leadbridge.cli.lines import word

    return f"{word(claim.value)} from {claim.ref or claim.connection or 'a person here'}"
