"""Sandboxes by name, whichever plugin brings them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from leadbridge.errors import UsageError
from leadbridge.plugins import Plugins, load_plugins
from leadbridge.sandbox.base import Options, Sandbox
from leadbridge.sandbox.serving import Served, serve


def make(name: str, options: Options, plugins: Plugins | None = None) -> Sandbox:
    """The sandbox of this name. Raises UsageError: there is none, it cannot be imported, an option is not known."""
    kind = (plugins or load_plugins()).sandbox(name)
    if not (isinstance(kind, type) and issubclass(kind, Sandbox)):
        raise UsageError(f"sandbox {name!r} cannot be used: it is no subclass of leadbridge.sandbox.Sandbox")
    try:
        return kind(options)
    except ValueError as error:
        raise UsageError(f"sandbox {name!r} cannot be started: {error}") from None


@contextmanager
def start(name: str, options: Options | None = None, port: int = 0, tls: Path | None = None) -> Iterator[Served]:
    """Make and serve a sandbox for as long as the block lasts. Raises UsageError as :func:`make` and :func:`serve`."""
    with serve(make(name, options or Options()), port, tls) as served:
        yield served
