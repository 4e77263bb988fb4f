"""Webhooks: what happened is told to an address on this machine, signed, in batches, and again where nobody took it.

Sources: HubSpot's guides on webhooks and on validating requests.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlsplit

from leadbridge_hubspot.sandbox.objects import BY_ID, COMPANIES, CONTACTS, DEALS
from leadbridge_hubspot.sandbox.portal import Event, Portal

APP_ID: Final = 4242
BATCH: Final = 100
PATIENCE: Final = 5.0
"""Seconds within which a receiver must answer."""
AGAIN: Final = (60, 300, 900, 1800, 3600, 7200, 10_800, 14_400, 18_000, 21_600)
"""Seconds until each repetition; ten of them within a day."""
_DECODED: Final = {f"%{ord(c):02X}": c for c in ":/?@!$'()*,;"}
_CLASSIC: Final = {CONTACTS.id: "contact", COMPANIES.id: "company", DEALS.id: "deal"}


@dataclass(frozen=True, slots=True)
class Delivery:
    """Events for the receiver, and when they are due, in milliseconds."""

    events: tuple[Mapping[str, Any], ...]
    due: int
    attempt: int = 0


class Webhooks:
    """The subscriptions of one app, and what waits to be told."""

    def __init__(self, portal: Portal, secret: str) -> None:
        self._portal = portal
        self._secret = secret
        self._lock = threading.Lock()
        self._waiting: list[Delivery] = []
        self._told = 0
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self.url = ""
        self.subscriptions: tuple[str, ...] = ()
        self.log: list[tuple[int, int]] = []
        """Attempt and status of every call; 0 where nobody answered."""

    def subscribe(self, url: str, subscriptions: Sequence[str]) -> None:
        """Tell the receiver at ``url`` from now on. Raises ValueError for one that is not on this machine."""
        parts = urlsplit(url)
        if parts.scheme != "http" or parts.hostname != "127.0.0.1":
            raise ValueError("the receiver must be at http://127.0.0.1, whatever its port")
        self.url, self.subscriptions = url, tuple(subscriptions)
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="webhooks", daemon=True)
            self._thread.start()

    def take(self, events: Sequence[Event]) -> None:
        """Take in what happened in a request, as far as somebody subscribed to it."""
        now = self._portal.now()
        told = [one for event in events if (one := self._shown(event, now)) is not None] if self.url else []
        if self._portal.switches.webhooks_shuffled:
            told.reverse()
        if told and self._portal.switches.webhooks_repeated:
            told.append(told[0])
        with self._lock:
            for start in range(0, len(told), BATCH):
                self._waiting.append(Delivery(tuple(told[start : start + BATCH]), now))

    def deliver(self) -> int:
        """Tell all that is due by the sandbox's clock; how many deliveries wait for later."""
        now = self._portal.now()
        with self._lock:
            due = [one for one in self._waiting if one.due <= now]
            self._waiting = [one for one in self._waiting if one.due > now]
        for one in due:
            self._send(one, now)
        return len(self._waiting)

    def close(self) -> None:
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(PATIENCE)

    def _work(self) -> None:
        while not self._stopped.wait(0.1):
            self.deliver()

    def _send(self, delivery: Delivery, now: int) -> None:
        told = [{**event, "attemptNumber": delivery.attempt} for event in delivery.events]
        status = self._post(json.dumps(told, separators=(",", ":")).encode(), now)
        self.log.append((delivery.attempt, status))
        if not 200 <= status < 400 and delivery.attempt < len(AGAIN):
            due = now + AGAIN[delivery.attempt] * 1000
            with self._lock:
                self._waiting.append(replace(delivery, due=due, attempt=delivery.attempt + 1))

    def _post(self, body: bytes, now: int) -> int:
        parts = urlsplit(self.url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection = http.client.HTTPConnection("127.0.0.1", parts.port or 80, timeout=PATIENCE)
        try:
            connection.request("POST", target, body, signed(self._secret, self.url, body, now))
            return connection.getresponse().status
        except OSError:
            return 0
        except http.client.HTTPException:
            return 0
        finally:
            connection.close()

    def _shown(self, event: Event, now: int) -> dict[str, Any] | None:
        """As it is told, or None where nobody subscribed to it."""
        name = "object" if self._portal.switches.webhooks_by_object else _CLASSIC.get(event.object, "object")
        kind = f"{name}.{event.what}"
        wanted = {kind, f"{kind}:{event.told.get('propertyName')}"} & set(self.subscriptions)
        if not wanted:
            return None
        self._told += 1
        shown: dict[str, Any] = {
            "eventId": self._told,
            "subscriptionId": self.subscriptions.index(min(wanted)) + 1,
            "portalId": self._portal.id,
            "appId": APP_ID,
            "occurredAt": now,
            "subscriptionType": kind,
            "attemptNumber": 0,
            "changeSource": self._portal.switches.change_source,
            "sourceId": f"app:{APP_ID}",
            **event.told,
        }
        if event.what == "associationChange":
            ends = (BY_ID[event.told[f"{end}ObjectTypeId"]].singular.upper() for end in ("from", "to"))
            shown["associationType"] = "_TO_".join(ends)
        else:
            shown["objectId"] = event.id
        return {**shown, "objectTypeId": event.object} if name == "object" else shown


def signed(secret: str, url: str, body: bytes, now: int) -> dict[str, str]:
    """The headers of a call, with signatures of versions 3 and 1."""
    plain = re.sub("|".join(_DECODED), lambda found: _DECODED[found[0].upper()], url, flags=re.IGNORECASE)
    base = b"POST" + plain.encode() + body + str(now).encode()
    third = base64.b64encode(hmac.new(secret.encode(), base, hashlib.sha256).digest()).decode()
    return {
        "Content-Type": "application/json",
        "X-HubSpot-Signature-v3": third,
        "X-HubSpot-Request-Timestamp": str(now),
        "X-HubSpot-Signature": hashlib.sha256(secret.encode() + body).hexdigest(),
        "X-HubSpot-Signature-Version": "v1",
    }
