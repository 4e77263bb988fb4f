"""``leadbridge verify``: whether every linked record says what LeadBridge agreed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from leadbridge.cli.options import AsJson, Config, Quiet, Verbose

if TYPE_CHECKING:
    from leadbridge.jobs.verify import Verified

app = typer.Typer(rich_markup_mode=None, add_completion=False)
COUNTS = ("records", "in_step", "edited", "owed", "new", "aside", "read_only", "differs", "missing")
ALWAYS = ("records", "in_step", "differs", "missing")


@app.command()
def verify(
    job: Annotated[str, typer.Argument(metavar="JOB", help="A sync job of leadbridge.yaml.")],
    config: Config = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """Read every record of a job's connections and compare it with what was agreed. Nothing is written.

    edited: edited since the last run. owed: known to be behind. new: not linked yet. aside: linked and never written,
    such as twins. read only: in a connection that the job only reads. differs: out of step, and nothing says why.
    missing: linked and not found. Exit status 1 says that some differ.
    """
    from leadbridge.cli.opening import opened
    from leadbridge.cli.output import print_json
    from leadbridge.cli.progress import progress
    from leadbridge.jobs.verify import verify as look

    with opened(config) as (workspace, store), progress(quiet) as watch:
        found = look(workspace, store, job, watch)
    if as_json:
        print_json({"job": job, "objects": [_data(one) for one in found]})
    else:
        _print(found)
    if any(one.differs for one in found):
        raise typer.Exit(1)


def _data(one: Verified) -> dict[str, object]:
    examples = [{"ref": str(ref), "fields": fields} for ref, fields in one.examples]
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
