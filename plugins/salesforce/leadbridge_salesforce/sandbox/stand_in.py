"""The sandbox: an org, its endpoints, and the faults that it plays itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import ClassVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from leadbridge.sandbox import Call, Options, Sandbox, Switch
from leadbridge_salesforce.sandbox.auth.app import App
from leadbridge_salesforce.sandbox.auth.oauth import OAuth
from leadbridge_salesforce.sandbox.auth.sessions import Sessions, expired
from leadbridge_salesforce.sandbox.bulk.ingest import Ingest
from leadbridge_salesforce.sandbox.bulk.query import QueryJobs
from leadbridge_salesforce.sandbox.control import control_routes
from leadbridge_salesforce.sandbox.dml.refusals import Refused
from leadbridge_salesforce.sandbox.limits import Limits, exceeded
from leadbridge_salesforce.sandbox.org import Org
from leadbridge_salesforce.sandbox.rest.answers import Answer, refusal
from leadbridge_salesforce.sandbox.rest.asking import Api
from leadbridge_salesforce.sandbox.rest.routing import Rest, bearer
from leadbridge_salesforce.sandbox.rules import standard_duplicate_rules
from leadbridge_salesforce.sandbox.schema import OrgSchema, standard_org
from leadbridge_salesforce.sandbox.seeding.demo import seed_demo
from leadbridge_salesforce.sandbox.seeding.settings import Staff, adopt_settings, seed_settings
from leadbridge_salesforce.sandbox.soap.envelope import fault
from leadbridge_salesforce.sandbox.soap.routing import Soap
from leadbridge_salesforce.sandbox.soql.queries import Queries
from leadbridge_salesforce.sandbox.store import Store
from leadbridge_salesforce.sandbox.switches import AT_START, Switches

SEEDS = ("demo", "empty")
_METHODS = ["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE"]
_SOAP = "/services/Soap/"


class SalesforceSandbox(Sandbox):
    """A stateful Salesforce org. ``org`` is its inside, for tests that look at it directly."""

    kinds: ClassVar[Mapping[str, str]] = {
        "expire": "the session of the request ends",
        "unauthorized": "HTTP 401 INVALID_SESSION_ID, whatever the token",
        "limit": "HTTP 403 REQUEST_LIMIT_EXCEEDED for the day; detail concurrent: for long requests at once",
        "server_error": "HTTP 500 UNKNOWN_EXCEPTION, nothing done",
        "lock": "a row is refused as UNABLE_TO_LOCK_ROW; `after` counts rows",
        "late": "what the request saves bears a stamp that is older by `seconds`",
        "query_timeout": "a query is refused as QUERY_TIMEOUT",
        "locator_lost": "the next page of a query is refused as INVALID_QUERY_LOCATOR",
        "hide_field": "from this request on the user does not see detail field of detail object",
        "convert_fails": "a lead is not converted; detail code, message, fields; UNKNOWN_EXCEPTION without them",
        "bulk_rows_fail": "each detail every-th row of the ingest job that is closed is refused as UNABLE_TO_LOCK_ROW",
        "bulk_job_fails": "the ingest job that is closed fails after detail rows rows, the rest stay unprocessed",
        "hide_object": "from this request on the user does not see detail object",
    }
    hosts: ClassVar[Sequence[str]] = ("login.salesforce.com", "test.salesforce.com", "sandbox.my.salesforce.com")
    details: ClassVar[Mapping[str, Sequence[str]]] = {"hide_field": ("object", "field"), "hide_object": ("object",)}
    seconds: ClassVar[Mapping[str, float]] = {"late": 120.0}
    rates: ClassVar[Mapping[str, float]] = {**Sandbox.rates, "expire": 0.02, "lock": 0.01, "late": 0.05}

    org: Org
    sessions: Sessions
    staff: Staff

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        if options.seed not in SEEDS:
            raise ValueError(f"there is no seed {options.seed!r}; there are {' and '.join(SEEDS)}")
        self.app = App()
        self._switches = Switches()
        for name, value in options.switches.items():
            self._switches = self._switches.turned(name, value)
        self._token = ""
        self._store: Store | None = None
        self._begin()

    @property
    def token(self) -> str:
        return self._token

    @property
    def switches(self) -> Mapping[str, Switch]:
        return {name: getattr(self.org.switches, name) for name in Switches.__slots__}

    def switch(self, name: str, value: Switch) -> None:
        if name in AT_START:
            raise ValueError(f"switch {name} is for the start: leadbridge sandbox up salesforce --switch {name}=...")
        self.org.switches = self.org.switches.turned(name, value)

    def routes(self) -> Sequence[BaseRoute]:
        signed = self._signed
        return [
            Route("/services/oauth2/token", self._endpoint(lambda c: self._oauth.token(c, self.url)), methods=["POST"]),
            Route(
                "/services/oauth2/revoke", self._endpoint(lambda c: self._oauth.revoke(c, self.url)), methods=["POST"]
            ),
            Route("/services/oauth2/userinfo", self._endpoint(signed(lambda c: self._oauth.userinfo(c, self.url)))),
            Route("/id/{org}/{user}", self._endpoint(signed(lambda c: self._oauth.identity(c, self.url)))),
            Route(
                "/services/Soap/{rest:path}", self._endpoint(lambda c: self._soap.answer(c, self.url)), methods=["POST"]
            ),
            Route("/services/data{rest:path}", self._endpoint(self._answer_rest), methods=_METHODS),
        ]

    def control(self) -> Sequence[BaseRoute]:
        return control_routes(self)

    def reset(self) -> None:
        """Begin again: in a file as well, all records are made anew."""
        with self.org.store.lock:
            switches = self.org.switches
            self.org.store.begin_again(self._schema())
            self._open(self.org.store, fresh=True)
            self.org.switches = switches
        self.faults.clear()

    def refuse(self, call: Call) -> Response | None:
        if not call.path.startswith(("/services/data", _SOAP)):
            return None
        self._withdraw(call)
        if self.faults.take("expire", call):
            self.sessions.close(self._session_of(call))
        if self.faults.take("unauthorized", call):
            return self._refusal(call, expired())
        if limited := self.faults.take("limit", call):
            return self._refusal(call, exceeded(concurrent="concurrent" in limited.detail))
        if self.faults.take("server_error", call):
            return self._refusal(call, Refused("UNKNOWN_EXCEPTION", "An unexpected error occurred.", status=500))
        return None

    def unavailable(self) -> Response:
        refused = Refused("SERVER_UNAVAILABLE", "The server is temporarily unavailable.", status=503)
        return refusal(refused, "").response()

    def finish(self, call: Call, headers: dict[str, str]) -> None:
        if call.path.startswith("/services/data/v"):
            headers["sforce-limit-info"] = self.limits.header

    def close(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None

    def _begin(self) -> None:
        self._store = Store(self._schema(), self.options.file)
        self._open(self._store, fresh=not self._store.where("Organization"))

    def _schema(self) -> OrgSchema:
        return standard_org(keyed=self._switches.key_field, person_accounts=self._switches.person_accounts)

    def _open(self, store: Store, *, fresh: bool) -> None:
        self.org = Org(store, self.clock, self.faults, self._switches)
        self.staff = seed_settings(self.org) if fresh else adopt_settings(self.org)
        if self.options.seed == "demo":
            if fresh:
                seed_demo(self.org, self.staff, self.options.leads)
            self.org.rules.duplicates += standard_duplicate_rules()
        self.sessions, self.limits = Sessions(self.org), Limits(self.org)
        self._token = self._token or self.sessions.open()
        self.sessions.keep(self._token)
        jobs = Ingest(self.org), QueryJobs(self.org)
        api = Api(self.org, self.sessions, Queries(store), self.limits, *jobs)
        self._oauth, self._rest, self._soap = OAuth(self.org, self.sessions, self.app), Rest(api), Soap(api, self.app)

    def _answer_rest(self, call: Call) -> Answer:
        return self._rest.answer(call)

    def _endpoint(self, answer: Callable[[Call], Answer]) -> Callable[[Request], Awaitable[Response]]:
        """Answer in a thread, so that a long request holds up nobody's connection; one request at a time works."""

        def locked(call: Call) -> Response:
            with self.org.store.lock:
                return answer(call).response()

        async def endpoint(request: Request) -> Response:
            headers = {name.lower(): value for name, value in request.headers.items()}
            call = Call(request.method, request.url.path, request.url.query, headers, await request.body())
            return await run_in_threadpool(locked, call)

        return endpoint

    def _signed(self, answer: Callable[[Call], Answer]) -> Callable[[Call], Answer]:
        def checked(call: Call) -> Answer:
            try:
                self.sessions.check(bearer(call))
            except Refused:
                return Answer(403, b"Bad_OAuth_Token", media="text/plain")
            return answer(call)

        return checked

    def _withdraw(self, call: Call) -> None:
        if hidden := self.faults.take("hide_field", call):
            self.org.access.hide_field(hidden.detail["object"], hidden.detail["field"])
        if hidden := self.faults.take("hide_object", call):
            self.org.access.hide_object(hidden.detail["object"])

    def _refusal(self, call: Call, refused: Refused) -> Response:
        if call.path.startswith(_SOAP):
            return Answer(500, fault(refused.code, refused.message), media="text/xml; charset=UTF-8").response()
        return refusal(refused, "").response()

    def _session_of(self, call: Call) -> str:
        try:
            return bearer(call)
        except Refused:
            return next((t for t in self.sessions.tokens() if t.encode() in call.body), "")
