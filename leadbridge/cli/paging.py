"""Long output goes through the user's pager where a person sits at the terminal."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from itertools import chain

from leadbridge.cli.lines import Line, painted, print_lines
from leadbridge.cli.output import say


def page(lines: Iterable[Line]) -> None:
    """Print lines as they come; on a terminal through ``PAGER``, or ``less``, where there is one."""
    command = _pager()
    if command:
        _through(command, lines)
    else:
        print_lines(lines)


def page_or_say(lines: Iterator[Line], none: str, quiet: bool) -> None:
    """As :func:`page`; where there is no line at all, a sentence on stderr."""
    first = next(lines, None)
    if first is not None:
        page(chain((first,), lines))
    elif not quiet:
        say(none)


def _pager() -> list[str]:
    """The command, or nothing: for a pipe, a dumb terminal, an empty ``PAGER``, a pager that is not installed."""
    if not (sys.stdout.isatty() and sys.stdin.isatty()) or os.environ.get("TERM") == "dumb":
        return []
    command = shlex.split(os.environ.get("PAGER", "less"))
    return command if command and shutil.which(command[0]) else []


def _through(command: list[str], lines: Iterable[Line]) -> None:
    """Whoever leaves the pager early has seen enough; an interrupt is the pager's to deal with."""
    environment = {"LESS": "FRX", **os.environ}  # quit where one screen is enough, show colours, leave the text there
    # S603: the command is the user's own PAGER
    with subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.PIPE, text=True, encoding="utf-8", env=environment
    ) as pager:
        with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
            for parts in lines:
                pager.stdin.write(painted(parts) + "\n")  # type: ignore[union-attr]  # it is a pipe
        with contextlib.suppress(BrokenPipeError):
            pager.stdin.close()  # type: ignore[union-attr]  # same
        while pager.poll() is None:
            with contextlib.suppress(KeyboardInterrupt):
                pager.wait()
