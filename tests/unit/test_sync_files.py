"""Keyed CSV tables and inboxes: deleted, re-keyed and re-sorted rows, files that fail, and memory that stays flat."""

from __future__ import annotations

import csv
from pathlib import Path
from unittest.mock import patch

import pytest
from leadbridge_csv.provider import CsvProvider
from sync_world import nobody

from leadbridge.errors import ConnectionFailedError
from leadbridge.jobs.sync import api
from leadbridge.jobs.sync.model import PlanOutcome, RunOutcome
from leadbridge.jobs.workspace import load_workspace
from leadbridge.state import links, reviews
from leadbridge.testing.faults import Killed

CONFIG = """\
connections:
  crm: {provider: csv, path: crm/, key: id}
  shop: {provider: csv, path: shop/, key: no}
jobs:
  people: {sync: [crm, shop], first: prefer, brakes: {delete: 100%, update: 100%, create: 100%}}
"""
CRM = """\
kind: mapping
provider: csv
object: leads.csv
role: lead
fields: {email: mail, last_name: name, city: city}
"""
SHOP = """\
kind: mapping
provider: csv
object: people.csv
role: lead
fields: {email: E-Mail, last_name: Name, city: Town}
"""


class Folders:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("leadbridge.yaml", CONFIG)
        self.write("mappings/crm.yaml", CRM)
        self.write("mappings/shop.yaml", SHOP)
        self.write("crm/leads.csv", "id,mail,name,city,note\n1,ada@x.example,King,Rome,a\n2,bob@x.example,Day,Bern,b\n")
        self.write("shop/people.csv", "no,E-Mail,Name,Town\n")

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def edit(self, name: str, old: str, new: str) -> None:
        text = (self.folder / name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new))

    def table(self, name: str) -> list[dict[str, str]]:
        with (self.folder / name).open(encoding="utf-8", newline="") as lines:
            return list(csv.DictReader(lines))

    def towns(self) -> dict[str, str]:
        return {row["E-Mail"]: row["Town"] for row in self.table("shop/people.csv")}

    def sync(self) -> RunOutcome:
        workspace = load_workspace(self.folder)
        with api.open_state(workspace) as store:
            return api.sync(workspace, store, "people", lambda _: True, (), nobody)

    def plan(self) -> PlanOutcome:
        workspace = load_workspace(self.folder)
        with api.open_state(workspace) as store:
            return api.make_plan(workspace, store, "people", nobody)

    def asked(self) -> list[str]:
        workspace = load_workspace(self.folder)
        with api.open_state(workspace) as store, store.read() as snapshot:
            return [row.kind for row in reviews.page(snapshot)]

    def answer(self, number: int, said: str) -> str:
        workspace = load_workspace(self.folder)
        with api.open_state(workspace) as store:
            return api.answer_review(workspace, store, number, said)


QUIET = {"settled": 0, "stale": 0, "done": 0, "rejected": 0, "uncertain": 0, "left": 0}


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    made = Folders(tmp_path)
    assert made.sync().counts["done"] == 2
    return made


def test_a_first_import_and_a_second_run(folders: Folders) -> None:
    assert folders.towns() == {"ada@x.example": "Rome", "bob@x.example": "Bern"}
    assert folders.sync().counts == QUIET


def test_rows_in_another_order_are_no_change(folders: Folders) -> None:
    folders.write("crm/leads.csv", "id,mail,name,city,note\n2,bob@x.example,Day,Bern,b\n1,ada@x.example,King,Rome,a\n")
    assert folders.sync().counts == QUIET


def test_a_row_deleted_is_asked_about(folders: Folders) -> None:
    folders.edit("crm/leads.csv", "2,bob@x.example,Day,Bern,b\n", "")
    assert folders.sync().questions == 1
    assert folders.asked() == ["delete"]
    assert len(folders.towns()) == 2
    folders.answer(1, "delete")
    folders.sync()
    assert folders.towns() == {"ada@x.example": "Rome"}
    assert folders.sync().counts == QUIET


def test_a_row_that_is_there_again_clears_the_question(folders: Folders) -> None:
    folders.edit("crm/leads.csv", "2,bob@x.example,Day,Bern,b\n", "")
    folders.sync()
    folders.edit("crm/leads.csv", "1,ada", "2,bob@x.example,Day,Bern,b\n1,ada")
    folders.sync()
    assert (folders.asked(), len(folders.towns())) == ([], 2)


def test_a_key_that_was_edited_is_followed(folders: Folders) -> None:
    folders.edit("crm/leads.csv", "2,bob@x.example", "20,bob@x.example")
    assert folders.sync().questions == 0
    folders.edit("crm/leads.csv", "Day,Bern", "Day,Ulm")
    folders.sync()
    assert (folders.asked(), folders.towns()["bob@x.example"], len(folders.towns())) == ([], "Ulm", 2)
    assert [row["id"] for row in folders.table("crm/leads.csv")] == ["1", "20"]


def test_a_key_edited_a_row_deleted_and_the_rest_sorted_anew(folders: Folders) -> None:
    folders.write("crm/leads.csv", "id,mail,name,city,note\n20,bob@x.example,Day,Bern,b\n")
    folders.sync()
    assert folders.asked() == ["delete"]
    assert len(folders.table("crm/leads.csv")) == 1


def test_keys_that_nobody_can_follow_are_asked_about(folders: Folders) -> None:
    rows = "3,twin@x.example,Fox,Ulm,c\n4,twin@x.example,Fox,Ulm,d\n"
    folders.edit("crm/leads.csv", "2,bob", f"{rows}2,bob")
    folders.sync()
    folders.edit("crm/leads.csv", "3,twin@x.example,Fox,Ulm,c", "33,twin@x.example,Fox,Ulm,c")
    folders.edit("crm/leads.csv", "4,twin@x.example,Fox,Ulm,d", "44,twin@x.example,Fox,Ulm,d")
    folders.sync()
    assert len(folders.table("crm/leads.csv")) == 4
    assert [row["E-Mail"] for row in folders.table("shop/people.csv")].count("twin@x.example") == 1


def test_a_file_that_cannot_be_written_fails_the_run_and_is_written_by_the_next(folders: Folders) -> None:
    folders.edit("crm/leads.csv", "King,Rome", "King,Ulm")
    error = ConnectionFailedError("shop", "the disk is full")
    with patch.object(CsvProvider, "commit", side_effect=error):
        outcome = folders.sync()
    assert (outcome.state, list(outcome.failed)) == ("failed", ["shop"])
    assert folders.towns()["ada@x.example"] == "Rome"
    folders.sync()
    assert folders.towns()["ada@x.example"] == "Ulm"
    assert folders.sync().counts == QUIET


@pytest.mark.parametrize("after", [False, True])
def test_a_run_that_dies_at_the_commit_is_resumed(folders: Folders, after: bool) -> None:
    folders.edit("crm/leads.csv", "King,Rome", "King,Ulm")
    folders.edit("crm/leads.csv", "2,bob", "3,cy@x.example,Fox,Rom,c\n2,bob")
    commit = CsvProvider.commit

    def dying(provider: CsvProvider) -> None:
        if after:
            commit(provider)
        raise Killed

    with patch.object(CsvProvider, "commit", dying), pytest.raises(Killed):
        folders.sync()
    outcome = folders.sync()
    assert len(outcome.resumed) == 1
    assert folders.towns() == {"ada@x.example": "Ulm", "bob@x.example": "Bern", "cy@x.example": "Rom"}
    assert len(folders.table("shop/people.csv")) == 3
    assert folders.sync().counts == QUIET


def test_every_record_is_linked_once(folders: Folders) -> None:
    workspace = load_workspace(folders.folder)
    with api.open_state(workspace) as store, store.read() as snapshot:
        assert links.counts(snapshot) == {("crm", "leads.csv", "live"): 2, ("shop", "people.csv", "live"): 2}
