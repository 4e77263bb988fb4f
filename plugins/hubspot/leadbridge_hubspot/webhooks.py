"""HubSpot's webhooks: whether a request is HubSpot's own, and what its events say is to be read again.

Events come in batches of up to 100, in no order, more than once, and are no copy of a record: they mark what to read
again, and what went. Source: HubSpot's guides on validating requests (signature v3) and on webhooks.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from leadbridge.provider import Gone
from leadbridge.records import Ref
from leadbridge_hubspot.objects import KINDS

SIGNATURE: Final = "X-HubSpot-Signature-v3"
TIMESTAMP: Final = "X-HubSpot-Request-Timestamp"
WINDOW: Final = timedelta(minutes=5)
"""How far a request's time may be from ours, on either side."""
_MOST: Final = 1_000  # events of a request; HubSpot sends 100
_ENCODED: Final = re.compile(r"%(3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)", re.IGNORECASE)
_NAMES: Final = {"contact": "contacts", "company": "companies", "deal": "deals"}
_BY_TYPE_ID: Final = {kind.type_id: name for name, kind in KINDS.items()}


class NotSignedError(ValueError):
    """The request is not HubSpot's, or too old: answer 401, and read nothing of it."""


@dataclass(frozen=True, slots=True)
class Request:
    """
    Attributes:
        uri: the address as HubSpot called it: scheme, host, path and query.
        body: the bytes as they came, before anything decoded them.
    """

    method: str
    uri: str
    headers: Mapping[str, str]
    body: bytes


def verify(request: Request, secret: str, now: datetime) -> None:
    """Raises NotSignedError unless HubSpot signed this request within the last minutes.

    Args:
        secret: the app's client secret.
        now: aware.
    """
    sent = {name.lower(): value for name, value in request.headers.items()}
    stamp, signature = sent.get(TIMESTAMP.lower(), ""), sent.get(SIGNATURE.lower(), "")
    if not stamp.isascii() or not stamp.isdecimal() or len(stamp) > 15:
        raise NotSignedError("the request has no time")
    if abs(now.timestamp() - int(stamp) / 1000) > WINDOW.total_seconds():
        raise NotSignedError("the request's time is not now")
    signed = (
        f"{request.method.upper()}{decoded(request.uri)}".encode(errors="surrogateescape")
        + request.body
        + stamp.encode()
    )
    try:
        given = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        given = b""
    if not hmac.compare_digest(given, hmac.digest(secret.encode(), signed, "sha256")):
        raise NotSignedError("the request's signature is not HubSpot's")


def decoded(uri: str) -> str:
    """As HubSpot signs it: twelve characters, and no others, stand for themselves."""
    return _ENCODED.sub(lambda found: chr(int(found[1], 16)), uri)


@dataclass(frozen=True, slots=True)
class Event:
    """
    Attributes:
        key: tells a repeated delivery; HubSpot's own event id does not.
        happened: ``creation``, ``propertyChange``, ``deletion``, ``merge``, ``privacyDeletion`` and so on.
        ids: records that it is about, each with its object.
        into: of a merge, the surviving record's id.
    """

    key: tuple[str, ...]
    happened: str
    at: int
    ids: tuple[tuple[str, str], ...]
    into: str | None = None


@dataclass(frozen=True, slots=True)
class Marks:
    """What a batch of events says.

    Attributes:
        again: records to read again.
        gone: records that went, by deletion, merge or erasure.
        ignored: events of objects or kinds that are not known here, or without what they need.
    """

    again: frozenset[Ref]
    gone: tuple[Gone, ...]
    ignored: int = 0


def parse(body: bytes) -> tuple[list[Event], int]:
    """Each event once, however often it came, and how many are ignored. Raises ValueError for what is no batch."""
    try:
        batch = json.loads(body)
    except RecursionError:
        raise ValueError("the body is no batch of events") from None
    if not isinstance(batch, list) or len(batch) > _MOST:
        raise ValueError("the body is no batch of events")
    found = [_event(one) for one in batch if isinstance(one, dict)]
    known = {event.key: event for event in found if event is not None}
    return list(known.values()), len(batch) - sum(event is not None for event in found)


def marks(connection: str, events: Iterable[Event], ignored: int = 0) -> Marks:
    """The same for the same events, in whatever order they came.

    An erasure beats everything, a merge a deletion; of a deletion and anything else of one record the later one counts.
    """
    again: dict[Ref, int] = {}
    gone: dict[Ref, tuple[int, int, Gone]] = {}
    for event in events:
        for ref, lost in _told(connection, event):
            if lost is None:
                again[ref] = max(again.get(ref, 0), event.at)
            else:
                rank = (_RANK.get(event.happened, 0), event.at, lost)
                gone[ref] = max(gone.get(ref, rank), rank, key=lambda one: one[:2])
    went = {ref: lost for ref, (rank, at, lost) in gone.items() if rank or at >= again.get(ref, 0)}
    return Marks(frozenset(again.keys() - went.keys()), tuple(went[ref] for ref in sorted(went)), ignored)


_RANK: Final = {"merge": 1, "privacyDeletion": 2}


def _told(connection: str, event: Event) -> Iterator[tuple[Ref, Gone | None]]:
    for object_, id_ in event.ids:
        ref = Ref(connection, object_, id_)
        if event.happened == "privacyDeletion":
            yield ref, Gone(ref, "erasure")
        elif event.happened == "deletion":
            yield ref, Gone(ref, "tombstone")
        elif event.happened == "merge" and id_ != event.into:
            yield ref, Gone(ref, "tombstone", event.into)
        else:
            yield ref, None


def _event(one: Mapping[str, Any]) -> Event | None:
    """Leads and custom objects come as ``object.*`` with a type id; older deliveries name the type ``eventType``."""
    subject, _, happened = str(one.get("subscriptionType") or one.get("eventType") or "").partition(".")
    at = one.get("occurredAt")
    if not happened or not isinstance(at, int):
        return None
    into = _survivor(one) if happened == "merge" else None
    ids = tuple(dict.fromkeys(_ids(one, _object(subject, one), happened, into)))
    names = ("portalId", "subscriptionId", "subscriptionType", "objectId", "eventId", "occurredAt")
    key = (*(str(one.get(name)) for name in names), str(ids))
    return Event(key, happened, at, ids, into) if ids else None


def _object(subject: str, one: Mapping[str, Any]) -> str | None:
    if subject == "object":
        type_id = str(one.get("objectTypeId") or "")
        return _BY_TYPE_ID.get(type_id) or (type_id if type_id.startswith("2-") else None)
    return _NAMES.get(subject)


def _survivor(one: Mapping[str, Any]) -> str | None:
    """A merge may make a new record: that one, else the primary one."""
    return next((i for i in (_id(one.get(n)) for n in ("newObjectId", "primaryObjectId", "objectId")) if i), None)


def _ids(one: Mapping[str, Any], object: str | None, happened: str, into: str | None) -> Iterator[tuple[str, str]]:
    if happened == "associationChange":
        ends = str(one.get("associationType") or "").lower().split("_to_")
        for end, name in zip(ends, ("fromObjectId", "toObjectId"), strict=False):
            id_ = _id(one.get(name))
            if end in _NAMES and id_:
                yield _NAMES[end], id_
        return
    if object is None:
        return
    merged = one.get("mergedObjectIds")
    others = merged if happened == "merge" and isinstance(merged, list) else []
    for value in (into, one.get("primaryObjectId"), *others, one.get("objectId")):
        id_ = _id(value)
        if id_ and (happened == "merge" or value == one.get("objectId")):
            yield object, id_


def _id(value: object) -> str | None:
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return text if text.isascii() and text.isdecimal() and text != "0" else None
