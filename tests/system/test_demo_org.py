"""``leadbridge demo salesforce``: the main job in a stand-in of an org."""

from __future__ import annotations

import json

import pytest

from leadbridge.cli import main
from leadbridge.demo import org


def test_the_numbers_agree(capsys, tmp_path):
    folder = tmp_path / "left"
    assert main(["demo", "salesforce", "--json", "--dir", str(folder)]) == 0
    told = json.loads(capsys.readouterr().out)
    start, imported, converted, end = told["org"]
    leads = told["import"]["applied"]["written"]
    assert imported["Lead"] == start["Lead"] + leads
    assert told["import"]["applied"]["rejected"] == {"required": 1}
    assert told["conversion"]["planned"]["convert"] == leads - converted["Lead"] > 0
    assert converted["Contact"] > imported["Contact"]
    assert told["conversion"]["applied"]["rejected"] == {}
    assert told["conversion"]["again"] == {"written": 0, "rejected": {}, "left": 0}
    assert {name: end[name] for name in ("Contact", "Account", "Opportunity")} == {
        name: start[name] for name in ("Contact", "Account", "Opportunity")
    }, "all that can be undone is undone"
    assert told["conversion"]["undone"]["left"] == told["conversion"]["planned"]["convert"]
    text = (folder / "leadbridge.yaml").read_text()
    assert org.STAND_IN.address in text
    assert main(["mappings", "lint", "--config", str(folder)]) == 0
    assert main(["mappings", "test", "--config", str(folder)]) == 0


def test_what_salesforce_does_and_what_follows_is_told_before(capsys):
    assert main(["demo", "salesforce", "-vv"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    before, after = out.split("4. Approved and applied")
    assert "no undo takes this back: a converted lead stays converted" in before
    assert "> what sf does as it converts" in before
    assert "opted_out_of_email  no -> yes  (restrictive: an opt-out wins" in before
    assert "nothing to do" in after
    assert "it stays converted: its CRM has no way back" in after


def test_parts_that_are_missing_are_named(monkeypatch, capsys):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert main(["demo", "salesforce"]) == 2
    assert "pip install 'leadbridge[salesforce,sandbox]'" in capsys.readouterr().err


def test_there_are_two_stories(capsys):
    assert main(["demo", "opera"]) == 2
    assert "opera" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["inbox/spring-fair.csv", "mappings/convert.yaml", "leadbridge.yaml"])
def test_the_files_are_packed(name):
    assert (org.FILES / name).is_file()
