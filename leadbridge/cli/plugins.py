"""``leadbridge plugins``: what is installed and what is wrong with it, and a folder to start a plugin from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from leadbridge.cli.options import AsJson, Config, Quiet, Verbose
from leadbridge.cli.output import Column, escape, print_json, print_line, print_table, say
from leadbridge.plugins import Loaded, Origin, Plugins, Problem, load_plugins

app = typer.Typer(help="List plugins, or start one of your own.", no_args_is_help=True)

COLUMNS = (
    Column("plugin", shrink=False),
    Column("from"),
    Column("providers"),
    Column("sandboxes"),
    Column("transforms"),
    Column("commands"),
    Column("hooks"),
)


@app.command("list")
def list_(
    as_json: AsJson = False,
    config: Config = None,  # every command takes it; plugins are installed, not configured
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """Show the plugins that work and what each brings.

    One at fault is skipped and named on stderr.
    """
    plugins = load_plugins()
    problems = [*plugins.problems, *_shadowed(plugins)]
    if as_json:
        print_json({"plugins": [_plain(p) for p in plugins.loaded], "problems": [_plain_problem(p) for p in problems]})
    else:
        print_table(COLUMNS, [_row(loaded) for loaded in plugins.loaded])
    for problem in problems:
        say(f"warning: {problem}")


@app.command()
def new(  # noqa: PLR0913, PLR0917  (options of a command, each by its own name)
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the provider is called, such as my-crm.")],
    folder: Annotated[
        Path | None, typer.Option("--dir", metavar="D", help="The folder to make. Default: leadbridge-NAME.")
    ] = None,
    as_json: AsJson = False,
    config: Config = None,  # same
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """Make a folder with a provider plugin that works as it is.

    It can be installed, and passes its contract test.
    """
    from leadbridge.errors import UsageError
    from leadbridge.scaffold import generate, names

    plugin = names(name)
    plugins = load_plugins()
    if plugin.name in {*plugins.providers, *(loaded.origin.plugin for loaded in plugins.loaded)}:
        raise UsageError(f"there is a plugin or provider {plugin.name!r} already; choose another name")
    folder = folder or Path(plugin.distribution)
    written = generate(plugin, folder)
    if as_json:
        print_json({"folder": folder.as_posix(), "files": [path.as_posix() for path in written]})
    elif not quiet:
        print_line(f"{escape(folder.as_posix())} holds a provider plugin that works as it is. Next:")
        print_line(f"  cd {escape(folder.as_posix())}")
        print_line("  pip install -e . pytest")
        print_line("  python -m pytest")


def _row(loaded: Loaded) -> tuple[str, ...]:
    hooks = [_short(hook) for hook in loaded.hooks]
    brought = (loaded.providers, loaded.sandboxes, loaded.transforms, loaded.commands, hooks)
    source = f"{loaded.origin.distribution} {loaded.origin.version}"
    return (loaded.origin.plugin, source, *(", ".join(names) for names in brought))


def _short(hook: str) -> str:
    return hook.removeprefix("leadbridge_")


def _shadowed(plugins: Plugins) -> list[Problem]:
    """Commands of plugins that cannot be called, because LeadBridge has one of that name."""
    from leadbridge.cli.app import COMMANDS

    return [
        Problem(loaded.origin, f"registers command {name!r}, which LeadBridge has itself; it is skipped")
        for loaded in plugins.loaded
        for name in loaded.commands
        if name in COMMANDS
    ]


def _plain(loaded: Loaded) -> dict[str, object]:
    return {
        **_origin(loaded.origin),
        "providers": loaded.providers,
        "sandboxes": loaded.sandboxes,
        "transforms": loaded.transforms,
        "commands": loaded.commands,
        "hooks": loaded.hooks,
    }


def _plain_problem(problem: Problem) -> dict[str, object]:
    return {**_origin(problem.origin), "text": problem.text}


def _origin(origin: Origin) -> dict[str, object]:
    return {"plugin": origin.plugin, "distribution": origin.distribution, "version": origin.version}
