"""An erasure from the command line, on files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from syncing import CONFIG, call, edit, make_sync_project

from leadbridge.cli import main

SHOP = "shop: {provider: csv, path: shop/, key: number"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    config = CONFIG.replace(SHOP, f"{SHOP}, hard_delete: erasure")
    assert config != CONFIG
    monkeypatch.chdir(make_sync_project(tmp_path, leadbridge_yaml=config))
    return tmp_path


def test_a_row_that_is_taken_out_is_erased_everywhere_and_shown_as_such(project: Path, capsys) -> None:
    call(capsys, "plan", "people")
    call(capsys, "apply", "--yes")
    edit(project / "shop" / "people.csv", "8,Finn,Moe,finn@moe.example,Buyer,no\n", "")
    ref = "shop:people.csv:8"
    assert main(["plan", "people"]) in {0, 3}
    out = capsys.readouterr().out
    assert "finn@moe.example" not in out
    run = call(capsys, "apply", "--yes")["run"]

    assert "Finn" not in (project / "crm" / "contacts.csv").read_text(encoding="utf-8")
    shown = call(capsys, "show", ref)
    assert (shown["erased_by"], shown["fields"], shown["label"]) == (run, [], "")
    assert main(["show", ref]) == 0
    assert f"Erased by run {run}" in capsys.readouterr().out

    # A later import brings him again.
    file = project / "crm" / "contacts.csv"
    file.write_text(file.read_text(encoding="utf-8") + "C9,Finn,Moe,finn@moe.example,,no,\n", encoding="utf-8")
    call(capsys, "sync", "people", "--yes", status=1)
    assert "Finn" not in (project / "shop" / "people.csv").read_text(encoding="utf-8")
    (reject,) = call(capsys, "rejects")["rejects"]
    assert reject["code"] == "erased"
    assert "finn" not in json.dumps(reject).lower()

    number = int(reject["remedy"].rpartition(" ")[2])
    assert call(capsys, "release", "--erasure", str(number))["erasure"] == number
    assert main(["release", "--erasure", str(number)]) == 2
    assert "no erasure" in capsys.readouterr().err
    edit(file, "C9,Finn,Moe,finn@moe.example,,no,", "C9,Finn,Moe,finn@moe.example,Buyer,no,")
    call(capsys, "sync", "people", "--yes")
    assert "Finn" in (project / "shop" / "people.csv").read_text(encoding="utf-8")


def test_release_wants_a_record_or_an_erasure(project: Path, capsys) -> None:
    for arguments in (["release"], ["release", "crm:contacts.csv:C1", "--erasure", "1"]):
        assert main(arguments) == 2
        assert "name a record" in capsys.readouterr().err


def test_a_misspelt_hard_delete_is_a_fault_where_it_stands(tmp_path: Path, monkeypatch, capsys) -> None:
    config = CONFIG.replace(SHOP, f"{SHOP}, hard_delete: erase")
    monkeypatch.chdir(make_sync_project(tmp_path, leadbridge_yaml=config))
    assert main(["plan", "people"]) == 2
    assert "connections.shop.hard_delete: must be one of delete, erasure" in capsys.readouterr().err
