"""The sandbox's records: ids, tables, and what goes wrong together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from leadbridge_salesforce.sandbox import ids
from leadbridge_salesforce.sandbox.schema import FieldSchema, key_field, standard_org
from leadbridge_salesforce.sandbox.store import Row, Store

ORG = standard_org()


@pytest.fixture
def store() -> Store:
    return Store(ORG)


def lead(store: Store, **values: str | int | float | None) -> Row:
    schema = store.schema.by_name["lead"]
    blank = {f.name: None for f in schema.fields if f.stored}
    return {**blank, "Id": store.new_id("Lead"), "IsDeleted": 0, **values}


@pytest.mark.parametrize(
    ("short", "long"), [("001A0000006Vm9u", "001A0000006Vm9uIAC"), ("005300000000000", "005300000000000AAA")]
)
def test_ids_end_in_the_known_check(short: str, long: str) -> None:
    assert ids.lengthened(short) == long
    assert ids.normal(short) == ids.normal(long) == ids.normal(long[:15] + long[15:].lower()) == long


@pytest.mark.parametrize(
    "wrong", ["", "001A", "001A0000006Vm9uIAD", "001A0000006Vm9 IAC", "001A0000006Vm9uIACX", "ä" * 15]
)
def test_what_is_no_id(wrong: str) -> None:
    assert ids.normal(wrong) is None


@given(st.integers(0, 62**9 - 1), st.integers(0, 62**9 - 1))
def test_ids_are_apart_also_where_case_is_lost(one: int, other: int) -> None:
    first, second = ids.made("00Q", one), ids.made("00Q", other)
    assert (first.lower() == second.lower()) == (one == other)
    assert len(first) == 18
    assert (first < second) == (one < other)
    assert ids.number(first) == one


def test_every_field_of_every_object_is_a_column(store: Store) -> None:
    for o in ORG.objects:
        assert {c.name for c in store.table(o.name).c} == {f.name for f in o.fields if f.stored}


def test_prefixes_and_names_are_unique() -> None:
    assert len(ORG.by_prefix) == len(ORG.by_name) == len(ORG.objects)
    for o in ORG.objects:
        assert len(o.by_name) == len(o.fields), o.name
        for f in o.fields:
            assert [name for name in f.reference_to if ORG.object(name) is None] == []


def test_children_are_found_by_the_name_of_the_relationship() -> None:
    contacts = ORG.child("account", "contacts")
    assert contacts is not None
    assert (contacts.child, contacts.field, contacts.cascade) == ("Contact", "AccountId", True)
    assert ORG.child("Account", "Leads") is None


def test_what_is_required_to_create() -> None:
    required = {o.name: {f.name for f in o.fields if f.required} for o in ORG.objects}
    assert required["Lead"] == {"LastName", "Company"}
    assert required["Contact"] == {"LastName"}
    assert required["Account"] == {"Name"}
    assert required["Opportunity"] == {"Name", "StageName", "CloseDate"}


def test_text_is_compared_without_case_and_keys_with_it(store: Store) -> None:
    row = lead(store, LastName="Byron", LeadBridge_Key__c="aB")
    store.insert("Lead", [row])
    assert store.where("Lead", {"LastName": "BYRON"}) == [row]
    assert store.where("Lead", {"LeadBridge_Key__c": "AB"}) == []


def test_a_part_fails_alone(store: Store) -> None:
    kept, undone = lead(store, LastName="Kept"), lead(store, LastName="Undone")
    with store.transaction():
        store.insert("Lead", [kept])
        with pytest.raises(ZeroDivisionError), store.transaction():
            store.insert("Lead", [undone])
            raise ZeroDivisionError
    assert store.read("Lead", [str(kept["Id"]), str(undone["Id"])]) == {kept["Id"]: kept}


def test_deleted_records_are_asked_for(store: Store) -> None:
    row = lead(store, LastName="Gone", IsDeleted=1)
    store.insert("Lead", [row])
    assert store.where("Lead", {"LastName": "Gone"}) == []
    assert store.where("Lead", {"LastName": "Gone"}, deleted=True) == [row]


def test_a_field_comes_and_goes() -> None:
    store = Store(standard_org(keyed=False))
    store.insert("Lead", [lead(store, LastName="Byron")])
    store.add_field("Lead", key_field())
    store.add_field("Lead", FieldSchema("Hot__c", "Hot", "boolean", default=False))
    (row,) = store.where("Lead")
    assert (row["LeadBridge_Key__c"], row["Hot__c"]) == (None, 0)
    assert store.schema.by_name["lead"].has("leadbridge_key__c")

    store.update("Lead", str(row["Id"]), {"LeadBridge_Key__c": "k"})
    store.remove_field("Lead", "LeadBridge_Key__c")
    assert "LeadBridge_Key__c" not in store.where("Lead", {"LastName": "Byron"})[0]
    store.add_field("Lead", key_field())
    assert store.where("Lead")[0]["LeadBridge_Key__c"] is None


def test_a_file_keeps_records_and_the_count_of_ids(tmp_path: Path) -> None:
    file = tmp_path / "org.db"
    first = Store(ORG, file)
    assert first.where("Lead") == []
    row = lead(first, LastName="Byron")
    first.insert("Lead", [row])
    first.close()
    second = Store(ORG, file)
    assert second.where("Lead") == [row]
    assert second.new_id("Lead") > str(row["Id"])
    second.close()


def test_hidden_fields_are_absent_from_what_is_seen() -> None:
    seen = ORG.hiding({"lead": {"PHONE"}}, {"Campaign"})
    assert not seen.by_name["lead"].has("Phone")
    assert seen.object("Campaign") is None
    assert seen.by_name["contact"].has("Phone")


def test_many_ids_are_read_in_parts(store: Store) -> None:
    rows = [lead(store, LastName=str(n)) for n in range(1201)]
    store.insert("Lead", rows)
    assert len(store.read("Lead", [str(row["Id"]) for row in rows])) == 1201
    count = store.connection.execute(sa.select(sa.func.count()).select_from(store.table("Lead"))).scalar_one()
    assert count == 1201


def test_a_schema_is_changed_by_a_copy() -> None:
    company = ORG.by_name["lead"].by_name["company"]
    changed = ORG.by_name["lead"].with_field(replace(company, nillable=True))
    assert not company.nillable
    assert changed.by_name["company"].nillable
    assert len(changed.fields) == len(ORG.by_name["lead"].fields)
