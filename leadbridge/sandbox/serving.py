"""Serving sandboxes on loopback: HTTP/1.1 with keep-alive and chunked bodies, each in a thread of its own."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from leadbridge.errors import UsageError
from leadbridge.sandbox.base import Sandbox
from leadbridge.sandbox.control import CONTROL
from leadbridge.sandbox.wire import ABORT, Wire

HOST: Final = "127.0.0.1"
_PATIENCE: Final = 10.0
"""Seconds until a server that does not start, or stop, is given up."""
_GRACE: Final = 1.0
"""Seconds that a request has to end in, once its server is stopped."""
_MOMENT: Final = 0.02


@dataclass(frozen=True, slots=True)
class Served:
    """A sandbox that answers.

    Attributes:
        url: where its API begins, without a slash at the end.
        control: where it is steered.
        token: what it accepts for a sign-in.
        ca: the file of the throw-away authority that signed its certificate; None over plain HTTP.
    """

    sandbox: Sandbox
    url: str
    control: str
    token: str
    ca: Path | None = None


@contextmanager
def serve(sandbox: Sandbox, port: int = 0, tls: Path | None = None) -> Iterator[Served]:
    """Serve a sandbox for as long as the block lasts.

    Args:
        port: 0 for a free one.
        tls: a folder that the certificate of a throw-away authority goes into; None for plain HTTP.

    Raises:
        UsageError: the port is taken.
    """
    listening = _listen(port)
    certificate, ca = _certified(tls, sandbox.hosts)
    server = _Server(_config(Wire(sandbox), certificate))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="sandbox", daemon=True)
    thread.start()
    try:
        _await_start(server, thread)
        sandbox.url = f"{'https' if ca else 'http'}://{'localhost' if ca else HOST}:{listening.getsockname()[1]}"
        yield Served(sandbox, sandbox.url, sandbox.url + CONTROL, sandbox.token, ca)
    finally:
        server.should_exit = True
        thread.join(_PATIENCE)
        listening.close()
        sandbox.close()


class _Protocol(H11Protocol):
    """Tells each request how to cut its connection, which ASGI has no word for."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else 40 ms a reply
        app = self.app

        async def telling(scope: Scope, receive: Receive, send: Send) -> None:
            scope["extensions"] = {ABORT: transport.abort}
            await app(scope, receive, send)

        self.app = telling


class _Server(uvicorn.Server):
    """Ends within a moment, so that a test may have a sandbox of its own."""

    async def main_loop(self) -> None:
        while not self.should_exit:
            await asyncio.sleep(_MOMENT)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Requests that are being answered end; connections that clients merely keep are cut."""
        for server in self.servers:
            server.close()
        if self.server_state.tasks:
            await asyncio.wait(list(self.server_state.tasks), timeout=_GRACE)
        for connection in list(self.server_state.connections):
            connection.transport.abort()


def _config(wire: Wire, certificate: ssl.SSLContext | None) -> uvicorn.Config:
    config = uvicorn.Config(
        wire,
        http=_Protocol,
        ws="none",
        lifespan="off",
        loop="asyncio",
        log_config=None,
        access_log=False,
        date_header=False,
        server_header=False,
        timeout_keep_alive=60,
    )
    config.load()
    config.ssl = certificate
    return config


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port), backlog=128)
    except OSError as error:
        raise UsageError(
            f"nothing can be served on port {port}: {error.strerror}; choose another with --port"
        ) from None


def _certified(folder: Path | None, hosts: Sequence[str]) -> tuple[ssl.SSLContext | None, Path | None]:
    if folder is None:
        return None, None
    import trustme

    authority = trustme.CA(organization_name="LeadBridge sandbox, for tests only")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", HOST, *hosts).configure_cert(context)
    file = folder / "sandbox-ca.pem"
    authority.cert_pem.write_to_path(str(file))
    return context, file


def _await_start(server: _Server, thread: threading.Thread) -> None:
    until = time.monotonic() + _PATIENCE
    while not server.started:
        if not thread.is_alive() or time.monotonic() > until:
            raise UsageError("the sandbox's server did not start; try again, and see what it says with -vv")
        time.sleep(0.005)
