"""``leadbridge verify``: whether every linked record says what was agreed, and converted leads are so completely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from leadbridge.cli.options import AsJson, Config, Quiet, Verbose

if TYPE_CHECKING:
    from leadbridge.jobs.verify import Conversions, Verification, Verified

app = typer.Typer(rich_markup_mode=None, add_completion=False)
CONVERTED = ("converted", "whole", "reopened", "gone", "undone", "broken")
SELDOM = "undone"
COUNTS = ("records", "in_step", "edited", "owed", "new", "aside", "read_only", "differs", "missing")
ALWAYS = ("records", "in_step", "differs", "missing")


@app.command()
def verify(
    job: Annotated[str, typer.Argument(metavar="JOB", help="A job of leadbridge.yaml.")],
    config: Config = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """Read every record of a job's connections and compare it with what was agreed. Nothing is written.

    edited: edited since the last run. owed: known to be behind. new: not linked yet. aside: linked and never written,
    such as twins. read only: in a connection that the job only reads. differs: out of step, and nothing says why.
    missing: linked and not found.

    Of a job that converts, each converted lead is looked at too. whole: its contact and account are linked, and it says
    what the policy gives a converted lead. reopened: somebody gave it other values since. gone: deleted since. undone:
    an undo took it back, as far as its CRM lets it. broken: something is lacking. Exit status 1 says that
    some differ or are broken.
    """
    from leadbridge.cli.opening import opened
    from leadbridge.cli.output import print_json
    from leadbridge.cli.progress import progress
    from leadbridge.jobs.verify import verify as look

    with opened(config) as (workspace, store), progress(quiet) as watch:
        found = look(workspace, store, job, watch)
    if as_json:
        more = {"conversions": [_data(one) for one in found.conversions]} if found.conversions else {}
        print_json({"job": job, "objects": [_data(one) for one in found.objects], **more})
    else:
        _print(found.objects)
        _print_conversions(found)
    if not found.holds:
        raise typer.Exit(1)


def _data(one: Verified | Conversions) -> dict[str, object]:
    from leadbridge.jobs.verify import Verified

    said = "fields" if isinstance(one, Verified) else "lacking"
    examples = [{"ref": str(ref), said: what} for ref, what in one.examples]
    return {**asdict(one), "examples": examples}


def _print(found: Sequence[Verified]) -> None:
    from leadbridge.cli.output import Column, escape, print_line, print_table
    from leadbridge.cli.preview import plural

    shown = [name for name in COUNTS if name in ALWAYS or any(getattr(one, name) for one in found)]
    heads = [Column("in"), Column("object"), *(Column(n.replace("_", " "), "right", shrink=False) for n in shown)]
    print_table(heads, [[one.connection, one.object, *(f"{getattr(one, n):,}" for n in shown)] for one in found])
    guarded = sum(one.guarded for one in found)
    if guarded:
        print_line(f"{plural(guarded, 'field')} excepted: held by an undo, or waiting for an answer.")
    for one in found:
        for ref, fields in one.examples:
            print_line(escape(f"  {ref} differs in {', '.join(fields)}"))


def _print_conversions(verified: Verification) -> None:
    from leadbridge.cli.output import Column, escape, print_line, print_table
    from leadbridge.cli.preview import plural

    found = verified.conversions
    if not found:
        return
    owed = sum(one.owed for one in verified.objects)
    if owed:
        print_line(f"{plural(owed, 'record')} owed what the policy does not bring; a sync job of the connection does.")
    shown = [name for name in CONVERTED if name != SELDOM or any(one.undone for one in found)]
    heads = [Column("in"), Column("object"), *(Column(name, "right", shrink=False) for name in shown)]
    print_line()
    print_table(heads, [[one.connection, one.object, *(f"{getattr(one, n):,}" for n in shown)] for one in found])
    for one in found:
        for ref, lacking in one.examples:
            print_line(escape(f"  {ref} is not whole: {lacking}"))
