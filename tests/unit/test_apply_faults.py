"""The faulty provider does what its script says, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from journals import connect, crm

from leadbridge.errors import BatchRefusedError, ConnectionFailedError, CredentialsError, QuotaError, UncertainError
from leadbridge.provider import Action, Page, UnsupportedError
from leadbridge.records import Ref
from leadbridge.testing.faults import STAMP, Fault, Faults, Killed, at, lower_case, truncated

CREATES = [Action(number, "create", "Account", values={"Name": f"N{number}"}, key=f"k{number}") for number in (1, 2, 3)]


@pytest.mark.parametrize(
    ("fault", "error", "left"),
    [
        ("timeout_before", UncertainError, 0),
        ("timeout_midway", UncertainError, 1),
        ("timeout_after", UncertainError, 3),
        ("credentials", CredentialsError, 0),
        ("quota", QuotaError, 0),
        ("unreachable", ConnectionFailedError, 0),
        ("kill_before", Killed, 0),
        ("kill_midway", Killed, 1),
        ("kill_after", Killed, 3),
    ],
)
def test_what_a_fault_leaves_behind(tmp_path: Path, fault: Fault, error: type[BaseException], left: int) -> None:
    provider = connect(tmp_path, Faults(script=at({("write", 1): fault})))
    with pytest.raises(error):
        provider.write(CREATES)
    assert len(crm(tmp_path).records("Account")) == left


def test_the_dead_answer_nothing(tmp_path: Path) -> None:
    provider = connect(tmp_path, Faults(script=at({("begin", 1): "kill_after"})))
    for call in (provider.begin, provider.commit, lambda: provider.write(CREATES), lambda: provider.read([])):
        with pytest.raises(Killed):
            call()
    provider.abandon()
    provider.close()


def test_lost_replies_are_said_to_be_uncertain(tmp_path: Path) -> None:
    provider = connect(tmp_path, Faults(script=at({("write", 1): "lost_replies"})))
    assert [result.state for result in provider.write(CREATES)] == ["done", "uncertain", "done"]
    assert len(crm(tmp_path).records("Account")) == 3


def test_rows_are_refused_alone_or_poison_their_batch(tmp_path: Path) -> None:
    refusing = connect(tmp_path, Faults(refuses=lambda action: action.number == 2), "refusing")
    assert {result.number: result.state for result in refusing.write(CREATES)} == {1: "done", 2: "rejected", 3: "done"}
    poisoned = connect(tmp_path, Faults(poisons=lambda action: action.number == 2), "poisoned")
    with pytest.raises(BatchRefusedError):
        poisoned.write(CREATES)
    assert crm(tmp_path, "poisoned").records("Account") == {}


def test_what_is_kept_in_another_form(tmp_path: Path) -> None:
    def stores(field: str, raw: object) -> object:
        return truncated(2, "Name")(field, lower_case("Name")(field, raw))  # type: ignore[arg-type]

    provider = connect(tmp_path, Faults(stores=stores))  # type: ignore[arg-type]
    provider.write([Action(1, "create", "Account", values={"Name": "ADA", "City": "ULM"})])
    assert list(crm(tmp_path).records("Account").values()) == [{"Name": "ad", "City": "ULM"}]
    assert provider.normalises("Account", "Name", "ADA", "ad")
    assert not provider.normalises("Account", "Name", "ADA", "Bob")
    assert not connect(tmp_path, Faults(declared=False)).normalises("Account", "Name", "ADA", "ADA")


def test_what_it_lacks(tmp_path: Path) -> None:
    provider = connect(tmp_path, Faults(lacks=("read_back", "upsert_by_key", "checks_expected")))
    with pytest.raises(UnsupportedError):
        provider.read([Ref("crm", "Account", "1")])
    provider.write(CREATES[:1])
    provider.write(CREATES[:1])
    assert len(crm(tmp_path).records("Account")) == 2
    (result,) = provider.write([Action(9, "update", "Account", "Account-1", {"Name": "x"}, {"Name": "wrong"})])
    assert result.state == "done"
    assert connect(tmp_path).capabilities.read_back


def pages(provider_pages: list[Page]) -> list[tuple[str, object]]:
    return [(record.ref.id, record.modified) for page in provider_pages for record in page.records]


def test_equal_stamps_and_echoes(tmp_path: Path) -> None:
    provider = connect(tmp_path, Faults(equal_stamps=True, echoes=True))
    provider.write(CREATES[:2])
    captured = list(provider.capture("Account"))
    both = [("Account-1", STAMP), ("Account-2", STAMP)]
    assert pages(captured) == both
    again = list(provider.capture("Account", captured[-1].cursor))
    assert pages(again) == both
    assert again[-1].cursor == captured[-1].cursor
    assert pages(list(connect(tmp_path).capture("Account", captured[-1].cursor))) == []


def test_a_user_edits_before_or_after_the_write(tmp_path: Path) -> None:
    there = crm(tmp_path)
    one = there.create("Account", {"Name": "a"})

    def user(action: Action) -> None:
        there.edit("Account", action.id or "", {"Name": "user"})

    for fault, name in (("edit_before", "written"), ("edit_after", "user")):
        provider = connect(tmp_path, Faults(script=at({("write", 1): fault}), user=user))  # type: ignore[dict-item]
        provider.write([Action(1, "update", "Account", one, {"Name": "written"})])
        assert there.entry("Account", one).values["Name"] == name
