"""Webhooks, forms and lists of the sandbox."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from hubspot_served import Client, code_of, served_portal
from leadbridge_hubspot.sandbox.webhooks import signed
from leadbridge_hubspot.webhooks import NotSignedError, Request, verify

PATH = "/hook%3Fa%2Fb?x=%7Ey"


class Receiver:
    """Takes what is posted, and answers what it is told to."""

    def __init__(self) -> None:
        self.got: list[Request] = []
        self.status = 200
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append(Request("POST", receiver.url, dict(self.headers), body))
                self.send_response(receiver.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *told: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}{PATH}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def events(self) -> list[dict[str, Any]]:
        return [event for request in self.got for event in json.loads(request.body)]

    def await_events(self, count: int) -> list[dict[str, Any]]:
        until = time.monotonic() + 10
        while len(self.events()) < count and time.monotonic() < until:
            time.sleep(0.02)
        return self.events()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def portal() -> Iterator[Client]:
    with served_portal(burst=10_000, automations=False) as client:
        yield client


def subscribe(portal: Client, receiver: Receiver, *names: str) -> None:
    portal.control("POST", "/webhooks", url=receiver.url, subscriptions=list(names))


def test_events_are_signed(portal: Client, receiver: Receiver) -> None:
    subscribe(portal, receiver, "contact.creation")
    key = portal.make("contacts", firstname="Zoë")
    (event,) = receiver.await_events(1)
    assert (event["subscriptionType"], event["objectId"], event["changeFlag"]) == ("contact.creation", int(key), "NEW")
    (request,) = receiver.got
    secret, now = portal.control("GET", "/app")["client_secret"], portal.sandbox.clock.now()
    verify(request, secret, now)
    with pytest.raises(NotSignedError):
        verify(replace(request, body=request.body + b" "), secret, now)


def test_signatures_as_hubspots_client_makes_them() -> None:
    """From its documentation (v1), and its client's own function (v3)."""
    third = signed("client-secret", "https://example.com/hook?x=1", b'[{"eventId":1}]', 1_700_000_000_000)
    assert third["X-HubSpot-Signature-v3"] == "YiznUKiRLNZscZtzvq2lreDZebNcAFircVjFZDcffqk="
    body = (
        b'[{"eventId":1,"subscriptionId":12345,"portalId":62515,"occurredAt":1564113600000,"subscriptionType":'
        b'"contact.creation","attemptNumber":0,"objectId":123,"changeSource":"CRM","changeFlag":"NEW","appId":54321}]'
    )
    first = signed("yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy", "http://127.0.0.1", body, 0)
    assert first["X-HubSpot-Signature"] == "232db2615f3d666fe21a8ec971ac7b5402d33b9a925784df3ca654d05f4817de"


def test_what_nobody_takes_comes_again_for_a_day(portal: Client, receiver: Receiver) -> None:
    portal.sandbox.clock.freeze()
    receiver.status = 500
    subscribe(portal, receiver, "contact.creation")
    portal.make("contacts", firstname="A")
    assert [one["attemptNumber"] for one in receiver.await_events(1)] == [0]
    for attempt in range(1, 11):
        portal.sandbox.clock.advance(21_600)
        receiver.await_events(attempt + 1)
    portal.sandbox.clock.advance(86_400)
    assert portal.control("GET", "/webhooks")["waiting"] == 0
    assert [one["attemptNumber"] for one in receiver.events()] == list(range(11))


@pytest.mark.parametrize("shuffled", [True, False])
def test_events_come_in_any_order_and_more_than_once(portal: Client, receiver: Receiver, shuffled: bool) -> None:
    portal.sandbox.switch("webhooks_shuffled", shuffled)
    portal.sandbox.switch("webhooks_repeated", True)
    subscribe(portal, receiver, "contact.creation")
    rows = [{"properties": {"email": f"p{n}@example.com"}} for n in range(100)]
    portal.post("objects/contacts/batch/create", {"inputs": rows}, 201)
    events = receiver.await_events(101)
    ids = [one["objectId"] for one in events]
    assert len(ids) == 101
    assert (ids[0] > ids[1]) is shuffled
    assert len(set(ids)) == 100
    assert max(len(json.loads(one.body)) for one in receiver.got) == 100


@pytest.mark.parametrize("by_object", [True, False])
def test_kinds_of_events(portal: Client, receiver: Receiver, by_object: bool) -> None:
    portal.sandbox.switch("webhooks_by_object", by_object)
    portal.sandbox.switch("change_source", "API")
    name = "object" if by_object else "contact"
    whats = ("propertyChange:email", "merge", "deletion", "privacyDeletion", "associationChange")
    subscribe(portal, receiver, *(f"{name}.{what}" for what in whats), "object.creation")
    one, other = (portal.make("contacts", email=f"{name}@example.com") for name in "ab")
    portal.make("leads", (one, 578), hs_lead_name="L")
    merged = portal.post("objects/contacts/merge", {"primaryObjectId": one, "objectIdToMerge": other})["id"]
    portal.post("objects/contacts/batch/read", {"inputs": [{"id": merged}]})
    portal.ask("POST", "objects/contacts/gdpr-delete", {"objectId": merged})
    portal.control("GET", "/webhooks")
    time.sleep(0.5)
    found: dict[str, list[dict[str, Any]]] = {}
    for event in receiver.events():
        assert event["changeSource"] == "API"
        found.setdefault(event["subscriptionType"], []).append(event)
    (merge,) = found[f"{name}.merge"]
    assert (merge["primaryObjectId"], merge["mergedObjectIds"], merge["newObjectId"]) == (
        int(one),
        [int(other)],
        int(merged),
    )
    assert {event["propertyName"] for event in found[f"{name}.propertyChange"]} == {"email"}
    assert {event["objectId"] for event in found[f"{name}.deletion"]} >= {int(one), int(other), int(merged)}
    assert found[f"{name}.privacyDeletion"][0]["objectId"] == int(merged)
    assert "CONTACT_TO_LEAD" in {event["associationType"] for event in found[f"{name}.associationChange"]}
    assert "0-136" in {event["objectTypeId"] for event in found["object.creation"]}


def test_of_what_is_refused_nothing_is_told(portal: Client, receiver: Receiver) -> None:
    subscribe(portal, receiver, "contact.creation")
    rows = [{"properties": {"email": f"{name}"}} for name in ("a@example.com", "bad")]
    assert portal.ask("POST", "objects/contacts/batch/create", {"inputs": rows}).status_code == 400
    traced = [{**row, "objectWriteTraceId": str(n)} for n, row in enumerate(rows)]
    portal.post("objects/contacts/batch/create", {"inputs": traced}, 207)
    portal.control("GET", "/webhooks")
    receiver.await_events(1)
    assert len(receiver.events()) == 1


def test_receivers_are_on_this_machine(portal: Client) -> None:
    with pytest.raises(ValueError, match=r"127\.0\.0\.1"):
        portal.sandbox.webhooks.subscribe("http://example.com/", ["contact.creation"])


def test_a_form_makes_a_lead_or_finds_a_contact(portal: Client) -> None:
    app = portal.control("GET", "/app")
    where = f"/submissions/v3/integration/secure/submit/{app['portal_id']}/{app['form_id']}"

    def submit(**given: str) -> Any:
        fields = [{"objectTypeId": "0-1", "name": name, "value": value} for name, value in given.items()]
        return portal.ask("POST", where, {"fields": fields})

    assert "inlineMessage" in submit(email="a@example.com", firstname="A").json()
    assert submit(email="A@example.com", lastname="B").status_code == 200
    (person,) = portal.get("objects/contacts", properties="lifecyclestage,firstname,lastname")["results"]
    assert {"lifecyclestage": "lead", "firstname": "A", "lastname": "B"}.items() <= person["properties"].items()
    old = {"fields": [{"name": "email", "value": "b@example.com"}], "submittedAt": 1}
    assert portal.ask("POST", where, old).status_code == 400
    assert portal.ask("POST", where, {"fields": []}).status_code == 400
    assert portal.ask("POST", where[:-1] + "1", {}).status_code == 404


def test_lists_hold_members(portal: Client) -> None:
    told = {"name": "Fair", "objectTypeId": "0-1", "processingType": "MANUAL"}
    key = portal.post("lists", told)["list"]["listId"]
    assert code_of(portal.ask("POST", "lists", told)) == (400, "DUPLICATE_LIST_NAME")
    assert code_of(portal.ask("POST", "lists", {**told, "processingType": "DYNAMIC"})) == (400, "INVALID_LIST")
    people = [portal.make("contacts", firstname=str(n)) for n in range(3)]
    added = portal.ask("PUT", f"lists/{key}/memberships/add", [*people, "7"]).json()
    assert added["recordsIdsAdded"] == people
    first = portal.get(f"lists/{key}/memberships", limit="2")
    rest = portal.get(f"lists/{key}/memberships", after=first["paging"]["next"]["after"])
    assert [one["recordId"] for one in first["results"] + rest["results"]] == people
    changed = {"recordIdsToAdd": [], "recordIdsToRemove": people[:1]}
    portal.ask("PUT", f"/crm/lists/2026-09/{key}/memberships/add-and-remove", changed)
    portal.ask("PUT", f"lists/{key}/memberships/remove", people[1:2])
    assert portal.get(f"lists/{key}")["list"]["size"] == 1
    assert portal.post("lists/search", {"query": "fa"})["total"] == 1
    assert portal.ask("DELETE", f"lists/{key}").status_code == 204
    assert portal.ask("GET", f"lists/{key}").status_code == 404
