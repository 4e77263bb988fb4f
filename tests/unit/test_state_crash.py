"""Kills: whatever moment a process dies at, its transaction is there whole or not at all, and the state opens."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

import pytest
from stated import opened

from leadbridge.state import goldens, keys, links
from leadbridge.state.sql import PAGE

BATCH = 300
WRITER = f"""
import sys, time
from pathlib import Path
from stated import lead, opened, person
from leadbridge.state import goldens, keys, links
from leadbridge.state.model import GoldenKey

store = opened(Path(sys.argv[1]))
for batch in range(int(sys.argv[2])):
    numbers = range(batch * {BATCH} + 1, (batch + 1) * {BATCH} + 1)
    with store.begin() as tx:
        # So small a cache that rows reach the disk long before the commit.
        tx.connection.exec_driver_sql("PRAGMA cache_size = 5")
        goldens.add(tx, [person(n, city="x" * 200) for n in numbers])
        links.add(tx, [lead(n, n, {{"City": "x" * 200}}) for n in numbers])
        keys.add(tx, {{n: [GoldenKey("person", "email", str(n))] for n in numbers}})
        if len(sys.argv) > 3:
            print("written", flush=True)
            time.sleep(60)
    print(batch, flush=True)
"""
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1] / "support")}


def started(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(folder), *arguments]
    return subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)


def output(process: subprocess.Popen[str]) -> IO[str]:
    assert process.stdout is not None
    return process.stdout


def killed(process: subprocess.Popen[str]) -> list[str]:
    """SIGKILL; the lines that it still had said."""
    process.kill()
    with process:
        return output(process).read().splitlines()


def whole_batches(folder: Path) -> int:
    """How many there are, once it is certain that none is there in part."""
    with opened(folder) as store, store.read() as snapshot:
        assert snapshot.connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert snapshot.connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        found: list[int] = []
        while rows := goldens.page(snapshot, found[-1] if found else 0, PAGE):
            found += [stored.golden.id for stored in rows]
        assert found == list(range(1, len(found) + 1))
        assert len(found) % BATCH == 0
        assert len(links.by_goldens(snapshot, found)) == len(keys.of(snapshot, found)) == len(found)
        return len(found) // BATCH


def test_killed_within_a_transaction_nothing_of_it_is_there(tmp_path: Path) -> None:
    process = started(tmp_path, "1", "wait")
    assert output(process).readline() == "written\n"
    journal = tmp_path / ".leadbridge" / "state.db-wal"
    assert journal.stat().st_size > 100_000  # its rows had reached the disk

    killed(process)

    assert whole_batches(tmp_path) == 0


@pytest.mark.parametrize("seed", range(3))
def test_killed_anywhere_all_that_was_committed_is_there(tmp_path: Path, seed: int) -> None:
    process = started(tmp_path, "1000")
    assert output(process).readline() == "0\n"
    time.sleep(0.05 + 0.037 * seed)
    said = killed(process)
    last = int(said[-1]) if said else 0

    # One more may have been committed and not yet said.
    assert last + 1 <= whole_batches(tmp_path) <= last + 2
