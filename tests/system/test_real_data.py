"""Real files end to end: a training company's web leads, and a city's site lists.

They are not part of the project. ``LEADBRIDGE_DATA`` names their folder; else ``../shared/data`` beside the checkout.
"""

from __future__ import annotations

import csv
import os
import shutil
from pathlib import Path

import pytest
from projects import read_json

from leadbridge.cli import main

ROOT = Path(__file__).parent.parent.parent
DATA = Path(os.environ.get("LEADBRIDGE_DATA") or ROOT.parent / "shared" / "data")
PROJECTS = Path(__file__).parent / "data"
LEADS, SITES = "leads/x_education_leads.csv", "sites/csv_example_messy_input.csv"


def project(name, file, tmp_path, monkeypatch):
    """A copy of a test project with the real file in its inbox."""
    if not (DATA / file).is_file():
        pytest.skip(f"the real data are not here: no {file} in {DATA}; set LEADBRIDGE_DATA to their folder")
    shutil.copytree(PROJECTS / name, tmp_path / name)
    (tmp_path / name / "inbox").mkdir()
    shutil.copy(DATA / file, tmp_path / name / "inbox")
    monkeypatch.chdir(tmp_path / name)
    return DATA / file


@pytest.fixture
def education(tmp_path, monkeypatch):
    return project("education", LEADS, tmp_path, monkeypatch)


@pytest.fixture
def sites(tmp_path, monkeypatch):
    return project("sites", SITES, tmp_path, monkeypatch)


def rows(file):
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_web_lead_is_read_and_what_cannot_be_read_is_named(education, capsys):
    assert main(["leads", "--json"]) == 1
    document = read_json(capsys)
    assert document["captured"] == len(rows(education))
    unreadable = [row for row in rows(education) if row["Country"] in {"unknown", "Asia/Pacific Region"}]
    assert [reject["code"] for reject in document["rejects"]] == ["unknown_country"] * len(unreadable)


def test_canonical_values_say_what_the_columns_said(education, capsys):
    main(["leads", "--json"])
    by_number = {lead["values"]["lead_number"]: lead["values"] for lead in read_json(capsys)["leads"]}
    for row in rows(education):
        values = by_number[row["Lead Number"]]
        assert values["opted_out_of_email"] is (row["Do Not Email"] == "Yes")
        assert values["visits"] == (int(row["TotalVisits"]) if row["TotalVisits"] else "")
        assert ("product" not in values) == (row["Specialization"] == "Select")
        assert (values.get("country") == "IN") == (row["Country"] == "India")


def test_what_the_score_calls_hot_was_converted_more_often(education, capsys):
    main(["leads", "--json", "--columns", "lead_number,rating"])
    outcome = {row["Lead Number"]: int(row["Converted"]) for row in rows(education)}
    rated = {"hot": [], "warm": [], "cold": []}
    for lead in read_json(capsys)["leads"]:
        rated[lead["values"]["rating"]].append(outcome[lead["values"]["lead_number"]])
    share = {rating: sum(outcomes) / len(outcomes) for rating, outcomes in rated.items()}
    assert share["hot"] > share["warm"] > share["cold"]


def test_no_web_lead_gets_lost_in_the_preview(education, capsys):
    assert main(["plan", "enrol", "--preview", "--json"]) == 1
    document = read_json(capsys)
    counts = document["counts"]
    assert counts["people"] == counts["leads"] == len(rows(education))
    assert counts["selected"] + counts["left_out"] == counts["people"]
    assert counts["preview"]["contact"]["create"] == counts["selected"] > 0
    barred = {f"{row['Lead Number']}" for row in rows(education) if "Yes" in {row["Do Not Email"], row["Do Not Call"]}}
    assert not barred & {conversion["lead"] for conversion in document["conversions"]}


def test_every_site_is_read_by_exactly_one_mapping(sites, capsys):
    assert main(["leads", "--json"]) == 1
    document = read_json(capsys)
    assert document["captured"] == len(rows(sites))
    assert {reject["code"] for reject in document["rejects"]} == {"bad_url", "bad_phone"}
    with_email = {lead["values"]["lead_source"] for lead in document["leads"] if lead["values"].get("email")}
    assert with_email == {"NAEYC_accreditation.csv"}
    assert sum(1 for lead in document["leads"] if str(lead["values"].get("phone", "")).startswith("+1312")) > 3000


def test_sites_of_one_name_become_one_account_and_known_ones_are_found(sites, capsys):
    assert main(["plan", "sites", "--preview", "--json"]) == 1
    document = read_json(capsys)
    counts = document["counts"]
    assert counts["leads"] == len(rows(sites))
    assert counts["duplicates"] == counts["leads"] - counts["people"] > 0
    waiting = {record for review in document["reviews"] for record in review["records"]}
    done = {record["ref"] for conversion in document["conversions"] for record in conversion["records"]}
    out = {record for left in document["left_out"] for record in left["records"]}
    assert done and waiting and not done & waiting and not done & out
    assert counts["preview"]["account"]["create"] < counts["selected"]


def test_lint_has_nothing_to_mend(education, capsys):
    assert main(["mappings", "lint"]) == 0
    assert "nothing to mend" in capsys.readouterr().err
