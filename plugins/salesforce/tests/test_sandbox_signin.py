"""Ways into the sandbox: OAuth's grants, SOAP login, and what tokens are good for."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
import requests
from org_served import Client, code_of, served_org

JWT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@pytest.fixture
def org() -> Iterator[Client]:
    with served_org() as client:
        yield client


def token(org: Client, **told: str) -> requests.Response:
    return requests.post(f"{org.url}/services/oauth2/token", data=told, timeout=20)


def app(org: Client) -> dict[str, str]:
    return {"client_id": org.sandbox.app.client_id, "client_secret": org.sandbox.app.client_secret}


def assertion(org: Client, **changes: Any) -> str:
    told = {"iss": app(org)["client_id"], "sub": org.sandbox.app.username, "aud": "https://login.salesforce.com"}
    return jwt.encode(
        {**told, "exp": int(time.time()) + 180, **changes}, org.sandbox.app.private_key, algorithm="RS256"
    )


def works(org: Client, reply: requests.Response) -> bool:
    headers = {"Authorization": f"Bearer {reply.json()['access_token']}"}
    return requests.get(f"{org.url}/services/data/v67.0/limits", headers=headers, timeout=20).status_code == 200


def test_client_credentials_in_the_form_or_as_basic(org: Client) -> None:
    reply = token(org, grant_type="client_credentials", **app(org))
    assert works(org, reply)
    told = reply.json()
    assert (told["instance_url"], told["token_type"], told["token_format"]) == (org.url, "Bearer", "opaque")
    assert told["access_token"].startswith(f"{org.sandbox.org.id[:15]}!")
    assert not {"expires_in", "refresh_token"} & set(told)
    basic = requests.post(
        f"{org.url}/services/oauth2/token",
        data={"grant_type": "client_credentials"},
        auth=tuple(app(org).values()),  # type: ignore[arg-type]
        timeout=20,
    )
    assert works(org, basic)


def test_jwt_bearer(org: Client) -> None:
    assert works(org, token(org, grant_type=JWT, assertion=assertion(org)))
    assert works(org, token(org, grant_type=JWT, assertion=assertion(org, exp=str(int(time.time()) + 60))))
    for changes, error in (
        ({"exp": int(time.time()) - 5}, "invalid_grant"),
        ({"exp": int(time.time()) + 3600}, "invalid_grant"),
        ({"exp": "soon"}, "invalid_grant"),
        ({"sub": "somebody@else.example"}, "invalid_grant"),
        ({"iss": "another app"}, "invalid_client_id"),
        ({"aud": ""}, "invalid_grant"),
    ):
        refused = token(org, grant_type=JWT, assertion=assertion(org, **changes))
        assert (refused.status_code, refused.json()["error"]) == (400, error)
    forged = jwt.encode({"iss": app(org)["client_id"]}, "x" * 32, algorithm="HS256")
    assert token(org, grant_type=JWT, assertion=forged).json()["error"] == "invalid_grant"


def test_refresh_tokens_stay_or_rotate(org: Client) -> None:
    first = org.control("GET", "/app")["refresh_token"]
    grant = {"grant_type": "refresh_token", "client_id": app(org)["client_id"]}
    assert works(org, token(org, **grant, refresh_token=first))
    org.sandbox.switch("rotate_refresh_tokens", True)
    second = token(org, **grant, refresh_token=first).json()["refresh_token"]
    assert token(org, **grant, refresh_token=first).json()["error"] == "invalid_grant"
    assert works(org, token(org, **grant, refresh_token=second))


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_id": "wrong"}, "invalid_client_id"),
        ({"grant_type": "magic"}, "unsupported_grant_type"),
        ({"grant_type": "password", "username": "x", "password": "y"}, "invalid_grant"),
        ({"grant_type": "refresh_token", "refresh_token": "old"}, "invalid_grant"),
    ],
)
def test_grants_that_are_refused(org: Client, changes: dict[str, str], error: str) -> None:
    refused = token(org, **{"grant_type": "client_credentials", **app(org), **changes})
    assert (refused.status_code, refused.json()["error"]) == (400, error)


def test_whose_a_session_is_and_its_end(org: Client) -> None:
    told = org.ask("GET", "/services/oauth2/userinfo").json()
    assert (told["user_id"], told["organization_id"]) == (org.sandbox.org.user, org.sandbox.org.id)
    identity = org.ask("GET", f"/id/{org.sandbox.org.id}/{org.sandbox.org.user}").json()
    assert identity["username"] == org.sandbox.app.username
    requests.post(f"{org.url}/services/oauth2/revoke", data={"token": org.sandbox.token}, timeout=20)
    assert org.ask("GET", "/services/oauth2/userinfo").status_code == 403
    assert code_of(org.ask("GET", "limits")) == (401, "INVALID_SESSION_ID")


def test_tokens_in_jwt_format_work_by_rest_and_by_soap_from_a_version_on(org: Client) -> None:
    org.sandbox.switch("jwt_tokens", True)
    org.sandbox.switch("newest_version", 68)
    reply = token(org, grant_type="client_credentials", **app(org))
    assert reply.json()["token_format"] == "jwt"
    assert reply.json()["access_token"].startswith("eyJ")
    assert works(org, reply)
    assert soap(org, reply.json()["access_token"], "67.0").status_code == 500
    assert soap(org, reply.json()["access_token"], "68.0").status_code == 200
    org.sandbox.switch("soap_takes_jwt_from", 67)
    assert soap(org, reply.json()["access_token"], "67.0").status_code == 200


def soap(org: Client, session: str, version: str) -> requests.Response:
    body = f"""<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:u="urn:partner.soap.sforce.com">
      <e:Header><u:SessionHeader><u:sessionId>{session}</u:sessionId></u:SessionHeader></e:Header>
      <e:Body><u:getUserInfo/></e:Body></e:Envelope>"""
    return requests.post(f"{org.url}/services/Soap/u/{version}", data=body, headers={"SOAPAction": '""'}, timeout=20)
