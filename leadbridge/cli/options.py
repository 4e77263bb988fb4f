"""The options that every command takes, and what they mean for its output."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer


@dataclass(slots=True)
class Talk:
    """How much the command says; filled while options are read, and known even where a command fails.

    ``as_json`` is known before they are read: a command line that is wrong is told as a document as well.
    """

    as_json: bool = False
    verbose: int = 0
    quiet: bool = False

    @property
    def traceback(self) -> bool:
        return self.verbose >= 2


def _remember_verbose(ctx: typer.Context, value: int) -> int:
    talk = ctx.find_root().obj
    if isinstance(talk, Talk) and value:
        talk.verbose = value
        _log_to_stderr(value)
    return value


def _remember_quiet(ctx: typer.Context, value: bool) -> bool:
    talk = ctx.find_root().obj
    if isinstance(talk, Talk):
        talk.quiet = talk.quiet or value
    return value


def _log_to_stderr(verbose: int) -> None:
    import logging

    level = logging.INFO if verbose == 1 else logging.DEBUG
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s", level=logging.WARNING)
    logging.getLogger("leadbridge").setLevel(level)


Config = Annotated[
    Path | None,
    typer.Option("--config", "-c", metavar="FILE", help="The project's leadbridge.yaml; else the nearest upwards."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document; every other text goes to stderr.")]
Quiet = Annotated[
    bool,
    typer.Option("--quiet", "-q", help="Print results and errors only.", callback=_remember_quiet),
]
Verbose = Annotated[
    int,
    typer.Option(
        "--verbose",
        "-v",
        count=True,
        show_default=False,
        help="Say more; -vv shows tracebacks.",
        callback=_remember_verbose,
    ),
]
