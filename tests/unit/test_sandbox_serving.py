"""What every sandbox has from the core: serving, time, faults, control."""

from __future__ import annotations

import http.client
import json
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jar import JarSandbox

from leadbridge.errors import UsageError
from leadbridge.sandbox import Call, Clock, Fault, Faults, Options, Served, serve

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
DROPPED = (http.client.RemoteDisconnected, ConnectionResetError)


@pytest.fixture
def served() -> Iterator[Served]:
    with serve(JarSandbox(Options(leads=2))) as served:
        yield served


class Client:
    """One connection, kept for as long as the server keeps it."""

    def __init__(self, served: Served) -> None:
        self._connection = http.client.HTTPConnection(str(urlsplit(served.url).netloc), timeout=10)

    def ask(self, method: str, path: str, told: object = None) -> tuple[int, Any, http.client.HTTPMessage]:
        body = None if told is None else json.dumps(told)
        self._connection.request(method, path, body)
        answer = self._connection.getresponse()
        text = answer.read()
        kind = answer.headers.get("content-type", "")
        return answer.status, json.loads(text) if kind == "application/json" else text, answer.headers

    def chunks(self, path: str, *parts: bytes) -> int:
        headers = {"Transfer-Encoding": "chunked"}
        self._connection.request("POST", path, iter(parts), headers, encode_chunked=True)
        answer = self._connection.getresponse()
        answer.read()
        return answer.status

    def close(self) -> None:
        self._connection.close()

    @property
    def port(self) -> int:
        assert self._connection.sock
        return int(self._connection.sock.getsockname()[1])


@pytest.fixture
def client(served: Served) -> Iterator[Client]:
    client = Client(served)
    yield client
    client.close()


def jar(served: Served) -> JarSandbox:
    assert isinstance(served.sandbox, JarSandbox)
    return served.sandbox


def test_connections_are_kept_and_bodies_may_come_in_chunks(served: Served, client: Client) -> None:
    assert client.ask("GET", "/words")[:2] == (200, ["word0", "word1"])
    port = client.port
    assert client.chunks("/words", b"one ", b"word") == 200
    assert client.port == port
    assert jar(served).words[-1] == "one word"


def test_short_answers_do_not_wait_for_the_network(client: Client) -> None:
    """Without TCP_NODELAY the body of a short answer waits for the other side's acknowledgement of its head: 40 ms."""
    times = []
    for _ in range(30):
        before = time.perf_counter()
        client.ask("GET", "/words")
        times.append(time.perf_counter() - before)
    assert min(times[1:]) < 0.03


def test_answers_carry_the_sandboxs_own_date_and_headers(served: Served, client: Client) -> None:
    served.sandbox.clock.set(NOON)
    headers = client.ask("GET", "/words")[2]
    assert abs(parsedate_to_datetime(headers["date"]) - NOON) <= timedelta(seconds=2)
    assert headers["x-words"] == "2"
    assert headers.get_all("date") == [headers["date"]]


def test_a_connection_dropped_before_does_nothing(served: Served, client: Client) -> None:
    served.sandbox.faults.add(Fault("drop_before", method="post"))
    assert client.ask("GET", "/words")[0] == 200
    with pytest.raises(DROPPED):
        client.ask("POST", "/words", "lost")
    assert len(jar(served).words) == 2
    assert client.ask("POST", "/words", "kept")[0] == 200


def test_a_connection_dropped_after_has_done_it(served: Served, client: Client) -> None:
    served.sandbox.faults.add(Fault("drop_after", body="done"))
    with pytest.raises(DROPPED):
        client.ask("POST", "/words", "done")
    assert jar(served).words[2:] == ['"done"']
    assert [(a.method, a.status) for a in served.sandbox.calls.all()] == [("POST", 0)]


def test_unavailable_and_a_kind_of_its_own(served: Served, client: Client) -> None:
    served.sandbox.faults.add(Fault("unavailable", after=1, times=2))
    served.sandbox.faults.add(Fault("sticky", times=None, path="^/words$"))
    assert [client.ask("POST", "/words", "x")[0] for _ in range(4)] == [409, 503, 503, 409]
    assert len(jar(served).words) == 2
    assert [fault.kind for fault in served.sandbox.faults.waiting()] == ["sticky"]


def test_slow_answers_come_late(served: Served, client: Client) -> None:
    served.sandbox.faults.add(Fault("slow", seconds=0.2))
    before = datetime.now(UTC)
    assert client.ask("GET", "/words")[0] == 200
    assert datetime.now(UTC) - before >= timedelta(seconds=0.2)


def test_control_by_http(served: Served, client: Client) -> None:
    def told(path: str, **told: object) -> tuple[int, Any]:
        return client.ask("POST", f"/_sandbox{path}", told)[:2]

    assert told("/clock", now=NOON.isoformat(), frozen=True) == (
        200,
        {"now": "2026-06-01T12:00:00+00:00", "frozen": True},
    )
    assert told("/clock", advance=90)[1]["now"] == "2026-06-01T12:01:30+00:00"
    assert told("/faults", kind="sticky", times=None)[0] == 200
    assert told("/profile", seed=3, rates={"slow": 0.5})[1] == {"seed": 3, "rates": {"slow": 0.5}}
    assert told("/switches", loud=True) == (200, {"loud": True})
    state = client.ask("GET", "/_sandbox/")[1]
    assert state["clock"]["frozen"]
    assert [fault["kind"] for fault in state["faults"]] == ["sticky"]
    assert set(state["kinds"]) == {"slow", "drop_before", "drop_after", "unavailable", "sticky"}
    assert client.ask("DELETE", "/_sandbox/faults")[0] == 200
    assert served.sandbox.faults.waiting() == []
    assert told("/shake")[1] == ["word1", "word0"]
    assert told("/reset")[0] == 200
    assert client.ask("GET", "/words")[1] == ["word0", "word1"]
    assert client.ask("GET", "/_sandbox/calls")[1] == [{"method": "GET", "path": "/words", "status": 200}]
    assert client.ask("DELETE", "/_sandbox/calls")[0] == 200
    assert served.sandbox.calls.all() == []


@pytest.mark.parametrize(
    ("path", "told", "said"),
    [
        ("/clock", {"now": "2026-06-01T12:00:00"}, "no offset"),
        ("/clock", {"then": 1}, "then is not known here"),
        ("/faults", {"kind": "sulk"}, "there is no fault 'sulk'"),
        ("/faults", {"kind": "slow", "path": "("}, "no regular expression"),
        ("/profile", {"seed": 1, "rates": {"slow": 2}}, "between 0 and 1"),
        ("/switches", {"soft": True}, "there is no switch 'soft'"),
        ("/reset", [], "must be a JSON object"),
    ],
)
def test_what_cannot_be_steered_is_said(client: Client, path: str, told: object, said: str) -> None:
    status, answer, _ = client.ask("POST", f"/_sandbox{path}", told)
    assert status == 400
    assert said in answer["error"]


def test_over_tls_with_the_throw_away_authority(tmp_path: Path) -> None:
    with serve(JarSandbox(Options(leads=1)), tls=tmp_path) as served:
        trusting = ssl.create_default_context(cafile=str(served.ca))
        connection = http.client.HTTPSConnection(urlsplit(served.url).netloc, context=trusting, timeout=10)
        connection.request("GET", "/words")
        assert connection.getresponse().status == 200
        connection.close()
        served.sandbox.faults.add(Fault("drop_before"))
        connection.request("GET", "/words")
        with pytest.raises((*DROPPED, ssl.SSLError)):
            connection.getresponse()
        connection.close()


def test_a_taken_port_is_said(served: Served) -> None:
    port = urlsplit(served.url).port
    assert port
    with pytest.raises(UsageError, match=f"nothing can be served on port {port}"), serve(JarSandbox(Options()), port):
        pass


def test_the_clock_stops_moves_and_goes_on() -> None:
    clock = Clock(NOON, frozen=True)
    assert clock.now() == NOON
    clock.advance(2.5)
    assert clock.now() == NOON + timedelta(seconds=2)
    clock.run()
    assert not clock.frozen
    assert timedelta(0) <= clock.now() - NOON < timedelta(seconds=10)


@given(st.integers(), st.lists(st.sampled_from(["slow", "drop_after"]), max_size=50))
def test_the_same_seed_draws_the_same_faults(seed: int, asked: list[str]) -> None:
    def drawn() -> list[bool]:
        faults = Faults({})
        faults.draw(seed, {"slow": 0.5, "drop_after": 0.2})
        return [faults.take(kind, Call("GET", "/")) is not None for kind in asked]

    assert drawn() == drawn()


def test_rates_of_nothing_and_of_everything() -> None:
    faults = Faults({})
    faults.draw(1, {"slow": 1, "drop_after": 0})
    assert all(faults.take("slow", Call("GET", "/")) for _ in range(20))
    assert not any(faults.take("drop_after", Call("GET", "/")) for _ in range(20))
