"""Two syncs at one account: what the one has called counts for the other, before HubSpot has to refuse anything."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hubspot_portal import PortalHarness

from leadbridge.cli import main
from leadbridge.starters import starter_folder

PROJECT = """\
mappings: mappings/
connections:
  one: {{provider: hubspot, token: "${{env:HS_TOKEN}}", host: "{url}", objects: [contacts]}}
  two: {{provider: hubspot, token: "${{env:HS_TOKEN}}", host: "{url}", objects: [companies]}}
  here: {{provider: csv, path: here/, key: Id}}
  there: {{provider: csv, path: there/, key: Id}}
jobs:
  first: {{sync: [here, one], roles: [lead], unattended: true}}
  second: {{sync: [there, two], roles: [account], unattended: true}}
"""
TABLE = "kind: mapping\nprovider: csv\nobject: {}.csv\nrole: {}\nkey: Id\nfields: {}\n"
PEOPLE = TABLE.format("people", "lead", "{email: Key, last_name: Name}")
FIRMS = TABLE.format("firms", "account", "{domain: Key, name: Name}")
BURST = 5


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[PortalHarness]:
    harness = PortalHarness(tmp_path)
    yield harness
    harness.close()


def project(portal: PortalHarness, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Both jobs have run once; then a few rows are entered in either table, which do not concern the other job."""
    (folder / "mappings").mkdir(parents=True)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HS_TOKEN", portal.served.token)
    (folder / "leadbridge.yaml").write_text(PROJECT.format(url=portal.served.url))
    (folder / "mappings" / "people.yaml").write_text(PEOPLE)
    (folder / "mappings" / "firms.yaml").write_text(FIRMS)
    for starter in ("hubspot.contacts.leads.yaml", "hubspot.companies.yaml"):
        shutil.copy(starter_folder() / starter, folder / "mappings")
    for file, job, key in (("here/people.csv", "first", "{}@x.example"), ("there/firms.csv", "second", "{}.example")):
        (folder / file).parent.mkdir()
        (folder / file).write_text(f"Id,Key,Name\n0,{key.format(folder.name)},Old {folder.name}\n")
        assert (main(["plan", job]), main(["apply", "--yes"])) == (0, 0)
        rows = (f"{n},{key.format(f'{folder.name}-{n}')},New {folder.name} {n}\n" for n in range(1, 4))
        with (folder / file).open("a") as table:
            table.writelines(rows)
    return folder


def sync(folder: Path, job: str) -> subprocess.Popen[bytes]:
    silent = subprocess.DEVNULL
    return subprocess.Popen((sys.executable, "-m", "leadbridge", "sync", job), cwd=folder, stdout=silent, stderr=silent)


@pytest.mark.parametrize("shared", [True, False])
def test_no_process_is_refused_what_it_could_have_waited_for(
    portal: PortalHarness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shared: bool
) -> None:
    """Two syncs of different jobs at once; of two projects, which share nothing, HubSpot refuses some call."""
    folders = [project(portal, tmp_path / "one", monkeypatch)]
    folders.append(folders[0] if shared else project(portal, tmp_path / "two", monkeypatch))
    portal.sandbox.clock.advance(60)
    portal.control("switches", burst=BURST)
    portal.sandbox.calls.clear()
    busy = [sync(folder, job) for folder, job in zip(folders, ("first", "second"), strict=True)]
    assert [process.wait(240) for process in busy] == [0, 0]
    calls = portal.sandbox.calls.all()
    refused = [call for call in calls if call.status == 429]
    assert len(calls) - len(refused) > BURST, "both were busy"
    assert bool(refused) != shared
