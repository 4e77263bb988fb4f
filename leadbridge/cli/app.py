"""The command tree. Commands are imported when used, so that ``leadbridge --help`` stays quick."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from leadbridge import __version__
from leadbridge.plugins.registry import Command

if TYPE_CHECKING:
    from leadbridge.plugins import Plugins


COMMANDS: Mapping[str, Command] = {
    "demo": Command("leadbridge.cli.demo:app", "Show LeadBridge at work, on files or in a stand-in of a CRM."),
    "init": Command("leadbridge.cli.init:app", "Start a project folder with a configuration and mappings."),
    "check": Command("leadbridge.cli.check:app", "See whether each connection can be used, and the mappings fit."),
    "leads": Command("leadbridge.cli.leads:app", "List the leads of your connections with their scores."),
    "plan": Command("leadbridge.cli.plan:app", "Show what a job would do, row and field."),
    "apply": Command("leadbridge.cli.writing:apply_app", "Carry out a plan."),
    "sync": Command("leadbridge.cli.writing:sync_app", "Bring the connections of a job in step."),
    "convert": Command("leadbridge.cli.convert:app", "Convert the leads of a job by its policy."),
    "resume": Command("leadbridge.cli.writing:resume_app", "End runs that were killed."),
    "undo": Command("leadbridge.cli.writing:undo_app", "Put back what a run wrote."),
    "release": Command("leadbridge.cli.writing:release_app", "Let runs plan again what an undo holds."),
    "runs": Command("leadbridge.cli.history:runs_app", "List the runs."),
    "show": Command("leadbridge.cli.history:show_app", "Show a run, or why a record's values are what they are."),
    "rejects": Command("leadbridge.cli.rejects:app", "List, export and retry rows that were rejected."),
    "reviews": Command("leadbridge.cli.reviews:app", "List open questions, and answer them."),
    "conflicts": Command("leadbridge.cli.conflicts:app", "List conflicts, and restore a value that lost."),
    "verify": Command("leadbridge.cli.verify:app", "Compare every record with what was agreed."),
    "backup": Command("leadbridge.cli.backup:backup_app", "Copy the state to a file."),
    "restore": Command("leadbridge.cli.backup:restore_app", "Put a backup of the state back."),
    "mappings": Command("leadbridge.cli.mappings:app", "Check, test and suggest mappings."),
    "sandbox": Command("leadbridge.cli.sandbox:app", "Serve a stand-in of a CRM on this machine."),
    "plugins": Command("leadbridge.cli.plugins:app", "List plugins, or start one of your own."),
}


CommandLineError: Any = typer.BadParameter.__mro__[2]
"""What typer raises where the command line is wrong: it can ``show`` itself, and has a message and a status."""


class LazyGroup(TyperGroup):
    """The built-in commands, then those that plugins registered. Neither is imported before it is called."""

    def invoke(self, ctx: Any) -> None:
        """What a command returns is no exit status."""
        super().invoke(ctx)

    def list_commands(self, ctx: Any) -> list[str]:
        return [*COMMANDS, *self._plugins.commands]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name in COMMANDS:
            return _made(cmd_name, _imported(COMMANDS[cmd_name].location))
        return _made(cmd_name, self._plugins.command(cmd_name)) if cmd_name in self._plugins.commands else None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        known = self.list_commands(ctx) if args[0] not in COMMANDS else [args[0]]
        if args[0] not in known and not args[0].startswith("-"):
            ctx.fail(f"No such command {args[0]!r}{_did_you_mean(args[0], known)}.")
        return super().resolve_command(ctx, args)

    @cached_property
    def _plugins(self) -> Plugins:
        from leadbridge.plugins import load_plugins

        return load_plugins()

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.help) for name, command in COMMANDS.items()])
        brought = {name: command for name, command in self._plugins.commands.items() if name not in COMMANDS}
        if brought:
            with formatter.section("Commands of plugins"):
                formatter.write_dl([(name, command.help) for name, command in brought.items()])


def _did_you_mean(word: str, known: list[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(word, known, n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""


def _imported(location: str) -> object:
    module, _, attribute = location.partition(":")
    return getattr(importlib.import_module(module), attribute)


def _made(name: str, found: object) -> Any:
    """The command under its name, with plain help. A plugin gives a typer app, or a command made by typer already."""
    if not isinstance(found, typer.Typer):
        return found
    made = typer.main.get_command(found)
    made.name = name
    for command in (made, *getattr(made, "commands", {}).values()):
        command.rich_markup_mode = None
    return made


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
