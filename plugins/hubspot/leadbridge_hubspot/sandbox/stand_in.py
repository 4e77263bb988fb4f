"""The sandbox: a portal, its endpoints, and the faults that it plays itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import ClassVar, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from leadbridge.sandbox import Call, Options, Sandbox, Switch
from leadbridge_hubspot.sandbox.auth import Tokens
from leadbridge_hubspot.sandbox.control import control_routes
from leadbridge_hubspot.sandbox.limits import Limits, too_many
from leadbridge_hubspot.sandbox.portal import Portal
from leadbridge_hubspot.sandbox.refusals import Refused, expired_token
from leadbridge_hubspot.sandbox.rest.answers import Answer, refusal
from leadbridge_hubspot.sandbox.rest.paths import placed
from leadbridge_hubspot.sandbox.rest.routing import Rest
from leadbridge_hubspot.sandbox.seeding import seed_demo, seed_owners
from leadbridge_hubspot.sandbox.store import RECORDS, Store
from leadbridge_hubspot.sandbox.switches import Switches
from leadbridge_hubspot.sandbox.webhooks import Webhooks

SEEDS: Final = ("demo", "empty")
_METHODS: Final = ["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE"]
_POLICIES: Final = {"burst": "TEN_SECONDLY_ROLLING", "daily": "DAILY", "search_limit": "SECONDLY"}

_ANSWERS: Final = {
    "locked": refusal(Refused(423, "LOCKED", "The record is locked; try again after two seconds")),
    "server_error": refusal(Refused(500, "INTERNAL_ERROR", "internal error")),
    "gateway": Answer(502),
}


class HubSpotSandbox(Sandbox):
    """A stateful HubSpot portal. ``portal`` is its inside, for tests that look at it directly."""

    kinds: ClassVar[Mapping[str, str]] = {
        "expire": "HTTP 401 EXPIRED_AUTHENTICATION; the token is over, but a private app's",
        "burst": "HTTP 429, policy TEN_SECONDLY_ROLLING",
        "search_limit": "HTTP 429, policy SECONDLY",
        "daily": "HTTP 429, policy DAILY",
        "locked": "HTTP 423: the records are locked for two seconds",
        "migrating": "HTTP 477 with Retry-After `seconds`",
        "server_error": "HTTP 500, nothing done",
        "gateway": "HTTP 502 of a proxy, nothing done",
    }
    rates: ClassVar[Mapping[str, float]] = {**Sandbox.rates, "burst": 0.02, "locked": 0.01, "gateway": 0.01}

    portal: Portal

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        if options.seed not in SEEDS:
            raise ValueError(f"there is no seed {options.seed!r}; there are {' and '.join(SEEDS)}")
        self.tokens = Tokens()
        switches = Switches()
        for name, value in options.switches.items():
            switches = switches.turned(name, value)
        self._store: Store | None = Store(options.file)
        self._webhooks: Webhooks | None = None
        self._open(self._store, switches)

    @property
    def token(self) -> str:
        return self.tokens.private

    @property
    def switches(self) -> Mapping[str, Switch]:
        return {name: getattr(self.portal.switches, name) for name in Switches.__slots__}

    def switch(self, name: str, value: Switch) -> None:
        self.portal.switches = self.portal.switches.turned(name, value)

    def routes(self) -> Sequence[BaseRoute]:
        return [Route("/{rest:path}", self._endpoint(self._answered), methods=_METHODS)]

    def control(self) -> Sequence[BaseRoute]:
        return control_routes(self)

    def reset(self) -> None:
        """Begin again: in a file as well, all records are made anew."""
        with self.portal.store.lock:
            self.portal.store.begin_again()
            self._open(self.portal.store, self.portal.switches)
        self.faults.clear()

    def refuse(self, call: Call) -> Response | None:
        place = placed(call.path)
        if place is None or place[0] == "oauth":
            return None
        answer = self._struck(call)
        return answer.response() if answer is not None else None

    def unavailable(self) -> Response:
        return refusal(Refused(503, "SERVICE_UNAVAILABLE", "Service is temporarily unavailable")).response()

    def finish(self, call: Call, headers: dict[str, str]) -> None:
        place = placed(call.path)
        if place is not None and place[0] != "oauth" and not self._rest.sort(call).search:
            headers |= self.limits.headers(oauth=self.tokens.is_oauth(call))

    def settle(self, *, done: bool) -> None:
        """What a request did is told to who subscribed; of a refused one there is nothing to tell."""
        if done:
            self.webhooks.take(self.portal.events)
        self.portal.events.clear()

    @property
    def webhooks(self) -> Webhooks:
        """Raises RuntimeError once it is closed."""
        if self._webhooks is None:
            raise RuntimeError("the sandbox is closed")
        return self._webhooks

    def close(self) -> None:
        if self._webhooks is not None:
            self._webhooks.close()
            self._webhooks = None
        if self._store is not None:
            self._store.close()
            self._store = None

    def _open(self, store: Store, switches: Switches) -> None:
        self.portal = Portal(store, self.clock, self.faults, switches)
        seed_owners(self.portal)
        fresh = not store.rows(RECORDS.select().limit(1))
        if self.options.seed == "demo" and fresh:
            seed_demo(self.portal, self.options.leads)
        store.index(self.portal.now())  # what is there from the start can be searched at once
        self.portal.events.clear()  # nobody is told of what was there from the start
        self.limits = Limits(self.portal)
        self._listen()
        self._rest = Rest(self.portal, self.tokens, self.limits)

    def _listen(self) -> None:
        """Nobody is subscribed any more."""
        if self._webhooks is not None:
            self._webhooks.close()
        self._webhooks = Webhooks(self.portal, self.tokens.client_secret)

    def _answered(self, call: Call) -> Answer:
        """By what is there now: a reset makes it anew."""
        return self._rest.answer(call)

    def _struck(self, call: Call) -> Answer | None:
        if self.faults.take("expire", call):
            self.tokens.end(call)
            return refusal(expired_token())
        for kind, policy in _POLICIES.items():
            if self.faults.take(kind, call):
                return too_many(policy, retry_after=self.portal.switches.retry_after)
        if migrating := self.faults.take("migrating", call):
            return Answer(477, {"status": "error", "message": "Migration in progress"}, _after(migrating.seconds))
        struck = next((kind for kind in _ANSWERS if self.faults.take(kind, call)), None)
        return None if struck is None else _ANSWERS[struck]

    def _endpoint(self, answer: Callable[[Call], Answer]) -> Callable[[Request], Awaitable[Response]]:
        """Answer in a thread, so that a long request holds up nobody's connection; one request at a time works."""

        def locked(call: Call) -> Response:
            with self.portal.store.lock:
                done = False
                try:
                    reply = answer(call)
                    done = reply.status < 400
                finally:
                    self.settle(done=done)
                return reply.response()

        async def endpoint(request: Request) -> Response:
            headers = {name.lower(): value for name, value in request.headers.items()}
            call = Call(request.method, request.url.path, request.url.query, headers, await request.body())
            return await run_in_threadpool(locked, call)

        return endpoint


def _after(seconds: float) -> dict[str, str]:
    return {"retry-after": str(int(seconds))}
