"""Leases: all or none, one holder at a time, and a holder that was away too long finds out before it writes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from stated import opened

from leadbridge.errors import BusyError
from leadbridge.state import leases
from leadbridge.state.model import Lease
from leadbridge.state.store import Store

TTL = timedelta(minutes=5)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path) as made:
        yield made


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def acquired(store: Store, *connections: str, holder: str = "a:1", job: str = "people") -> Lease:
    with store.begin() as tx:
        return leases.acquire(tx, connections, holder, job, TTL)


def refused(store: Store, *connections: str) -> str:
    with pytest.raises(BusyError) as busy:
        acquired(store, *connections, holder="b:2", job="convert")
    return str(busy.value)


def checked(store: Store, lease: Lease) -> None:
    with store.read() as snapshot:
        leases.check(snapshot, lease)


def test_a_second_holder_is_told_who_has_it_and_since_when(store: Store, clock: time_machine.Traveller) -> None:
    lease = acquired(store, "sf", "hs")
    clock.shift(timedelta(minutes=1))

    assert lease == Lease(("hs", "sf"), "a:1", "people", 1)
    assert refused(store, "web", "sf") == (
        "connection 'sf' has been held by job 'people' (a:1) since 2026-03-01 12:00:00 UTC; wait until it has ended,"
        " or, if it was killed, until 2026-03-01 12:05:00 UTC"
    )
    checked(store, lease)


def test_all_or_none(store: Store) -> None:
    acquired(store, "sf")
    refused(store, "hs", "sf")

    assert acquired(store, "hs", holder="c:3").connections == ("hs",)


def test_released_it_is_free_under_a_higher_fence(store: Store) -> None:
    first = acquired(store, "sf")
    with store.begin() as tx:
        leases.release(tx, first)
    with pytest.raises(BusyError) as given_up:
        checked(store, first)

    second = acquired(store, "sf", holder="b:2")

    assert second.fence > first.fence
    assert str(given_up.value) == (
        "the lease of job 'people' on connection 'sf' was given up meanwhile; start it again"
    )


def test_renewed_it_holds_longer(store: Store, clock: time_machine.Traveller) -> None:
    lease = acquired(store, "sf")
    clock.shift(timedelta(minutes=4))
    with store.begin() as tx:
        leases.renew(tx, lease, TTL)
    clock.shift(timedelta(minutes=4))

    assert "12:09:00" in refused(store, "sf")


def test_run_out_it_can_be_taken_over_and_the_first_holder_is_told(store: Store, clock: time_machine.Traveller) -> None:
    first = acquired(store, "hs", "sf")
    clock.shift(timedelta(minutes=5))
    checked(store, first)  # nobody wanted it

    second = acquired(store, "sf", holder="b:2", job="convert")

    checked(store, second)
    for use in (leases.check, lambda tx, lease: leases.renew(tx, lease, TTL)):
        with pytest.raises(BusyError) as lost, store.begin() as tx:
            use(tx, first)
        assert str(lost.value) == (
            "job 'people' was away for too long and lost its lease: connection 'sf' has been held by job"
            " 'convert' (b:2) since 2026-03-01 12:05:00 UTC; wait until it has ended, or, if it was killed, until"
            " 2026-03-01 12:10:00 UTC"
        )
    with store.begin() as tx:
        leases.release(tx, first)  # frees what is still its own, and no more
    checked(store, second)
    acquired(store, "hs", holder="c:3")


def test_threads_never_hold_one_at_the_same_time(tmp_path: Path) -> None:
    """Every thread takes, changes a plain number in a way that shows any overlap, and gives back."""
    number, overlaps, turns = [0], [0], [0]

    def work(name: str, store: Store) -> None:
        while turns[0] < 40:
            try:
                lease = acquired(store, "sf", holder=name)
            except BusyError:
                continue
            number[0] += 1
            checked(store, lease)
            overlaps[0] += number[0] != 1
            turns[0] += 1
            number[0] -= 1
            with store.begin() as tx:
                leases.release(tx, lease)

    with opened(tmp_path) as one, opened(tmp_path) as two:
        threads = [threading.Thread(target=work, args=(str(n), store)) for n, store in enumerate([one, two, one])]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert overlaps == [0]
    assert turns[0] >= 40


PROCESS = """
import sys
from datetime import timedelta
from pathlib import Path
from stated import opened
from leadbridge.errors import BusyError
from leadbridge.state import leases

with opened(Path(sys.argv[1])) as store:
    for attempt in range(60):
        try:
            with store.begin() as tx:
                # At once out of date, so that the others take it over all the time.
                lease = leases.acquire(tx, ["sf"], sys.argv[2], "people", timedelta(microseconds=int(sys.argv[3])))
        except BusyError:
            continue
        try:
            with store.begin() as tx:
                leases.check(tx, lease)
                # What only a holder does: its fence is written down in the transaction that checks it.
                tx.connection.exec_driver_sql(
                    "INSERT INTO cursors VALUES ('x', ?, '', ?)", (f"{lease.fence:09}-{sys.argv[2]}-{attempt}", 1)
                )
        except BusyError:
            continue
"""


def test_processes_commit_under_one_fence_at_a_time(tmp_path: Path) -> None:
    """In the order of commits fences only grow: nobody commits after somebody else has taken over."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1] / "support")}
    with opened(tmp_path) as store:
        processes = [
            subprocess.Popen([sys.executable, "-c", PROCESS, str(tmp_path), name, "3000"], env=environment)
            for name in ("a", "b")
        ]
        assert [process.wait() for process in processes] == [0, 0]
        with store.read() as snapshot:
            rows = snapshot.connection.exec_driver_sql("SELECT object FROM cursors ORDER BY rowid")
            fences = [str(row[0]).partition("-")[0] for row in rows]

    assert len(fences) > 5
    assert fences == sorted(set(fences))
