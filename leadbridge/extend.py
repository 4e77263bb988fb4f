"""What hooks are given and what they give back: the vocabulary of the seam, in plain frozen records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from leadbridge.records import Captured, Ref
from leadbridge.values import Value

if TYPE_CHECKING:
    from leadbridge.transforms.spec import TransformSpec

Group = Literal["fit", "engagement"]


@dataclass(frozen=True, slots=True)
class Reason:
    """Points for or against one record, with the sentence that explains them.

    Attributes:
        group: ``fit`` (who they are) or ``engagement`` (what they did); each has its own cap.
        points: whole points, negative ones lower the score.
        text: why, for a person to read.
        fields: the canonical fields that the reason rests on.
    """

    group: Group
    points: int
    text: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that may be one subject, and the keys that brought them together (``email``, ``phone``...)."""

    left: Captured
    right: Captured
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A plugin's word on one pair.

    Attributes:
        verdict: ``same``, ``different`` (a veto: it wins over every ``same``), or ``unsure`` (a person is asked).
        text: why, for a person to read.
    """

    verdict: Literal["same", "different", "unsure"]
    text: str


@dataclass(frozen=True, slots=True)
class Convertible:
    """A lead that the policy selected, with what it was matched to.

    Attributes:
        lead: canonical values of the lead after its twins were united with it.
        matched: role (``account``, ``contact``) -> the existing record's ref.
    """

    number: int
    refs: tuple[Ref, ...]
    lead: Mapping[str, Value]
    matched: Mapping[str, Ref] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fragment:
    """A plugin's addition to the conversion of the request with this number.

    Attributes:
        values: role -> canonical field -> value, filled in where the policy left the field absent.
        veto: why this lead must not be converted, or empty.
    """

    number: int
    values: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    veto: str = ""


class RegisterProviders(Protocol):
    def __call__(self, name: str, location: str) -> None: ...


class RegisterSandboxes(Protocol):
    def __call__(self, name: str, location: str) -> None: ...


class RegisterTransforms(Protocol):
    def __call__(self, spec: TransformSpec) -> None: ...


class RegisterCommands(Protocol):
    def __call__(self, name: str, location: str, help: str) -> None: ...
