"""API calls that Salesforce counts: an import of leads and their conversion, beside the least that would do."""

from __future__ import annotations

import csv
import os
import shutil
import sys
from pathlib import Path

from benchmarks.data import FOLDER
from benchmarks.group import Group, Line, Size
from benchmarks.measure import Cost, run

_CONFIG = """\
connections:
  file: {{provider: csv, path: leads.csv, key: Email}}
  sf: {{provider: salesforce, auth: session, domain: "{url}", session_token: "${{env:SF_TOKEN}}", api_version: "67.0"}}
jobs:
  import: {{sync: [file, sf], direction: one_way, roles: [lead], brakes: {{create: 1000000}}}}
  convert: {{convert: [sf], into: sf, policy: convert.yaml, brakes: {{create: 1000000}}}}
"""
_LEADS = """\
kind: mapping
provider: csv
object: leads.csv
role: lead
key: Email
fields: {email: Email, first_name: First, last_name: Last, company: Company, employees: Employees}
"""
_PAGE, _COLLECTION, _SOAP = 2_000, 2_000, 100  # records that one call reads, reads back, converts


def api_calls(size: Size) -> Group:
    """The least: every record read once, written once and read back once, in calls as full as Salesforce allows."""
    from leadbridge.sandbox import Options, start

    rows = size.synced
    with start("salesforce", Options("empty")) as served:
        folder = _project(rows, served.url)
        os.environ["SF_TOKEN"] = served.token
        calls, costs = [], []
        for job in ("import", "convert"):
            served.sandbox.calls.clear()
            cost = _run(folder, "plan", job) + _run(folder, "apply", "--yes")
            calls.append(len(served.sandbox.calls.all()))
            costs.append(cost)
    found = []
    for job, counted, floor, cost in zip(("import", "convert"), calls, _floors(rows), costs, strict=True):
        found.append(Line(f"{job}: leadbridge", counted, None, cost.peak))
        found.append(Line(f"{job}: the least", floor, floor / counted, 0))
    return Group(f"Salesforce: import and conversion of {rows:,} leads", "API calls", tuple(found))


def _floors(rows: int) -> tuple[int, int]:
    """Import: what the org is like, its leads, one bulk job of five calls, reading back. Conversion: the org and four
    objects, leads as one bulk query of four calls; conversions, leads looked at before them, two records read back."""
    fixed, job, query = 2, 5, 4
    bulk = rows >= _PAGE
    written = job if bulk else -(-rows // 200)
    read = query if bulk else 0
    back = -(-rows // _COLLECTION)
    return 2 * fixed + written + back, 2 + 2 * 4 + read + -(-rows // _SOAP) + 3 * back


def _run(folder: Path, *words: str) -> Cost:
    return run((sys.executable, "-m", "leadbridge", *words, "--quiet"), folder)


def _project(rows: int, url: str) -> Path:
    from leadbridge.starters import starter_files, starter_mappings

    folder = FOLDER / "projects" / "salesforce"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "mappings").mkdir(parents=True)
    files = {**starter_files(()), **starter_mappings("salesforce")}
    for name, text in files.items():
        (folder / "mappings" / name).parent.mkdir(exist_ok=True)
        (folder / "mappings" / name).write_text(text, encoding="utf-8")
    (folder / "mappings" / "leads.yaml").write_text(_LEADS, encoding="utf-8")
    (folder / "leadbridge.yaml").write_text(_CONFIG.format(url=url), encoding="utf-8")
    with (folder / "leads.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["Email", "First", "Last", "Company", "Employees"])
        for number in range(rows):
            table.writerow([f"ada{number}@x{number}.example", "Ada", f"King{number}", f"Company {number} Ltd", 300])
    return folder
