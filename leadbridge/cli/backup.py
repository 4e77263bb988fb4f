"""``leadbridge backup`` and ``restore``: a whole copy of the state in one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from leadbridge.cli.options import AsJson, Config, Quiet, Verbose

backup_app = typer.Typer(rich_markup_mode=None, add_completion=False)
restore_app = typer.Typer(rich_markup_mode=None, add_completion=False)


@backup_app.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write; it must not be there yet.")],
    config: Config = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """Copy the state to a file, whole, while runs may go on. It holds personal data, and no secrets.

    `leadbridge restore FILE` puts it back. Once somebody was erased, the key of the marks that bar them is copied to
    FILE.key beside it.
    """
    from leadbridge.cli.opening import opened
    from leadbridge.cli.output import escape, print_json, print_line

    with opened(config) as (_, store):
        store.backup(file)
    if as_json:
        print_json({"file": file.as_posix()})
    elif not quiet:
        print_line(f"The state is copied to {escape(file.as_posix())}.")


@restore_app.command()
def restore(  # noqa: PLR0913, PLR0917  (options of a command, each by its own name)
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup of the state.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Restore without asking.")] = False,
    config: Config = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """Put a backup in the place of the state. What was done since is forgotten, and plans made before are refused.

    A state that cannot be read any more is moved aside, never deleted.
    """
    from leadbridge.cli.asking import a_person_is_there, confirm
    from leadbridge.cli.outcome import say_no
    from leadbridge.cli.output import escape, print_json, print_line
    from leadbridge.errors import UsageError
    from leadbridge.jobs.workspace import load_workspace
    from leadbridge.state.restoring import restore as put_back

    project = load_workspace(config).project
    if not yes and not a_person_is_there():
        raise UsageError("nobody is at the terminal to be asked; add --yes to restore")
    if not yes and not confirm(f"Forget all that was done since {file} was made?"):
        say_no()
    aside = put_back(project.config.state, project.folder, file)
    if as_json:
        print_json({"file": file.as_posix(), "moved_aside": None if aside is None else aside.as_posix()})
    elif not quiet:
        moved = "" if aside is None else f" What was there is now {escape(aside.as_posix())}."
        print_line(f"The state is restored from {escape(file.as_posix())}.{moved}")
