"""``python -m benchmarks [GROUP ...] [--quick | --large] [--json]``: measure, and print values with their ratios."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Iterable
from dataclasses import asdict

from benchmarks.figures import GROUPS
from benchmarks.group import FULL, LARGE, QUICK, Group
from benchmarks.measure import MeasureError
from benchmarks.peer import PEER_PYTHON


def main() -> int:
    given = _arguments()
    if not PEER_PYTHON.exists():
        sys.stderr.write("The peers are not installed; run: make bench\n")
        return 2
    size = QUICK if given.quick else LARGE if given.large else FULL
    groups = []
    try:
        for name in given.groups or GROUPS:
            sys.stderr.write(f"measuring {name} ...\n")
            groups.append(GROUPS[name](size))
            if not given.json:
                sys.stdout.write("\n".join(_table(groups[-1])) + "\n\n")
                sys.stdout.flush()
    except MeasureError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if given.json:
        machine = {"python": platform.python_version(), "system": platform.system(), "cores": os.cpu_count()}
        json.dump({"machine": machine, "groups": [asdict(group) for group in groups]}, sys.stdout, indent=2)
        sys.stdout.write("\n")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure LeadBridge beside its peers.")
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"some of: {', '.join(GROUPS)} (default: all)")
    parser.add_argument("--quick", action="store_true", help="small files, one round: does it run at all?")
    parser.add_argument("--large", action="store_true", help="runs of jobs on up to 1,000,000 leads: hours")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    given = parser.parse_args()
    unknown = [name for name in given.groups if name not in GROUPS]
    if unknown:
        parser.error(f"there is no group {unknown[0]!r}; there are: {', '.join(GROUPS)}")
    return given


def _table(group: Group) -> Iterable[str]:
    width = max(len(line.name) for line in group.lines)
    yield group.title
    for line in group.lines:
        value = f"{line.value:,.0f}" if line.value >= 10 else f"{line.value:.2f}"
        ratio = f"{line.ratio:8.2f} x" if line.ratio is not None else " " * 10
        yield f"  {line.name:<{width}}  {value:>10} {group.unit:<8} {ratio}  {line.peak:6.0f} MB"


if __name__ == "__main__":
    sys.exit(main())
