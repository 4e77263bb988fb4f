"""Upsert, delete, undelete and merge in the sandbox."""

from __future__ import annotations

import pytest
from leadbridge_salesforce.sandbox.dml.merging import Merge, Merged, merge
from leadbridge_salesforce.sandbox.dml.refusals import Refused
from org_world import World, refusal_of


@pytest.fixture
def world() -> World:
    return World()


def named(name: str, **given: object) -> dict[str, object]:
    return {"LastName": name, "Company": "A", **given}


def test_rows_are_made_or_changed_by_their_key(world: World) -> None:
    key = world.lead(HubSpot_Id__c="a")
    first, second = world.upserted(
        "Lead", "HubSpot_Id__c", named("New", HubSpot_Id__c="A"), named("B", HubSpot_Id__c="b")
    )
    assert (first.id, first.created, second.created) == (key, False, True)
    assert world.row(key)["LastName"] == "New"
    assert world.row(str(second.id))["HubSpot_Id__c"] == "b"


def test_the_key_may_be_an_address_or_the_id(world: World) -> None:
    key = world.lead(Email="a@x.example")
    assert world.upserted("Lead", "Email", named("B", Email="A@X.example"))[0].id == key
    by_id = world.upserted("Lead", "Id", {"Id": key, "LastName": "C"}, {"Id": None, **named("D")})
    assert [one.created for one in by_id] == [False, True]
    assert refusal_of(world.upserted("Lead", "Id", {"Id": "00Q000000000001"})).code == "INVALID_CROSS_REFERENCE_KEY"


def test_only_external_ids_where_the_switch_says_so() -> None:
    world = World(upsert_by_lookup=False)
    with pytest.raises(Refused, match="Provided external ID field does not exist or is not accessible: Email"):
        world.upserted("Lead", "Email", named("B", Email="a@x.example"))


def test_several_records_with_the_key_are_named_and_left_alone(world: World) -> None:
    keys = {world.lead(Email="a@x.example"), world.lead(Email="a@x.example")}
    refused = refusal_of(world.upserted("Lead", "Email", named("New", Email="a@x.example")))
    assert (refused.code, refused.status) == ("DUPLICATE_EXTERNAL_ID", 300)
    assert all(key in refused.message for key in keys)
    assert {world.row(key)["LastName"] for key in keys} == {"Byron"}


def test_a_key_twice_in_a_request(world: World) -> None:
    rows = [named(name, HubSpot_Id__c="a") for name in ("One", "Two")]
    refused = [one.refused for one in world.upserted("Lead", "HubSpot_Id__c", *rows)]
    assert [(one.code, one.message) for one in refused if one] == [
        ("DUPLICATE_VALUE", "Duplicate external id specified: a")
    ] * 2
    assert world.org.store.where("Lead") == []


def test_a_key_twice_where_the_last_one_counts() -> None:
    world = World(repeated_key_refused=False)
    key = world.lead(HubSpot_Id__c="a")
    world.upserted("Lead", "HubSpot_Id__c", *(named(name, HubSpot_Id__c="a") for name in ("One", "Two")))
    assert world.row(key)["LastName"] == "Two"


def test_rows_without_a_key_and_keys_without_a_record(world: World) -> None:
    assert refusal_of(world.upserted("Lead", "HubSpot_Id__c", named("B"))).code == "MISSING_ARGUMENT"
    missing = world.upserted("Lead", "HubSpot_Id__c", named("B", HubSpot_Id__c="b"), update_only=True)
    assert refusal_of(missing).code == "NOT_FOUND"


def test_deleted_records_stay_and_take_theirs_along(world: World) -> None:
    account = world.save("Account", {"Name": "A"})
    contact = world.save("Contact", {"LastName": "B", "AccountId": account})
    world.clock.advance(5)
    (saved,) = world.delete(account)
    assert saved.refused is None
    for key in (account, contact):
        assert (world.row(key)["IsDeleted"], world.row(key)["SystemModstamp"]) == (1, "2026-06-01T12:00:05.000+0000")
    assert refusal_of(world.delete(account)).code == "ENTITY_IS_DELETED"
    assert refusal_of(world.delete("001000000000001AAA")).code == "NOT_FOUND"
    assert refusal_of(world.delete(world.org.user)).code == "DELETE_FAILED"


def test_undelete_takes_out_of_the_bin(world: World) -> None:
    key = world.lead()
    assert refusal_of(world.undelete(key)).code == "UNDELETE_FAILED"
    world.delete(key)
    assert world.undelete(key)[0].refused is None
    assert world.row(key)["IsDeleted"] == 0


def test_a_merge_moves_what_pointed_to_the_loser(world: World) -> None:
    winner, loser = world.save("Contact", {"LastName": "W"}), world.save("Contact", {"LastName": "L"})
    task = world.save("Task", {"Subject": "Call", "WhoId": loser})
    campaign = world.save("Campaign", {"Name": "Fair"})
    kept = world.save("CampaignMember", {"CampaignId": campaign, "ContactId": winner})
    twin = world.save("CampaignMember", {"CampaignId": campaign, "ContactId": loser})
    world.clock.advance(9)
    merged = merge(world.org, Merge("Contact", winner, (loser,), {"Phone": "1"}), world.manner())
    assert merged == Merged(winner, (loser,), merged.moved)
    assert set(merged.moved) == {task, twin}
    assert world.row(task)["WhoId"] == winner
    assert (world.row(kept)["IsDeleted"], world.row(twin)["IsDeleted"]) == (0, 1)
    gone = world.row(loser)
    assert (gone["IsDeleted"], gone["MasterRecordId"], world.row(winner)["Phone"]) == (1, winner, "1")
    assert gone["SystemModstamp"] == world.row(task)["SystemModstamp"] == "2026-06-01T12:00:09.000+0000"


@pytest.mark.parametrize("spoil", ["converted", "deleted", "itself", "many", "task"])
def test_merges_that_are_refused_do_nothing(world: World, spoil: str) -> None:
    winner, loser = world.lead(LastName="W"), world.lead(LastName="L")
    losers = {"itself": (winner,), "many": (loser, world.lead(), world.lead())}.get(spoil, (loser,))
    if spoil == "converted":
        world.org.store.update("Lead", loser, {"IsConverted": 1})
    if spoil == "deleted":
        world.delete(loser)
    with pytest.raises(Refused):
        merge(
            world.org, Merge("Task" if spoil == "task" else "Lead", winner, losers, {"City": "Leeds"}), world.manner()
        )
    assert world.row(winner)["City"] is None
    assert world.row(loser)["MasterRecordId"] is None
