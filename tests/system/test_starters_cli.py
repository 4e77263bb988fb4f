"""``leadbridge init CONNECTION``: the starters that everybody gets, and those that are asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from leadbridge.cli import main
from leadbridge.sandbox import Options, start

CONFIG = """\
mappings: mappings/
connections:
  sf: {{provider: salesforce, auth: session, domain: "{url}", session_token: "${{env:SF_TOKEN}}"}}
  few:
    provider: salesforce
    auth: session
    domain: "{url}"
    session_token: "${{env:SF_TOKEN}}"
    objects: [Lead, Task]
  table: {{provider: csv, path: table/, key: id}}
"""
CORE = ["accounts", "contacts", "leads", "opportunities", "queues", "users"]
ACTIVITIES = ["events", "tasks"]
CAMPAIGNS = ["campaign_members.contacts", "campaign_members", "campaigns"]


@pytest.fixture(scope="module")
def org() -> Iterator[dict[str, str]]:
    with start("salesforce", Options("empty")) as served:
        yield {"url": served.url, "token": served.token}


@pytest.fixture
def project(org: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SF_TOKEN", org["token"])
    (tmp_path / "leadbridge.yaml").write_text(CONFIG.format(url=org["url"]), encoding="utf-8")
    for name in ("mappings", "table"):
        (tmp_path / name).mkdir()
    (tmp_path / "table" / "rows.csv").write_text("id,name\n", encoding="utf-8")
    return tmp_path


def told(capsys: Any, *words: str) -> dict[str, Any]:
    """Files by what stands between provider and ending."""
    capsys.readouterr()
    assert main(["init", *words, "--yes", "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return {**found, "files": [Path(one).stem.partition(".")[2] for one in found["files"]]}


def test_further_ones_are_named_and_copied_on_demand(project: Path, capsys: Any) -> None:
    more = {"activities": ["Event", "Task"], "campaigns": ["CampaignMember", "Campaign"]}
    found = told(capsys, "sf")
    assert (found["files"], found["left_out"], found["more"]) == (CORE, [], more)
    found = told(capsys, "sf", "--with", "campaigns")
    assert (found["files"], found["more"]) == (CAMPAIGNS, {"activities": more["activities"]})
    assert main(["init", "sf", "--with", "activities"]) == 0
    out = capsys.readouterr().out
    assert "mappings/salesforce.tasks.yaml\n" in out
    assert "A job without `roles` takes up what they map, too.\n" in out
    assert "--with" not in out
    assert main(["mappings", "lint", "-C", "sf"]) == 0


def test_all_at_once(project: Path, capsys: Any) -> None:
    found = told(capsys, "sf", "--with", "activities", "--with", "campaigns")
    assert sorted(found["files"]) == sorted([*CORE, *ACTIVITIES, *CAMPAIGNS])
    assert found["more"] == {}


def test_the_command_that_brings_them_is_told(project: Path, capsys: Any) -> None:
    assert main(["init", "sf", "--yes"]) == 0
    assert "More, of Event, Task: leadbridge init sf --with activities\n" in capsys.readouterr().out


def test_what_the_folder_maps_is_left_alone(project: Path, capsys: Any) -> None:
    own = project / "mappings" / "own.yaml"
    own.write_text("kind: mapping\nprovider: salesforce\nobject: Task\nrole: activity\nfields: {subject: Subject}\n")
    found = told(capsys, "sf", "--with", "activities")
    others = {"campaigns": ["CampaignMember", "Campaign"], "users": ["Group", "User"]}
    assert (found["files"], found["more"]) == (["events"], others)
    assert main(["init", "sf", "--with", "users"]) == 0
    assert "A job without" not in capsys.readouterr().out, "nothing of them is ever written"
    assert {file.name for file in own.parent.iterdir()} == {
        *("own.yaml", "salesforce.events.yaml", "salesforce.queues.yaml", "salesforce.users.yaml")
    }
    assert told(capsys, "sf", "--with", "activities")["files"] == []


def test_objects_that_the_connection_does_not_see(project: Path, capsys: Any) -> None:
    found = told(capsys, "few", "--with", "activities")
    assert (found["files"], found["more"]) == (["leads", "tasks"], {})
    assert found["left_out"] == ["Account", "Contact", "Event", "Opportunity", "Group", "User"]


def test_a_provider_without_them(project: Path, capsys: Any) -> None:
    assert main(["init", "table", "--with", "campaigns"]) == 2
    sentence = (
        "there are no starters of campaigns for provider 'csv'; begin a mapping with: leadbridge mappings suggest"
    )
    assert capsys.readouterr().err == f"{sentence} table\n"
