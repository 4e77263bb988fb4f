"""Operations about sessions: the login that is going away, who is signed in, what time it is."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import Any, Final

from leadbridge_salesforce.sandbox.dml.refusals import Refused
from leadbridge_salesforce.sandbox.soap.asking import Operation
from leadbridge_salesforce.sandbox.soap.envelope import Result, text

LAST_LOGIN: Final = 64
"""The last API version that has login; it ends with Summer '27."""


def login(asked: Operation) -> Sequence[Result]:
    app, told = asked.app, asked.envelope.operation
    wanted = (app.password + app.security_token).encode()
    right = hmac.compare_digest(text(told, "password").encode(), wanted)
    if text(told, "username") != app.username or not right:
        message = "Invalid username, password, security token; or user locked out."
        raise Refused("INVALID_LOGIN", message)
    server = f"{asked.url}/services/Soap/u/{asked.version:.1f}/{asked.org.id[:15]}"
    return [
        {
            "metadataServerUrl": server.replace("/u/", "/m/"),
            "passwordExpired": False,
            "sandbox": True,
            "serverUrl": server,
            "sessionId": asked.api.sessions.open(),
            "userId": asked.org.user,
            "userInfo": _user(asked),
        }
    ]


def logout(asked: Operation) -> Sequence[Result]:
    asked.api.sessions.close(asked.envelope.session)
    return []


def user_info(asked: Operation) -> Sequence[Result]:
    return [_user(asked)]


def server_timestamp(asked: Operation) -> Sequence[Result]:
    return [{"timestamp": asked.org.now().replace("+0000", "Z")}]


def _user(asked: Operation) -> dict[str, Any]:
    row = asked.org.store.get("User", asked.org.user) or {}
    organization = asked.org.store.get("Organization", asked.org.id) or {}
    return {
        "currencySymbol": "$",
        "organizationId": asked.org.id,
        "organizationMultiCurrency": False,
        "organizationName": organization.get("Name"),
        "profileId": row.get("ProfileId"),
        "roleId": None,
        "sessionSecondsValid": asked.org.switches.session_minutes * 60,
        "userDefaultCurrencyIsoCode": None,
        "userEmail": row.get("Email"),
        "userFullName": row.get("Name"),
        "userId": asked.org.user,
        "userLanguage": "en_US",
        "userLocale": "en_GB",
        "userName": row.get("Username"),
        "userTimeZone": "GMT",
        "userType": "Standard",
        "userUiSkin": "Theme3",
    }
