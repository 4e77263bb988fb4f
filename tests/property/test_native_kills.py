"""Promises 6 and 11 where a CRM converts by itself: killed at any step, refused anywhere, a lead is converted once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from offices import (
    ADA,
    BOB,
    NATIVELY,
    Plug,
    contact,
    convert,
    everything,
    killed_at,
    lead,
    native_office,
    plugged,
    remembered,
    values,
)
from town import Town

from leadbridge.memory import MemoryCrm
from leadbridge.testing.faults import Fault, Faults, Killed, at

STRIDE = 3
"""Steps come in pairs, before and after a transaction: an odd stride meets both. 1 takes every step, and its time."""

LATE = replace(NATIVELY, carries={})
"""A CRM that leaves activities behind: they follow, as rows of their own."""


def build(folder: Path) -> tuple[Town, MemoryCrm]:
    """Two leads of a new company, one with an activity; one whose contact is there; twins of one person."""
    folder.mkdir(parents=True, exist_ok=True)
    town = native_office(folder)
    crm = town.crm("crm")
    crm.conversion = LATE
    ada = lead(crm, **ADA)
    lead(crm, **BOB)
    contact(crm, last_name="Noel", email="dee@x.example")
    lead(crm, **{**ADA, "first_name": "Dee", "email": "dee@x.example", "phone": "+14155550104", "company": "Other"})
    twin = {**ADA, "first_name": "Eva", "email": "eva@x.example", "phone": "+14155550105", "company": "Third"}
    lead(crm, **twin)
    lead(crm, **{**twin, "phone": ""})
    crm.create("Activitys", {"subject": "rang", "person": ada, "organisation": ""})
    return town, crm


def whole(crm: MemoryCrm) -> None:
    """Each lead is converted, with one contact at an account that is there, or as it was."""
    records = everything(crm)
    for id_, one in records["Leads"].items():
        entry = crm.entry("Leads", id_)
        assert (one["status"] == "converted") == bool(entry.became)
        if entry.became:
            made = records["Contacts"][entry.became["contact"][1]]
            assert made["organisation"] in records["Accounts"]
    contacts = [one["email"] for one in records["Contacts"].values()]
    assert len(set(contacts)) == len(contacts)
    accounts = [one["name"] for one in records["Accounts"].values()]
    assert len(set(accounts)) == len(accounts)


@pytest.fixture(scope="module")
def unkilled(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, list[object]], tuple[object, ...], int]:
    """What the CRM holds, what is remembered, and how many steps it took."""
    town, crm = build(tmp_path_factory.mktemp("whole"))
    plug, patch = Plug(), pytest.MonkeyPatch()
    with plugged(plug, patch.setattr):
        assert convert(town).rejects == 0
    patch.undo()
    whole(crm)
    assert all(crm.entry("Leads", id_).became for id_ in crm.records("Leads"))
    return values(crm), remembered(town), plug.steps


@pytest.mark.parametrize("offset", range(STRIDE))
def test_killed_at_every_step_and_run_again_ends_as_if_nothing_had_happened(
    tmp_path: Path, unkilled: tuple[dict[str, list[object]], tuple[object, ...], int], offset: int
) -> None:
    expected, known, steps = unkilled
    assert steps > 20
    for step in range(1 + offset, steps + 1, STRIDE * STRIDE):
        town, crm = build(tmp_path / str(step))
        assert killed_at(town, step)
        convert(town)
        assert values(crm) == expected, step
        assert remembered(town) == known, step
        again = convert(town)
        assert (again.counts["done"], again.counts["settled"]) == (0, 0), step


@pytest.mark.parametrize("fault", ["kill_before", "kill_midway", "kill_after"])
@pytest.mark.parametrize("method", ["convert", "write", "read"])
def test_killed_at_every_call(
    tmp_path: Path,
    unkilled: tuple[dict[str, list[object]], tuple[object, ...], int],
    method: str,
    fault: Fault,
) -> None:
    expected, known, _ = unkilled
    for call in range(1, 9):
        town, crm = build(tmp_path / str(call))
        town.faults("crm", Faults(script=at({(method, call): fault})))
        try:
            convert(town)
        except Killed:
            town.faults("crm", Faults())
            convert(town)
        assert values(crm) == expected, call
        assert remembered(town) == known, call


def test_any_lead_and_any_row_may_be_refused(tmp_path: Path) -> None:
    """The refused lead is as it was; a row that follows a conversion does not touch it. Then all are converted."""
    for number in range(5):
        town, crm = build(tmp_path / str(number))
        before = crm.records("Leads")
        kept = list(before)[number]
        town.faults("crm", Faults(keeps_back=lambda request, id_=kept: request.lead.id == id_))
        outcome = convert(town)
        assert outcome.codes["validation"] == 1
        whole(crm)
        assert crm.records("Leads")[kept] == before[kept]
        town.faults("crm", Faults())
        convert(town)
        whole(crm)
        assert all(crm.entry("Leads", id_).became for id_ in crm.records("Leads"))
        assert convert(town).counts["done"] == 0
    town, crm = build(tmp_path / "rows")
    town.faults("crm", Faults(refuses=lambda action: True))
    outcome = convert(town)
    assert set(outcome.codes) == {"converted_deviating"}
    assert all(crm.entry("Leads", id_).became for id_ in crm.records("Leads"))
