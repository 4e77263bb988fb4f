"""``leadbridge mappings``: check, test and describe the files in the mappings folder, and propose new ones."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from leadbridge.cli import diff, exchange
from leadbridge.cli.findings import count, report, unreadable
from leadbridge.cli.options import AsJson, Config, Quiet, Verbose

if TYPE_CHECKING:
    from leadbridge.errors import UsageError
    from leadbridge.jobs.workspace import Workspace
    from leadbridge.mapping.lint import Connected
    from leadbridge.plugins import Plugins
    from leadbridge.project import Project
    from leadbridge.provider import ObjectDescription

app = typer.Typer(
    help="Check, test and suggest mappings.", no_args_is_help=True, rich_markup_mode=None, add_completion=False
)

SCHEMA_FOLDER = ".schema"


@app.command()
def lint(  # noqa: PLR0913, PLR0917  (options of a command, each by its own name)
    connection: Annotated[
        list[str] | None,
        typer.Option(
            "--connection",
            "-C",
            metavar="NAME",
            help="Ask this connection what it holds, too; may be given again. Files are always looked at.",
        ),
    ] = None,
    live: Annotated[bool, typer.Option("--live", help="Ask all connections of the project.")] = False,
    config: Config = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """Find what is wrong, or probably not meant, in the files.

    Exit status 2 says that there are errors; warnings alone leave it 0.
    """
    from leadbridge.errors import FileFaults
    from leadbridge.jobs.linting import lint_jobs
    from leadbridge.jobs.workspace import load_workspace
    from leadbridge.mapping.lint import lint as find

    try:
        workspace = load_workspace(config)
    except FileFaults as error:
        report(unreadable(error), as_json, quiet, "")
        return
    asked = tuple(workspace.project.config.connections) if live else connection or ()
    found = [*lint_jobs(workspace), *find(workspace.mappings, _connections(workspace, asked))]
    report(found, as_json, quiet, f"{count(len(workspace.mappings.documents), 'file')}: nothing to mend.")


@app.command()
def test(  # noqa: PLR0913, PLR0917  (options of a command, each by its own name)
    examples: Annotated[
        int, typer.Option("--examples", "-n", min=1, max=100_000, metavar="N", help="Values tried per field and law.")
    ] = 200,
    seed: Annotated[int, typer.Option(metavar="N", help="Draws other values; the same number draws the same.")] = 0,
    config: Config = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """Try the two laws on every field, and the examples in the files.

    What is read and not changed is written back as it was; what is written reads back as it was meant. Exit status 2
    says that a law or an example does not hold.
    """
    from leadbridge.jobs.workspace import load_workspace
    from leadbridge.mapping.laws import check_mappings

    workspace = load_workspace(config)
    objects = workspace.mappings.objects
    found = check_mappings(workspace.mappings, examples, seed)
    fields = sum(len(mapping.targets) for mapping in objects)
    own = sum(len(mapping.tests) for mapping in objects)
    held = f"both laws hold for {count(fields, 'field')}, and {count(own, 'example')} give{'s' * (own == 1)} what"
    report(found, as_json, quiet, f"{count(len(objects), 'mapping')}: {held} {'it' if own == 1 else 'they'} should.")


@app.command()
def schema(  # noqa: PLR0913, PLR0917  (options of a command, each by its own name)
    kind: Annotated[
        str | None, typer.Argument(metavar="[KIND]", help="mapping, convert, fields, scoring, stages or project.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Write KIND.json there. Default: .schema in the mappings folder."),
    ] = None,
    config: Config = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """Write the schemas with which an editor checks the files.

    They are JSON Schemas, one for each kind of file. With a KIND alone its schema is printed. Custom fields and the
    options of installed plugins are in it.
    """
    from leadbridge.cli.output import escape, print_json, print_line
    from leadbridge.cli.schemas import known_to, text_of, write_files
    from leadbridge.files.check import suggest
    from leadbridge.mapping.schema import KINDS, json_schema

    if kind is not None and kind not in KINDS:
        raise _unknown("kind of file", kind, KINDS, suggest(kind, KINDS))
    known, folder = known_to(config, project_needed=kind is None and out is None)
    if kind is not None and out is None:
        sys.stdout.write(text_of(json_schema(kind, known)))
        return
    target = out or folder / SCHEMA_FOLDER
    written = {target / f"{name}.json": text_of(json_schema(name, known)) for name in ([kind] if kind else KINDS)}
    write_files(written)
    if as_json:
        print_json({"files": [path.as_posix() for path in written]})
    elif not quiet:
        for path in written:
            print_line(escape(path.as_posix()))


@app.command("suggest")
def suggest_(  # noqa: PLR0913, PLR0917  (options of a command, each by its own name)
    connection: Annotated[str, typer.Argument(metavar="CONNECTION", help="A connection of leadbridge.yaml.")],
    object_: Annotated[
        str | None, typer.Option("--object", metavar="NAME", help="Which of its objects; needed where it has several.")
    ] = None,
    role: Annotated[
        str, typer.Option(metavar="ROLE", help="What its records are: lead, contact, account, ...")
    ] = "lead",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write it to this file, in UTF-8, and print nothing.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Let --out write over a file that is there.")] = False,
    config: Config = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """Propose a mapping from an object's header and samples.

    No value of a record is printed.

    leadbridge mappings suggest fair --out mappings/fair.yaml
    """
    from leadbridge.cli.files import written
    from leadbridge.cli.output import print_json
    from leadbridge.errors import UsageError
    from leadbridge.files.check import suggest
    from leadbridge.mapping.lint.described import without_fields
    from leadbridge.mapping.project import load_catalogue
    from leadbridge.mapping.suggest import suggest_mapping

    project, plugins = _project(config)
    catalogue = load_catalogue(project.config.mappings)
    subject = catalogue.of_role(role)
    if subject is None:
        raise _unknown("role", role, catalogue.roles, suggest(role, catalogue.roles))
    kind = project.config.connection(connection)
    described = _chosen(_described(project, connection), object_, connection)
    if not described.fields:
        raise UsageError(without_fields(described.name, connection))
    text = suggest_mapping(described, (kind.provider, kind.type.capabilities.wire), (role, subject), plugins.transforms)
    if out is not None:
        with written(out, force=force) as file:
            file.write(text)
    if as_json:
        print_json({"object": described.name, "role": role, "mapping": text})
    elif out is None:
        sys.stdout.write(text)


app.command("import")(exchange.import_)
app.command("export")(exchange.export)
app.command("diff")(diff.diff)


def _connections(workspace: Workspace, asked: Sequence[str]) -> dict[str, Connected]:
    """The project's connections with what those hold that are local, or were asked for.

    A local one that cannot be read is named and left out; one that was asked for raises.
    """
    from leadbridge.cli.output import say
    from leadbridge.errors import LeadBridgeError
    from leadbridge.jobs.checking import described
    from leadbridge.mapping.lint import Connected

    for name in asked:
        workspace.project.config.connection(name)
    found = {}
    for name, connection in workspace.project.config.connections.items():
        found[name] = Connected(connection.provider)
        if name in asked or connection.type.capabilities.local:
            try:
                told = described(workspace, name)
                found[name] = Connected(connection.provider, told.objects, told.narrowed)
            except LeadBridgeError as error:
                if name in asked:
                    raise
                say(f"Not compared with {name!r}: {error}")
    return found


def _described(project: Project, connection: str) -> tuple[ObjectDescription, ...]:
    provider = project.open(connection)
    try:
        return tuple(provider.describe())
    finally:
        provider.close()


def _chosen(objects: Sequence[ObjectDescription], wanted: str | None, connection: str) -> ObjectDescription:
    """The object to map. Raises UsageError where it cannot be told which."""
    from leadbridge.errors import UsageError
    from leadbridge.files.check import suggest

    named = {described.name: described for described in objects}
    if not named:
        raise UsageError(f"connection {connection!r} holds nothing yet; put a file there first")
    if wanted is None and len(named) == 1:
        return objects[0]
    if wanted is None:
        raise UsageError(
            f"connection {connection!r} has {len(named)} objects; choose with --object: {', '.join(named)}"
        )
    if wanted not in named:
        raise _unknown("object", wanted, named, suggest(wanted, named))
    return named[wanted]


def _unknown(what: str, name: str, known: Iterable[str], close: str | None) -> UsageError:
    from leadbridge.errors import UsageError

    hint = f" (did you mean {close!r}?)" if close else ""
    return UsageError(f"there is no {what} {name!r}{hint}; there are: {', '.join(known)}")


def _project(config: Path | None) -> tuple[Project, Plugins]:
    from leadbridge.plugins import load_plugins
    from leadbridge.project import load_project

    plugins = load_plugins()
    return load_project(config, plugins), plugins
