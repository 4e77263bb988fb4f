"""What a call that failed means for the caller: one table by HTTP status, one by a limit's name.

Sources: HubSpot's pages on error handling and usage guidelines. What a single row cannot do is in
:mod:`leadbridge_hubspot.rejecting`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import requests
from urllib3.exceptions import NewConnectionError, ProxyError

from leadbridge.errors import (
    BatchRefusedError,
    ConnectionFailedError,
    CredentialsError,
    LeadBridgeError,
    QuotaError,
    RetryableError,
    UncertainError,
)

Kind = Literal["retry", "lost", "refresh", "stop", "refused", "absent", "failed"]

_MOVING: Final = 477  # the account is on its way to another data centre
_BY_STATUS: Final[Mapping[int, Kind]] = {
    400: "refused",
    401: "refresh",
    403: "stop",
    404: "absent",
    409: "refused",
    413: "refused",
    414: "refused",
    415: "failed",
    423: "retry",
    429: "retry",
    _MOVING: "retry",
    500: "lost",
    502: "lost",
    503: "retry",
    504: "lost",
    **dict.fromkeys(range(520, 527), "lost"),  # the edge in front of HubSpot
}
_LOCKED: Final = 2.0  # seconds that a lock of a bulk upsert lasts
_WINDOW: Final = {"TEN_SECONDLY_ROLLING": 10.0, "SECONDLY": 1.0}
"""Name of a limit -> seconds after which it has passed, where the reply names none."""
_DAILY: Final = "DAILY"
_LONGEST: Final = 86_400.0
_EXISTING: Final = re.compile(r"Existing ID:\s*(\d+)")


class NotThereError(ConnectionFailedError):
    """What the address names is not there, or not visible. Nothing was done."""


class BadRequestError(ConnectionFailedError):
    """A question that HubSpot does not understand: about an object that the account has not, say."""


class DailyLimitError(QuotaError):
    """The account's calls of the day are used up."""


class ScopeError(QuotaError):
    """The token may not do this. Nothing was done."""


@dataclass(frozen=True, slots=True)
class Said:
    """One error as HubSpot says it. The message may hold personal data: for rejects, never for logs.

    Attributes:
        code: the category, or the code of its first part where that is more exact.
        named: the property that it names, or empty.
        ids: records that it names.
        traces: rows that it names, by their ``objectWriteTraceId``.
    """

    code: str
    message: str
    named: str = ""
    ids: tuple[str, ...] = ()
    traces: tuple[str, ...] = ()
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def existing(self) -> str | None:
        """The record that has the address already: it stands in the text only."""
        found = _EXISTING.search(self.message)
        return found[1] if found else None


def said(body: object) -> Said:
    """An error's parts, whatever shape the body has."""
    if not isinstance(body, Mapping):
        return Said("", "")
    parts = [*_parts(body.get("errors")), *_inner(str(body.get("message") or ""))]
    first = parts[0] if parts else {}
    code = first.get("code") or first.get("error") or body.get("category") or body.get("errorType") or ""
    context = _context(first.get("context")) | _context(body.get("context"))
    named = context.get("propertyName", ()) or ((str(first["name"]),) if first.get("name") else ())
    return Said(
        code=str(code),
        message=str(first.get("message") or body.get("message") or ""),
        named=named[0] if named else "",
        ids=context.get("ids", ()),
        traces=context.get("objectWriteTraceId", ()),
        context=context,
    )


def _parts(errors: object) -> list[Mapping[str, Any]]:
    return [one for one in errors if isinstance(one, Mapping)] if isinstance(errors, Sequence) else []


def _inner(message: str) -> list[Mapping[str, Any]]:
    """The list that stands as JSON inside a message: ``Property values were not valid: [...]``."""
    start = message.find("[{")
    try:
        return _parts(json.loads(message[start:])) if start >= 0 else []
    except ValueError:
        return []


def _context(context: object) -> dict[str, tuple[str, ...]]:
    if not isinstance(context, Mapping):
        return {}
    return {str(k): tuple(map(str, v)) if isinstance(v, list) else (str(v),) for k, v in context.items()}


def of_reply(
    connection: str, status: int, body: object, headers: Mapping[str, str], *, writes: bool
) -> LeadBridgeError:
    """What to raise for a reply that is none: ``writes`` where the call may have changed something."""
    error = said(body)
    policy = str(body.get("policyName") or "") if isinstance(body, Mapping) else ""
    reason = f"connection {connection!r}: HubSpot answered {error.code or 'with HTTP status'} ({status})"
    if policy == _DAILY:
        reason = f"connection {connection!r}: the account's API calls of the day are used up"
        return DailyLimitError(connection, f"{reason}; run again after midnight in the account's time zone")
    match _BY_STATUS.get(status, "failed"):
        case "retry":
            pause = _pause(status, policy, headers)
            patient = f"{_patient(connection, status, reason)}{_when(pause)}"
            found: LeadBridgeError = RetryableError(connection, patient, pause)
        case "stop":
            found = ScopeError(connection, f"connection {connection!r}: {_scopes(error)}")
        case "refresh":
            found = CredentialsError(connection, f"{reason}; check the token, or make a new one")
        case "lost":
            found = UncertainError(connection, reason) if writes else RetryableError(connection, reason)
        case "absent":
            found = NotThereError(connection, f"{reason}; it is not there, or the token may not see it")
        case "refused" if writes:
            found = RefusedError(connection, reason, error)
        case "refused":
            found = BadRequestError(connection, reason)
        case _:
            found = ConnectionFailedError(connection, reason)
    return found


class RefusedError(BatchRefusedError):
    """A batch was refused whole.

    Attributes:
        said: why; of the row at fault, where the batch has one row.
    """

    def __init__(self, connection: str, message: str, said: Said) -> None:
        super().__init__(connection, message)
        self.said = said


def _scopes(error: Said) -> str:
    missing = error.context.get("requiredGranularScopes") or error.context.get("requiredScopes")
    if not missing:
        return f"HubSpot refused the call ({error.code or 403}); check what the token may do"
    needs = "one of the scopes " if len(missing) > 1 else "the scope "
    return f"the token lacks {needs}{', '.join(missing)}; grant it to the app, and give the connection its new token"


def _patient(connection: str, status: int, reason: str) -> str:
    moved = f"connection {connection!r}: HubSpot is moving the account to another place ({status})"
    return moved if status == _MOVING else reason


def _when(pause: float) -> str:
    minutes = math.ceil(pause / 60)
    return f"; run again in {minutes:,} minutes" if minutes > 1 else "; run again later"


def _pause(status: int, policy: str, headers: Mapping[str, str]) -> float:
    """``Retry-After`` is in seconds; 477 names up to a day."""
    try:
        return min(max(float(headers.get("Retry-After", "")), 0.0), _LONGEST)
    except ValueError:
        pass
    if status == 423:
        return _LOCKED
    return next((seconds for name, seconds in _WINDOW.items() if policy.startswith(name)), 1.0)


def of_silence(connection: str, error: requests.RequestException, *, writes: bool) -> LeadBridgeError:
    """What to raise where no reply came: nothing was done if the server was never reached, else nobody knows."""
    reason = f"connection {connection!r}: no reply from HubSpot ({type(error).__name__})"
    if not writes or _never_sent(error):
        return RetryableError(connection, f"{reason}; check the network, or run again later")
    return UncertainError(connection, reason)


def unreadable(connection: str, *, writes: bool) -> LeadBridgeError:
    """What to raise for a reply that says it went well and cannot be read."""
    reason = f"connection {connection!r}: HubSpot's reply is no JSON"
    return UncertainError(connection, reason) if writes else RetryableError(connection, reason)


def _never_sent(error: requests.RequestException) -> bool:
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    return isinstance(reason, NewConnectionError | ProxyError)
