"""Promises 6 and 11: a conversion that dies at any step, or of which a CRM refuses any row, is whole or was never."""

from __future__ import annotations

from pathlib import Path

import pytest
from offices import ADA, BOB, Plug, convert, everything, killed_at, lead, office, plugged, remembered, values
from town import Town

from leadbridge.jobs.sync import api
from leadbridge.memory import MemoryCrm
from leadbridge.plan.sync_rows import Write
from leadbridge.testing.faults import Faults

STRIDE = 3
"""Steps come in pairs, before and after a transaction: an odd stride meets both. 1 takes every step, and its time."""


def build(folder: Path) -> tuple[Town, MemoryCrm]:
    """Two leads of one company, of which one has an activity; and somebody who is not to be converted."""
    folder.mkdir(parents=True, exist_ok=True)
    town = office(folder)
    crm = town.crm("crm")
    ada = lead(crm, **ADA)
    lead(crm, **BOB)
    lead(crm, **{**ADA, "first_name": "Cy", "email": "cy@x.example", "phone": "", "status": "new"})
    crm.create("Activitys", {"subject": "rang", "person": ada, "organisation": ""})
    return town, crm


def steps_of(folder: Path) -> int:
    town, _ = build(folder)
    plug, patch = Plug(), pytest.MonkeyPatch()
    with plugged(plug, patch.setattr):
        convert(town)
    patch.undo()
    return plug.steps


def whole(crm: MemoryCrm) -> None:
    """Every closed lead has its contact, at its account; nothing refers to what is not there."""
    records = everything(crm)
    for one in records["Leads"].values():
        mine = [c for c in records["Contacts"].values() if c.get("email") == one["email"]]
        assert len(mine) == (1 if one["status"] == "converted" else 0), records
    for name in ("Contacts", "Opportunitys"):
        for one in records[name].values():
            assert one["organisation"] in records["Accounts"]
    if any(one["status"] == "converted" for one in records["Leads"].values()):
        assert len(records["Accounts"]) == 1
    else:
        assert not (records["Accounts"] or records["Contacts"] or records["Opportunitys"])


def test_killed_at_every_step_and_run_again_ends_as_if_nothing_had_happened(tmp_path: Path) -> None:
    town, crm = build(tmp_path / "whole")
    assert convert(town).state == "done"
    whole(crm)
    expected, known = values(crm), remembered(town)
    steps = steps_of(tmp_path / "counted")
    assert steps > 20
    for step in range(1, steps + 1, STRIDE):
        town, crm = build(tmp_path / str(step))
        assert killed_at(town, step)
        convert(town)
        assert values(crm) == expected, step
        assert remembered(town) == known, step
        again = convert(town) if step % 5 == 1 else None
        assert again is None or (again.counts["done"], again.counts["settled"]) == (0, 0), step


def test_any_row_may_be_refused(tmp_path: Path) -> None:
    """The lead of a refused row is as it was, the other one is converted; once nothing is refused both are."""
    town, crm = build(tmp_path / "whole")
    convert(town)
    expected = values(crm)
    rows = numbers_of_writes(town)
    assert len(rows) == 7
    for number in rows:
        town, crm = build(tmp_path / str(number))
        before, activities = crm.records("Leads"), crm.records("Activitys")
        town.faults("crm", Faults(refuses=lambda action, n=number: action.number == n))
        outcome = convert(town)
        assert outcome.counts["rejected"] >= 1
        whole(crm)
        for id_, now in crm.records("Leads").items():
            assert now["status"] == "converted" or now == before[id_]
        if all(one["status"] != "converted" for one in crm.records("Leads").values()):
            assert crm.records("Activitys") == activities
        town.faults("crm", Faults())
        convert(town)
        assert values(crm) == expected, number
        assert convert(town).counts["done"] == 0


def numbers_of_writes(town: Town) -> list[int]:
    with town.opened() as (_, store):
        rows = [(row.number, row.body) for row in api.rows(store, 1)]
    return [number for number, body in rows if isinstance(body, Write) and body.undoes is None]


@pytest.mark.parametrize("place", [1, 4, 6])
def test_killed_while_it_takes_back(tmp_path: Path, place: int) -> None:
    number = 4 + place
    plug, patch = Plug(), pytest.MonkeyPatch()
    town, crm = build(tmp_path / "refused")
    town.faults("crm", Faults(refuses=lambda action: action.number == number))
    with plugged(plug, patch.setattr):
        convert(town)
    patch.undo()
    town.faults("crm", Faults())
    convert(town)
    expected, known = values(crm), remembered(town)
    for step in range(plug.steps // 2, plug.steps + 1, 2 * STRIDE + 1):
        town, crm = build(tmp_path / str(step))
        town.faults("crm", Faults(refuses=lambda action: action.number == number))
        assert killed_at(town, step)
        town.resume()
        whole(crm)
        town.faults("crm", Faults())
        convert(town)
        assert values(crm) == expected, step
        assert remembered(town) == known, step
