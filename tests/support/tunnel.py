"""A proxy on loopback that leads every host to one port: for clients that insist on their CRM's own names."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

PATIENCE = 20.0


@contextmanager
def tunnel(port: int) -> Iterator[str]:
    """The proxy's address, to be put into ``HTTPS_PROXY``; it understands CONNECT and nothing else."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_serve, args=(listening, port), daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def _serve(listening: socket.socket, port: int) -> None:
    with suppress(OSError):  # the listener is closed when the test ends
        while True:
            client, _ = listening.accept()
            threading.Thread(target=_lead, args=(client, port), daemon=True).start()


def _lead(client: socket.socket, port: int) -> None:
    with client, socket.create_connection(("127.0.0.1", port)) as server:
        client.settimeout(PATIENCE)
        request = b""
        while not request.endswith(b"\r\n\r\n"):
            received = client.recv(4096)
            if not received:
                return
            request += received
        assert request.startswith(b"CONNECT "), request
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        back = threading.Thread(target=_pump, args=(server, client), daemon=True)
        back.start()
        _pump(client, server)
        back.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    """Pass on what comes until it ends."""
    with suppress(OSError):
        while received := source.recv(65536):
            target.sendall(received)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
