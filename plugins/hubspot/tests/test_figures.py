"""What captures cost in calls, counted by the stand-in of a portal."""

from __future__ import annotations

import math
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hubspot_portal import PortalHarness
from leadbridge_hubspot.sandbox.objects import CONTACTS
from leadbridge_hubspot.sandbox.properties import Property

from leadbridge.cli import main
from leadbridge.starters import starter_folder

PROJECT = """\
mappings: mappings/
connections:
  hs: {{provider: hubspot, token: "${{env:HS_TOKEN}}", host: "{url}", objects: [contacts, companies]}}
  table: {{provider: csv, path: crm/people.csv, key: Id}}
jobs:
  people: {{sync: [hs, table], roles: [lead], direction: one_way, unattended: true, brakes: {{update: 99999}}}}
"""
TABLE = """\
kind: mapping
provider: csv
object: people.csv
role: lead
key: Id
fields: {email: Mail, last_name: Last, title: Title}
"""
FIXED = ("/properties/", "/property-validations/", "/account-info/")
"""What a run is told of the account, however much it reads or writes."""
CHANGED = int(os.environ.get("LEADBRIDGE_CONTACTS", "1990"))
MAPPED = {"contacts": frozenset({"email", "lastname", "lifecyclestage", "associations.company"})}


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Searches are five a second by the client's own count; here all that counts is how many there are."""
    monkeypatch.setattr("time.sleep", lambda seconds: None)


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[PortalHarness]:
    harness = PortalHarness(tmp_path, {"objects": ("contacts",)}, search_per_second=1_000, association_burst=100_000)
    yield harness
    harness.close()


def people(number: int) -> list[dict[str, str]]:
    return [{"email": f"p{n}@example.com", "lastname": f"P{n}", "lifecyclestage": "lead"} for n in range(number)]


def searches(asked: list[tuple[str, str]]) -> int:
    return sum(path.endswith("/search") for _, path in asked)


def crowd_properties(portal: PortalHarness) -> None:
    """As many as a portal of some years has: their names do not fit into one search."""
    for n in range(300):
        made = Property(f"a_property_of_some_campaign_{n}", f"Campaign {n}", custom=True)
        portal.sandbox.portal.set_property(CONTACTS, made)


def test_25_000_contacts_of_one_stamp_are_captured_once_each(portal: PortalHarness) -> None:
    """By 126 searches, none of which the portal, which ends at 10,000 results, refuses."""
    crm = portal.connect()
    cursor = list(crm.capture("contacts"))[-1].cursor
    ids = portal.flood("contacts", people(25_000))
    portal.asked()
    found = [record.ref.id for page in crm.capture("contacts", cursor) for record in page.records]
    assert found == [str(one) for one in ids]
    assert searches(portal.asked()) == 126


@pytest.mark.parametrize("crowded", [False, True])
def test_10_000_changed_contacts_cost_what_their_pages_cost(portal: PortalHarness, crowded: bool) -> None:
    """Pages of 200, associations by 1,000 and the bin; however many properties there are that nobody maps."""
    if crowded:
        crowd_properties(portal)
    crm = portal.connect()
    crm.describe()
    crm.wants(MAPPED)
    cursor = list(crm.capture("contacts"))[-1].cursor
    portal.flood("contacts", people(10_000))
    portal.asked()
    assert sum(len(page.records) for page in crm.capture("contacts", cursor)) == 10_000
    assert len(portal.asked()) <= 1.05 * (10_000 / 200 + 10_000 / 1_000 + 1)


def test_a_sync_keeps_to_the_floor_of_calls(
    portal: PortalHarness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """From the command line, in a portal of 300 properties more than are mapped: ten searches, and the bin.

    LEADBRIDGE_CONTACTS=10000 asks the issue's own number of it, in two minutes: 51 searches.
    """
    crowd_properties(portal)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HS_TOKEN", portal.served.token)
    (tmp_path / "leadbridge.yaml").write_text(PROJECT.format(url=portal.served.url))
    (tmp_path / "crm").mkdir()
    (tmp_path / "crm" / "people.csv").write_text("Id,Mail,Last,Title\n")
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings" / "people.yaml").write_text(TABLE)
    shutil.copy(starter_folder() / "hubspot.contacts.leads.yaml", tmp_path / "mappings")
    portal.flood("contacts", people(CHANGED))
    assert (main(["plan", "people"]), main(["apply", "--yes"])) == (0, 0)
    portal.move_all("contacts", "jobtitle", "Buyer")
    portal.asked()
    assert main(["sync", "people"]) == 0, capsys.readouterr().out
    asked = portal.asked()
    fixed = sum(part in path for _, path in asked for part in FIXED)
    assert len(asked) - fixed <= 1.05 * (math.ceil(CHANGED / 200) + 1)
    assert (tmp_path / "crm" / "people.csv").read_text().count("Buyer") == CHANGED
