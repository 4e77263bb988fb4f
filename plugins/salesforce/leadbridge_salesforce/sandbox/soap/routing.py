"""Which operation is asked for, and whether it may be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from leadbridge.sandbox import Call
from leadbridge_salesforce.sandbox.auth.app import App
from leadbridge_salesforce.sandbox.auth.sessions import expired, is_jwt
from leadbridge_salesforce.sandbox.dml.refusals import Refused
from leadbridge_salesforce.sandbox.rest.answers import Answer
from leadbridge_salesforce.sandbox.rest.asking import Api
from leadbridge_salesforce.sandbox.soap import leads, records, session
from leadbridge_salesforce.sandbox.soap.asking import Handler, Operation
from leadbridge_salesforce.sandbox.soap.envelope import ENTERPRISE, PARTNER, Envelope, EnvelopeError, fault, read, reply
from leadbridge_salesforce.sandbox.switches import FIRST_VERSION

OPERATIONS: Final[Mapping[str, Handler]] = {
    "login": session.login,
    "logout": session.logout,
    "getUserInfo": session.user_info,
    "getServerTimestamp": session.server_timestamp,
    "convertLead": leads.convert_lead,
    "merge": records.merge,
    "delete": records.delete,
    "undelete": records.undelete,
    "emptyRecycleBin": records.empty_bin,
}
_PATH: Final = re.compile(r"/services/Soap/(?P<kind>[uc])/(?P<version>\d+(?:\.\d)?)(?:/\w*)?")
_MEDIA: Final = "text/xml; charset=UTF-8"
_CLIENT: Final = "soapenv:Client"


class Soap:
    """The SOAP API of one org. Faults are HTTP 500; results are 200, refused rows among them too."""

    def __init__(self, api: Api, app: App) -> None:
        self._api = api
        self._app = app

    def answer(self, call: Call, url: str) -> Answer:
        found = _PATH.fullmatch(call.path)
        if found is None:
            return Answer(404, fault(_CLIENT, "there is no such endpoint"), media=_MEDIA)
        try:
            envelope = read(call.body)
            operation = Operation(self._api, self._app, call, envelope, float(found["version"]), url)
            results = self._handler(operation)(operation)
        except EnvelopeError as error:
            return Answer(500, fault(_CLIENT, str(error)), media=_MEDIA)
        except Refused as refused:
            return Answer(500, fault(refused.code, refused.message), media=_MEDIA)
        usage = (self._api.limits.used, self._api.limits.most)
        namespace = PARTNER if found["kind"] == "u" else ENTERPRISE
        return Answer(200, reply(envelope.name, results, usage, namespace), media=_MEDIA)

    def _handler(self, asked: Operation) -> Handler:
        """Raises Refused where the version, the operation or the session is none."""
        if not FIRST_VERSION <= asked.version <= max(self._api.org.switches.newest_version, FIRST_VERSION):
            message = f"Unsupported API version {asked.version:.1f}"
            raise Refused("UNSUPPORTED_API_VERSION", message)
        name = asked.envelope.name
        if name not in OPERATIONS or (name == "login" and asked.version > session.LAST_LOGIN):
            raise Refused(_CLIENT, f"No operation available for request {{{PARTNER}}}{name}")
        if name != "login":
            self._check_session(asked.envelope, asked.version)
        return OPERATIONS[name]

    def _check_session(self, envelope: Envelope, version: float) -> None:
        token = envelope.session
        if is_jwt(token) and version < self._api.org.switches.soap_takes_jwt_from:
            raise expired()
        self._api.sessions.check(token)
        self._api.limits.spend()
