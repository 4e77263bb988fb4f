"""What the file system refuses, in one sentence with the remedy."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from leadbridge.errors import ConnectionFailedError


@contextmanager
def reading(connection: str, label: str) -> Iterator[None]:
    """Turn what goes wrong with this file while it is read into ConnectionFailedError."""
    try:
        yield
    except OSError as error:
        raise ConnectionFailedError(connection, f"connection {connection!r}: {_unreadable(label, error)}") from error
    except UnicodeDecodeError as error:
        raise ConnectionFailedError(
            connection,
            f"connection {connection!r}: {label} is no sound {error.encoding}, or is still being written;"
            " save it again as UTF-8, or correct encoding",
        ) from error


@contextmanager
def writing(connection: str, label: str) -> Iterator[None]:
    """The same while it is written; the file itself is as it was, since writing goes to another one first."""
    try:
        yield
    except OSError as error:
        raise ConnectionFailedError(connection, f"connection {connection!r}: {_unwritable(label, error)}") from error


def changed_meanwhile(connection: str, label: str) -> ConnectionFailedError:
    """Somebody edited the file while a run was about to write it."""
    return ConnectionFailedError(
        connection,
        f"connection {connection!r}: {label} was changed by somebody else while it was to be written;"
        " it was left as it is; run again",
    )


def _unreadable(label: str, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return f"{label} is not there any more; put it back, or correct path"
    if isinstance(error, PermissionError):
        return f"{label} cannot be read: permission denied; close it in other programs, or allow this user to read it"
    return f"{label} cannot be read: {_said(error)}; see that it is a file and can be opened, then run again"


def _unwritable(label: str, error: OSError) -> str:
    left = f"{label} was left as it was"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"the disk is full; {left}; free some space, then run again"
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return f"{label} or its folder cannot be written: permission denied; {left}; allow this user to write there"
    return f"{label} cannot be written: {_said(error)}; {left}; run again once that is mended"


def _said(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
