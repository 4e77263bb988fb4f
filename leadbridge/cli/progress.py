"""A line on stderr that counts what is worked on, where a person sits at the terminal; else nothing."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from leadbridge.cli.output import escape

if TYPE_CHECKING:
    from rich.status import Status


class Progress:
    """Called with what is worked on (a connection's name, or a step) and how many records of it so far."""

    def __init__(self, status: Status | None) -> None:
        self._status = status

    def __call__(self, what: str, so_far: int) -> None:
        if self._status is not None:
            from rich.text import Text

            self._status.update(Text(f"{escape(what)}: {so_far:,} records"))
            self._status.start()

    def hide(self) -> None:
        """Until it is called again: somebody is shown or asked something."""
        if self._status is not None:
            self._status.stop()


@contextmanager
def progress(quiet: bool) -> Iterator[Progress]:
    if quiet or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield Progress(None)
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True, no_color=bool(os.environ.get("NO_COLOR")))
    with console.status(Text("reading ...")) as status:
        yield Progress(status)
