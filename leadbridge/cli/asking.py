"""Asking a person before anything is written."""

from __future__ import annotations

import sys

from leadbridge.cli.output import escape


def a_person_is_there() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def confirm(question: str) -> bool:
    """Ask on stderr, so that stdout stays the result; anything but yes is no. Only where a person is there."""
    sys.stderr.write(f"{escape(question)} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().casefold() in {"y", "yes"}
