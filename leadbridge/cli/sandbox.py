"""``leadbridge sandbox``: stand-ins of CRMs on this machine, to try things out and to test against."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from leadbridge.cli.options import AsJson, Config, Quiet, Verbose
from leadbridge.cli.output import escape, print_json_line, print_line, say

if TYPE_CHECKING:
    from leadbridge.sandbox import Options, Served, Switch

app = typer.Typer(
    help="Serve a stand-in of a CRM on this machine.", no_args_is_help=True, rich_markup_mode=None, add_completion=False
)


@app.callback()
def group() -> None:
    """Serve a stand-in of a CRM on this machine."""


@app.command()
def up(  # noqa: PLR0913, PLR0917  (options of a command, each by its own name)
    names: Annotated[list[str], typer.Argument(metavar="CRM...", help="Which CRMs, such as salesforce.")],
    port: Annotated[
        int, typer.Option("--port", metavar="N", min=0, max=65535, help="The first one's port; the next ones follow.")
    ] = 0,
    seed: Annotated[
        str, typer.Option("--seed", metavar="NAME", help="What it holds at first: demo or empty.")
    ] = "demo",
    leads: Annotated[int, typer.Option("--leads", metavar="N", min=0, help="How many leads demo makes up.")] = 100,
    file: Annotated[
        Path | None, typer.Option("--file", metavar="F", help="Keep the records in this file; for one CRM.")
    ] = None,
    tls: Annotated[
        Path | None, typer.Option("--tls", metavar="D", help="Serve https; the authority's file goes into D.")
    ] = None,
    switches: Annotated[
        list[str] | None, typer.Option("--switch", metavar="NAME=VALUE", help="Set a switch; can be repeated.")
    ] = None,
    faults: Annotated[
        int | None, typer.Option("--faults", metavar="SEED", help="Let faults strike at random, from this seed.")
    ] = None,
    as_json: AsJson = False,
    config: Config = None,  # every command takes it; a sandbox has no project
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """Serve until stopped with Ctrl-C.

    Prints where each CRM answers, a token that it accepts, and where it is steered. It listens on this machine only.
    """
    _ensure_installed()
    from leadbridge.sandbox import Options

    options = Options(seed, leads, file, dict(map(_switch, switches or [])))
    with _stoppable() as stopped, _served(names, options, port, tls) as served:
        if faults is not None:
            for one in served:
                one.sandbox.faults.draw(faults, one.sandbox.rates)
        _announce(names, served, as_json)
        if not quiet:
            say("Stop with Ctrl-C.")
        while not stopped.wait(0.5):  # a bare wait cannot be interrupted on Windows
            pass


def _ensure_installed() -> None:
    from leadbridge.errors import UsageError

    try:
        import starlette
        import uvicorn  # noqa: F401  (the same: is it there?)
    except ImportError as missing:
        raise UsageError(f"sandboxes need {missing.name}; install it with: pip install 'leadbridge[sandbox]'") from None
    del starlette


@contextmanager
def _served(names: Sequence[str], options: Options, port: int, tls: Path | None) -> Iterator[list[Served]]:
    from leadbridge.errors import UsageError
    from leadbridge.sandbox import start

    if options.file and len(names) > 1:
        raise UsageError("--file is for one CRM; start each sandbox by itself, with a file of its own")
    if tls:
        tls.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        yield [stack.enter_context(start(name, options, port + n if port else 0, tls)) for n, name in enumerate(names)]


def _announce(names: Sequence[str], served: Sequence[Served], as_json: bool) -> None:
    if as_json:
        print_json_line({name: _plain(one) for name, one in zip(names, served, strict=True)})
        return
    for name, one in zip(names, served, strict=True):
        for key, value in _plain(one).items():
            print_line(f"{name} {key}: {escape(value)}")


def _plain(one: Served) -> dict[str, str]:
    found = {"url": one.url, "token": one.token, "control": one.control}
    return {**found, "ca": str(one.ca)} if one.ca else found


def _switch(text: str) -> tuple[str, Switch]:
    """``name=value``; true, false and whole numbers are what they look like."""
    from leadbridge.errors import UsageError

    name, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"--switch {text!r} is not NAME=VALUE")
    plain: dict[str, Switch] = {"true": True, "false": False}
    return name, int(value) if value.isdigit() else plain.get(value, value)


@contextmanager
def _stoppable() -> Iterator[threading.Event]:
    """Set by Ctrl-C, or by whoever ends processes politely. Both are how a sandbox ends, and no fault.

    They are heeded before anything is announced: who reads the announcement may stop the command at once.
    """
    stopped = threading.Event()
    before = {number: signal.signal(number, lambda *_: stopped.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
