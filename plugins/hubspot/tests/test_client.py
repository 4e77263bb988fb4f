"""The one client: nothing leaves its host, every call has a time-out, and a failure says what to do next."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import responses
from hubspot_replies import HOST, Portal, served
from leadbridge_hubspot import failures, pace, transport
from leadbridge_hubspot.client import Client
from leadbridge_hubspot.paths import versioned
from leadbridge_hubspot.settings import HubSpotSettings
from pydantic import ValidationError

from leadbridge.errors import (
    BatchRefusedError,
    ConnectionFailedError,
    CredentialsError,
    QuotaError,
    RetryableError,
    UncertainError,
)
from leadbridge.provider import Site

LISTED = f"{HOST}/crm/objects/2026-03/contacts"
USAGE = f"{HOST}/account-info/v3/api-usage/daily/private-apps"
TOKEN = f"{HOST}/oauth/2026-03/token"


def client(**settings: Any) -> Client:
    return Client(Site("hs", Path("/nowhere")), HubSpotSettings(**({"token": "secret"} | settings)))


@pytest.fixture
def mock() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds slept, each; time passes by them only."""
    slept: list[float] = []
    monkeypatch.setattr(pace.time, "sleep", slept.append)
    monkeypatch.setattr(pace.time, "monotonic", lambda: 1000.0 + sum(slept))
    monkeypatch.setattr("tenacity.nap.time.sleep", slept.append)
    return slept


def test_every_call_has_a_time_out_and_the_token(mock: responses.RequestsMock) -> None:
    mock.get(LISTED, json={"results": []})
    client(timeout=7).page("contacts")
    assert mock.calls[0].request.headers["Authorization"] == "Bearer secret"
    assert mock.calls[0].request.req_kwargs["timeout"] == (15.0, 7.0)


def test_generated_clients_are_made_once(mock: responses.RequestsMock) -> None:
    mock.get(LISTED, json={"results": []})
    mock.get(LISTED, json={"results": []})
    one = client()
    made: list[str] = []
    make = one._made
    one.sdk.config["api_factory"] = lambda package, name, config: made.append(name) or make(package, name, config)
    one.page("contacts")
    one.page("contacts")
    assert made == ["BasicApi"]


def test_nothing_leaves_the_configured_host() -> None:
    """Not by a generated client, a redirect, or ``api_request``, which has an address of its own."""
    here = "http://127.0.0.1:8911"
    one = client(host=here)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.add(responses.GET, re.compile(f"{here}/.*"), status=302, headers={"Location": f"{HOST}/elsewhere"})
        with pytest.raises(ConnectionFailedError):
            one.page("contacts")
        with pytest.raises(ConnectionFailedError, match="another host"):
            one.transport.request("GET", "https://api.hubapi.com/crm/v3/objects/contacts")
        with pytest.raises(ConnectionFailedError, match="another host"):
            one.transport.request("GET", "http://127.0.0.1:8911@api.hubapi.com/crm")
        with pytest.raises(requests.ConnectionError, match="elsewhere"):  # it follows redirects: so nobody calls it
            one.sdk.api_request({"path": "/crm/v3/schemas"})
        assert {call.request.url.split("/")[2] for call in mock.calls[:2]} == {"127.0.0.1:8911"}
        assert mock.calls[1].request.url == f"{here}/crm/v3/schemas"


def test_nothing_of_ours_calls_api_request() -> None:
    package = Path(failures.__file__).parent
    assert not [path for path in package.glob("*.py") if "api_request" in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize(
    "host",
    ["http://api.hubapi.com", "https://evil.example", "https://api.hubapi.com.evil.example", "https://hubapi.com:8080",
     "https://x@api.hubapi.com", "https://api.hubapi.com/x", "ftp://127.0.0.1", "http://127.0.0.2"],
)  # fmt: skip
def test_other_hosts_are_faults(host: str) -> None:
    with pytest.raises(ValidationError):
        client(host=host)


@pytest.mark.parametrize(
    ("path", "v3", "dated"),
    [
        ("/crm/v3/objects/contacts", "/crm/v3/objects/contacts", "/crm/objects/2026-09/contacts"),
        ("/crm/v3/owners/", "/crm/v3/owners", "/crm/owners/2026-09"),
        ("/crm/v4/associations/0-1/0-2/batch/read", "/crm/v4/associations/0-1/0-2/batch/read",
         "/crm/associations/2026-09/0-1/0-2/batch/read"),
        ("/oauth/v1/token", "/oauth/v3/token", "/oauth/2026-09/token"),
        ("/account-info/v3/api-usage", "/account-info/v3/api-usage", "/account-info/v3/api-usage"),
        ("/crm/v3/objectsx", "/crm/v3/objectsx", "/crm/v3/objectsx"),
    ],
)  # fmt: skip
def test_paths_follow_the_version(path: str, v3: str, dated: str) -> None:
    assert (versioned(path, "v3"), versioned(path, "2026-09")) == (v3, dated)


def said(**body: object) -> dict[str, object]:
    return {"status": "error", "message": "no", "correlationId": "1", **body}


@pytest.mark.parametrize(
    ("status", "reads", "writes"),
    [
        (400, ConnectionFailedError, BatchRefusedError),
        (401, CredentialsError, CredentialsError),
        (403, QuotaError, QuotaError),
        (409, ConnectionFailedError, BatchRefusedError),
        (423, RetryableError, RetryableError),
        (429, RetryableError, RetryableError),
        (477, RetryableError, RetryableError),
        (500, RetryableError, UncertainError),
        (502, RetryableError, UncertainError),
        (524, RetryableError, UncertainError),
        (418, ConnectionFailedError, ConnectionFailedError),
    ],
)
def test_a_status_says_what_to_do_next(status: int, reads: type[Exception], writes: type[Exception]) -> None:
    assert type(failures.of_reply("hs", status, said(), {}, writes=False)) in {reads, *reads.__subclasses__()}
    assert type(failures.of_reply("hs", status, said(), {}, writes=True)) in {writes, *writes.__subclasses__()}


def test_missing_scopes_are_named_in_one_sentence(mock: responses.RequestsMock) -> None:
    scopes = {"requiredGranularScopes": ["crm.schemas.deals.read", "crm.objects.deals.read"]}
    mock.get(LISTED, status=403, json=said(category="MISSING_SCOPES", errors=[{"message": "x", "context": scopes}]))
    with pytest.raises(QuotaError) as caught:
        client().page("contacts")
    assert str(caught.value) == (
        "connection 'hs': the token lacks one of the scopes crm.schemas.deals.read, crm.objects.deals.read; "
        "grant it to the app, and give the connection its new token"
    )


def test_a_read_waits_for_the_rolling_limit(mock: responses.RequestsMock, clock: list[float]) -> None:
    mock.get(LISTED, status=429, json=said(errorType="RATE_LIMIT", policyName="TEN_SECONDLY_ROLLING"))
    mock.get(LISTED, json={"results": []})
    client().page("contacts")
    assert 10 <= sum(clock) < 12


def test_a_write_that_must_wait_says_how_long(mock: responses.RequestsMock, clock: list[float]) -> None:
    """Whoever calls repeats it: a write is never repeated here."""
    url = f"{LISTED}/batch/create"
    for status, headers, body, seconds in (
        (429, {}, {"policyName": "SECONDLY"}, 1.0),
        (423, {}, {}, 2.0),
        (477, {"Retry-After": "7200"}, {}, 7200.0),
        (429, {"Retry-After": "3"}, {"policyName": "TEN_SECONDLY_ROLLING"}, 3.0),
    ):
        mock.post(url, status=status, headers=headers, json=said(**body))
        with pytest.raises(RetryableError) as caught:
            client().batch("create", "contacts", [{"properties": {}}])
        assert caught.value.retry_after == seconds
    assert clock == []


def test_a_long_wait_is_left_to_the_next_run(mock: responses.RequestsMock, clock: list[float]) -> None:
    mock.get(LISTED, status=477, headers={"Retry-After": "7200"}, json=said())
    with pytest.raises(RetryableError):
        client().page("contacts")
    assert clock == []


def test_the_daily_limit_stops_until_the_reset_it_names(mock: responses.RequestsMock, clock: list[float]) -> None:
    mock.get(LISTED, status=429, json=said(errorType="RATE_LIMIT", policyName="DAILY"))
    mock.get(USAGE, json={"results": [{"name": "x", "resetsAt": "2026-11-29T05:00:00Z"}]})
    with pytest.raises(QuotaError, match=r"run again after midnight .* \(at 2026-11-29T05:00:00Z\)"):
        client().page("contacts")
    assert clock == []


def test_the_daily_limit_stops_where_no_reset_is_told(mock: responses.RequestsMock, clock: list[float]) -> None:
    mock.get(LISTED, status=429, json=said(policyName="DAILY"))
    mock.get(USAGE, status=429, json=said(policyName="DAILY"))
    with pytest.raises(QuotaError, match=r"midnight in the account's time zone$"):
        client().page("contacts")
    assert clock == []


def test_the_share_of_a_day_is_kept(mock: responses.RequestsMock) -> None:
    day = {"X-HubSpot-RateLimit-Daily": "1000", "X-HubSpot-RateLimit-Daily-Remaining": "190"}
    mock.get(LISTED, json={"results": []}, headers=day)
    one = client()
    one.page("contacts")
    with pytest.raises(QuotaError, match=r"810 of the account's 1,000 API calls.*`daily_share: 0\.8` stops at 800;"):
        one.page("contacts")


def test_what_the_headers_tell_is_waited_for(mock: responses.RequestsMock, clock: list[float]) -> None:
    """Better than to be refused: the window's last call is known as such."""
    head = "X-HubSpot-RateLimit-"
    window = {f"{head}Max": "100", f"{head}Remaining": "0", f"{head}Interval-Milliseconds": "10000"}
    mock.get(LISTED, json={"results": []}, headers=window)
    mock.get(LISTED, json={"results": []}, headers=window | {f"{head}Remaining": "99"})
    one = client()
    one.page("contacts")
    one.page("contacts")
    assert clock == [10.0]


def test_five_searches_a_second(mock: responses.RequestsMock, clock: list[float]) -> None:
    """Replies to a search tell nothing of the limit."""
    mock.post(f"{LISTED}/search", json={"results": []})
    one = client()
    for _ in range(11):
        one.search("contacts", {"limit": 1})
    assert sum(clock) == pytest.approx(2.1)


def test_a_lost_reply_to_a_write_is_uncertain(mock: responses.RequestsMock) -> None:
    mock.post(f"{LISTED}/batch/create", body=requests.exceptions.ReadTimeout())
    with pytest.raises(UncertainError):
        client().batch("create", "contacts", [{"properties": {}}])


def test_a_write_that_was_never_sent_is_not(mock: responses.RequestsMock) -> None:
    mock.post(f"{LISTED}/batch/create", body=requests.exceptions.ConnectTimeout())
    with pytest.raises(RetryableError):
        client().batch("create", "contacts", [{"properties": {}}])


def test_a_reply_that_is_no_json_is_uncertain_after_a_write(mock: responses.RequestsMock) -> None:
    mock.post(f"{LISTED}/batch/create", body="<html>", status=201)
    with pytest.raises(UncertainError):
        client().batch("create", "contacts", [{"properties": {}}])


APP = {"token": None, "client_id": "c", "client_secret": "s", "refresh_token": "r"}


def test_an_access_token_is_renewed_before_it_ends(mock: responses.RequestsMock, clock: list[float]) -> None:
    mock.post(TOKEN, json={"access_token": "one", "expires_in": 1800})
    mock.post(TOKEN, json={"access_token": "two", "expires_in": 1800})
    mock.get(LISTED, json={"results": []})
    one = client(**APP)
    one.page("contacts")
    one.page("contacts")
    clock.append(1750.0)
    one.page("contacts")
    sent = [call.request.headers.get("Authorization") for call in mock.calls]
    assert sent == [None, "Bearer one", "Bearer one", None, "Bearer two"]
    assert "grant_type=refresh_token" in str(mock.calls[0].request.body)


def test_a_refresh_token_that_is_no_good_says_what_to_do(mock: responses.RequestsMock) -> None:
    mock.post(TOKEN, status=400, json={"error": "invalid_grant", "status": "BAD_REFRESH_TOKEN", "message": "secret r"})
    with pytest.raises(ConnectionFailedError, match=r"BAD_REFRESH_TOKEN.*install the app") as caught:
        client(**APP).page("contacts")
    assert "secret r" not in str(caught.value)


def test_a_busy_token_endpoint_is_waited_for(mock: responses.RequestsMock, clock: list[float]) -> None:
    mock.post(TOKEN, status=429, headers={"Retry-After": "4"}, json={})
    mock.post(TOKEN, json={"access_token": "one", "expires_in": 1800})
    mock.get(LISTED, json={"results": []})
    client(**APP).page("contacts")
    assert 4 <= sum(clock) < 6


def test_a_token_that_was_taken_back_is_renewed_once(mock: responses.RequestsMock) -> None:
    mock.post(TOKEN, json={"access_token": "one", "expires_in": 1800})
    mock.post(TOKEN, json={"access_token": "two", "expires_in": 1800})
    mock.post(f"{LISTED}/batch/archive", status=401, json=said(category="EXPIRED_AUTHENTICATION"))
    mock.post(f"{LISTED}/batch/archive", status=204)
    mock.get(LISTED, status=401, json=said(category="INVALID_AUTHENTICATION"))
    one = client(**APP)
    assert one.batch("archive", "contacts", [{"id": "1"}]) is None
    assert mock.calls[-1].request.headers["Authorization"] == "Bearer two"
    with pytest.raises(CredentialsError):
        client().page("contacts")


def test_a_fixed_token_cannot_be_renewed() -> None:
    with pytest.raises(ConnectionFailedError, match="make a new one in HubSpot"):
        client().renew()


@pytest.mark.parametrize("wrong", [{"token": None}, {"token": "t", "client_id": "c"}, {**APP, "client_secret": None}])
def test_half_a_way_to_sign_in_is_a_fault(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        client(**wrong)


def test_batches_of_reads_are_repeated_writes_are_not(clock: list[float]) -> None:
    portal = Portal()
    portal.hooks.append(lambda method, path, body: (502, None) if len(portal.calls) % 2 else None)
    with served(portal):
        assert client().batch_read("0-1", ["1"], ()) == []
        assert len(portal.calls) == 2
        with pytest.raises(UncertainError):
            client().batch("archive", "0-1", [{"id": "1"}])
    assert transport._READS == ("/search", "/batch/read")
