"""Conversion by the CRM itself: what the core asks of a provider with ``native_conversion``, and what it answers.

Terms
-----
- *request*: one lead, and what the policy wants of its conversion. ``predict`` and ``convert`` take the same requests.
- *effect*: what the CRM's own conversion does to one record. The plan shows effects before anything is done; what the
  policy wants beyond them becomes updates that follow the conversion.
- *roles* are ``lead``, ``account``, ``contact``, ``opportunity``, or others that a CRM's own conversion makes.
- A lead's conversion is *whole*: the CRM does all of it or nothing. It is done once; nothing takes the lead back.
"""

from __future__ import annotations

import abc
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from leadbridge.records import Ref, Reject
from leadbridge.values import Raw

Snapshots = Mapping[str, Mapping[str, Raw]]
"""Role -> provider field -> raw value of the record as it was captured: the lead's, and those that it goes into."""


@dataclass(frozen=True, slots=True)
class ConvertRequest:
    """A lead that its own CRM is to convert.

    Attributes:
        number: counts up within a plan; predictions and results come back under it.
        makes: the roles that the policy wants. The CRM may make others besides, and then its effects say so; a role
            that is not here and that the CRM can leave out (an opportunity) is not made.
        into: role -> id of the existing record that the lead goes into; a role that is not there gets a new record.
        shares: role -> number of a request before this one, whose record the lead goes into. ``convert`` is never
            given any: by then the id stands in ``into``.
        wanted: role, the lead's own too -> provider field -> raw value that the policy wants the record to have in the
            end. The provider takes from it what the CRM's conversion has a place for (the lead's status, an owner, the
            opportunity's name) and leaves the rest; its effects show what it takes.
        expected: provider field of the lead -> raw value that must still hold just before; else the lead is ``stale``.
    """

    number: int
    lead: Ref
    makes: frozenset[str] = frozenset()
    into: Mapping[str, str] = field(default_factory=dict)
    shares: Mapping[str, int] = field(default_factory=dict)
    wanted: Mapping[str, Mapping[str, Raw]] = field(default_factory=dict)
    expected: Mapping[str, Raw] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Effect:
    """What the CRM's own conversion does to one record.

    Attributes:
        id: the record's id; None for a new one, and for one that another request makes.
        made: whether the conversion of this request makes it.
        values: provider field -> raw value, as ``read`` shows it afterwards. Of an existing record only what changes.
        names: provider field -> role of the record of the same conversion whose id it holds afterwards.
        unsure: provider fields that the CRM fills by itself with what cannot be told beforehand, such as a default;
            what stands there afterwards is nobody's edit, and may be overwritten by what the policy wants.
    """

    role: str
    object: str
    id: str | None = None
    made: bool = True
    values: Mapping[str, Raw] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    unsure: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the CRM would make of one request.

    Attributes:
        effects: one for each record that it makes or goes into, and one for the lead, each role once.
        carries: words of a policy's ``carry:`` that the CRM moves to the contact by itself.
        lasting: what no undo takes back, a sentence each, the same words for every lead that they hold for.
        reject: why the CRM would refuse, as far as that can be told beforehand; there are no effects then.
    """

    number: int
    effects: tuple[Effect, ...] = ()
    carries: frozenset[str] = frozenset()
    lasting: tuple[str, ...] = ()
    reject: Reject | None = None

    def effect(self, role: str) -> Effect | None:
        return next((effect for effect in self.effects if effect.role == role), None)


@dataclass(frozen=True, slots=True)
class ConvertResult:
    """What became of one request: ``done``, ``rejected`` with a reject, or ``uncertain``.

    Attributes:
        records: of one that is done, role -> the record that stands for the lead from now on, made or existing.
    """

    number: int
    state: Literal["done", "rejected", "uncertain"]
    records: Mapping[str, Ref] = field(default_factory=dict)
    reject: Reject | None = None


Copied = Mapping[str, Mapping[str, str]]
"""Role -> provider field of its record -> provider field of the lead that it is copied from."""


class ConversionFile(abc.ABC):
    """A CRM's own file of what its conversion copies, read and written. No I/O: content comes and goes as bytes.

    Attributes:
        lead: the object of its leads.
        objects: role -> object.
        standard: what the CRM copies by itself, which the file does not show.
    """

    lead: str
    objects: Mapping[str, str]
    standard: Copied

    @abc.abstractmethod
    def read(self, content: bytes) -> Copied:
        """What the file says, in its order. Raises ValueError, in a sentence, where it cannot be read."""

    @abc.abstractmethod
    def write(self, copied: Copied, like: bytes | None = None) -> bytes:
        """The file that says this; all else that it can say is taken from ``like``, a file of the kind, or left out.

        Raises ValueError where ``like`` cannot be read.
        """

    @abc.abstractmethod
    def can_hold(self, role: str, field: str, source: str) -> bool:
        """Whether the file can say that a record's field is copied from this field of the lead."""
