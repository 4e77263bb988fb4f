"""What a provider's author tells the contract: how to reach a CRM to play with, and what its own users do in it."""

# ruff: noqa: S101  (assertions are what a contract is made of)

from __future__ import annotations

import abc
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from leadbridge.provider import Action, Gone, Page, Provider, Result
from leadbridge.records import Record, Ref, Reject
from leadbridge.values import MISSING, Raw


class ConversionHands(abc.ABC):
    """Leads, and what they may go into, as users of a CRM with a conversion of its own see them.

    Attributes:
        objects: role -> object: ``lead``, ``account``, ``contact``, and ``opportunity`` where it can be left out.
        wanted: role -> provider field -> raw value, which every request wants (a converted status, say).
        field: a text field of leads that a user can edit.
    """

    objects: Mapping[str, str]
    wanted: Mapping[str, Mapping[str, Raw]]
    field: str

    @abc.abstractmethod
    def create(self, role: str, number: int, account: str = "") -> str:
        """A user adds a record, with a value in few of its fields, at this account where one is given: its id.

        A lead can be converted and has a value in all fields that the CRM copies. Every number is somebody else.
        """

    @abc.abstractmethod
    def edit(self, role: str, id: str, values: Mapping[str, Raw]) -> None:
        """A user sets these fields of a record."""

    @abc.abstractmethod
    def ids(self, role: str) -> list[str]:
        """The records that are there now."""


class Harness(abc.ABC):
    """A CRM with one empty object, and the hands of a user in it. Nothing here goes through the provider under test.

    Attributes:
        object: the object's name. It is there, and holds no records yet.
        field: a text field of it that can be written and is not its key.
        distinct: provider field -> raw values that this CRM keeps apart, of ``MISSING``, ``None``, ``""``, ``0``,
            ``"0"``, ``False`` and the like. Each must come back as it went in.
    """

    object: str
    field: str
    distinct: Mapping[str, Sequence[Raw]]

    @abc.abstractmethod
    def connect(self) -> Provider:
        """A new provider instance on this CRM, as a later process would make it. Always the same connection name."""

    @abc.abstractmethod
    def sample(self, number: int) -> dict[str, Raw]:
        """Values of an example record, as capture gives them; every number is another record (another key)."""

    @abc.abstractmethod
    def create(self, values: Mapping[str, Raw]) -> str:
        """A user adds a record: its id."""

    @abc.abstractmethod
    def edit(self, id: str, values: Mapping[str, Raw]) -> None:
        """A user sets these fields of a record."""

    @abc.abstractmethod
    def delete(self, id: str) -> None:
        """A user deletes a record."""

    def erase(self, id: str) -> bool:
        """Erase a record for good, deleted or not; False (the default) where the CRM cannot."""
        return False

    def spoil(self) -> bool:
        """Put one row into the object that cannot be read; False (the default) where the CRM cannot hold one."""
        return False

    def merge(self, loser: str, winner: str) -> bool:
        """A user merges two records, the winner's id stays; False (the default) where the CRM cannot."""
        return False

    def calls(self) -> int | None:
        """API calls that the CRM has counted so far; None (the default) where calls cost nothing."""
        return None

    def conversions(self) -> ConversionHands | None:
        """What its users do with leads; None (the default) where the CRM does not convert by itself."""
        return None

    def close(self) -> None:  # noqa: B027  (most hold nothing)
        """Free what the harness holds."""


class Contract(abc.ABC):
    """The part that all rules share: a harness, a connected provider, and the handling of both."""

    @abc.abstractmethod
    def make(self, tmp_path: Path) -> Harness:
        """A fresh CRM for one test."""

    @pytest.fixture
    def harness(self, tmp_path: Path) -> Iterator[Harness]:
        harness = self.make(tmp_path)
        yield harness
        harness.close()

    @pytest.fixture
    def provider(self, harness: Harness) -> Iterator[Provider]:
        provider = harness.connect()
        yield provider
        provider.close()

    @pytest.fixture
    def writer(self, provider: Provider) -> Provider:
        needs(provider, "writes")
        return provider


@dataclass(frozen=True, slots=True)
class Capture:
    """One capture, read to its end."""

    pages: tuple[Page, ...]

    @property
    def records(self) -> list[Record]:
        return [record for page in self.pages for record in page.records]

    @property
    def by_id(self) -> dict[str, Mapping[str, Raw]]:
        return {record.ref.id: record.values for record in self.records}

    @property
    def gone(self) -> list[Gone]:
        return [gone for page in self.pages for gone in page.gone]

    @property
    def rejects(self) -> list[Reject]:
        return [reject for page in self.pages for reject in page.rejects]

    @property
    def cursor(self) -> str | None:
        return self.pages[-1].cursor if self.pages else None

    def value(self, id: str, name: str) -> Raw:
        """One record's field; ``MISSING`` also where the record was not captured."""
        return self.by_id.get(id, {}).get(name, MISSING)


def capture(provider: Provider, harness: Harness, cursor: str | None = None) -> Capture:
    return Capture(tuple(provider.capture(harness.object, cursor)))


def capture_anew(harness: Harness, cursor: str | None = None) -> Capture:
    """By another instance: what the next run sees."""
    provider = harness.connect()
    try:
        return capture(provider, harness, cursor)
    finally:
        provider.close()


def written(provider: Provider, actions: Sequence[Action]) -> list[Result]:
    """A whole run of one batch; its results in the order of the actions, one for each."""
    provider.begin()
    results = provider.write(actions)
    provider.commit()
    by_number = {result.number: result for result in results}
    assert sorted(result.number for result in results) == sorted(action.number for action in actions)
    return [by_number[action.number] for action in actions]


def ref(provider: Provider, harness: Harness, id: str) -> Ref:
    return Ref(provider.site.connection, harness.object, id)


def needs(provider: Provider, *capabilities: str) -> None:
    """Skip a rule about what the provider does not declare."""
    for capability in capabilities:
        if not getattr(provider.capabilities, capability):
            pytest.skip(f"{type(provider).__name__} does not declare {capability}")
