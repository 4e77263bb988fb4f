"""``leadbridge init``: a project folder to start from, or a connection made ready. It writes over nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from leadbridge.cli.options import AsJson, Config, Quiet, Verbose
from leadbridge.starters import Further, starter_files, starter_folder

app = typer.Typer(rich_markup_mode=None, add_completion=False)

CONFIG = """\
# What LeadBridge reads, and what it is to do with it. Paths start from this folder and stay inside it.
# Secrets never stand here: write "${env:NAME}" and set the variable NAME.
mappings: mappings/

connections:
  # Your lead file. Delimiter, encoding and quotes are found out; a glob such as inbox/fair-*.csv works as well.
  leads: {provider: csv, path: inbox/leads.csv}

  # The CRM that leads are matched to and converted into: here a folder of tables, each file an object. With a key
  # a file is a table that can be written.
  crm: {provider: csv, path: crm/, key: Id}

jobs:
  # leadbridge plan convert --preview
  convert: {convert: [leads], into: crm, policy: convert.yaml}
"""

NEXT = (
    "copy your lead file to inbox/leads.csv, then:",
    "leadbridge mappings suggest leads --out mappings/csv.leads.yaml --force",
    "leadbridge mappings lint             check every file in mappings/",
    "leadbridge leads                     your leads with their scores",
    "leadbridge plan convert --preview    what would become of them",
)
TABLES = ("accounts.csv", "contacts.csv")


@app.command()
def init(  # noqa: PLR0913, PLR0917  (options of a command, each by its own name)
    connection: Annotated[
        str | None,
        typer.Argument(metavar="[CONNECTION]", help="A connection of leadbridge.yaml, to be made ready."),
    ] = None,
    folder: Annotated[Path, typer.Option("--dir", metavar="D", help="The folder to start in.")] = Path(),
    further: Annotated[
        list[Further] | None,
        typer.Option("--with", help="Of a CONNECTION: put starter mappings of these there, too; may be given again."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Make what the CRM lacks without asking.")] = False,
    config: Config = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """Start a project folder: leadbridge.yaml, starter mappings, and an empty CRM of tables.

    With a CONNECTION: put starter mappings for its CRM into the mappings folder where there are none, and look at
    what the CRM lacks, such as a field for keys; it is made after you agree, or the steps are printed. Further starters
    are named, and copied by --with.

    Nothing that is there already is written over.
    """
    from leadbridge.cli.output import escape, print_json, print_line

    if connection is not None:
        from leadbridge.cli.preparing import prepare

        prepare(config, connection, further or (), yes=yes, as_json=as_json, quiet=quiet)
        return

    if further:
        from leadbridge.errors import UsageError

        raise UsageError("--with asks for starters of a connection: leadbridge init CONNECTION --with ...")
    written = _write(folder)
    if as_json:
        print_json({"folder": folder.as_posix(), "files": [path.as_posix() for path in written]})
        return
    if quiet:
        return
    for path in written:
        print_line(f"  {escape(path.as_posix())}")
    print_line()
    print_line("Next:")
    if folder != Path():
        print_line(f"  cd {escape(folder.as_posix())}")
    for step in NEXT:
        print_line(f"  {step}")


def _write(folder: Path) -> list[Path]:
    from leadbridge.errors import UsageError

    for name in ("leadbridge.yaml", "mappings"):
        if (folder / name).exists():
            raise UsageError(f"{folder / name} is there already; init writes over nothing: choose another --dir")
    for name in ("crm", "inbox"):
        if (folder / name).exists() and not (folder / name).is_dir():
            raise UsageError(f"{folder / name} is in the way: init needs a folder there; choose another --dir")
    files = {Path("leadbridge.yaml"): CONFIG}
    files |= {Path("mappings") / name: text for name, text in starter_files().items()}
    files |= {Path("crm") / name: _header(name) for name in TABLES if not (folder / "crm" / name).exists()}
    try:
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        (folder / "inbox").mkdir(exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot write to {folder}: {error.strerror or error}; choose another --dir") from error
    return list(files)


def _header(table: str) -> str:
    """The header of an empty table, made of the columns that its starter mapping names."""
    from leadbridge.files.document import load

    mapping = starter_folder() / f"csv.{table.removesuffix('.csv')}.yaml"
    fields = load(mapping).data["fields"].values()
    columns = dict.fromkeys(["Id", *(spec if isinstance(spec, str) else spec["field"] for spec in fields)])
    return ",".join(columns) + "\n"
