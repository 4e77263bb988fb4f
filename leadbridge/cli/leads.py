"""``leadbridge leads``: the leads of connections as a table, as JSON or as CSV."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from leadbridge.cli.options import AsJson, Config, Quiet, Verbose

if TYPE_CHECKING:
    from leadbridge.jobs.leads import Lead, Leads, Wanted
    from leadbridge.jobs.workspace import Workspace
    from leadbridge.subjects.model import Subject

app = typer.Typer(rich_markup_mode=None, add_completion=False)

OWN_COLUMNS = ("name", "connection", "object", "id", "role", "source")
"""Columns that are no fields of a person."""
DEFAULT_COLUMNS = ("name", "company", "email", "score", "rating", "connection")
NUMBERS = frozenset({"integer", "decimal"})


Connections = Annotated[
    list[str] | None,
    typer.Option("--connection", "-C", metavar="NAME", help="Only this connection's; may be given again."),
]
Roles = Annotated[
    list[str] | None, typer.Option(metavar="ROLE", help="lead, prospect or contact; lead and prospect if not given.")
]
Where = Annotated[str | None, typer.Option(metavar="CEL", help="Only leads that fulfil this, such as 'score >= 60'.")]
Columns = Annotated[
    str | None, typer.Option(metavar="A,B", help="Columns: fields of a person, or " + ", ".join(OWN_COLUMNS) + ".")
]
Sort = Annotated[str | None, typer.Option(metavar="A,-B", help="Fields to sort by; - is descending. [default: -score]")]
Limit = Annotated[int | None, typer.Option(min=1, metavar="N", help="Show the first N only.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print CSV, safe to open in a spreadsheet.")]


@app.command()
def leads(  # noqa: PLR0913, PLR0917  (options of a command, each by its own name)
    connection: Connections = None,
    role: Roles = None,
    where: Where = None,
    columns: Columns = None,
    sort: Sort = None,
    limit: Limit = None,
    as_csv: AsCsv = False,
    config: Config = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """List the leads of your connections with their scores.

    Exit status 1 says that some rows were rejected; they are named on stderr.
    """
    from leadbridge.cli.output import one_form
    from leadbridge.cli.progress import progress
    from leadbridge.jobs.leads import list_leads
    from leadbridge.jobs.workspace import load_workspace

    one_form(as_json, as_csv)
    workspace = load_workspace(config)
    person = workspace.mappings.catalogue.subjects["person"]
    shown = _columns(columns, person)
    wanted = _wanted(workspace, connection or (), role or ("lead", "prospect"), where, sort)
    with progress(quiet) as watch:
        found = list_leads(workspace, wanted, watch)
    cut = found.found[:limit]
    if as_json:
        _print_json(found, cut, shown if columns else ())
    elif as_csv:
        _print_csv(cut, shown)
    else:
        print_leads(cut, shown)
    _say_rest(found, len(cut), quiet)
    if found.rejects:
        raise typer.Exit(1)


def _wanted(
    workspace: Workspace, connections: Sequence[str], roles: Sequence[str], where: str | None, sort: str | None
) -> Wanted:
    from leadbridge.conditions import ConditionFault, compile_condition
    from leadbridge.errors import UsageError
    from leadbridge.jobs.leads import Wanted

    person = workspace.mappings.catalogue.subjects["person"]
    for role in roles:
        _known(role, person.roles, "--role", "role of a person")
    try:
        condition = None if where is None else compile_condition(where, person.fields)
    except ConditionFault as fault:
        hint = f" (did you mean {fault.suggestion!r}?)" if fault.suggestion else ""
        raise UsageError(f"--where: {fault.message}{hint}") from None
    names = [word.strip() for word in (sort or "-score").split(",") if word.strip()]
    order = tuple((name.lstrip("-+"), name.startswith("-")) for name in names)
    for name, _ in order:
        _known(name, person.fields, "--sort", "field of a person")
    return Wanted(tuple(connections), frozenset(roles), condition, order)


def _columns(written: str | None, person: Subject) -> tuple[str, ...]:
    names = tuple(word.strip() for word in written.split(",") if word.strip()) if written else DEFAULT_COLUMNS
    for name in names:
        _known(name, (*OWN_COLUMNS, *person.fields), "--columns", "column")
    return names


def _known(name: str, known: Collection[str], option: str, what: str) -> None:
    from leadbridge.errors import UsageError
    from leadbridge.files.check import suggest

    if name not in known:
        close = suggest(name, known)
        raise UsageError(f"{option}: there is no {what} {name!r}" + (f" (did you mean {close!r}?)" if close else ""))


def _cell(lead: Lead, column: str) -> str:
    from leadbridge.cli.output import show
    from leadbridge.plan.model import label
    from leadbridge.values import MISSING

    if column not in OWN_COLUMNS:
        return show(lead.values.get(column, MISSING))
    ref = lead.ref
    own = {"name": label(lead.values), "connection": ref.connection, "object": ref.object, "id": ref.id}
    return {**own, "role": lead.record.role, "source": lead.source}[column]


def print_leads(leads: Sequence[Lead], columns: Sequence[str], indent: int = 0) -> None:
    """A table of leads, a column per field."""
    from leadbridge.cli.output import Column, print_table
    from leadbridge.subjects import STANDARD

    person = STANDARD.subjects["person"]
    numbers = {name for name in columns if name in person.fields and person.fields[name].type in NUMBERS}
    heads = [
        Column(name.replace("_", " "), "right" if name in numbers else "left", name not in numbers) for name in columns
    ]
    print_table(heads, [[_cell(lead, column) for column in columns] for lead in leads], indent=indent)


def _print_csv(leads: Sequence[Lead], columns: Sequence[str]) -> None:
    from leadbridge.cli.output import print_csv

    print_csv(columns, [[_cell(lead, column) for column in columns] for lead in leads])


def _print_json(found: Leads, leads: Sequence[Lead], columns: Sequence[str]) -> None:
    from leadbridge.cli.output import print_json
    from leadbridge.cli.preview_data import rating_data, reject_data

    print_json(
        {
            "captured": found.captured,
            "uncovered": sum(tally.uncovered for tally in found.tallies),
            "found": len(found.found),
            "leads": [
                {
                    "ref": str(lead.ref),
                    "source": lead.source,
                    "role": lead.record.role,
                    "values": {name: v for name, v in lead.values.items() if not columns or name in columns},
                    "score": rating_data(lead.rating),
                }
                for lead in leads
            ],
            "rejects": [reject_data(reject) for reject in found.rejects],
        }
    )


def _say_rest(found: Leads, shown: int, quiet: bool) -> None:
    """What the table leaves out, on stderr."""
    from leadbridge.cli.output import say
    from leadbridge.cli.preview import plural, reject_lines, uncovered_words

    if not quiet:
        say(f"{shown} of {plural(found.captured, 'lead')} shown.")
        if passed_over := uncovered_words(found.tallies):
            say(passed_over)
    for line in reject_lines(found.rejects):
        say(line)
