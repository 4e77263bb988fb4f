"""The newest value counts where CRMs say when each field was set; told as it happens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from streets import HS, SF, only, only_id, two_crms
from town import Town, describe

from leadbridge.errors import FileFaults
from leadbridge.jobs.linting import lint_jobs
from leadbridge.memory import MemoryCrm

ADA = {"Email": "ada@x.example", "LastName": "King", "Phone": "(415) 555-0100", "City": "Rome", "OptedOut": False}
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def known(folder: Path) -> tuple[Town, MemoryCrm, MemoryCrm]:
    town, sf, hs = two_crms(folder, "sync: [sf, hs], first: prefer, fields: {phone: newest}")
    town.map("sf", SF)
    town.map("hs", HS)
    sf.create("Lead", ADA)
    town.sync()
    return town, sf, hs


def edit_at(crm: MemoryCrm, object: str, minute: int, field: str, value: str) -> None:
    crm.clock = lambda: NOON + timedelta(minutes=minute)
    crm.edit(object, only_id(crm, object), {field: value})


@pytest.mark.parametrize("sf_first", [True, False])
def test_the_later_edit_counts_whichever_connection_is_preferred(tmp_path: Path, sf_first: bool) -> None:
    town, sf, hs = known(tmp_path)
    edit_at(sf, "Lead", 1 if sf_first else 5, "Phone", "+1 415 555 0111")
    edit_at(hs, "contacts", 3, "phone", "+1 415 555 0122")
    # Another field that was set later says nothing of the phone.
    edit_at(sf, "Lead", 9, "LastName", "King-Noel")
    town.sync()

    phone = "+14155550122" if sf_first else "+14155550111"
    assert {only(sf, "Lead")["Phone"].replace(" ", ""), only(hs, "contacts")["phone"].replace(" ", "")} == {phone}
    assert only(hs, "contacts")["lastname"] == "King-Noel"
    (conflict,) = town.conflicts()
    assert len(conflict.losers) == 1
    assert conflict.winner.stamp == NOON + timedelta(minutes=3 if sf_first else 5)
    assert town.plan().rows == 0


def test_a_late_edit_that_arrives_late_still_counts(tmp_path: Path) -> None:
    town, sf, hs = known(tmp_path)
    edit_at(hs, "contacts", 7, "phone", "+1 415 555 0122")
    planned = town.plan()
    edit_at(sf, "Lead", 2, "Phone", "+1 415 555 0111")
    town.apply(planned.plan)
    town.sync()
    assert only(sf, "Lead")["Phone"].replace(" ", "") == "+14155550122"
    assert town.plan().rows == 0


def test_it_is_refused_where_a_connection_has_no_stamps(tmp_path: Path) -> None:
    town = Town(tmp_path, "people: {sync: [file, hs], fields: {phone: newest, default: {prefer: [hs, file]}}}")
    town.connections["file"] = "{provider: csv, path: files/, key: id}"
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "people.csv").write_text("id,mail,tel\n")
    town.map(
        "file", "provider: csv\nconnection: file\nobject: people.csv\nrole: lead\nfields: {email: mail, phone: tel}\n"
    )
    town.map(
        "hs", "provider: stage\nconnection: hs\nobject: contacts\nrole: lead\nfields: {email: email, phone: tel}\n"
    )
    town.crm("hs", describe("contacts", "email tel"))
    with town.opened() as (workspace, _):
        (finding,) = [one for one in lint_jobs(workspace) if one.code == "no_stamps"]
    assert (finding.level, finding.fault.path) == ("error", "jobs.people.fields.phone")
    assert "file does not say when a field was set" in finding.fault.message
    with pytest.raises(FileFaults, match="newest"):
        town.sync()
