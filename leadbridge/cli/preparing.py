"""``leadbridge init CONNECTION``: starter mappings for its CRM, and what the CRM lacks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

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
    files = _copied(project, project.config.connection(connection).provider)
    provider = project.open(connection)
    try:
        lacks = provider.lacks()
        states = {lack.name: state for lack, state in _supplied(provider, lacks, yes=yes, silent=as_json)}
    finally:
        provider.close()
    if as_json:
        named = [{"name": one.name, "reason": one.reason, "state": states[one.name]} for one in lacks]
        print_json({"files": [path.as_posix() for path in files], "lacks": named})
    elif not quiet:
        _tell(connection, files, lacks, states)
    if "lacking" in states.values():
        raise typer.Exit(1)


def _copied(project: Project, provider: str) -> list[Path]:
    """Where the folder has no mapping for this provider yet: a starter beside it would cover the same records."""
    from leadbridge.starters import starter_mappings

    folder = project.config.mappings
    if any(_is_for(path, provider) for path in folder.glob("*.yaml")):
        return []
    made = []
    for name, text in starter_mappings(provider).items():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        except OSError as error:
            raise UsageError(f"cannot write to {folder}: {error.strerror or error}; make it writable") from error
        made.append(folder / name)
    return made


def _is_for(file: Path, provider: str) -> bool:
    from leadbridge.files.document import load

    data = load(file).data
    return isinstance(data, dict) and data.get("provider") == provider


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


def _tell(connection: str, files: Sequence[Path], lacks: Sequence[Lack], states: dict[str, State]) -> None:
    for path in files:
        print_line(f"  {escape(path.as_posix())}")
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
