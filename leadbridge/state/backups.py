"""Copies of a state's file that are whole although it is in use, and putting one back."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from leadbridge.errors import UsageError
from leadbridge.state.engine import BUSY_MILLISECONDS
from leadbridge.state.errors import StateError, explained


def copy(source: Path, to: Path) -> None:
    """Copy a state as of one moment. ``to`` appears whole or not at all, readable for its owner only.

    Raises:
        UsageError: ``to`` is there already, or its folder is not.
        StateError: the state cannot be read or the copy not written.
    """
    if to.exists():
        raise UsageError(f"{to} is there already; name a file that is not, and no backup is lost")
    if not to.parent.is_dir():
        raise UsageError(f"the folder {to.parent} of the backup is not there; make it first")
    part = to.with_name(f"{to.name}.part-{os.getpid()}")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDONLY, 0o600))
        transfer(source, part)
        _demand_whole(part, source)
        part.replace(to)
    except OSError as error:
        raise StateError(f"the backup {to} cannot be written: {error.strerror or error}") from error
    finally:
        part.unlink(missing_ok=True)


def transfer(source: Path, target: Path) -> None:
    """Replace all that the target database holds, in one transaction of its own; both may be in use.

    All pages in one step: a writer then neither waits for the copy nor makes it start anew.
    """
    place = source
    try:
        with closing(_connect(source)) as giving:
            giving.execute("SELECT count(*) FROM sqlite_master").fetchone()
            place = target
            with closing(_connect(target)) as taking:
                giving.backup(taking, pages=-1)
    except sqlite3.Error as error:
        raise explained(error, place) or error from error


def _demand_whole(copied: Path, source: Path) -> None:
    """A copy takes over damaged pages as they are, and would be found useless only when it is needed."""
    try:
        with closing(_connect(copied)) as taken:
            sound = taken.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
    except sqlite3.Error as error:
        raise explained(error, source) or error from error
    if not sound:
        raise StateError(f"the state {source} is damaged, and no backup was made; restore an earlier backup")


def _connect(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(file, timeout=BUSY_MILLISECONDS / 1000)
