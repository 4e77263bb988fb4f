"""The memory CRM's own conversion beyond the contract: what it fills, what it refuses, and faults on the way to it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from memory_harness import CONVERSION, MemoryHarness

from leadbridge.conversions import ConvertRequest
from leadbridge.errors import UncertainError
from leadbridge.memory import MemoryProvider
from leadbridge.provider import FieldDescription, ObjectDescription, Provider
from leadbridge.records import Ref
from leadbridge.testing.faults import Fault, Faults, FaultyProvider, at

BOTH = frozenset({"account", "contact"})


@pytest.fixture
def harness(tmp_path: Path) -> MemoryHarness:
    return MemoryHarness(tmp_path, page_size=200)


def request(number: int, lead: str, **more: object) -> ConvertRequest:
    return replace(ConvertRequest(number, Ref("memory", "Lead", lead), BOTH), **more)  # type: ignore[arg-type]


def lead(harness: MemoryHarness, number: int = 1) -> str:
    return harness.conversions().create("lead", number)


def values(harness: MemoryHarness, object_: str) -> list[dict[str, object]]:
    return [dict(one) for one in harness.crm.records(object_).values()]


def test_only_empty_fields_are_filled(harness: MemoryHarness) -> None:
    account = harness.crm.create("Account", {"Name": "Kept"})
    contact = harness.crm.create("Contact", {"Email": "kept@example.com", "Phone": ""})
    one = request(1, lead(harness), into={"account": account, "contact": contact})
    harness.connect().convert([one])
    assert values(harness, "Account") == [{"Name": "Kept", "Phone": "+49301"}]
    assert values(harness, "Contact") == [{"Email": "kept@example.com", "Phone": "+49301", "AccountId": account}]


def test_what_one_request_fills_a_later_one_finds_filled(harness: MemoryHarness) -> None:
    account = harness.crm.create("Account", {"Name": "Kept"})
    requests = [request(n, lead(harness, n), into={"account": account}) for n in (1, 2)]
    snapshots = {n: {"lead": {"Phone": str(n)}, "account": {"Name": "Kept"}} for n in (1, 2)}
    first, second = harness.connect().predict(requests, snapshots)
    assert [dict(one.effect("account").values) for one in (first, second) if one.effect("account")] == [  # type: ignore[union-attr]
        {"Phone": "1"},
        {},
    ]


def test_a_shared_record_is_made_once(harness: MemoryHarness) -> None:
    requests = [request(1, lead(harness, 1)), request(2, lead(harness, 2), shares={"account": 1})]
    snapshots = {n: {"lead": {"Company": "Analytical", "Email": f"{n}@x.example"}} for n in (1, 2)}
    first, second = (one.effect("account") for one in harness.connect().predict(requests, snapshots))
    assert first is not None
    assert second is not None
    assert (first.made, second.made, second.values) == (True, False, {})


def test_a_lead_that_is_refused_is_left_whole(harness: MemoryHarness) -> None:
    """The account could be made, the contact could not: neither is."""
    bad = harness.crm.create("Lead", {"Email": "", "Company": "Analytical"})
    (result,) = harness.connect().convert([request(1, bad)])
    assert (result.state, result.reject and result.reject.provider_field) == ("rejected", "Email")
    assert values(harness, "Account") == values(harness, "Contact") == []
    assert harness.connect().converted([Ref("memory", "Lead", bad)]) == [None]


def test_an_illegal_status_is_told_beforehand(harness: MemoryHarness) -> None:
    one = request(1, lead(harness), wanted={"lead": {"Status": "Lost"}})
    (said,) = harness.connect().predict([one], {})
    (result,) = harness.connect().convert([one])
    assert said.reject is not None
    assert said.reject == result.reject
    assert said.reject.code == "status"


def test_a_record_that_is_gone_refuses_its_lead_alone(harness: MemoryHarness) -> None:
    requests = [request(1, lead(harness, 1), into={"account": "Account-9"}), request(2, lead(harness, 2))]
    states = [result.state for result in harness.connect().convert(requests)]
    assert states == ["rejected", "done"]


def test_what_refers_to_the_lead_goes_along(harness: MemoryHarness) -> None:
    harness.crm.define(ObjectDescription("Task", (FieldDescription("WhoId"),), writable=True))
    harness.crm.conversion = replace(CONVERSION, carries={"activities": ("Task", "WhoId")})
    one, other = lead(harness, 1), lead(harness, 2)
    for who in (one, other):
        harness.crm.create("Task", {"WhoId": who})
    (result,) = harness.connect().convert([request(1, one)])
    assert values(harness, "Task") == [{"WhoId": result.records["contact"].id}, {"WhoId": other}]


@pytest.mark.parametrize(
    ("fault", "done"),
    [("timeout_before", [False, False]), ("timeout_midway", [True, False]), ("timeout_after", [True, True])],
)
def test_a_lost_reply_says_nothing(harness: MemoryHarness, fault: Fault, done: list[bool]) -> None:
    """All, part or none of it happened: ``converted`` knows."""
    leads = [lead(harness, n) for n in (1, 2)]
    crm = faulty(harness, Faults(script=at({("convert", 1): fault})))
    with pytest.raises(UncertainError):
        crm.convert([request(n, one) for n, one in enumerate(leads, 1)])
    became = crm.converted([Ref("memory", "Lead", one) for one in leads])
    assert [one is not None for one in became] == done


def test_a_crm_may_keep_leads_back(harness: MemoryHarness) -> None:
    requests = [request(n, lead(harness, n)) for n in (1, 2)]
    crm = faulty(harness, Faults(keeps_back=lambda one: one.number == 1))
    assert {result.number: result.state for result in crm.convert(requests)} == {1: "rejected", 2: "done"}


def faulty(harness: MemoryHarness, faults: Faults) -> Provider:
    inner = harness.connect()
    assert isinstance(inner, MemoryProvider)
    return FaultyProvider(inner, faults)
