"""What can be wrong with the state's file, as one sentence for the user."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

from leadbridge.errors import BusyError, LeadBridgeError


class StateError(LeadBridgeError):
    """The state cannot be used: read-only, full, damaged."""


class NoStateError(StateError):
    """The file is damaged, or something else altogether."""


_SENTENCES: Final = {
    "SQLITE_NOTADB": "{path} is no LeadBridge state; move it away, or restore a backup in its place",
    "SQLITE_CORRUPT": "the state {path} is damaged; restore a backup in its place",
    "SQLITE_READONLY": "the state {path} cannot be written; give yourself the right to write the file and its folder",
    "SQLITE_PERM": "the state {path} cannot be opened; give yourself the right to read and write it",
    "SQLITE_CANTOPEN": "the state {path} cannot be opened; look whether its folder is there and may be written",
    "SQLITE_FULL": "there is no room left to write the state {path}; free some, then run again: nothing is lost",
    "SQLITE_IOERR": "the disk failed under the state {path}; look after it, then run again or restore a backup",
}


def explained(error: BaseException, path: Path) -> LeadBridgeError | None:
    """What a driver's error means to a user; None where it is no expected one, but a fault of the program."""
    cause = getattr(error, "orig", error)
    name = getattr(cause, "sqlite_errorname", None) if isinstance(cause, sqlite3.Error) else None
    if name is None:
        return None
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return BusyError(f"another process is writing the state {path}; wait until it has ended, then try again")
    sentence = next((text for prefix, text in _SENTENCES.items() if name.startswith(prefix)), None)
    if sentence is None:
        return None
    kind = NoStateError if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")) else StateError
    return kind(sentence.format(path=path))
