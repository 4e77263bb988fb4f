"""What a call that failed means for the caller: one table by Salesforce's error codes, one by HTTP status.

Sources: REST API guide, status codes and error responses; SOAP API guide, exception codes. What a single row cannot do
is in :mod:`leadbridge_salesforce.rejecting`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

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

Kind = Literal["retry", "lost", "refresh", "quota", "refused", "locator", "schema", "absent", "failed"]

RETRY: Final = frozenset(
    {
        "UNABLE_TO_LOCK_ROW",
        "SERVER_UNAVAILABLE",
        "TOO_MANY_APEX_REQUESTS",
        "REQUEST_RUNNING_TOO_LONG",
        "QUERY_TIMEOUT",
        "CONCURRENT_REQUESTS",
    }
)
"""Nothing was done; the same again, after a pause, can succeed. Said of a call or of one row of it."""

_BY_CODE: Final[Mapping[str, Kind]] = {
    **dict.fromkeys(RETRY, "retry"),
    "INVALID_SESSION_ID": "refresh",
    "REQUEST_LIMIT_EXCEEDED": "quota",
    "API_DISABLED_FOR_ORG": "quota",
    "API_CURRENTLY_DISABLED": "quota",
    "FUNCTIONALITY_NOT_ENABLED": "quota",
    "INSUFFICIENT_ACCESS": "quota",
    "INVALID_QUERY_LOCATOR": "locator",
    "INVALID_FIELD": "schema",
    "INVALID_TYPE": "schema",
    "UNSUPPORTED_API_VERSION": "failed",
}
_BY_STATUS: Final[Mapping[int, Kind]] = {
    400: "refused",
    401: "refresh",
    403: "quota",
    406: "retry",  # the edge's own answers under load, not documented
    413: "refused",
    414: "refused",
    420: "retry",
    429: "retry",
    431: "refused",
    500: "lost",
    502: "lost",
    503: "retry",
    504: "lost",
}
_WHATEVER_CODE: Final[Mapping[int, Kind]] = {404: "absent", 410: "failed"}
_REMEDY: Final[Mapping[str, str]] = {
    "INVALID_SESSION_ID": "the session has ended or is none of this org's; see whether the app and its user may still "
    "sign in, or, with `auth: session`, give it a new session_token",
    "REQUEST_LIMIT_EXCEEDED": "the org's API calls of the last 24 hours are used up; run again later",
    "API_DISABLED_FOR_ORG": "the user or the org may not use the API; enable it for the user's profile",
    "API_CURRENTLY_DISABLED": "the API is switched off for now; run again later",
    "INVALID_FIELD": "a field is not visible any more; run `leadbridge mappings lint -C` with this connection",
    "INVALID_TYPE": "an object is not visible any more; run `leadbridge mappings lint -C` with this connection",
    "NOT_FOUND": "it is not there, or not visible to the user",
    "UNSUPPORTED_API_VERSION": "take `api_version` out of the connection, or name a newer one",
}


class LocatorError(ConnectionFailedError):
    """A query's place in its result is lost: ask again, from the last row that came."""


class SchemaError(ConnectionFailedError):
    """A field or object is not visible any more. Nothing was done."""


class NotThereError(ConnectionFailedError):
    """What the address names is not there, or not visible to the user. Nothing was done."""


@dataclass(frozen=True, slots=True)
class Said:
    """One error as Salesforce says it. The message may hold personal data: for rejects, never for logs."""

    code: str
    message: str
    fields: tuple[str, ...] = ()


def said(body: object) -> Said:
    """The first error of a reply's body, whatever shape the body has."""
    first = body[0] if isinstance(body, list) and body else body
    if not isinstance(first, dict):
        return Said("", "")
    code = first.get("errorCode") or first.get("statusCode") or first.get("error") or ""
    fields = first.get("fields")
    return Said(str(code), str(first.get("message") or ""), tuple(map(str, fields)) if isinstance(fields, list) else ())


def of_reply(connection: str, status: int, body: object, *, writes: bool) -> LeadBridgeError:
    """What to raise for a reply that is none: ``writes`` where the call may have changed something."""
    error = said(body)
    kind = _kind(error, status)
    reason = f"connection {connection!r}: Salesforce answered {error.code or 'with HTTP status'} ({status})"
    remedy = _REMEDY.get(error.code, "")
    return _made(kind, connection, f"{reason}; {remedy}" if remedy else reason, writes=writes)


def _kind(error: Said, status: int) -> Kind:
    if error.code == "REQUEST_LIMIT_EXCEEDED" and error.message.startswith("Concurrent"):
        return "retry"  # too many long calls at once, which has nothing to do with the day's quota
    if status in _WHATEVER_CODE:
        return _WHATEVER_CODE[status]
    return _BY_CODE.get(error.code) or _BY_STATUS.get(status, "failed")


def _made(kind: Kind, connection: str, message: str, *, writes: bool) -> LeadBridgeError:
    if kind == "lost":
        kind_of_loss = UncertainError if writes else RetryableError
        return kind_of_loss(connection, message)
    if kind == "refused" and not writes:
        return ConnectionFailedError(connection, message)
    return _CLASSES[kind](connection, message)


_CLASSES: Final[Mapping[Kind, type[ConnectionFailedError]]] = {
    "retry": RetryableError,
    "refresh": CredentialsError,
    "quota": QuotaError,
    "refused": BatchRefusedError,
    "locator": LocatorError,
    "schema": SchemaError,
    "absent": NotThereError,
    "failed": ConnectionFailedError,
}


def of_silence(connection: str, error: requests.RequestException, *, writes: bool) -> LeadBridgeError:
    """What to raise where no reply came: nothing was done if the server was never reached, else nobody knows."""
    reason = f"connection {connection!r}: no reply from Salesforce ({type(error).__name__})"
    if not writes or _never_sent(error):
        return RetryableError(connection, f"{reason}; check the network, or run again later")
    return UncertainError(connection, reason)


def unreadable(connection: str, reason: str, *, writes: bool) -> LeadBridgeError:
    """What to raise for a reply that says it went well and cannot be read."""
    return UncertainError(connection, reason) if writes else RetryableError(connection, reason)


def _never_sent(error: requests.RequestException) -> bool:
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    return isinstance(reason, NewConnectionError | ProxyError)
