"""Writing: each row to an outcome of its own, whatever HubSpot tells of it, or leaves out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hubspot_replies import KEY, Portal, served
from leadbridge_hubspot.provider import HubSpotProvider
from leadbridge_hubspot.settings import HubSpotSettings

from leadbridge.errors import RetryableError, UncertainError
from leadbridge.provider import Action, Result, Site
from leadbridge.records import Ref
from leadbridge.values import Raw

TOKEN = "pat-na1-hidden"


@pytest.fixture
def portal() -> Iterator[Portal]:
    portal = Portal()
    with served(portal):
        yield portal


@pytest.fixture
def crm() -> HubSpotProvider:
    return HubSpotProvider(Site("hs", Path("/nowhere")), HubSpotSettings(token=TOKEN))


def create(number: int, object: str = "contacts", key: str | None = "", **values: Raw) -> Action:
    return Action(number, "create", object, values=values, key=f"key-{number}" if key == "" else key)


def update(number: int, id: str, object: str = "contacts", **values: Raw) -> Action:
    return Action(number, "update", object, id, values=values)


def told(results: list[Result] | Any) -> dict[int, str]:
    return {one.number: one.reject.code if one.reject else one.state for one in results}


def sent(portal: Portal, verb: str) -> list[Any]:
    return [body["inputs"] for _, path, body in portal.calls if path.endswith(f"batch/{verb}")]


def test_batches_hold_a_hundred_rows(portal: Portal, crm: HubSpotProvider) -> None:
    results = crm.write([create(n, email=f"p{n}@example.com") for n in range(250)])
    assert set(told(results).values()) == {"done"}
    assert [len(inputs) for inputs in sent(portal, "create")] == [100, 100, 50]
    made = {one.number: one.id for one in results}
    assert portal.records["0-1"][made[77] or ""]["properties"]["email"] == "p77@example.com"
    assert {one["objectWriteTraceId"] for one in sent(portal, "create")[0]} == {str(n) for n in range(100)}


def test_a_bad_row_of_a_batch_is_the_only_one_rejected(portal: Portal, crm: HubSpotProvider) -> None:
    """A 207, which raises nothing."""
    taken = portal.add("0-1", email="taken@example.com")
    results = crm.write(
        [create(1, email="a@example.com"), create(2, email="Taken@example.com"), create(3, lastname="x")]
    )
    assert told(results) == {1: "done", 2: "duplicate", 3: "done"}
    (reject,) = [one.reject for one in results if one.reject]
    assert f"Existing ID: {taken}" in reject.reason
    assert portal.records["0-1"][taken]["properties"].get("leadbridge_key") is None


def test_a_batch_refused_whole_is_split_to_the_row_at_fault(portal: Portal, crm: HubSpotProvider) -> None:
    message = 'Property values were not valid: [{"isValid":false,"message":"x","error":"INVALID_EMAIL","name":"email"}]'

    def refuse(method: str, path: str, body: Any) -> Any:
        poisoned = "create" in path and any(one["properties"].get("email") == "bad" for one in body["inputs"])
        return (400, {"category": "VALIDATION_ERROR", "message": message}) if poisoned else None

    portal.hooks.append(refuse)
    results = crm.write([create(n, email="bad" if n == 3 else f"p{n}@example.com") for n in range(8)])
    assert told(results) == {n: "invalid" if n == 3 else "done" for n in range(8)}
    assert next(one.reject.provider_field for one in results if one.reject) == "email"


def test_a_create_is_found_by_its_key_when_it_is_repeated(portal: Portal, crm: HubSpotProvider) -> None:
    (first,) = crm.write([create(1, lastname="Ada")])
    (again,) = crm.write([create(1, lastname="Ada")])
    assert (again.state, again.id) == ("done", first.id)
    (by_address,) = crm.write([create(2, email="a@example.com")])
    (again,) = crm.write([create(2, email="a@example.com")])
    assert (again.state, again.id) == ("done", by_address.id)
    assert len(portal.there("0-1")) == 2


def test_rows_that_the_reply_leaves_out_are_looked_for(portal: Portal, crm: HubSpotProvider) -> None:
    """Found by key where there is one; else uncertain, never taken for done."""

    def silent(method: str, path: str, body: Any) -> Any:
        if not path.endswith("batch/create"):
            return None
        type_ = path.split("/")[3]
        for one in body["inputs"]:
            if one["properties"].get("lastname") != "never":
                portal.add(type_, **one["properties"])
        return 201, {"results": []}

    portal.hooks.append(silent)
    assert told(crm.write([create(1, lastname="made"), create(2, lastname="never")])) == {1: "done", 2: "uncertain"}
    assert told(crm.write([create(3, lastname="x", key=None)])) == {3: "uncertain"}


def test_a_look_up_that_fails_after_the_call_is_uncertain(portal: Portal, crm: HubSpotProvider) -> None:
    """Rows of the call were written: nobody may be told that nothing was done."""
    crm.write([create(1, lastname="x")])
    portal.hooks.append(lambda _, path, body: (477, None) if path.endswith("batch/read") else None)
    with pytest.raises(UncertainError):
        crm.write([create(1, lastname="x"), create(2, lastname="y")])


def test_updates_of_merged_and_deleted_records_are_told_of(portal: Portal, crm: HubSpotProvider) -> None:
    """One is left out of a 200; the other named in a 207, whose count of errors says nothing."""
    good, lost, also = (portal.add("0-1", lastname="x") for _ in range(3))
    merged = portal.add("0-1", lastname="x")

    def silent(method: str, path: str, body: Any) -> Any:
        if path.endswith("batch/update"):
            body["inputs"] = [one for one in body["inputs"] if one["id"] != merged]
        return None

    portal.hooks.append(silent)
    portal.archive("0-1", lost)
    portal.archive("0-1", also)
    results = crm.write([update(n, one, lastname="y") for n, one in enumerate((good, lost, also, merged))])
    assert told(results) == {0: "done", 1: "gone", 2: "gone", 3: "gone"}


def test_one_person_twice_is_never_in_one_batch(portal: Portal, crm: HubSpotProvider) -> None:
    """By any address; a record by its id. Two creates of one key are one."""
    results = crm.write(
        [
            create(1, email="a@example.com", hs_additional_emails="b@example.com"),
            create(2, email="B@example.com"),
            create(3, email="c@example.com", key="same"),
            create(4, email="c@example.com", key="same"),
        ]
    )
    assert [[one["objectWriteTraceId"] for one in inputs] for inputs in sent(portal, "create")] == [["1", "3"], ["2"]]
    ids = {one.number: one.id for one in results}
    assert ids[3] == ids[4]
    one = portal.add("0-1", lastname="x")
    crm.write([update(5, one, lastname="first"), update(6, one, lastname="second")])
    assert portal.records["0-1"][one]["properties"]["lastname"] == "second"
    assert [len(inputs) for inputs in sent(portal, "update")] == [1, 1]


def test_only_texts_are_sent_and_blank_clears(portal: Portal, crm: HubSpotProvider) -> None:
    one = portal.add("0-1", lastname="x", phone="1")
    crm.write([update(1, one, lastname=None, phone="", age=7, agreed=True, born="2026-12-31", seen_at="1790000000000")])
    (inputs,) = sent(portal, "update")
    assert inputs[0]["properties"] == {
        "lastname": "",
        "phone": "",
        "age": "7",
        "agreed": "true",
        "born": "2026-12-31",
        "seen_at": "2026-09-21T14:13:20.000Z",
    }


@pytest.mark.parametrize(
    ("name", "raw", "becomes"),
    [
        ("born", "2026-12-31T00:00:00Z", "2026-12-31"),
        ("born", "1798675200000", "2026-12-31"),
        ("born", "2026-12-31T09:00:00+09:00", "2026-12-31"),
        ("born", "2026-12-31T00:00:00+09:00", "invalid"),
        ("born", "1798675200001", "invalid"),
        ("born", "31/12/2026", "invalid"),
        ("seen_at", "2026-12-31T00:00:00", "invalid"),
        ("seen_at", "2026-12-31", "2026-12-31T00:00:00.000Z"),
        ("seen_at", "31.12.2026", "invalid"),
        ("age", "ten", "invalid"),
        ("age", "NaN", "invalid"),
        ("age", "1e3", "1000"),
        ("agreed", "yes", "invalid"),
        ("agreed", "False", "false"),
        ("interests", "tea;sugar", "tea;sugar"),
        ("interests", ";tea; milk ;tea;", "tea;milk"),
        ("interests", "tea;beer", "unknown_value"),
        ("lifecyclestage", "Lead", "unknown_value"),
        ("lastname", "x" * 65_537, "too_long"),
        ("lastmodifieddate", "2026-12-31T00:00:00Z", "not_writable"),
        ("no_such", "x", "not_writable"),
        ("associations.company", "x", "invalid"),
    ],
)
def test_values_are_checked_before_they_are_sent(
    portal: Portal, crm: HubSpotProvider, name: str, raw: str, becomes: str
) -> None:
    """A semicolon in front would add to a choice instead of replacing it; a day is midnight UTC or nobody's."""
    one, other = portal.add("0-1", lastname="x"), portal.add("0-1", lastname="x")
    results = told(crm.write([update(1, one, **{name: raw}), update(2, other, lastname="y")]))
    assert results[2] == "done"
    (inputs,) = sent(portal, "update")
    if results[1] == "done":
        assert inputs[0]["properties"] == {name: becomes}
    else:
        assert (results[1], len(inputs)) == (becomes, 1)


def test_the_accounts_own_rules_are_checked(portal: Portal, crm: HubSpotProvider) -> None:
    rules = [("lastname", "MAX_LENGTH", "5"), ("age", "MAX_NUMBER", "100"), ("phone", "ALPHANUMERIC", "NUMERIC_ONLY")]
    portal.validations = [
        {"propertyName": name, "propertyValidationRules": [{"ruleType": type_, "ruleArguments": [argument]}]}
        for name, type_, argument in rules
    ]
    portal.validations.append({"propertyName": "email", "propertyValidationRules": [{"ruleType": "REGEX"}]})
    one = portal.add("0-1", lastname="x")
    wrong = {"lastname": "longer", "age": "100.5", "phone": "12a"}
    assert set(told(crm.write([update(n, one, **{k: v}) for n, (k, v) in enumerate(wrong.items())])).values()) == {
        "validation"
    }
    assert told(crm.write([update(1, one, lastname="short", age="100", phone="12")])) == {1: "done"}


def test_a_lifecycle_goes_back_by_two_calls(portal: Portal, crm: HubSpotProvider) -> None:
    """HubSpot answers that it went well, and leaves it: so it is read back, cleared, and set."""
    back, forward = portal.add("0-1", lifecyclestage="customer"), portal.add("0-1", lifecyclestage="lead")
    results = crm.write([update(1, back, lifecyclestage="lead"), update(2, forward, lifecyclestage="customer")])
    assert told(results) == {1: "done", 2: "done"}
    stages = [portal.records["0-1"][one]["properties"]["lifecyclestage"] for one in (back, forward)]
    assert stages == ["lead", "customer"]
    after = [[(one["id"], one["properties"]) for one in inputs] for inputs in sent(portal, "update")[1:]]
    assert after == [[(back, {"lifecyclestage": ""})], [(back, {"lifecyclestage": "lead"})]]


def test_a_failure_between_the_two_calls_is_uncertain(portal: Portal, crm: HubSpotProvider) -> None:
    one = portal.add("0-1", lifecyclestage="customer")

    def fail(method: str, path: str, body: Any) -> Any:
        last = path.endswith("batch/update") and len(sent(portal, "update")) == 3
        return (502, None) if last else None

    portal.hooks.append(fail)
    assert told(crm.write([update(1, one, lifecyclestage="lead")])) == {1: "uncertain"}


def test_associations_are_made_with_the_record_and_changed_after_it(portal: Portal, crm: HubSpotProvider) -> None:
    first, second = portal.add("0-2", name="a"), portal.add("0-2", name="b")
    (result,) = crm.write([create(1, lastname="Ada", **{"associations.company": first})])
    person = result.id or ""
    assert portal.links["0-1", "0-2"] == {(person, first): {1}}
    crm.write([update(1, person, **{"associations.company": second})])
    assert portal.links["0-1", "0-2"] == {(person, second): {1}}
    crm.write([update(1, person, **{"associations.company": None})])
    assert portal.links["0-1", "0-2"] == {}
    assert sent(portal, "update") == []
    assert told(crm.write([update(1, "999", **{"associations.company": second})])) == {1: "gone"}


def test_an_association_that_was_not_made_is_a_reject(portal: Portal, crm: HubSpotProvider) -> None:
    one = portal.add("0-1", lastname="x")
    limit = {"results": [], "errors": [{"category": "VALIDATION_ERROR", "message": "limit"}], "numErrors": 1}
    portal.hooks.append(lambda _, path, body: (207, limit) if path.endswith("0-2/batch/create") else None)
    assert told(crm.write([update(1, one, **{"associations.company": "7"})])) == {1: "not_associated"}


def test_a_lead_needs_its_contact_from_the_first(portal: Portal, crm: HubSpotProvider) -> None:
    alone = create(1, "leads", hs_lead_name="x")
    person = portal.add("0-1", lastname="Ada")
    whole = create(2, "leads", hs_lead_name="x", **{"associations.contact": person})
    assert told(crm.write([alone, whole])) == {1: "required", 2: "done"}
    (inputs,) = sent(portal, "create")
    assert inputs[0]["associations"] == [
        {"to": {"id": person}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 578}]}
    ]


def test_records_that_are_gone_are_not_deleted_again(portal: Portal, crm: HubSpotProvider) -> None:
    one = portal.add("0-1", lastname="x")
    actions = [Action(n, "delete", "contacts", id_) for n, id_ in enumerate((one, "999", "no-such-id"))]
    assert told(crm.write(actions)) == {0: "done", 1: "gone", 2: "gone"}
    assert sent(portal, "archive") == [[{"id": one}]]


def test_nothing_done_is_raised_and_half_done_is_uncertain(portal: Portal, crm: HubSpotProvider) -> None:
    batches = iter((None, (423, {"message": "locked"})))
    portal.hooks.append(lambda _, path, body: next(batches) if path.endswith("batch/create") else None)
    results = told(crm.write([create(n, email=f"p{n}@example.com") for n in range(150)]))
    assert [sum(state == one for state in results.values()) for one in ("done", "uncertain")] == [100, 50]
    portal.hooks[:] = [lambda _, path, body: (423, {"message": "locked"})]
    with pytest.raises(RetryableError):
        crm.write([create(1, email="q@example.com")])
    portal.hooks[:] = [lambda _, path, body: (504, None)]
    with pytest.raises(UncertainError):
        crm.write([create(1, email="q@example.com")])


def test_a_create_without_a_key_is_found_by_what_it_says(portal: Portal, crm: HubSpotProvider) -> None:
    one = portal.add("0-1", email="a@example.com", lastname="Ada")
    deal = portal.add("0-3", dealname="Tea", dealstage="closedwon")
    for _ in range(2):
        portal.add("0-3", dealname="Twice")
    asked = [
        create(1, email="A@example.com", lastname="Ada"),
        create(2, email="a@example.com", lastname="another"),
        create(3, "deals", dealname="Tea", dealstage="closedwon"),
        create(4, "deals", dealname="Twice"),
        create(5, "deals", dealstage="closedwon"),
    ]
    assert list(crm.find(asked)) == [one, None, deal, None, None]


def test_the_key_is_offered_and_made(portal: Portal, crm: HubSpotProvider) -> None:
    portal.properties["0-1"].remove(KEY)
    assert not crm.keyed("contacts")
    lacks = {lack.name: lack for lack in crm.lacks()}
    assert set(lacks) == {"contacts.leadbridge_key", "deals.leadbridge_key", "leads.leadbridge_key"}
    crm.supply(lacks["contacts.leadbridge_key"])
    assert crm.keyed("contacts")
    made = portal.properties["0-1"][-1]
    assert (made["name"], made["hasUniqueValue"], made["type"]) == ("leadbridge_key", True, "string")
    assert "contacts.leadbridge_key" not in {lack.name for lack in crm.lacks()}


def test_estimates_are_what_it_costs(portal: Portal, crm: HubSpotProvider) -> None:
    company = portal.add("0-2", name="a")
    old = [portal.add("0-1", lastname="x", lifecyclestage="lead") for _ in range(150)]
    actions = [create(n, email=f"p{n}@example.com") for n in range(250)]
    actions += [update(1000 + n, one, lifecyclestage="customer") for n, one in enumerate(old)]
    actions += [update(2000, old[0], **{"associations.company": company})]
    crm.describe()
    portal.calls.clear()
    estimate = crm.estimate(actions)
    assert portal.calls == []
    results = [one for at in range(0, len(actions), 200) for one in crm.write(actions[at : at + 200])]
    ids = [one.id or "" for one in results]
    for at in range(0, len(ids), 200):
        crm.read([Ref("hs", "contacts", one) for one in ids[at : at + 200]])
    assert estimate - 8 <= len(portal.calls) <= estimate, "stages that went forward are not set twice"


def test_no_secret_is_shown(crm: HubSpotProvider) -> None:
    assert TOKEN not in repr(crm.settings) + json.dumps(crm.settings.model_dump(mode="json"))
