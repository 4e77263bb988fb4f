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
  two: {{provider: hubspot, token: "${{env:HS_TOKEN}}", host: "{url}", objects: [contacts]}}
  here: {{provider: csv, path: here/, key: Id}}
  there: {{provider: csv, path: there/, key: Id}}
jobs:
  first: {{sync: [here, one], roles: [lead], unattended: true}}
  second: {{sync: [there, two], roles: [lead], unattended: true}}
"""
TABLE = (
    "kind: mapping\nprovider: csv\nobject: people.csv\nrole: lead\nkey: Id\nfields: {email: Mail, last_name: Last}\n"
)
BURST = 5


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[PortalHarness]:
    harness = PortalHarness(tmp_path)
    yield harness
    harness.close()


def project(portal: PortalHarness, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Both jobs have run once; then a few people are entered in either table."""
    (folder / "mappings").mkdir(parents=True)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HS_TOKEN", portal.served.token)
    (folder / "leadbridge.yaml").write_text(PROJECT.format(url=portal.served.url))
    (folder / "mappings" / "people.yaml").write_text(TABLE)
    shutil.copy(starter_folder() / "hubspot.contacts.leads.yaml", folder / "mappings")
    for name, job in (("here", "first"), ("there", "second")):
        (folder / name).mkdir()
        (folder / name / "people.csv").write_text(f"Id,Mail,Last\n0,{job}-{folder.name}@x.example,Old\n")
        assert (main(["plan", job]), main(["apply", "--yes"])) == (0, 0)
        with (folder / name / "people.csv").open("a") as table:
            table.writelines(f"{n},{job}-{folder.name}-{n}@x.example,New {n}\n" for n in range(1, 4))
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
