"""Promises 6 and 11 where a lead's own record becomes the contact: it is one wholly, or a lead."""

from __future__ import annotations

from pathlib import Path

import pytest
from hubs import hub, person
from offices import ADA, BOB, Plug, convert, everything, killed_at, plugged, remembered, values
from town import Town

from leadbridge.jobs.sync import api
from leadbridge.memory import MemoryCrm
from leadbridge.plan.sync_rows import Write
from leadbridge.testing.faults import Faults

STRIDE = 7
"""See ``test_convert_kills``."""


def build(folder: Path) -> tuple[Town, MemoryCrm]:
    """Two leads of one company, one of whom came twice, an activity, and somebody who is not to be converted."""
    folder.mkdir(parents=True, exist_ok=True)
    town = hub(folder)
    crm = town.crm("hub")
    ada = person(crm, **ADA, kind="new")
    person(crm, **ADA, kind="warm")
    person(crm, **BOB, kind="warm")
    person(crm, **{**ADA, "first_name": "Cy", "email": "cy@x.example", "phone": "", "status": "new"}, kind="new")
    crm.create("Activitys", {"subject": "rang", "person": ada, "organisation": ""})
    return town, crm


def whole(crm: MemoryCrm) -> None:
    """Whoever is closed is a contact at the account, or somebody's twin; nothing refers to what is not there."""
    records = everything(crm)
    people = records["People"].values()
    for one in people:
        contacts = [two for two in people if two["email"] == one["email"] and two["kind"] == "deal"]
        assert len(contacts) == (1 if one["status"] == "converted" else 0), records
    for one in (*(two for two in people if two["kind"] == "deal"), *records["Opportunitys"].values()):
        assert one["organisation"] in records["Accounts"]
    assert len(records["Accounts"]) == any(one["status"] == "converted" for one in people)


def test_killed_at_every_step_and_run_again_ends_as_if_nothing_had_happened(tmp_path: Path) -> None:
    town, crm = build(tmp_path / "whole")
    assert convert(town).state == "done"
    whole(crm)
    expected, known = values(crm), remembered(town)
    counted, _ = build(tmp_path / "counted")
    plug, patch = Plug(), pytest.MonkeyPatch()
    with plugged(plug, patch.setattr):
        convert(counted)
    patch.undo()
    assert plug.steps > 20
    for step in range(1, plug.steps + 1, STRIDE):
        town, crm = build(tmp_path / str(step))
        assert killed_at(town, step)
        convert(town)
        assert values(crm) == expected, step
        assert remembered(town) == known, step


def test_any_row_may_be_refused(tmp_path: Path) -> None:
    """What is not converted is as it was, to the last field; once nothing is refused, everybody is."""
    town, crm = build(tmp_path / "whole")
    with town.opened() as (_, store):
        numbers = [row.number for row in api.rows(store, town.plan("convert").plan) if _is_write(row.body)]
    convert(town)
    expected = values(crm)
    for number in numbers:
        town, crm = build(tmp_path / str(number))
        before = everything(crm)
        town.faults("hub", Faults(refuses=lambda action, n=number: action.number == n))
        convert(town)
        whole(crm)
        for id_, one in everything(crm)["People"].items():
            assert one == before["People"][id_] or one["status"] == "converted", number
        town.faults("hub", Faults())
        town.retry()
        convert(town)
        assert values(crm) == expected, number


def _is_write(body: object) -> bool:
    return isinstance(body, Write) and body.undoes is None
