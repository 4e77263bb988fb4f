"""``leadbridge demo hubspot``: the main job across stand-ins of both CRMs."""

from __future__ import annotations

import json

import pytest

from leadbridge.cli import main
from leadbridge.demo import portal


def test_the_numbers_agree(capsys, tmp_path):
    folder = tmp_path / "left"
    assert main(["demo", "hubspot", "--json", "--dir", str(folder)]) == 0
    told = json.loads(capsys.readouterr().out)
    start, into, within, end = told["contacts"]
    assert [len(one) for one in told["contacts"]] == [told["leads"]] * 4
    assert told["differences"] == 1
    assert {one["lastname"]: one["owner"] for one in start if one["lastname"] == "Abara"} == {"Abara": "Grace Okafor"}
    large = [one for one in into if "salesforce_contact" in one]
    assert [one["lastname"] for one in large] == ["Abara", "Wähner", "Thiel"]
    assert {(one["lifecyclestage"], one["hs_lead_status"]) for one in large} == {("opportunity", "OPEN_DEAL")}
    assert large[0]["owner"] == "Yuki Brandt", "whose contact it is in Salesforce"
    assert [one["lifecyclestage"] for one in within[3:]] == ["opportunity", "opportunity", "lead"]
    assert end == start, "what was undone is as it was"
    before, there, here, after = told["held"]
    assert (there["hs"], here["sf"], after) == (before["hs"], there["sf"], before)
    assert there["sf"] == {"Contact": 12, "Account": 11, "Opportunity": 8}
    assert told["into_salesforce"]["again"] == {"written": 0, "rejected": {}, "left": 0}
    assert (folder / "leadbridge.yaml").read_text() == (portal.FILES / "leadbridge.yaml").read_text()
    assert main(["mappings", "lint", "--config", str(folder)]) == 0
    assert main(["mappings", "test", "--config", str(folder)]) == 0


def test_it_is_told_step_by_step(capsys):
    assert main(["demo", "hubspot", "-vv"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    policy, rest = out.split("3. The plan")
    assert "lead_source  lost       yes" in policy
    planned, rest = rest.split("4. Approved and applied")
    assert "+ create in sf:Contact" in planned
    assert "salesforce_contact  (blank) -> @" in planned
    applied, rest = rest.split("5. The other leads")
    assert "nothing to do" in applied
    within, undone = rest.split("6. Undone")
    assert "+ create in hs:deals" in within
    assert "sf:" not in within
    assert "left as it is" not in undone


def test_parts_that_are_missing_are_named(monkeypatch, capsys):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert main(["demo", "hubspot"]) == 2
    assert "pip install 'leadbridge[hubspot,salesforce,sandbox]'" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["mappings/hubspot.deals.yaml", "mappings/convert.yaml", "leadbridge.yaml"])
def test_the_files_are_packed(name):
    assert (portal.FILES / name).is_file()
