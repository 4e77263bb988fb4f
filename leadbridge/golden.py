"""Golden records and links: what LeadBridge has agreed with the CRMs, as plain frozen records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from leadbridge.records import Ref
from leadbridge.values import MISSING, Raw, Value

LinkState = Literal["live", "surplus", "converted", "gone", "suspended"]
"""``live``: read and written; ``surplus``: a twin in the same object, read and reviewed, never written; ``converted``:
a lead whose contact took over; ``gone``: deleted in its CRM; ``suspended``: covered by no mapping at present."""


@dataclass(frozen=True, slots=True)
class Held:
    """A golden value.

    Attributes:
        origin: the connection whose edit it is; empty where a person or a policy set it here.
        stamp: when the CRM says it was set there; only where its policy is ``newest``.
        shows: the golden record whose field it shows, see :mod:`leadbridge.merge.viewing`; 0 for one of its own.
    """

    value: Value
    origin: str = ""
    run: int = 0
    stamp: datetime | None = None
    shows: int = 0


@dataclass(frozen=True, slots=True)
class Golden:
    """The agreed copy of one subject. A field that is not there has never had a value."""

    id: int
    subject: str
    fields: Mapping[str, Held] = field(default_factory=dict)

    def value(self, name: str) -> Value:
        held = self.fields.get(name)
        return MISSING if held is None else held.value

    @property
    def values(self) -> dict[str, Value]:
        return {name: held.value for name, held in self.fields.items()}


@dataclass(frozen=True, slots=True)
class Link:
    """From a golden record to one record in one CRM.

    Attributes:
        base: provider field -> the raw value last agreed with the CRM; one that is not there has no base yet.
        age: grows with every link made; of several twins the one of the smallest age is live.
    """

    id: int
    golden: int
    ref: Ref
    role: str
    state: LinkState = "live"
    base: Mapping[str, Raw] = field(default_factory=dict)
    age: int = 0
