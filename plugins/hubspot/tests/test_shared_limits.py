"""Two processes at one account: what the one has called counts for the other, before HubSpot has to refuse anything."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hubspot_portal import PortalHarness

from leadbridge.starters import starter_folder

PROJECT = """\
mappings: mappings/
connections:
  one: {{provider: hubspot, token: "${{env:HS_TOKEN}}", host: "{url}", objects: [contacts, companies, deals]}}
  two: {{provider: hubspot, token: "${{env:HS_TOKEN}}", host: "{url}", objects: [contacts, companies, deals]}}
jobs:
  first: {{convert: [one], policy: convert.yaml}}
  second: {{convert: [two], policy: convert.yaml}}
"""


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[PortalHarness]:
    harness = PortalHarness(tmp_path, burst=5)
    yield harness
    harness.close()


def project(portal: PortalHarness, folder: Path) -> Path:
    folder.mkdir()
    (folder / "leadbridge.yaml").write_text(PROJECT.format(url=portal.served.url))
    shutil.copytree(starter_folder(), folder / "mappings")
    (folder / ".leadbridge").mkdir()
    command(portal, folder, "runs").wait(60)  # makes the state
    return folder


def command(portal: PortalHarness, folder: Path, *words: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "HS_TOKEN": portal.served.token}
    silent = subprocess.DEVNULL
    words = (sys.executable, "-m", "leadbridge", *words)
    return subprocess.Popen(words, cwd=folder, env=environment, stdout=silent, stderr=silent)


@pytest.mark.parametrize("shared", [True, False])
def test_no_process_is_refused_what_it_could_have_waited_for(
    portal: PortalHarness, tmp_path: Path, shared: bool
) -> None:
    """A check and another one, at once; of two projects, which share nothing, HubSpot refuses some call."""
    folders = [project(portal, tmp_path / "here")]
    folders.append(folders[0] if shared else project(portal, tmp_path / "there"))
    portal.sandbox.calls.clear()
    busy = [command(portal, folder, "check", name) for folder, name in zip(folders, ("one", "two"), strict=True)]
    for process in busy:
        process.wait(120)
    calls = portal.sandbox.calls.all()
    refused = [call for call in calls if call.status == 429]
    assert len(calls) - len(refused) > 10, "both were busy"
    assert bool(refused) != shared
