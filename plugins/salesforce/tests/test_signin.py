"""Signing in, and the transport below simple-salesforce: sessions, headers, hosts, quota, time-outs."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests
import responses
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from leadbridge_salesforce import hosts
from leadbridge_salesforce.client import Client
from leadbridge_salesforce.settings import SalesforceSettings
from pydantic import ValidationError

from leadbridge.errors import (
    ConnectionFailedError,
    CredentialsError,
    QuotaError,
    RetryableError,
    UncertainError,
    UsageError,
)
from leadbridge.provider import Site

HOME = "https://acme.my.salesforce.com"
TOKEN = f"{HOME}/services/oauth2/token"
APP = {"domain": "acme.my", "client_id": "app", "client_secret": "hush", "api_version": "66.0"}
EXPIRED = [{"errorCode": "INVALID_SESSION_ID", "message": "Session expired or invalid"}]


def client(folder: Path, **settings: Any) -> Client:
    return Client(Site("sf", folder), SalesforceSettings(**{**APP, **settings}))


def grant(number: int = 1, instance: str = HOME, **more: Any) -> None:
    responses.post(TOKEN, json={"access_token": f"token-{number}", "instance_url": instance, **more})


def form(call: responses.Call) -> dict[str, str]:
    body = call.request.body
    assert isinstance(body, str)
    return dict(pair.split("=", 1) for pair in body.split("&"))


@responses.activate
def test_client_credentials(tmp_path: Path) -> None:
    grant()
    responses.get(f"{HOME}/services/data/v66.0/limits", json={"DailyApiRequests": {}})
    assert client(tmp_path).get("limits") == {"DailyApiRequests": {}}
    sent = form(responses.calls[0])
    assert sent == {"grant_type": "client_credentials", "client_id": "app", "client_secret": "hush"}
    assert responses.calls[1].request.headers["Authorization"] == "Bearer token-1"


@responses.activate
def test_jwt(tmp_path: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    responses.post(TOKEN, json={"access_token": "token-1", "instance_url": HOME})
    responses.get(f"{HOME}/services/data/v66.0/limits", json={"x": 1})
    client(tmp_path, auth="jwt", username="ada@acme.example", private_key=pem).get("limits")
    claims = jwt.decode(
        form(responses.calls[0])["assertion"], key.public_key(), ["RS256"], audience="https://login.salesforce.com"
    )
    assert (claims["iss"], claims["sub"]) == ("app", "ada@acme.example")
    assert time.time() < claims["exp"] <= time.time() + 180


def test_a_broken_key_is_not_quoted(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as error:
        client(tmp_path, auth="jwt", username="ada@acme.example", private_key="no key at all").get("limits")
    assert "no key at all" not in str(error.value)


@responses.activate
def test_a_rotated_refresh_token_is_kept_for_the_next_process(tmp_path: Path) -> None:
    responses.post(TOKEN, json={"access_token": "token-1", "instance_url": HOME, "refresh_token": "second"})
    responses.post(TOKEN, json={"access_token": "token-2", "instance_url": HOME, "refresh_token": "third"})
    responses.get(f"{HOME}/services/data/v66.0/limits", json={"x": 1})
    for _ in range(2):
        client(tmp_path, auth="refresh_token", refresh_token="first").get("limits")
    used = [form(call)["refresh_token"] for call in responses.calls if call.request.url == TOKEN]
    assert used == ["first", "second"]
    (file,) = (tmp_path / ".leadbridge").iterdir()
    assert json.loads(file.read_text())["token"] == "third"
    assert file.stat().st_mode & 0o077 == 0


@responses.activate
def test_a_newly_configured_refresh_token_wins(tmp_path: Path) -> None:
    responses.post(TOKEN, json={"access_token": "token-1", "instance_url": HOME, "refresh_token": "second"})
    responses.get(f"{HOME}/services/data/v66.0/limits", json={"x": 1})
    client(tmp_path, auth="refresh_token", refresh_token="first").get("limits")
    client(tmp_path, auth="refresh_token", refresh_token="anew").get("limits")
    assert form(responses.calls[2])["refresh_token"] == "anew"


@responses.activate
def test_a_refused_sign_in_says_what_to_check(tmp_path: Path) -> None:
    responses.post(
        TOKEN, status=400, json={"error": "invalid_grant", "error_description": "no client credentials user"}
    )
    with pytest.raises(ConnectionFailedError, match=r"invalid_grant.*names who it runs as") as error:
        client(tmp_path).get("limits")
    assert "hush" not in str(error.value)


@responses.activate
def test_a_busy_sign_in_can_be_tried_again(tmp_path: Path) -> None:
    responses.post(TOKEN, status=503, body="busy")
    with pytest.raises(RetryableError):
        client(tmp_path).get("limits")


@responses.activate
def test_an_expired_session_is_renewed_once_with_the_headers_it_had(tmp_path: Path) -> None:
    """simple-salesforce drops the caller's headers on the repeated request, so that assignment rules fire."""
    grant(1)
    grant(2)
    url = f"{HOME}/services/data/v66.0/composite/sobjects"
    responses.post(url, status=401, json=EXPIRED)
    responses.post(url, json=[{"id": "1", "success": True, "errors": []}])
    sf = client(tmp_path)
    sf.send("POST", "composite/sobjects", {"records": [1]}, headers={"Sforce-Auto-Assign": "FALSE"})
    first, again = (call.request for call in responses.calls if call.request.url == url)
    assert (first.headers["Authorization"], again.headers["Authorization"]) == ("Bearer token-1", "Bearer token-2")
    assert again.headers["Sforce-Auto-Assign"] == "FALSE"
    assert again.body == first.body


@responses.activate
def test_a_session_that_is_never_accepted_ends(tmp_path: Path) -> None:
    """simple-salesforce asks for a new session until Python's stack is full."""
    grant(1)
    grant(2)
    responses.get(f"{HOME}/services/data/v66.0/limits", status=401, json=EXPIRED)
    with pytest.raises(CredentialsError):
        client(tmp_path).get("limits")
    assert len(responses.calls) == 4


@responses.activate
def test_a_renewed_session_at_another_server_is_followed(tmp_path: Path) -> None:
    grant(1)
    grant(2, "https://acme-moved.my.salesforce.com")
    responses.get(f"{HOME}/services/data/v66.0/limits", status=401, json=EXPIRED)
    responses.get("https://acme-moved.my.salesforce.com/services/data/v66.0/limits", json={"x": 1})
    sf = client(tmp_path)
    assert sf.get("limits") == {"x": 1}
    assert sf.get("limits") == {"x": 1}
    assert len(responses.calls) == 5


@responses.activate
def test_a_session_token_is_not_renewed(tmp_path: Path) -> None:
    responses.get(f"{HOME}/services/data/v66.0/limits", status=401, json=EXPIRED)
    sf = client(tmp_path, auth="session", session_token="given")
    with pytest.raises(CredentialsError, match=r"has ended or is none of this org's; .*new session_token"):
        sf.get("limits")
    with pytest.raises(ConnectionFailedError, match="session_token"):
        sf.renew()
    assert len(responses.calls) == 1


@responses.activate
@pytest.mark.parametrize(
    "instance", ["https://evil.example", "http://127.0.0.1:1", "https://salesforce.com.evil.example"]
)
def test_a_token_reply_cannot_send_us_elsewhere(tmp_path: Path, instance: str) -> None:
    grant(1, instance)
    with pytest.raises(ConnectionFailedError, match="not Salesforce's"):
        client(tmp_path).get("limits")
    assert len(responses.calls) == 1


@responses.activate
@pytest.mark.parametrize("url", ["@evil.example/query/1", ".evil.example/query/1", ":1@evil.example/x"])
def test_a_link_in_a_reply_cannot_send_us_elsewhere(tmp_path: Path, url: str) -> None:
    grant()
    with pytest.raises(ConnectionFailedError, match="another server"):
        client(tmp_path).more(url)


@responses.activate
def test_a_redirect_is_not_followed(tmp_path: Path) -> None:
    grant()
    responses.get(f"{HOME}/services/data/v66.0/limits", status=302, headers={"Location": "https://evil.example/"})
    with pytest.raises(ConnectionFailedError, match="another server"):
        client(tmp_path).get("limits")


@responses.activate
def test_the_version_is_the_newest_that_is_known(tmp_path: Path) -> None:
    grant()
    offered = [{"version": one} for one in ("31.0", "66.0", "68.0", "100.0")]
    responses.get(f"{HOME}/services/data/", json=offered)
    assert client(tmp_path, api_version=None).version == "68.0"


@responses.activate
def test_the_share_of_the_day_stops_calls(tmp_path: Path) -> None:
    grant()
    url = f"{HOME}/services/data/v66.0/limits"
    responses.get(
        url, json={"x": 1}, headers={"Sforce-Limit-Info": "api-usage=399/1000; per-app-api-usage=1/2(appName=x)"}
    )
    responses.get(url, json={"x": 1}, headers={"Sforce-Limit-Info": "api-usage=400/1000"})
    sf = client(tmp_path, daily_share=0.4)
    sf.get("limits")
    sf.get("limits")
    with pytest.raises(QuotaError, match=r"400 of the org's 1,000.*`daily_share: 0\.4` stops at 400;"):
        sf.get("limits")
    assert (sf.quota.used, sf.quota.allowed, sf.calls) == (400, 1000, 2)


@responses.activate
def test_every_call_has_a_time_out(tmp_path: Path) -> None:
    grant()
    responses.get(f"{HOME}/services/data/v66.0/limits", json={"x": 1})
    client(tmp_path, timeout=7).get("limits")
    for call in responses.calls:
        assert call.request.req_kwargs["timeout"] == (15.0, 7.0)  # type: ignore[attr-defined]


@responses.activate
def test_silence_is_uncertain_for_writes_only(tmp_path: Path) -> None:
    grant()
    url = f"{HOME}/services/data/v66.0/limits"
    responses.get(url, body=requests.exceptions.ReadTimeout("slow"))
    responses.post(url, body=requests.exceptions.ConnectionError("closed"))
    sf = client(tmp_path)
    with pytest.raises(RetryableError):
        sf.get("limits")
    with pytest.raises(UncertainError):
        sf.send("POST", "limits")


@pytest.mark.parametrize(
    ("domain", "origin"),
    [
        ("acme.my", "https://acme.my.salesforce.com"),
        ("acme--dev.sandbox.my.salesforce.com", "https://acme--dev.sandbox.my.salesforce.com"),
        ("https://acme.my.salesforce.com/", "https://acme.my.salesforce.com"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("https://127.0.0.1:8443", "https://127.0.0.1:8443"),
        ("https://localhost:8443", "https://127.0.0.1:8443"),
    ],
)
def test_domains(domain: str, origin: str) -> None:
    assert str(hosts.parse(domain)) == origin


@pytest.mark.parametrize(
    "domain",
    [
        "http://acme.my.salesforce.com",
        "https://evil.example",
        "acme.lightning.force.com",
        "https://acme.lightning.force.com",
        "acme.com",
        "acme.my/path",
        "user:pw@acme.my",
        "acme.my:8080",
        "http://127.0.0.2",
        "",
        "a b",
        "https://127.0.0.1.evil.example",
    ],
)
def test_other_hosts_are_refused(domain: str) -> None:
    with pytest.raises(ValidationError):
        SalesforceSettings(domain=domain, auth="session", session_token="x")


@pytest.mark.parametrize(
    ("settings", "missing"),
    [
        ({"auth": "jwt", "client_id": "app"}, "username and private_key"),
        ({"auth": "session"}, "session_token"),
        ({"client_id": "app"}, "client_secret"),
        ({**APP, "domain": "login"}, "My Domain"),
        ({**APP, "ca": "ca.pem"}, "127.0.0.1"),
    ],
)
def test_settings_that_lack_something(settings: dict[str, Any], missing: str) -> None:
    with pytest.raises(ValidationError, match=missing):
        SalesforceSettings(**{"domain": "acme.my", **settings})


HEAVY = ("simple_salesforce", "requests", "lxml", "jwt", "cryptography")


def test_a_project_without_salesforce_needs_nothing_of_it() -> None:
    """Every command asks the provider's class how raw values travel."""
    code = (
        "import sys\n"
        f"sys.modules.update(dict.fromkeys({HEAVY!r}))\n"  # None: not to be imported
        "from leadbridge_salesforce.provider import SalesforceProvider as P\n"
        "from leadbridge_salesforce.settings import SalesforceSettings\n"
        "from leadbridge.provider import Site\n"
        "from pathlib import Path\n"
        "settings = SalesforceSettings(domain='acme.my', auth='session', session_token='t')\n"
        "try: P(Site('sf', Path('.')), settings).describe()\n"
        "except Exception as error: print(type(error).__name__, error)\n"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.startswith("UsageError connection 'sf' needs ")
    assert "pip install 'leadbridge[salesforce]'" in said
