"""LeadBridge brings two CRMs in memory in step: ``python -m benchmarks.two_way RECORDS FOLDER``; half are on both."""

from __future__ import annotations

import sys
from pathlib import Path

from leadbridge.jobs.sync import api
from leadbridge.jobs.workspace import load_workspace
from leadbridge.memory import memory_crm
from leadbridge.provider import FieldDescription, ObjectDescription

COLUMNS = ("Email", "First", "Last", "Phone", "City")
CONFIG = """\
connections:
  left: {provider: memory, crm: left}
  right: {provider: memory, crm: right}
jobs:
  people: {sync: [left, right], first: prefer}
"""
MAPPING = """\
kind: mapping
provider: memory
object: Lead
role: lead
fields: {email: Email, first_name: First, last_name: Last, phone: Phone, city: City}
"""


def main() -> None:
    count, folder = int(sys.argv[1]), Path(sys.argv[2])
    (folder / "mappings").mkdir()
    (folder / "mappings" / "leads.yaml").write_text(MAPPING, encoding="utf-8")
    (folder / "leadbridge.yaml").write_text(CONFIG, encoding="utf-8")
    fill("left", range(count))
    fill("right", range(count // 2, count // 2 + count))
    workspace = load_workspace(folder / "leadbridge.yaml")
    with api.open_state(workspace) as store:
        api.sync(workspace, store, "people", lambda _: True, (), lambda what, rows: None)
    found = [len(memory_crm(name).records("Lead")) for name in ("left", "right")]
    if found != [count // 2 + count] * 2:
        raise SystemExit(f"{found} records")


def fill(name: str, numbers: range) -> None:
    """With people who share a name, as a cache would like it, but neither address nor phone."""
    crm = memory_crm(name)
    crm.define(ObjectDescription("Lead", tuple(FieldDescription(column) for column in COLUMNS), writable=True))
    for number in numbers:
        values = (f"ada{number}@anandal.example", "Ada", f"Anandal{number}", f"+49 30 {number:07d}", "Berlin")
        crm.create("Lead", dict(zip(COLUMNS, values, strict=True)))


if __name__ == "__main__":
    main()
