"""``python benchmarks/scoreboard.py [--seeds N] [--first-seed K] [--json]``: LeadBridge beside two strawmen."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


def main() -> int:
    given = _arguments()
    try:
        from benchmarks.simulation.play import CONTESTANTS, play
        from benchmarks.simulation.score import Score
    except ImportError as error:
        return _elsewhere(error)
    seeds = range(given.first_seed, given.first_seed + given.seeds)
    tasks = [(name, seed) for name in CONTESTANTS for seed in seeds]
    with ProcessPoolExecutor(given.jobs) as pool:
        scores = list(pool.map(play, *zip(*tasks, strict=True), chunksize=1))
    totals = dict.fromkeys(CONTESTANTS, Score())
    for (name, seed), score in zip(tasks, scores, strict=True):
        totals[name] += score
        if name == "leadbridge" and score.faults:
            sys.stderr.write(f"seed {seed}: {score}\n")
    reports = {name: total.report() for name, total in totals.items()}
    if given.json:
        document = {"seeds": given.seeds, "first_seed": given.first_seed, **reports}
        sys.stdout.write(json.dumps(document, indent=2) + "\n")
    else:
        sys.stdout.write("\n".join(_table(reports)) + "\n")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scoreboard.py", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, help="how many worlds (default: 20)")
    parser.add_argument("--first-seed", type=int, default=1, help="the first one's seed (default: 1)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes (default: one per core)")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    given = parser.parse_args()
    if given.seeds < 1:
        parser.error("--seeds must be 1 or more")
    return given


def _elsewhere(error: ImportError) -> int:
    """Start again with the interpreter that ``make setup`` made, where this one lacks LeadBridge."""
    python = ROOT / ".venv" / "bin" / "python"
    if not python.exists() or Path(sys.prefix).resolve() == (ROOT / ".venv").resolve():
        sys.stderr.write(f"LeadBridge is not installed ({error}); run: make setup\n")
        return 2
    return subprocess.call([python, *sys.argv])  # noqa: S603  (the project's own interpreter)


def _table(reports: dict[str, dict[str, float]]) -> Iterable[str]:
    names = list(reports)
    yield f"{'':<18}" + "".join(f"{name:>18}" for name in names)
    for row in reports[names[0]]:
        yield f"{row:<18}" + "".join(f"{reports[name][row]:>18,}" for name in names)


if __name__ == "__main__":
    sys.exit(main())
