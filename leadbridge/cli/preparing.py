"""``leadbridge init CONNECTION``: starter mappings for its CRM, and what the CRM lacks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from leadbridge.cli.asking import a_person_is_there, confirm
from leadbridge.cli.output import escape, print_json, print_line, say
from leadbridge.cli.starter_copies import Copied, copy_starters
from leadbridge.errors import LeadBridgeError
from leadbridge.starters import UNASKED, Further

if TYPE_CHECKING:
    from leadbridge.provider import Lack, Provider

State = Literal["made", "lacking"]


def prepare(  # noqa: PLR0913  (what the command line asks for, each by its own name)
    config: Path | None, connection: str, words: Sequence[Further], *, yes: bool, as_json: bool, quiet: bool
) -> None:
    """Exit status 1 says that something is lacking still.

    Args:
        words: further starters that are wanted.
    """
    from leadbridge.plugins import load_plugins
    from leadbridge.project import load_project

    project = load_project(config, load_plugins())
    provider = project.open(connection)
    try:
        copied = copy_starters(project, connection, {one.name for one in provider.describe()}, words)
        lacks = provider.lacks()
        states = {lack.name: state for lack, state in _supplied(provider, lacks, yes=yes, silent=as_json)}
    finally:
        provider.close()
    if as_json:
        named = [{"name": one.name, "reason": one.reason, "state": states[one.name]} for one in lacks]
        files = [path.as_posix() for path in copied.files]
        print_json({"files": files, "left_out": copied.left_out, "more": copied.more, "lacks": named})
    elif not quiet:
        _tell_files(connection, copied, words)
        _tell(connection, lacks, states)
    if "lacking" in states.values():
        raise typer.Exit(1)


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


def _tell_files(connection: str, copied: Copied, words: Sequence[Further]) -> None:
    for path in copied.files:
        print_line(f"  {escape(path.as_posix())}")
    if copied.files and {*words} - UNASKED:
        print_line("A job without `roles` takes up what they map, too.")
    if copied.left_out:
        print_line(f"Left out, for {connection!r} has no such object: {escape(', '.join(copied.left_out))}.")
    for word, objects in copied.more.items():
        print_line(f"More, of {escape(', '.join(objects))}: leadbridge init {connection} --with {word}")


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
