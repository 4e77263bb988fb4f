"""The sandbox around its records: limits, tokens, scopes, properties, owners, faults, steering, seeds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from hubspot_served import Client, code_of, served_portal
from leadbridge_hubspot.sandbox.stand_in import HubSpotSandbox

from leadbridge.sandbox import Fault, Options, serve, start

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def portal() -> Iterator[Client]:
    with served_portal() as client:
        client.sandbox.clock.set(NOON)
        client.sandbox.clock.freeze()
        yield client


def test_calls_within_ten_seconds(portal: Client) -> None:
    portal.sandbox.switch("burst", 3)
    first = portal.ask("GET", "owners")
    assert first.headers["X-HubSpot-RateLimit-Max"] == "3"
    assert first.headers["X-HubSpot-RateLimit-Remaining"] == "2"
    assert first.headers["X-HubSpot-RateLimit-Interval-Milliseconds"] == "10000"
    assert [portal.ask("GET", "owners").status_code for _ in range(3)] == [200, 200, 429]
    refused = portal.ask("GET", "owners")
    assert refused.json()["policyName"] == "TEN_SECONDLY_ROLLING"
    assert "retry-after" not in refused.headers
    portal.sandbox.switch("retry_after", True)
    assert portal.ask("GET", "owners").headers["retry-after"] == "10"
    portal.sandbox.clock.advance(10)
    assert portal.ask("GET", "owners").status_code == 200


def test_searches_have_a_limit_of_their_own_and_tell_nothing(portal: Client) -> None:
    portal.sandbox.switch("search_per_second", 2)
    replies = [portal.ask("POST", "objects/contacts/search", {}) for _ in range(3)]
    assert [one.status_code for one in replies] == [200, 200, 429]
    assert replies[2].json()["policyName"] == "SECONDLY"
    assert not [name for one in replies for name in one.headers if "ratelimit" in name.lower()]
    portal.sandbox.clock.advance(1)
    assert portal.ask("POST", "objects/contacts/search", {}).status_code == 200


def test_the_day_begins_anew_at_midnight(portal: Client) -> None:
    portal.sandbox.switch("daily", 2)
    told = portal.get("/account-info/v3/api-usage/daily/private-apps")["results"][0]
    assert (told["usageLimit"], told["currentUsage"], told["resetsAt"]) == (2, 1, "2026-06-02T00:00:00.000Z")
    assert portal.ask("GET", "owners").headers["X-HubSpot-RateLimit-Daily-Remaining"] == "0"
    refused = portal.ask("GET", "owners")
    assert (refused.status_code, refused.json()["policyName"]) == (429, "DAILY")
    portal.sandbox.clock.advance(12 * 3600)
    assert portal.ask("GET", "owners").status_code == 200


def test_associations_count_apart(portal: Client) -> None:
    portal.sandbox.switch("association_burst", 1)
    where = "/crm/v4/associations/contacts/companies/labels"
    assert [portal.ask("GET", where).status_code for _ in range(2)] == [200, 429]
    assert portal.ask("GET", "owners").status_code == 200


def grant(portal: Client, path: str = "/oauth/v1/token", **changed: str) -> requests.Response:
    app = portal.control("GET", "/app")
    told = {name: app[name] for name in ("client_id", "client_secret", "refresh_token")}
    form = {"grant_type": "refresh_token", **told, **changed}
    return requests.post(portal.url + path, data=form, timeout=20)


@pytest.mark.parametrize("path", ["/oauth/v1/token", "/oauth/v3/token", "/oauth/2026-09/token"])
def test_oauth_tokens_last_half_an_hour(portal: Client, path: str) -> None:
    portal.http.headers["Authorization"] = f"Bearer {grant(portal, path).json()['access_token']}"
    reply = portal.ask("GET", "owners")
    assert reply.status_code == 200
    assert "X-HubSpot-RateLimit-Daily" not in reply.headers
    portal.sandbox.clock.advance(1800)
    assert code_of(portal.ask("GET", "owners")) == (401, "EXPIRED_AUTHENTICATION")


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"client_id": "x"}, "BAD_CLIENT_ID"),
        ({"client_secret": "x"}, "BAD_CLIENT_SECRET"),
        ({"refresh_token": "x"}, "BAD_REFRESH_TOKEN"),
    ],
)
def test_grants_that_are_refused(portal: Client, changed: dict[str, str], status: str) -> None:
    reply = grant(portal, **changed)
    assert (reply.status_code, reply.json()["status"]) == (400, status)


def test_tokens_and_scopes(portal: Client) -> None:
    portal.control("POST", "/scopes", withdraw=["crm.objects.contacts.write"])
    reply = portal.ask("POST", "objects/contacts", {"properties": {"firstname": "A"}})
    assert (reply.status_code, reply.json()["category"]) == (403, "MISSING_SCOPES")
    assert reply.json()["errors"][0]["context"]["requiredGranularScopes"] == ["crm.objects.contacts.write"]
    assert portal.ask("GET", "objects/contacts").status_code == 200
    portal.control("POST", "/scopes", grant=["crm.objects.contacts.write"])
    portal.make("contacts", firstname="A")
    portal.http.headers["Authorization"] = "Bearer wrong"
    assert code_of(portal.ask("GET", "owners")) == (401, "INVALID_AUTHENTICATION")


def test_properties_come_change_go_and_come_back(portal: Client) -> None:
    told = {"name": "size", "label": "Size", "type": "enumeration", "fieldType": "select", "groupName": "information"}
    options = [{"label": name, "value": name, "displayOrder": 0, "hidden": False} for name in "SML"]
    portal.post("properties/companies", {**told, "options": options}, 201)
    clash = portal.ask("POST", "properties/companies", told)
    assert (clash.status_code, clash.json()["subCategory"]) == (409, "Properties.PROPERTY_WITH_NAME_EXISTS")
    key = portal.make("companies", name="A", size="S")
    portal.ask("PATCH", "properties/companies/size", {"options": options[1:]})
    reply = portal.ask("PATCH", f"objects/companies/{key}", {"properties": {"size": "S"}})
    assert code_of(reply) == (400, "INVALID_OPTION")
    assert portal.ask("DELETE", "properties/companies/size").status_code == 204
    reply = portal.ask("PATCH", f"objects/companies/{key}", {"properties": {"size": "M"}})
    assert code_of(reply) == (400, "PROPERTY_DOESNT_EXIST")
    assert [one["name"] for one in portal.get("properties/companies", archived="true")["results"]] == ["size"]
    portal.post("properties/companies", told, 201)
    assert portal.get("properties/companies/size")["options"] == []
    fixed = portal.ask("PATCH", "properties/contacts/lifecyclestage", {"options": []})
    assert code_of(fixed) == (400, "READ_ONLY_OPTIONS")
    assert portal.ask("DELETE", "properties/contacts/email").status_code == 400


def test_a_property_in_use_by_a_rule_stays(portal: Client) -> None:
    portal.control(
        "POST", "/validations", object="contacts", property="leadbridge_key", rule="MAX_LENGTH", arguments=["9"]
    )
    reply = portal.ask("DELETE", "properties/contacts/leadbridge_key")
    assert reply.json()["subCategory"] == "PropertyValidationError.CANNOT_DELETE_PROPERTY_IN_USE"
    portal.control("DELETE", "/validations")
    assert portal.ask("DELETE", "properties/contacts/leadbridge_key").status_code == 204


def test_owners(portal: Client) -> None:
    people = portal.get("owners/")["results"]
    assert [(one["id"], one["userId"]) for one in people][:2] == [("81001", 9001), ("81002", 9002)]
    (left,) = portal.get("owners", archived="true")["results"]
    assert (left["userId"], left["userIdIncludingInactive"]) == (None, 9004)
    assert portal.get("owners", email="mateo@sandbox.example")["results"][0]["id"] == "81002"
    portal.control("POST", "/owners", archive="81002")
    told = {"properties": {"firstname": "A", "hubspot_owner_id": "81002"}}
    assert code_of(portal.ask("POST", "objects/contacts", told)) == (400, "INVALID_OWNER_ID")


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("burst", 429),
        ("search_limit", 429),
        ("daily", 429),
        ("locked", 423),
        ("migrating", 477),
        ("server_error", 500),
        ("gateway", 502),
        ("unavailable", 503),
        ("expire", 401),
    ],
)
def test_faults_strike_once_and_nothing_is_done(portal: Client, kind: str, status: int) -> None:
    portal.control("POST", "/faults", kind=kind, method="POST", seconds=60)
    told = {"properties": {"email": "a@example.com"}}
    reply = portal.ask("POST", "objects/contacts", told)
    assert reply.status_code == status
    assert (kind == "migrating") is ("retry-after" in reply.headers)
    assert portal.ask("POST", "objects/contacts", told).status_code == 201


def test_what_others_do_is_done_whole_or_not_at_all(portal: Client) -> None:
    good = {"firstname": "A"}
    reply = requests.post(
        f"{portal.control_url}/records", json={"object": "contacts", "create": [good, {"nope": "x"}]}, timeout=20
    )
    assert reply.status_code == 400
    assert portal.get("objects/contacts")["results"] == []
    one, other = portal.control("POST", "/records", object="contacts", create=[good, good])["ids"]
    portal.control("POST", "/records", object="contacts", update=[{"id": one, "lastname": "B"}])
    (merged,) = portal.control("POST", "/records", object="contacts", merge=[one, other])["ids"]
    assert portal.value("contacts", merged, "lastname") == "B"
    portal.control("POST", "/records", object="contacts", erase=[merged])
    assert portal.ask("GET", f"objects/contacts/{merged}").status_code == 404


def test_the_key_goes_and_comes(portal: Client) -> None:
    portal.control("POST", "/properties", object="contacts")
    assert portal.ask("GET", "properties/contacts/leadbridge_key").status_code == 404
    portal.control("POST", "/properties", object="contacts", present=True)
    assert portal.get("properties/contacts/leadbridge_key")["hasUniqueValue"] is True


def test_a_reset_begins_again(portal: Client) -> None:
    portal.make("contacts", firstname="A")
    portal.control("POST", "/reset")
    assert portal.get("objects/contacts")["results"] == []
    assert portal.make("contacts", firstname="A") == "1001"


def test_the_demo_is_the_same_each_time() -> None:
    def told() -> Any:
        with served_portal("demo", 40, burst=1000) as portal:
            pages = [portal.get(f"objects/{name}", limit="100")["results"] for name in ("contacts", "leads", "deals")]
            return [[{**one["properties"], "at": None} for one in page] for page in pages]

    def bare(pages: Any) -> str:
        return json.dumps([[{n: v for n, v in one.items() if "date" not in n} for one in page] for page in pages])

    first, second = told(), told()
    assert bare(first) == bare(second)
    assert [len(page) for page in first] == [40, 14, 2]


def test_records_and_setup_outlast_the_process(tmp_path: Path) -> None:
    options = Options("demo", 5, tmp_path / "portal.db")
    told = {"name": "size", "label": "Size", "type": "string", "fieldType": "text", "groupName": "information"}
    with serve(HubSpotSandbox(options)) as served:
        portal = Client(served)
        portal.post("properties/contacts", told, 201)
        portal.post("/crm/v4/associations/contacts/companies/labels", {"label": "Buyer", "name": "buyer"})
        key = portal.make("contacts", email="x@example.com", size="XL")
        portal.http.close()
    with serve(HubSpotSandbox(options)) as served:
        portal = Client(served)
        assert portal.value("contacts", key, "size") == "XL"
        assert len(portal.get("objects/contacts", limit="100")["results"]) == 6
        labels = portal.get("/crm/v4/associations/contacts/companies/labels")["results"]
        assert [one["label"] for one in labels if one["category"] == "USER_DEFINED"] == ["Buyer"]
        portal.http.close()


def test_it_starts_by_name_and_knows_its_switches() -> None:
    with start("hubspot", Options("empty", switches={"burst": 7})) as served:
        assert served.token.startswith("pat-")
        assert served.sandbox.switches["burst"] == 7
        served.sandbox.faults.add(Fault("gateway"))
    with pytest.raises(ValueError, match="lifecycle_backward takes ignored, refused, taken"):
        HubSpotSandbox(Options("empty", switches={"lifecycle_backward": "x"}))
    with pytest.raises(ValueError, match="no seed"):
        HubSpotSandbox(Options("nothing"))


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "objects/contacts", b"{"),
        ("POST", "objects/contacts", b"[" * 100_000),
        ("POST", "objects/contacts", b"[]"),
        ("POST", "objects/contacts", b'{"properties": []}'),
        ("POST", "objects/contacts/batch/read", b'{"inputs": [1]}'),
        ("POST", "objects/contacts/search", b'{"limit": "x"}'),
        ("POST", "objects/nothing", b"{}"),
        (
            "POST",
            "objects/contacts/search",
            b'{"filterGroups": [{"filters": [{"propertyName": "x\\"; --", "operator": "EQ"}]}]}',
        ),
        ("GET", "objects/contacts?after=-1", b""),
        ("GET", "objects/contacts/%00", b""),
        ("GET", "nothing", b""),
        ("PUT", "objects/contacts", b"{}"),
    ],
)
def test_what_makes_no_sense_is_refused_in_its_own_words(portal: Client, method: str, path: str, body: bytes) -> None:
    reply = portal.http.request(method, f"{portal.url}/crm/v3/{path}", data=body, timeout=20)
    assert 400 <= reply.status_code < 500, reply.text
    assert reply.json()["correlationId"]
