"""Between the server and a sandbox's routes: faults strike here, the clock dates the answers, and calls are counted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from email.utils import format_datetime
from typing import Any, Final

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount
from starlette.types import Message, Receive, Scope, Send

from leadbridge.sandbox.base import Sandbox
from leadbridge.sandbox.calls import Call
from leadbridge.sandbox.control import CONTROL, control_routes
from leadbridge.sandbox.faults import Fault

LARGEST: Final = 160 * 1024 * 1024
"""Bytes of one request; more than any CRM takes in one file."""

ABORT: Final = "leadbridge.abort"
"""Under this name a request's scope holds the function that cuts its connection."""


class TooLargeError(Exception):
    pass


class Wire:
    """One sandbox as an ASGI application. Bodies are read and answers made whole, so that a cut is a clean one."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._app = Starlette(routes=[Mount(CONTROL, routes=control_routes(sandbox)), *sandbox.routes()])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await _read(receive)
        except TooLargeError:
            await PlainTextResponse("Request Entity Too Large", status_code=413)(scope, receive, send)
            return
        if scope["path"].startswith(CONTROL):
            await self._app(scope, _again(body), send)
            return
        await self._answer(_call(scope, body), scope, receive, send)

    async def _answer(self, call: Call, scope: Scope, receive: Receive, send: Send) -> None:
        if slow := self._take("slow", call):
            try:
                await asyncio.sleep(slow.seconds)
            except asyncio.CancelledError:  # the sandbox ends, and has cut the connection
                return
        if self._take("drop_before", call):
            await self._cut(call, scope, receive)
            return
        reply = _Reply()
        await self._replied(call)(scope, _again(call.body), reply.send)
        if self._take("drop_after", call):
            await self._cut(call, scope, receive)
            return
        self._sandbox.calls.add(call, reply.status)
        await reply.pass_on(send, self._headers(call))

    def _replied(self, call: Call) -> Any:
        """What answers: a fault, or the sandbox."""
        if self._take("unavailable", call):
            return self._sandbox.unavailable()
        return self._sandbox.refuse(call) or self._app

    def _take(self, kind: str, call: Call) -> Fault | None:
        return self._sandbox.faults.take(kind, call)

    async def _cut(self, call: Call, scope: Scope, receive: Receive) -> None:
        self._sandbox.calls.add(call, 0)
        abort: Callable[[], None] = scope["extensions"][ABORT]
        abort()
        while (await receive())["type"] != "http.disconnect":
            pass

    def _headers(self, call: Call) -> dict[str, str]:
        headers = {"date": format_datetime(self._sandbox.clock.now(), usegmt=True)}
        self._sandbox.finish(call, headers)
        return headers


class _Reply:
    """An answer that is held back until it is whole."""

    def __init__(self) -> None:
        self._start: Message = {}
        self._parts: list[bytes] = []

    @property
    def status(self) -> int:
        return int(self._start["status"])

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
        else:
            self._parts.append(message.get("body", b""))

    async def pass_on(self, send: Send, headers: dict[str, str]) -> None:
        added = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({**self._start, "headers": [*self._start["headers"], *added]})
        await send({"type": "http.response.body", "body": b"".join(self._parts)})


async def _read(receive: Receive) -> bytes:
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > LARGEST:
            raise TooLargeError
        more = message.get("more_body", False)
    return b"".join(parts)


def _again(body: bytes) -> Receive:
    """The body once more, for whoever reads it next."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def _call(scope: Scope, body: bytes) -> Call:
    return Call(
        method=scope["method"],
        path=scope["path"],
        query=scope["query_string"].decode("latin-1"),
        headers={name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
        body=body,
    )
