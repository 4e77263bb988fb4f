"""``leadbridge init CONNECTION``: starter mappings for its CRM, and what the CRM lacks."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import typer

from leadbridge.cli.asking import a_person_is_there, confirm
from leadbridge.cli.output import escape, print_json, print_line, say
from leadbridge.errors import LeadBridgeError, UsageError

if TYPE_CHECKING:
    from leadbridge.project import Project
    from leadbridge.provider import Lack, Provider

State = Literal["made", "lacking"]


def prepare(config: Path | None, connection: str, *, yes: bool, as_json: bool, quiet: bool) -> None:
    """Exit status 1 says that something is lacking still."""
    from leadbridge.plugins import load_plugins
    from leadbridge.project import load_project

    project = load_project(config, load_plugins())
    provider = project.open(connection)
    try:
        files, left_out = _copied(project, connection, {one.name for one in provider.describe()})
        lacks = provider.lacks()
        states = {lack.name: state for lack, state in _supplied(provider, lacks, yes=yes, silent=as_json)}
    finally:
        provider.close()
    if as_json:
        named = [{"name": one.name, "reason": one.reason, "state": states[one.name]} for one in lacks]
        print_json({"files": [path.as_posix() for path in files], "left_out": left_out, "lacks": named})
    elif not quiet:
        _tell_files(connection, files, left_out)
        _tell(connection, lacks, states)
    if "lacking" in states.values():
        raise typer.Exit(1)


def _copied(project: Project, connection: str, objects: Collection[str]) -> tuple[list[Path], list[str]]:
    """Starter mappings that were written, and objects that have one and cannot be seen. None of either where the folder
    has a mapping for this provider: a starter beside it would cover the same records.
    """
    from leadbridge.starters import starter_folder, starter_mappings

    folder, provider = project.config.mappings, project.config.connection(connection).provider
    if any(_said(path).get("provider") == provider for path in folder.glob("*.yaml")):
        return [], []
    made: list[Path] = []
    left_out: list[str] = []
    for name, text in starter_mappings(provider).items():
        about = _said(starter_folder() / name)["object"]
        if objects and about not in objects:
            left_out.append(about)
            continue
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        except OSError as error:
            raise UsageError(f"cannot write to {folder}: {error.strerror or error}; make it writable") from error
        made.append(folder / name)
    return made, left_out


def _said(file: Path) -> dict[str, Any]:
    from leadbridge.files.document import load

    data = load(file).data
    return data if isinstance(data, dict) else {}


def _supplied(provider: Provider, lacks: Sequence[Lack], *, yes: bool, silent: bool) -> Iterator[tuple[Lack, State]]:
    for lack in lacks:
        agreed = yes or (not silent and a_person_is_there() and confirm(f"{lack.name}: {lack.reason} Make it?"))
        yield lack, "made" if agreed and _made(provider, lack) else "lacking"


def _made(provider: Provider, lack: Lack) -> bool:
    try:
        provider.supply(lack)
    except LeadBridgeError as error:
        say(f"{lack.name} could not be made: {error}")
        return False
    return True


def _tell_files(connection: str, files: Sequence[Path], left_out: Sequence[str]) -> None:
    for path in files:
        print_line(f"  {escape(path.as_posix())}")
    if left_out:
        print_line(f"Left out, for {connection!r} has no such object: {escape(', '.join(left_out))}.")


def _tell(connection: str, lacks: Sequence[Lack], states: dict[str, State]) -> None:
    for lack in lacks:
        if states[lack.name] == "made":
            print_line(f"{escape(lack.name)}: made.")
            continue
        print_line(f"{escape(lack.name)} is lacking: {escape(lack.reason)}")
        for number, step in enumerate(lack.steps, start=1):
            print_line(f"  {number}. {escape(step)}")
    if "lacking" not in states.values():
        print_line(f"Connection {connection!r} lacks nothing.")
    elif not a_person_is_there():
        print_line("Make it by these steps, or call again with --yes.")
