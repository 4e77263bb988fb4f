"""Capture: each change once, however many there are, and what went, with where it went."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hubspot_replies import DEAL_STAGES, Portal, prop, served
from leadbridge_hubspot import pace
from leadbridge_hubspot.provider import HubSpotProvider
from leadbridge_hubspot.settings import HubSpotSettings

from leadbridge.errors import QuotaError, UsageError
from leadbridge.provider import Gone, Page, Site
from leadbridge.records import Ref
from leadbridge.values import MISSING


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace.time, "sleep", lambda seconds: None)


@pytest.fixture
def portal() -> Iterator[Portal]:
    portal = Portal()
    with served(portal):
        yield portal


def connect(**settings: Any) -> HubSpotProvider:
    return HubSpotProvider(Site("hs", Path("/nowhere")), HubSpotSettings(**({"token": "secret"} | settings)))


def captured(object: str, cursor: str | None = None, **settings: Any) -> list[Page]:
    return list(connect(**settings).capture(object, cursor))


def ids(pages: list[Page]) -> list[str]:
    return [record.ref.id for page in pages for record in page.records]


def gone(pages: list[Page]) -> list[Gone]:
    return [one for page in pages for one in page.gone]


def paths(portal: Portal, end: str) -> list[Any]:
    return [body for _, path, body in portal.calls if path.endswith(end)]


def test_25_000_contacts_of_one_stamp_come_once_each(portal: Portal) -> None:
    """Never by ``after``: HubSpot gives no more than 10,000 results of a query."""
    cursor = captured("contacts")[-1].cursor
    for _ in range(25_000):
        portal.add("0-1", lastname="Ada")
    for row in portal.records["0-1"].values():
        row["properties"]["lastmodifieddate"] = "2026-11-02T00:00:00.000Z"
    rows = [{**row} for row in portal.there("0-1")]
    portal.hooks.append(lambda _, path, body: _searched(rows, body) if path.endswith("/search") else None)
    portal.calls.clear()
    pages = captured("contacts", cursor)
    found = ids(pages)
    assert len(found) == 25_000 == len(set(found))
    searches = paths(portal, "/search")
    assert len(searches) == 126
    assert not any("after" in body for body in searches)


def _searched(rows: list[dict[str, Any]], body: Any) -> tuple[int, Any]:
    """The same, without looking at all of them: ids are numbers in a row."""
    after = int(next(f["value"] for f in body["filterGroups"][0]["filters"] if f["operator"] == "GT"))
    start = max(0, after - int(rows[0]["id"]) + 1)
    return 200, {"results": rows[start : start + body["limit"]]}


def test_a_capture_that_was_killed_goes_on_behind_its_last_page(portal: Portal) -> None:
    cursor = captured("contacts")[-1].cursor
    added = [portal.add("0-1", lastname="Ada") for _ in range(1_200)]
    first = next(iter(connect().capture("contacts", cursor)))
    assert [record.ref.id for record in first.records] == added[:1000]
    portal.edit("0-1", added[0], {"lastname": "edited meanwhile"})
    rest = captured("contacts", first.cursor)
    assert ids(rest) == added[1000:]
    assert ids(captured("contacts", rest[-1].cursor)) == added[:1]


def test_what_the_index_shows_late_is_found(portal: Portal) -> None:
    """Its stamp is older than the last capture's beginning."""
    late = portal.add("0-1", lastname="late")
    cursor = captured("contacts")[-1].cursor
    portal.records["0-1"][late]["properties"]["lastname"] = "as the index shows it only now"
    assert ids(captured("contacts", cursor)) == [late]


def test_the_list_is_read_by_hundreds_and_associations_by_thousands(portal: Portal) -> None:
    company = portal.add("0-2", name="Acme")
    people = [portal.add("0-1", lastname="Ada") for _ in range(1_050)]
    portal.link(("0-1", "0-2"), people[7], company, 1, 279)
    pages = captured("contacts")
    assert ids(pages) == people
    assert [len(page.records) for page in pages] == [1000, 50]
    assert pages[0].records[7].values["associations.company"] == company
    assert pages[0].records[8].values["associations.company"] is None
    assert len(paths(portal, "/objects/0-1")) == 11
    assert len(paths(portal, "/0-2/batch/read")) == 2


def test_an_old_state_in_the_index_is_no_edit(portal: Portal) -> None:
    """What was carried, and written by us since, is shown once more as it was; a new association makes it no change."""
    person = portal.add("0-1", lastname="as it was")
    first = captured("contacts")[-1].cursor
    old = {**portal.records["0-1"][person], "properties": dict(portal.records["0-1"][person]["properties"])}
    names = [one["name"] for one in portal.properties["0-1"]]
    old["properties"] = {name: old["properties"].get(name) for name in names}
    portal.edit("0-1", person, {"lastname": "written"})
    portal.link(("0-1", "0-2"), person, "7", 1, 279)
    portal.hooks.append(lambda _, path, body: (200, {"results": [old]}) if path.endswith("/search") else None)
    pages = captured("contacts", first)
    assert ids(pages) == []
    portal.hooks.clear()
    assert ids(captured("contacts", pages[-1].cursor)) == [person]


def test_the_primary_company_is_shown_else_the_oldest(portal: Portal) -> None:
    person = portal.add("0-1", lastname="Ada")
    for company, types in (("30", (279,)), ("200", (1, 279)), ("4", (279,))):
        portal.link(("0-1", "0-2"), person, company, *types)
    (record,) = captured("contacts")[0].records
    assert record.values["associations.company"] == "200"
    del portal.links["0-1", "0-2"][person, "200"]
    (record,) = captured("contacts")[0].records
    assert record.values["associations.company"] == "4"


def test_associations_that_may_not_be_seen_are_missing(portal: Portal) -> None:
    portal.add("0-1", lastname="Ada")
    portal.hooks.append(lambda _, path, body: (403, {"category": "MISSING_SCOPES"}) if "/0-2/" in path else None)
    (record,) = captured("contacts")[0].records
    assert record.values.get("associations.company", MISSING) is MISSING


def test_a_portal_with_hundreds_of_properties_is_read_by_posts(portal: Portal) -> None:
    """Neither an address nor a search takes their names: records are found by id and read in batches."""
    portal.properties["0-1"] += [prop(f"a_property_with_quite_a_long_name_{n}") for n in range(400)]
    one = portal.add("0-1", lastname="Ada", a_property_with_quite_a_long_name_399="x")
    for cursor in (None, captured("contacts")[-1].cursor):
        if cursor is not None:
            portal.edit("0-1", one, {"a_property_with_quite_a_long_name_399": "y"})
        (record,) = captured("contacts", cursor)[0].records
        assert record.values["a_property_with_quite_a_long_name_399"] == ("x" if cursor is None else "y")
    assert all(len(str(body)) < 3_000 for body in paths(portal, "/search"))


def test_a_merge_that_makes_a_new_record_names_it_for_both(portal: Portal) -> None:
    """And not a second time as deleted, nor again when the survivor changes."""
    primary, other = portal.add("0-1", lastname="a"), portal.add("0-1", lastname="b")
    cursor = captured("contacts")[-1].cursor
    portal.archive("0-1", other)
    del portal.records["0-1"][primary]
    new = portal.add("0-1", lastname="a", hs_merged_object_ids=f"{primary};{other}")
    pages = captured("contacts", cursor)
    assert ids(pages) == [new]
    assert gone(pages) == [Gone(Ref("hs", "contacts", one), "tombstone", new) for one in (primary, other)]
    portal.edit("0-1", new, {"lastname": "c"})
    again = captured("contacts", pages[-1].cursor)
    assert (ids(again), [one for one in gone(again) if one.merged_into]) == ([new], [])


def test_each_object_has_its_own_stamp(portal: Portal) -> None:
    cursor = captured("companies")[-1].cursor
    one = portal.add("0-2", name="Acme")
    assert ids(captured("companies", cursor)) == [one]
    (search,) = paths(portal, "/search")
    assert search["filterGroups"][0]["filters"][0]["propertyName"] == "hs_lastmodifieddate"


def owner(id: str, at: str, *, archived: bool = False) -> dict[str, Any]:
    return {
        "id": id,
        "email": f"o{id}@example.com",
        "userId": None if archived else 7,
        "updatedAt": at,
        "archived": archived,
    }


def test_owners_are_captured_too(portal: Portal) -> None:
    portal.owners = [owner("1", "2026-10-01T00:00:00Z"), owner("2", "2026-10-01T00:00:00Z")]
    pages = captured("owners")
    assert ids(pages) == ["1", "2"]
    assert pages[0].records[0].values["email"] == "o1@example.com"
    assert pages[-1].complete
    portal.owners = [owner("1", "2026-11-02T00:00:00Z"), owner("2", "2026-11-02T00:00:00Z", archived=True)]
    again = captured("owners", pages[-1].cursor)
    assert (ids(again), [one.ref.id for one in gone(again)]) == (["1"], ["2"])
    assert connect().read([Ref("hs", "owners", "1")])[0] is not None


@pytest.mark.parametrize(
    ("status", "category"), [(403, "MISSING_SCOPES"), (404, "OBJECT_NOT_FOUND"), (400, "VALIDATION_ERROR")]
)
def test_an_object_that_cannot_be_seen_is_left_out(portal: Portal, status: int, category: str) -> None:
    """The token may not see it, or the account has no such thing."""
    portal.hooks.append(lambda _, path, body: (status, {"category": category}) if "0-136" in path else None)
    assert [one.name for one in connect().describe()] == ["contacts", "companies", "deals", "owners"]


def test_a_scope_that_is_needed_is_named(portal: Portal) -> None:
    """For contacts, without which nothing is of use, and for whatever the connection names."""
    lacking = {"category": "MISSING_SCOPES", "context": {"requiredGranularScopes": ["crm.schemas.x.read"]}}
    portal.hooks.append(lambda _, path, body: (403, lacking) if "properties/0-136" in path else None)
    with pytest.raises(QuotaError, match=r"lacks the scope crm\.schemas\.x\.read"):
        connect(objects=("contacts", "leads")).describe()
    portal.hooks[:] = [lambda _, path, body: (403, lacking) if "properties/0-1" in path else None]
    with pytest.raises(QuotaError, match=r"lacks the scope crm\.schemas\.x\.read"):
        connect().describe()


def test_properties_are_described(portal: Portal) -> None:
    contacts, deals = connect(objects=("contacts", "deals")).describe()
    fields = {field.name: field for field in contacts.fields}
    assert fields["interests"].options == ("tea", "milk", "sugar")
    assert (fields["lastmodifieddate"].writable, fields["lastname"].writable) == (False, True)
    assert fields["lastname"].length == 65_536
    stage = deals.field("dealstage")
    assert stage is not None
    assert stage.options == DEAL_STAGES  # as the pipelines have them now


def test_unknown_objects_and_cursors_are_one_sentence(portal: Portal) -> None:
    with pytest.raises(UsageError, match="no object 'tickets'; its `objects` are"):
        captured("tickets")
    with pytest.raises(UsageError, match="cannot be read; capture it anew"):
        captured("contacts", "nonsense")
