"""Webhooks: only HubSpot's own are taken, and their order and repetition change nothing."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from leadbridge_hubspot.webhooks import SIGNATURE, TIMESTAMP, NotSignedError, Request, marks, parse, verify

from leadbridge.provider import Gone
from leadbridge.records import Ref

SECRET, URI, BODY = "client-secret", "https://example.com/hook?x=1", b'[{"eventId":1}]'
NOW = datetime.fromtimestamp(1_700_000_000, UTC)
KNOWN = {SIGNATURE: "YiznUKiRLNZscZtzvq2lreDZebNcAFircVjFZDcffqk=", TIMESTAMP: "1700000000000"}


def signed(uri: str, body: bytes, stamp: str = "1700000000000") -> dict[str, str]:
    """``uri`` as HubSpot signs it."""
    base = f"POST{uri}".encode() + body + stamp.encode()
    return {SIGNATURE: base64.b64encode(hmac.digest(SECRET.encode(), base, hashlib.sha256)).decode(), TIMESTAMP: stamp}


def test_the_known_answer_is_taken() -> None:
    verify(Request("post", URI, KNOWN, BODY), SECRET, NOW)
    verify(Request("POST", URI, {name.lower(): value for name, value in KNOWN.items()}, BODY), SECRET, NOW)


@pytest.mark.parametrize(
    "changed",
    [
        {"secret": "another"},
        {"method": "GET"},
        {"uri": "https://example.com/hook"},
        {"body": b'[{"eventId":2}]'},
        {"headers": {**KNOWN, SIGNATURE: KNOWN[SIGNATURE][:-2] + "A="}},
        {"headers": {**KNOWN, SIGNATURE: "\u00e9"}},
        {"headers": {TIMESTAMP: KNOWN[TIMESTAMP]}},
        {"headers": {SIGNATURE: KNOWN[SIGNATURE]}},
        {"headers": {**KNOWN, TIMESTAMP: "9" * 400}},
        {"headers": {**KNOWN, TIMESTAMP: "9" * 15}},
        {"uri": URI + "\udcff"},
        {"now": NOW + timedelta(minutes=5, seconds=1)},
        {"now": NOW - timedelta(minutes=5, seconds=1)},
    ],
)
def test_whatever_differs_is_refused(changed: dict[str, Any]) -> None:
    asked = {"method": "POST", "uri": URI, "body": BODY, "headers": KNOWN, "secret": SECRET, "now": NOW} | changed
    secret, now = asked.pop("secret"), asked.pop("now")
    with pytest.raises(NotSignedError):
        verify(Request(**asked), secret, now)


def test_the_address_is_signed_decoded_and_the_body_as_bytes() -> None:
    body = '[{"propertyValue":"Größe ☃"}]'.encode()
    headers = signed("https://example.com/a:b@c/d?q=!$'()*,;&r=%20%C3%A9", body)
    uri = "https://example.com/a%3Ab%40c%2fd?q=%21%24%27%28%29%2A%2C%3B&r=%20%C3%A9"
    verify(Request("POST", uri, headers, body), SECRET, NOW)


def event(kind: str, number: int = 1, at: int = 1000, **more: object) -> dict[str, object]:
    return {
        "eventId": number,
        "subscriptionId": 25,
        "portalId": 33,
        "occurredAt": at,
        "subscriptionType": kind,
        "attemptNumber": 0,
        "objectId": 101,
        **more,
    }


def ref(id: str, object: str = "contacts") -> Ref:
    return Ref("hs", object, id)


BATCH = [
    event("contact.propertyChange", 1, propertyName="email", propertyValue="a@b.example"),
    event("contact.creation", 1, objectId=102),  # the same event id, of another event
    event("object.propertyChange", 3, objectTypeId="0-136", objectId=7),
    event("contact.deletion", 4, objectId=103),
    event("contact.deletion", 5, objectId=104, at=2000),
    event("contact.restore", 6, objectId=104, at=3000),
    event("contact.merge", 7, objectId=201, primaryObjectId=201, mergedObjectIds=[202, 203], newObjectId=204),
    event("contact.deletion", 8, objectId=202, at=9000),
    event("contact.privacyDeletion", 9, objectId=105),
    event("contact.deletion", 10, objectId=105, at=9000),
    event("contact.associationChange", 11, associationType="CONTACT_TO_COMPANY", fromObjectId=106, toObjectId=301),
    event("conversation.creation", 12),
]


def test_events_mark_what_to_read_again_and_what_went() -> None:
    events, ignored = parse(json.dumps(BATCH).encode())
    found = marks("hs", events, ignored)
    assert found.again == {
        ref("101"), ref("102"), ref("104"), ref("106"), ref("204"), ref("7", "leads"), ref("301", "companies")
    }  # fmt: skip
    assert set(found.gone) == {
        Gone(ref("103"), "tombstone"),
        Gone(ref("105"), "erasure"),
        *(Gone(ref(one), "tombstone", "204") for one in ("201", "202", "203")),
    }
    assert found.ignored == 1


def test_order_and_repetition_change_nothing() -> None:
    whole = marks("hs", parse(json.dumps(BATCH).encode())[0])
    for seed in range(20):
        shuffled = [{**one, "attemptNumber": n} for n in range(2) for one in BATCH]
        random.Random(seed).shuffle(shuffled)  # noqa: S311  (repeatable, not secret)
        events, _ = parse(json.dumps(shuffled).encode())
        assert marks("hs", events) == whole
        assert len(events) == len(BATCH) - 1


def test_a_merge_without_a_new_record_keeps_the_primary_one() -> None:
    merge = event("deal.merge", objectId=1, primaryObjectId=1, mergedObjectIds=[2])
    found = marks("hs", parse(json.dumps([merge]).encode())[0])
    assert (found.again, found.gone) == ({ref("1", "deals")}, (Gone(ref("2", "deals"), "tombstone", "1"),))


@pytest.mark.parametrize("body", [b"", b"{}", b"null", b"\xff", b"[" + b"{}," * 1000 + b"{}]", b"[" * 99_999])
def test_what_is_no_batch_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse(body)


@pytest.mark.parametrize(
    "hostile",
    [
        1,
        {"subscriptionType": 5},
        event("contact.deletion", objectId="../1"),
        event("contact.deletion", objectId=None),
        event("contact.deletion", occurredAt="x"),
        event("object.deletion", objectTypeId="../../x"),
        event("contact.merge", objectId=None, mergedObjectIds="x"),
        event("contact.associationChange", associationType="A"),
    ],
)
def test_hostile_events_are_ignored(hostile: object) -> None:
    events, ignored = parse(json.dumps([hostile]).encode())
    assert (events, ignored) == ([], 1)
