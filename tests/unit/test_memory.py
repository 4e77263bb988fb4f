"""The memory CRM beyond the contract: merges, tombstones, what it refuses, and who shares what."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path
from uuid import uuid4

import pytest

from leadbridge.errors import UsageError
from leadbridge.memory import MemoryCrm, MemoryProvider, MemorySettings, memory_crm
from leadbridge.provider import Action, FieldDescription, Gone, ObjectDescription, Site
from leadbridge.records import Ref
from leadbridge.values import MISSING

LEAD = ObjectDescription(
    "Lead",
    (
        FieldDescription("Email", required=True),
        FieldDescription("Company", length=10),
        FieldDescription("Created", writable=False),
        FieldDescription("Salary", readable=False),
    ),
    writable=True,
)


@pytest.fixture
def provider() -> MemoryProvider:
    return connect(str(uuid4()))


def connect(crm: str) -> MemoryProvider:
    memory_crm(crm).define(LEAD)
    return MemoryProvider(Site("sf", Path()), MemorySettings(crm=crm, page_size=2))


def test_one_name_is_one_crm(provider: MemoryProvider) -> None:
    assert memory_crm(provider.settings.crm) is provider.crm
    assert memory_crm("another") is not provider.crm


def test_an_unknown_object_names_those_there_are(provider: MemoryProvider) -> None:
    with pytest.raises(UsageError) as error:
        provider.capture("Leed")
    assert str(error.value) == "connection sf has no object 'Leed'; it has: Lead"


def test_a_merge_leaves_a_tombstone_that_names_the_winner(provider: MemoryProvider) -> None:
    winner, loser = (provider.crm.create("Lead", {"Email": f"{n}@example.com"}) for n in "wl")
    (page,) = provider.capture("Lead")
    provider.crm.merge("Lead", loser, winner)
    (page,) = provider.capture("Lead", page.cursor)
    assert page.gone == (Gone(Ref("sf", "Lead", loser), "tombstone", winner),)
    assert page.records == ()


def test_ids_are_never_used_twice(provider: MemoryProvider) -> None:
    first = provider.crm.create("Lead", {}, key="k")
    provider.crm.delete("Lead", first)
    assert provider.crm.create("Lead", {}, key="k") != first


def test_a_deleted_record_cannot_be_edited(provider: MemoryProvider) -> None:
    gone = provider.crm.create("Lead", {})
    provider.crm.delete("Lead", gone)
    for touch in (
        lambda: provider.crm.edit("Lead", gone, {}),
        lambda: provider.crm.delete("Lead", gone),
        lambda: provider.crm.merge("Lead", gone, gone),
    ):
        with pytest.raises(KeyError):
            touch()


def test_missing_takes_a_field_away(provider: MemoryProvider) -> None:
    lead = provider.crm.create("Lead", {"Email": "", "Company": None, "Created": MISSING})
    assert provider.crm.records("Lead")[lead] == {"Email": "", "Company": None}
    provider.crm.edit("Lead", lead, {"Company": MISSING})
    assert provider.crm.records("Lead")[lead] == {"Email": ""}


def test_what_the_connection_cannot_see_is_missing(provider: MemoryProvider) -> None:
    provider.crm.create("Lead", {"Email": "a@example.com", "Salary": "9"})
    (page,) = provider.capture("Lead")
    assert page.records[0].values == {"Email": "a@example.com"}
    assert page.records[0].modified is not None
    assert page.records[0].modified.tzinfo is UTC


@pytest.mark.parametrize(
    ("action", "code", "reason"),
    [
        (Action(1, "create", "Lead"), "required", "Email must have a value"),
        (
            Action(1, "create", "Lead", values={"Email": "a", "Nme": "x"}),
            "not_writable",
            "Lead has no field 'Nme' to write",
        ),
        (
            Action(1, "create", "Lead", values={"Email": "a", "Created": "x"}),
            "not_writable",
            "Lead has no field 'Created' to write",
        ),
        (
            Action(1, "create", "Lead", values={"Email": "a", "Company": "x" * 11}),
            "too_long",
            "Company holds at most 10 characters",
        ),
        (Action(1, "update", "Lead", "Lead-1", {"Email": ""}), "required", "Email must have a value"),
        (Action(1, "update", "Lead", "Lead-9", {"Email": "b"}), "gone", "Lead Lead-9 is not there any more"),
        (Action(1, "delete", "Lead", "Lead-9"), "gone", "Lead Lead-9 is not there any more"),
        (
            Action(1, "update", "Lead", "Lead-1", {"Email": "b"}, {"Company": None}),
            "stale",
            "the record was edited meanwhile",
        ),
        (Action(1, "delete", "Lead", "Lead-1", expected={"Email": "b"}), "stale", "the record was edited meanwhile"),
    ],
)
def test_what_it_refuses(provider: MemoryProvider, action: Action, code: str, reason: str) -> None:
    provider.crm.create("Lead", {"Email": "a"})
    (result,) = provider.write([action])
    assert result.state == "rejected"
    assert result.reject is not None
    assert (result.reject.code, result.reject.reason) == (code, reason)
    assert provider.crm.records("Lead") == {"Lead-1": {"Email": "a"}}


def test_zero_is_not_false_when_expected(provider: MemoryProvider) -> None:
    provider.crm.create("Lead", {"Email": "a", "Company": 0})
    (result,) = provider.write([Action(1, "update", "Lead", "Lead-1", {"Company": "x"}, {"Company": False})])
    assert result.reject is not None
    assert (result.reject.code, result.reject.provider_field) == ("stale", "Company")


def test_calls_are_estimated_by_the_batch(provider: MemoryProvider) -> None:
    """Of two at most; what is left is read back."""
    create, delete = Action(1, "create", "Lead"), Action(1, "delete", "Lead", "Lead-1")
    assert [provider.estimate([create] * n) for n in range(5)] == [0, 2, 2, 4, 4]
    assert [provider.estimate([delete] * n) for n in range(5)] == [0, 1, 1, 2, 2]


def test_a_crm_alone_needs_no_process() -> None:
    crm = MemoryCrm(LEAD)
    assert crm.create("Lead", {"Email": "a"}, key="k") == crm.create("Lead", {"Email": "b"}, key="k") == "Lead-1"
    assert crm.records("Lead") == {"Lead-1": {"Email": "a"}}
