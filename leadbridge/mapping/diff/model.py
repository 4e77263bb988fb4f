"""What is compared, and what comes of it: connections that convert by one policy, and what each does with a field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from leadbridge.mapping.lint.finding import Seen
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.mapping.policy import ConvertPolicy
from leadbridge.provider import ObjectDescription

LEADS: Final = "lead"
"""The part under which a policy's ``on_converted`` stands."""
CARRY: Final = "carry"
"""The part of the words of a policy's ``carry:``."""
RECORD: Final = ""
"""In place of a field: the record itself."""

State = Literal["carried", "follows", "partly", "otherwise", "lost", "unfilled", "kept", "beyond", "unasked"]
"""
========= ============================================================================================
carried   the value arrives, written by LeadBridge or by the CRM's own conversion
follows   it arrives by an update after the CRM's own conversion, which does it differently
partly    it arrives for some records or some values only
otherwise the CRM's own conversion does something else, and nothing mends that
lost      leads hold it, or the policy gives it, and it does not arrive
unfilled  no lead there ever has a value to carry
kept      no object there holds such records: LeadBridge alone keeps them
beyond    the CRM's own conversion does it, and the policy does not ask for it
unasked   nothing is done, and nothing is asked for
========= ============================================================================================
"""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why it is so: a stable word for programs, and half a sentence that is the same for all fields it holds for."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one field in one connection.

    Attributes:
        object, field: where it goes, in the CRM's words; blank where it goes nowhere, or nobody knows.
    """

    state: State
    reasons: tuple[Reason, ...] = ()
    object: str = ""
    field: str = ""

    @property
    def alike(self) -> tuple[State, frozenset[str]]:
        """Equal where two connections do the same."""
        return self.state, frozenset(reason.code for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class Compared:
    """One field of the policy, or a record that it makes.

    Attributes:
        part: the role that a lead becomes, :data:`LEADS` for what becomes of the lead, or :data:`CARRY`.
        field: canonical field, or a provider field that no mapping names; :data:`RECORD` for the record itself.
        source: what the policy takes, in words; blank where it asks for nothing.
        there: connection -> fate; without those in which the record is not made.
    """

    part: str
    field: str
    source: str
    there: Mapping[str, Fate]

    @property
    def differs(self) -> bool:
        return len({fate.alike for fate in self.there.values()}) > 1


@dataclass(frozen=True, slots=True)
class Side:
    """One connection, as far as it is known.

    Attributes:
        objects: None where it was not described.
        narrowed: see :class:`~leadbridge.mapping.lint.Connected`.
        writes: whether its provider can write at all.
    """

    connection: str
    provider: str
    objects: Sequence[ObjectDescription] | None = None
    narrowed: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    writes: bool = True

    def described(self, object: str) -> ObjectDescription | None:
        """None where nothing can be said of its fields."""
        found = next((one for one in self.objects or () if one.name == object), None)
        return None if found is None or found.absent else found

    def of(self, every: Iterable[Seen], roles: Iterable[str]) -> list[Seen]:
        """The mappings of these roles that serve it, without those of objects that it does not show."""
        wanted = set(roles)
        return [one for one in every if one.mapping.role in wanted and self._shows(one.mapping)]

    def _shows(self, mapping: ObjectMapping) -> bool:
        served = mapping.serves(self.provider, self.connection, mapping.object)
        return served and (self.objects is None or any(one.name == mapping.object for one in self.objects))


@dataclass(frozen=True, slots=True)
class Own:
    """What a CRM's own conversion does, told by samples; see :mod:`leadbridge.mapping.diff.own`.

    Attributes:
        made: role -> canonical or provider field -> what it does to a new record's field.
        closes: canonical or provider field of the lead -> what it does to that.
        carries: words of a policy's ``carry:`` that it sees to.
        refuses: why it would convert no such lead; nothing else is known then.
    """

    made: Mapping[str, Mapping[str, Fate]] = field(default_factory=dict)
    closes: Mapping[str, Fate] = field(default_factory=dict)
    carries: frozenset[str] = frozenset()
    refuses: Reason | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """Leads of one connection, and the connection whose records they become: most often itself.

    Attributes:
        own: None where LeadBridge converts, or nobody asked the CRM.
        unasked: whether the CRM can convert by itself, and nobody asked it what it does then.
    """

    source: Side
    target: Side
    own: Own | None = None
    unasked: bool = False

    @property
    def name(self) -> str:
        return self.source.connection


@dataclass(frozen=True, slots=True)
class Comparison:
    """Attributes: ``rows`` in the order of the policy, what becomes of the lead last."""

    policy: ConvertPolicy
    routes: tuple[Route, ...]
    rows: tuple[Compared, ...]

    @property
    def differing(self) -> tuple[Compared, ...]:
        return tuple(row for row in self.rows if row.differs)
