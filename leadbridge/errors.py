"""Errors, typed by what the caller does next.

::

    LeadBridgeError             expected; one sentence for the user, never a traceback
    |-- UsageError              the command or a file is wrong: mend it and call again    (exit 2)
    |   `-- FileFaults          faults of files people write, all of them, with positions
    |-- StoppedError            a brake or a refused plan stopped the run                 (exit 3)
    |-- ConnectionFailedError   a connection cannot be used now                           (exit 4)
    |   |-- RetryableError      nothing was done: wait, then call again
    |   |-- UncertainError      the reply was lost: look before calling again
    |   |-- CredentialsError    nothing was done: refresh the credentials once, then call again
    |   |-- BatchRefusedError   nothing was done because of some row: split until it stands alone
    |   `-- QuotaError          nothing was done, and nothing more will be: stop writing here
    `-- BusyError               somebody else holds what is needed: wait, then try again  (exit 5)

Rows are never errors: what one row cannot do is a :class:`leadbridge.records.Reject`, and the rest go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


class LeadBridgeError(Exception):
    """Something a user can expect and mend. ``str(error)`` is one sentence: what is wrong; the remedy."""

    exit_status = 2

    @property
    def remedy(self) -> str | None:
        """What stands behind the sentence's last semicolon; None where there is none."""
        return str(self).rpartition("; ")[2] if "; " in str(self) else None


class UsageError(LeadBridgeError):
    """The command line or a file is wrong; nothing was read from or written to a CRM."""


class StoppedError(LeadBridgeError):
    """A brake, or a plan that is refused whole, stopped the run before it wrote."""

    exit_status = 3


class ConnectionFailedError(LeadBridgeError):
    """A connection cannot be used now: unreachable, refused, unreadable, full."""

    exit_status = 4

    def __init__(self, connection: str, message: str) -> None:
        super().__init__(message)
        self.connection = connection


class RetryableError(ConnectionFailedError):
    """The CRM asks for patience: a rate limit, a row lock, a restart. Nothing of the call was done.

    Attributes:
        retry_after: seconds that the CRM asks to wait, or None where it does not say.
    """

    def __init__(self, connection: str, message: str, retry_after: float | None = None) -> None:
        super().__init__(connection, message)
        self.retry_after = retry_after


class UncertainError(ConnectionFailedError):
    """No reply: a time-out, a broken connection. All, part or nothing of the call was done."""


class CredentialsError(ConnectionFailedError):
    """The CRM did not accept the credentials. Nothing of the call was done."""


class BatchRefusedError(ConnectionFailedError):
    """The CRM refused a batch whole, though only some row of it is at fault. Nothing of the call was done."""


class QuotaError(ConnectionFailedError):
    """The CRM's quota is used up, or a permission is lacking: every further call would fail. Nothing was done."""


class BusyError(LeadBridgeError):
    """Another holder has the lock or the lease."""

    exit_status = 5


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong in a file, where it stands. Lines and columns count from 1."""

    file: Path
    line: int
    column: int
    path: str
    message: str
    suggestion: str | None = None

    def __str__(self) -> str:
        path = f"{self.path}: " if self.path else ""
        hint = f" (did you mean {self.suggestion!r}?)" if self.suggestion else ""
        return f"{self.file.as_posix()}:{self.line}:{self.column}: {path}{self.message}{hint}"


class FileFaults(UsageError):  # noqa: N818  (a list of faults, not one error)
    """Every fault of every file read, in the order of file and line."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda f: (f.file.as_posix(), f.line, f.column, f.path)))
        super().__init__("\n".join(str(fault) for fault in self.faults))

    @property
    def remedy(self) -> str:
        return "correct the files where the faults are"


class SourceFault(ValueError):  # noqa: N818  (a fault of a file, not yet at its place in it)
    """A condition, template or moment that cannot be compiled; whoever read it adds file, line and column.

    Attributes:
        message: one sentence for the user.
        suggestion: what was probably meant, or None.
    """

    def __init__(self, message: str, suggestion: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.suggestion = suggestion
