from __future__ import annotations

import os
import platform
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from stated import opened

from leadbridge.errors import BusyError
from leadbridge.jobs.sync.lease import is_dead, leased
from leadbridge.state import leases
from leadbridge.state.store import Store

HOUR = timedelta(hours=1)


def held_by(store: Store, holder: str) -> None:
    with store.begin() as tx:
        leases.acquire(tx, ["sf"], holder, "people", HOUR)


def of_process(number: int, host: str = platform.node()) -> str:
    return f"{host}, process {number}, 0123abcd"


@pytest.fixture
def ended() -> int:
    """The number of a process that is no more."""
    with subprocess.Popen([sys.executable, "-c", "pass"]) as process:
        process.wait()
    return process.pid


def test_nobody_waits_for_a_run_that_was_killed(tmp_path: Path, ended: int) -> None:
    with opened(tmp_path) as store:
        held_by(store, of_process(ended))
        with leased(store, ["sf"], "people") as hold:
            hold.check()


def test_a_number_that_this_process_got_again_counts_as_dead(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        held_by(store, of_process(os.getpid()))
        with leased(store, ["sf"], "people"), pytest.raises(BusyError), leased(store, ["sf"], "people"):
            pytest.fail("a thread of this process holds it")


@pytest.mark.parametrize(
    "holder",
    [of_process(os.getppid()), of_process(1), of_process(2**70), of_process(os.getpid(), "other"), "somebody"],
    ids=["parent", "first", "none such", "another host", "a person"],  # every worker must collect the same names
)
def test_a_run_that_may_go_on_is_waited_for(tmp_path: Path, holder: str) -> None:
    assert not is_dead(holder)
    with opened(tmp_path) as store:
        held_by(store, holder)
        with pytest.raises(BusyError, match="has been held by job 'people'"), leased(store, ["sf"], "people"):
            pytest.fail("it is held")
