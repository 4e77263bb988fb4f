"""Lists as inclusion lists: who is in the list is looked at, who leaves it leaves the scope, and nothing is deleted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hubspot_portal import PortalHarness
from leadbridge_hubspot.lists import Members, unpacked
from leadbridge_hubspot.settings import HubSpotSettings
from pydantic import ValidationError

from leadbridge.cli import main
from leadbridge.errors import UsageError
from leadbridge.provider import Page
from leadbridge.records import Ref

PROJECT = """\
mappings: mappings/
connections:
  hs: {{provider: hubspot, token: "${{env:HS_TOKEN}}", host: "{url}", objects: [contacts]{more}}}
  table: {{provider: csv, path: crm/people.csv, key: Id}}
jobs:
  people: {{sync: [hs, table], roles: [lead], unattended: true}}
"""
MAPPINGS = {
    "people.yaml": """\
kind: mapping
provider: csv
object: people.csv
role: lead
key: Id
fields: {email: Mail, last_name: Last}
""",
    "contacts.yaml": """\
kind: mapping
provider: hubspot
object: contacts
role: lead
fields: {email: email, last_name: lastname}
""",
}


@pytest.fixture(params=["2026-09"])
def portal(tmp_path: Path, request: Any) -> Iterator[PortalHarness]:
    harness = PortalHarness(tmp_path, {"objects": ("contacts",), "api_version": request.param})
    yield harness
    harness.close()


def ask(portal: PortalHarness, method: str, path: str, told: Any, what: str = "lists") -> Any:
    signed = {"Authorization": f"Bearer {portal.served.token}"}
    url = f"{portal.served.url}/crm/v3/{what}{path}"
    reply = portal.http.request(method, url, json=told, headers=signed, timeout=60)
    assert reply.ok, reply.text
    return reply.json()


def make_list(portal: PortalHarness, name: str, *members: str, object: str = "0-1") -> str:
    made = ask(portal, "POST", "", {"name": name, "objectTypeId": object, "processingType": "MANUAL"})["list"]["listId"]
    change(portal, made, add=members)
    return str(made)


def change(portal: PortalHarness, list_: str, *, add: Any = (), remove: Any = ()) -> None:
    told = {"recordIdsToAdd": list(add), "recordIdsToRemove": list(remove)}
    ask(portal, "PUT", f"/{list_}/memberships/add-and-remove", told)


def captured(portal: PortalHarness, list_: str, cursor: str | None = None) -> list[Page]:
    return list(portal.connect(lists={"contacts": list_}).capture("contacts", cursor))


def ids(pages: list[Page]) -> list[str]:
    return [record.ref.id for page in pages for record in page.records]


def test_only_members_are_captured_and_only_once(portal: PortalHarness) -> None:
    one, _, three = (portal.create(portal.sample(n)) for n in range(3))
    list_ = make_list(portal, "Newsletter", one, three)
    pages = captured(portal, list_)
    assert ids(pages) == [one, three]
    assert (pages[-1].complete, pages[-1].seen) == (True, 2)
    assert ids(captured(portal, list_, pages[-1].cursor)) == []


def test_changes_of_others_are_not_captured(portal: PortalHarness) -> None:
    one, two = (portal.create(portal.sample(n)) for n in range(2))
    list_ = make_list(portal, "Newsletter", one)
    cursor = captured(portal, list_)[-1].cursor
    for id_ in (one, two):
        portal.edit(id_, {"lastname": "edited"})
    assert ids(captured(portal, list_, cursor)) == [one]


def test_who_joins_is_captured_though_it_did_not_change(portal: PortalHarness) -> None:
    """And again where it left in between, however old its stamp."""
    one, two = (portal.create(portal.sample(n)) for n in range(2))
    list_ = make_list(portal, "Newsletter", one)
    cursor = captured(portal, list_)[-1].cursor
    portal.sandbox.clock.advance(86_400)
    change(portal, list_, add=[two])
    pages = captured(portal, list_, cursor)
    assert ids(pages) == [two]
    change(portal, list_, remove=[two])
    left = captured(portal, list_, pages[-1].cursor)
    assert ids(left) == []
    change(portal, list_, add=[two])
    assert ids(captured(portal, list_, left[-1].cursor)) == [two]


def test_who_joins_and_changes_comes_once(portal: PortalHarness) -> None:
    one = portal.create(portal.sample(1))
    list_ = make_list(portal, "Newsletter")
    cursor = captured(portal, list_)[-1].cursor
    portal.edit(one, {"lastname": "edited"})
    change(portal, list_, add=[one])
    assert ids(captured(portal, list_, cursor)) == [one]


def test_lists_of_more_than_a_page(portal: PortalHarness) -> None:
    made = [str(one) for one in portal.flood("contacts", [{"lastname": f"n{n}"} for n in range(1_200)])]
    list_ = make_list(portal, "All but one", *made[1:])
    pages = captured(portal, list_)
    assert ids(pages) == made[1:]
    change(portal, list_, add=made[:1], remove=made[1:])
    provider = portal.connect(lists={"contacts": list_})
    assert ids(list(provider.capture("contacts", pages[-1].cursor))) == made[:1]
    assert provider.outside("contacts", made[:3]) == set(made[1:3])


def test_a_merge_with_a_record_outside_is_no_delete(portal: PortalHarness) -> None:
    """The survivor is no member; what went into it is told of as merged all the same."""
    one, two = (portal.create(portal.sample(n)) for n in range(2))
    list_ = make_list(portal, "Newsletter", one)
    cursor = captured(portal, list_)[-1].cursor
    portal.merge(one, two)
    pages = captured(portal, list_, cursor)
    assert ids(pages) == []
    assert [(gone.ref.id, gone.merged_into) for page in pages for gone in page.gone] == [(one, two)]


def test_a_list_is_named_by_id_or_name(portal: PortalHarness) -> None:
    list_ = make_list(portal, "News & views/2026")
    for which in (int(list_), list_, "News & views/2026"):
        (contacts,) = portal.connect(lists={"contacts": which}).describe()
        assert contacts.limit == f"members of list {list_}"


@pytest.mark.parametrize("which", [77, "Nobody's"])
def test_a_list_that_is_not_there_is_one_sentence(portal: PortalHarness, which: Any) -> None:
    make_list(portal, "Nobody's", object="0-2")
    with pytest.raises(UsageError, match=r"no list .* of contacts in HubSpot; correct it under `lists`"):
        portal.connect(lists={"contacts": which}).describe()


def test_a_list_of_another_object_is_refused(portal: PortalHarness) -> None:
    companies = make_list(portal, "Firms", object="0-2")
    with pytest.raises(UsageError, match="no list"):
        portal.connect(lists={"contacts": companies}).describe()


@pytest.mark.parametrize(("lists", "said"), [({"owners": 1}, "no lists of owners"), ({"2-77": 1}, "none of `objects`")])
def test_what_can_have_no_list_is_a_fault_of_the_file(lists: Any, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        HubSpotSettings(token="x", lists=lists)


def test_members_are_packed_small() -> None:
    members = Members(range(10_000_000, 10_500_000, 5))
    assert list(unpacked(members.packed())) == list(members)
    assert len(members.packed()) < len(members)
    told = ("10000005", "10000006", "x", "9" * 30)
    assert [one in members for one in told] == [True, False, False, False]
    with pytest.raises(ValueError, match="no packed members"):
        unpacked("AAAA")


# --- from the command line


@pytest.fixture
def project(portal: PortalHarness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HS_TOKEN", portal.served.token)
    (tmp_path / "crm").mkdir()
    (tmp_path / "crm" / "people.csv").write_text("Id,Mail,Last\n")
    (tmp_path / "mappings").mkdir()
    for name, text in MAPPINGS.items():
        (tmp_path / "mappings" / name).write_text(text)
    configure(tmp_path, portal)
    return tmp_path


def configure(project: Path, portal: PortalHarness, more: str = "") -> None:
    (project / "leadbridge.yaml").write_text(PROJECT.format(url=portal.served.url, more=more))


def table(project: Path) -> str:
    return (project / "crm" / "people.csv").read_text()


def outcome(capsys: Any, *words: str) -> tuple[int, Any]:
    capsys.readouterr()
    status = main([*words, "--json"])
    return status, json.loads(capsys.readouterr().out)


def test_who_leaves_the_list_is_left_alone(project: Path, portal: PortalHarness, capsys: Any) -> None:
    """On both sides: nothing is deleted, nothing is carried; back in the list, what was edited meanwhile is."""
    one, two = (portal.create(portal.sample(n)) for n in range(2))
    list_ = make_list(portal, "Newsletter", one, two)
    configure(project, portal, f", lists: {{contacts: {list_}}}")
    assert (main(["plan", "people"]), main(["apply", "--yes"])) == (0, 0)
    assert table(project).count("@example.com") == 2
    change(portal, list_, remove=[one])
    portal.edit(one, {"lastname": "outside"})
    assert main(["sync", "people"]) == 0
    assert "outside" not in table(project)
    assert table(project).count("@example.com") == 2
    edited = table(project).replace("King 0", "in the table").replace("King 1", "too")
    (project / "crm" / "people.csv").write_text(edited)
    assert main(["sync", "people"]) == 0
    read = portal.connect().read([Ref("hs", "contacts", id_) for id_ in (one, two)])
    assert [record.values["lastname"] for record in read if record] == ["outside", "too"]
    change(portal, list_, add=[one])
    assert main(["sync", "people"]) in {0, 1}
    assert "outside" in table(project)
    assert outcome(capsys, "reviews")[1]["reviews"] == []


def test_a_list_that_is_set_later_asks_for_a_rebaseline(project: Path, portal: PortalHarness, capsys: Any) -> None:
    made = [portal.create(portal.sample(n)) for n in range(24)]
    assert (main(["plan", "people"]), main(["apply", "--yes"])) == (0, 0)
    list_ = make_list(portal, "Most", *made[:20])
    configure(project, portal, f", lists: {{contacts: {list_}}}")
    status, told = outcome(capsys, "sync", "people")
    assert (status, [stop["brake"] for stop in told["stops"]]) == (3, ["mapping"])
    assert "connections.hs: contacts changed" in told["stops"][0]["message"]
    assert main(["plan", "people", "--rebaseline"]) == 0
    assert main(["apply", "--yes"]) == 0
    portal.edit(made[0], {"lastname": "inside"})
    portal.edit(made[23], {"lastname": "outside"})
    assert main(["sync", "people"]) == 0
    assert ("inside" in table(project), "outside" in table(project)) == (True, False)
    assert table(project).count("@example.com") == 24
    assert main(["plan", "people", "--rebaseline"]) == 0
    assert main(["apply", "--yes"]) == 0
    assert outcome(capsys, "reviews")[1]["reviews"] == [], "who is outside the list is not gone"


def test_a_list_that_loses_many_stops_the_run(project: Path, portal: PortalHarness, capsys: Any) -> None:
    made = [portal.create(portal.sample(n)) for n in range(24)]
    list_ = make_list(portal, "All", *made)
    configure(project, portal, f", lists: {{contacts: {list_}}}")
    assert (main(["plan", "people"]), main(["apply", "--yes"])) == (0, 0)
    change(portal, list_, remove=made[:12])
    status, told = outcome(capsys, "sync", "people")
    assert (status, [stop["brake"] for stop in told["stops"]]) == (3, ["scope"])
    assert f"no longer shows 12 of 24 linked contacts among the members of list {list_}" in told["stops"][0]["message"]
    assert main(["sync", "people", "--override", "scope"]) == 0
    assert main(["sync", "people"]) == 0


def test_what_leadbridge_makes_outside_the_list_is_made_once(project: Path, portal: PortalHarness, capsys: Any) -> None:
    """It stays as it was made until somebody puts it in the list; that is no loss that would stop a run."""
    inside = portal.create(portal.sample(99))
    list_ = make_list(portal, "Ours", inside)
    rows = "".join(f"{n},n{n}@x.example,N{n}\n" for n in range(30))
    (project / "crm" / "people.csv").write_text(f"Id,Mail,Last\n{rows}")
    configure(project, portal, f", lists: {{contacts: {list_}}}")
    assert (main(["plan", "people"]), main(["apply", "--yes"])) == (0, 0)
    assert main(["sync", "people"]) == 0
    (project / "crm" / "people.csv").write_text(table(project).replace(",N7", ",Edited"))
    assert main(["sync", "people"]) == 0
    names = [record.values["lastname"] for page in portal.connect().capture("contacts") for record in page.records]
    assert (len(names), names.count("N7"), names.count("Edited")) == (31, 1, 0)


def test_who_is_outside_the_list_keeps_its_company_when_that_is_undone(
    project: Path, portal: PortalHarness, capsys: Any
) -> None:
    """Nobody looks at the contact, but the company that a run has made does not go from under it."""
    list_ = make_list(portal, "Some")
    config = project / "leadbridge.yaml"
    more = f", companies], lists: {{contacts: {list_}}}"
    config.write_text(PROJECT.format(url=portal.served.url, more="").replace("[contacts]", "[contacts" + more))
    config.write_text(config.read_text().replace("roles: [lead]", "roles: [account]"))
    (project / "crm" / "people.csv").write_text("Id,Name\n1,Kept\n2,Free\n")
    files = {"people.yaml": ACCOUNTS.format("csv", "people.csv", "Name"), "contacts.yaml": EMPLOYED}
    for name, text in {**files, "companies.yaml": ACCOUNTS.format("hubspot", "companies", "name")}.items():
        (project / "mappings" / name).write_text(text)
    assert (main(["plan", "people"]), main(["apply", "--yes"])) == (0, 0)
    crm = portal.connect(objects=("contacts", "companies"))
    made = {str(r.values["name"]): r.ref.id for page in crm.capture("companies") for r in page.records}
    tie = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}
    told = {"properties": {"lastname": "x"}, "associations": [{"to": {"id": made["Kept"]}, "types": [tie]}]}
    ask(portal, "POST", "/contacts", told, "objects")
    status, undone = outcome(capsys, "undo", "1", "--yes")
    assert status in {0, 1}
    assert [made["Kept"] in json.dumps(one) for one in undone["left"]] == [True]
    assert [str(r.values["name"]) for page in crm.capture("companies") for r in page.records] == ["Kept"]


ACCOUNTS = "kind: mapping\nprovider: {}\nobject: {}\nrole: account\nfields: {{name: {}}}\n"
EMPLOYED = """\
kind: mapping
provider: hubspot
object: contacts
role: contact
fields: {last_name: lastname, organisation: associations.company}
"""
