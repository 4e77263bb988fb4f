"""The scoreboard runs from a clone, and LeadBridge's faults in it are none."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
FAULTS = ("edits_lost", "duplicates", "noop_writes", "divergent_fields", "wrong_deletes", "orphans")


def test_leadbridge_scores_zeros_where_strawmen_do_not() -> None:
    command = [sys.executable, "benchmarks/scoreboard.py", "--seeds", "2", "--first-seed", "7", "--jobs", "1", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    board = json.loads(done.stdout)
    assert (board["seeds"], board["first_seed"]) == (2, 7)
    assert {name: board["leadbridge"][name] for name in FAULTS} == dict.fromkeys(FAULTS, 0), done.stderr
    for strawman in ("last_writer_wins", "fixed_winner"):
        assert board[strawman].keys() == board["leadbridge"].keys()
        assert board[strawman]["edits_lost"] > 0
    assert board["leadbridge"]["edits"] > 100
    assert board["leadbridge"]["calls_per_change"] > 0
