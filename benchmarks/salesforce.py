"""API calls that Salesforce counts: an import of leads and their conversion, beside the least that would do."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

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
_PAGE, _COLLECTION, _SOAP = 2_000, 200, 100  # records that one call reads, or reads back; writes; converts
_INGEST, _QUERY = 5, 3  # calls of a bulk job, looked at once: of one that writes, of one that reads


def api_calls(size: Size) -> Group:
    """The least: every record read once, written once and read back once, in calls as full as Salesforce allows."""
    rows = size.synced
    with _org() as org:
        folder = _project(rows, org.url)
        calls, costs = [], []
        for job in ("import", "convert"):
            cost = _run(folder, "plan", job) + _run(folder, "apply", "--yes")
            calls.append(org.counted())
            costs.append(cost)
    found = []
    for job, counted, floor, cost in zip(("import", "convert"), calls, _floors(rows), costs, strict=True):
        found.append(Line(f"{job}: leadbridge", counted, None, cost.peak))
        found.append(Line(f"{job}: the least", floor, floor / counted, 0))
    found += [line for number in size.org for line in _connection(number)]
    return Group(f"Salesforce: import and conversion of {rows:,} leads", "API calls", tuple(found))


def _connection(rows: int) -> Iterator[Line]:
    """Leads written, then captured, by the connection alone; its memory should not grow with them."""
    with _org() as org:
        for kind in ("write", "capture"):
            cost = run((sys.executable, "-m", "benchmarks.org_work", kind, org.url, str(rows)))
            yield Line(f"{kind} of {rows:,} leads, alone", org.counted(), None, cost.peak)


@dataclass(frozen=True, slots=True)
class _Org:
    """A stand-in of an org, without records."""

    url: str
    control: str

    def counted(self) -> int:
        """Calls since the last look."""
        calls = requests.get(f"{self.control}/calls", timeout=60).json()
        requests.delete(f"{self.control}/calls", timeout=60).raise_for_status()
        return len(calls)


@contextmanager
def _org() -> Iterator[_Org]:
    """In a process of its own: a measured one would begin with the memory of the process that it was started from."""
    command = (sys.executable, "-m", "leadbridge", "sandbox", "up", "salesforce", "--seed", "empty", "--json")
    with subprocess.Popen(  # noqa: S603  (the command above)
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            told = json.loads(process.stdout.readline() if process.stdout else "")["salesforce"]
            os.environ["SF_TOKEN"] = told["token"]
            yield _Org(told["url"], told["control"])
        finally:
            process.terminate()


def _floors(rows: int) -> tuple[int, int]:
    """Of a plan and its apply. Import: what the org is like, twice, a query that finds no lead, leads written and read
    back. Conversion: the org twice, leads and the three objects that they may match, leads looked at before they are
    converted, and two records of each read back."""
    org, empty = 2, 1
    written = min(-(-rows // _COLLECTION), _INGEST)
    pages = -(-rows // _PAGE)
    read = min(pages, _QUERY)
    return org + empty + written + pages, org + read + 3 * empty + pages + -(-rows // _SOAP) + 2 * pages


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
