"""Wherever a run that erases somebody dies, the next one ends it: gone everywhere, kept nowhere, made by nobody."""

from __future__ import annotations

from pathlib import Path

import pytest
from offices import Plug, plugged
from streets import two_crms
from town import Town

from leadbridge.memory import MemoryCrm
from leadbridge.testing.faults import Killed

ADA = {"Email": "ada@x.example", "LastName": "Lovelace-King", "City": "Marrakesh", "OptedOut": False}


def erased(folder: Path) -> tuple[Town, MemoryCrm, MemoryCrm]:
    town, sf, hs = two_crms(folder)
    sf.create("Lead", {**ADA, "Email": "bob@x.example", "LastName": "Day", "City": "Ulm"})
    lead = sf.create("Lead", ADA)
    town.sync()
    sf.erase("Lead", lead)
    return town, sf, hs


def steps(folder: Path, patch: pytest.MonkeyPatch) -> int:
    town, _, _ = erased(folder)
    plug = Plug()
    with plugged(plug, patch.setattr):
        town.sync()
    return plug.steps


def test_an_erasure_survives_a_kill_at_every_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    last = steps(tmp_path / "whole", monkeypatch)
    assert last > 10
    for at in range(1, last + 1):
        town, sf, hs = erased(tmp_path / str(at))
        with plugged(Plug(at), monkeypatch.setattr), pytest.raises(Killed):
            town.sync()
        town.sync()
        content = b"".join(file.read_bytes() for file in (town.folder / ".leadbridge").iterdir() if file.is_file())
        assert [word for word in (b"Lovelace-King", b"ada@x", b"Marrakesh") if word in content] == [], at
        assert [values["lastname"] for values in hs.records("contacts").values()] == ["Day"], at
        assert len(sf.records("Lead")) == 1
        assert town.plan().rows == 0, at
