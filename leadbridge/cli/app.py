"""The command tree. Commands are imported when used, so that ``leadbridge --help`` stays quick."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import typer
from typer.core import TyperGroup

from leadbridge import __version__


@dataclass(frozen=True, slots=True)
class Entry:
    """A command that has not been imported yet: ``package.module:app`` and its line in the list of commands."""

    location: str
    help: str


COMMANDS: Mapping[str, Entry] = {
    "demo": Entry("leadbridge.cli.demo:app", "Show LeadBridge at work on three messy lead files."),
    "init": Entry("leadbridge.cli.init:app", "Start a project folder with a configuration and mappings."),
    "leads": Entry("leadbridge.cli.leads:app", "List the leads of your connections with their scores."),
    "plan": Entry("leadbridge.cli.plan:app", "Show what a conversion job would do, row and field."),
    "mappings": Entry("leadbridge.cli.mappings:app", "Check, test and suggest mappings."),
    "plugins": Entry("leadbridge.cli.plugins:app", "List plugins, or start one of your own."),
}


class LazyGroup(TyperGroup):
    """The built-in commands, then those that plugins registered. Neither is imported before it is called."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [*COMMANDS, *_of_plugins()]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        entry = COMMANDS.get(cmd_name) or _of_plugins(cmd_name).get(cmd_name)
        return _load(cmd_name, entry) if entry else None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            ctx.fail(_unknown(name, self.list_commands(ctx)))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        entries = {**COMMANDS, **_of_plugins()}
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in entries.items()])


def _unknown(name: str, known: list[str]) -> str:
    import difflib

    close = difflib.get_close_matches(name, known, n=1)
    return f"No such command {name!r}." + (f" Did you mean {close[0]!r}?" if close else "")


def _load(name: str, entry: Entry) -> Any:
    module, _, attribute = entry.location.partition(":")
    found = getattr(importlib.import_module(module), attribute)
    made = typer.main.get_command(found) if isinstance(found, typer.Typer) else found
    made.name = name
    return made


def _of_plugins(wanted: str | None = None) -> Mapping[str, Entry]:
    return {}


def _print_version(value: bool) -> None:
    if value:
        typer.echo(f"leadbridge {__version__}")
        raise typer.Exit


app = typer.Typer(
    cls=LazyGroup,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Start with: leadbridge demo",
)


@app.callback()
def root(
    version: bool = typer.Option(False, "--version", help="Print the version.", callback=_print_version, is_eager=True),
) -> None:
    """Keep leads in step between CRMs, and convert them by one written policy."""


def command() -> Any:
    """The whole tree as one command, ready for ``main``."""
    return typer.main.get_command(app)
