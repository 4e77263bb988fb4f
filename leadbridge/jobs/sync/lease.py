"""The right to work on connections, kept while a run goes on."""

from __future__ import annotations

import os
import platform
import time
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Final

from leadbridge.errors import BusyError
from leadbridge.state import leases
from leadbridge.state.model import Lease
from leadbridge.state.store import Store

TTL: Final = timedelta(minutes=5)

_mine: set[str] = set()
"""Holders of leases that this process has, with its threads."""


class Hold:
    """A lease that is renewed as the run goes on; ``check`` raises BusyError once somebody else has taken over."""

    def __init__(self, store: Store, lease: Lease) -> None:
        self._store = store
        self._renewed = time.monotonic()
        self.lease = lease

    def check(self) -> None:
        if time.monotonic() - self._renewed > TTL.total_seconds() / 5:
            with self._store.begin() as tx:
                leases.renew(tx, self.lease, TTL)
            self._renewed = time.monotonic()
            return
        with self._store.read() as snapshot:
            leases.check(snapshot, self.lease)

    def beside(self, other: Hold) -> Hold:
        """Both: to check one is to check the other."""
        return _Both(self._store, self, other)


class _Both(Hold):
    def __init__(self, store: Store, one: Hold, other: Hold) -> None:
        super().__init__(store, one.lease)
        self._holds = (one, other)

    def check(self) -> None:
        for hold in self._holds:
            hold.check()


@contextmanager
def leased(store: Store, connections: Collection[str], job: str) -> Iterator[Hold]:
    """Raises BusyError where somebody else holds one of the connections."""
    holder = f"{_host()}, process {os.getpid()}, {uuid.uuid4().hex[:8]}"
    with store.begin() as tx:
        leases.free(tx, connections, is_dead)
        lease = leases.acquire(tx, connections, holder, job, TTL)
    _mine.add(holder)
    try:
        yield Hold(store, lease)
    finally:
        _mine.discard(holder)
        with suppress(BusyError), store.begin() as tx:
            leases.release(tx, lease)


def is_dead(holder: str) -> bool:
    """Whether a holder was a process of this machine that is no more, so that nobody has to wait for it.

    Another process may have got its number since: then the lease runs out by itself, unless it is this very process.
    """
    host, _, rest = holder.rpartition(", process ")
    number = rest.partition(",")[0]
    if host != _host() or not number.isdecimal() or os.name != "posix":
        return False
    if int(number) == os.getpid():
        return holder not in _mine
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return False


def _host() -> str:
    return platform.node() or "host"
