"""A connection to an org at work in a process of its own: ``python -m benchmarks.org_work write|capture URL ROWS``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from leadbridge.plugins import load_plugins
from leadbridge.provider import Action, Provider, Site

_BATCH = 10_000  # rows that a run hands over at once


def write(provider: Provider, rows: int) -> int:
    """New leads; how many were made."""
    made = 0
    for start in range(0, rows, _BATCH):
        batch = [_lead(number) for number in range(start, min(start + _BATCH, rows))]
        made += sum(result.state == "done" for result in provider.write(batch))
    return made


def capture(provider: Provider, rows: int) -> int:
    """Everything; how many records it was."""
    return sum(len(page.records) for page in provider.capture("Lead"))


def _lead(number: int) -> Action:
    name = {"FirstName": "Ada", "LastName": f"King{number}", "Company": f"Company {number} Ltd"}
    values = {**name, "Email": f"ada{number}@x{number}.example", "NumberOfEmployees": 300}
    return Action(number, "create", "Lead", values=values, key=f"key-{number}")


def main() -> None:
    kind, url, rows = sys.argv[1:]
    plugin = load_plugins().provider("salesforce")
    given = {"auth": "session", "domain": url, "session_token": os.environ["SF_TOKEN"], "api_version": "67.0"}
    provider = plugin(Site("sf", Path.cwd()), plugin.settings_model.model_validate(given))
    provider.describe()
    done = {"write": write, "capture": capture}[kind](provider, int(rows))
    provider.close()
    if done != int(rows):
        raise SystemExit(f"the measured work went wrong: {done} of {rows} rows")


if __name__ == "__main__":
    main()
