"""``leadbridge check``: connections that can be used, and mappings that fit them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from syncing import call, make_sync_project

from leadbridge.cli import main
from leadbridge.sandbox import Options, start

ORG = '  sf: {{provider: salesforce, auth: session, domain: "{url}", session_token: "${{env:{token}}}"}}\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    make_sync_project(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_all_connections_are_told_with_what_is_mapped(folder, capsys):
    assert main(["check"]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[1] == "crm (csv): 2 objects, mapped: contacts.csv (contact), leads.csv (lead)"
    assert err == "All of it fits.\n"
    assert main(["check", "crm", "--quiet"]) == 0
    out, err = capsys.readouterr()
    assert (len(out.splitlines()), err) == (1, "")


def test_a_connection_that_cannot_be_used_is_told_and_the_others_go_on(folder, capsys):
    config = (folder / "leadbridge.yaml").read_text()
    gone = (
        '  sf: {provider: salesforce, auth: session, domain: "http://127.0.0.1:9", session_token: "${env:NOWHERE}"}\n'
    )
    (folder / "leadbridge.yaml").write_text(config.replace("connections:\n", f"connections:\n{gone}"))
    assert main(["check"]) == 4
    out, err = capsys.readouterr()
    assert "sf (salesforce): cannot be used: " in out
    assert "NOWHERE" in out
    assert "crm (csv): 2 objects" in out
    assert err == "1 connection cannot be used.\n"
    told = call(capsys, "check", "sf", status=4)
    assert (told["connections"][0]["usable"], told["error"]["status"]) == (False, 4)
    assert main(["mappings", "lint", "--live"]) in {2, 4}
    capsys.readouterr()
    assert main(["check", "nobody"]) == 2
    assert "nobody" in capsys.readouterr().err


def test_a_mapping_that_does_not_fit_is_a_fault(folder, capsys):
    mapping = folder / "mappings/contacts.yaml"
    mapping.write_text(mapping.read_text() + "  website: homepage\n")
    assert main(["check"]) == 2
    assert "homepage" in capsys.readouterr().out
    told = call(capsys, "check", status=2)
    assert [finding["level"] for finding in told["findings"]] == ["error"]


def test_an_org_is_signed_in_to(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["init"]) == 0
    with start("salesforce", Options("empty")) as served:
        monkeypatch.setenv("SF_TOKEN", served.token)
        config = "connections:\n" + ORG.format(url=served.url, token="SF_TOKEN")
        (tmp_path / "leadbridge.yaml").write_text(config)
        assert main(["init", "sf"]) == 0
        capsys.readouterr()
        assert main(["check", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["connections"][0]["mapped"]["Lead"] == ["lead"]
    assert told["connections"][0]["converts"] is True
