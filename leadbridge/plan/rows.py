"""The rows of a plan that is applied: what is settled here, and what is written to CRMs. Immutable once numbered.

A plan's rows are carried out in the order of their numbers: all that is settled first, then the writes, a record
before the records that refer to it. What becomes of a row is in the journal, never in the row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from leadbridge.golden import Held, LinkState
from leadbridge.plan.model import Change
from leadbridge.provider import Action, Verb
from leadbridge.records import Ref
from leadbridge.values import Raw


@dataclass(frozen=True, slots=True)
class LinkChange:
    """What happens to one link: made (``link`` is None), moved to another state, role or golden record.

    Attributes:
        base: provider field -> raw value that is agreed from now on, added to what the base holds.
        due: whether it is still owed a write after this plan was settled.
    """

    ref: Ref
    link: int | None = None
    role: str | None = None
    state: LinkState | None = None
    base: Mapping[str, Raw] = field(default_factory=dict)
    due: bool = False


@dataclass(frozen=True, slots=True)
class SettleRow:
    """What is remembered of one golden record; no CRM is touched.

    Attributes:
        golden: its id, or None for one that this row makes; other rows name it by this row's number.
        version: the version that the row was planned on; one that moved since makes the row stale.
        united: golden records that become part of this one.
        fields: golden fields that take a new value.
        changes: the same for people, with the rule and where each value comes from.
    """

    number: int
    subject: str
    golden: int | None
    version: int
    label: str
    united: tuple[int, ...] = ()
    fields: Mapping[str, Held] = field(default_factory=dict)
    links: tuple[LinkChange, ...] = ()
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class WriteRow:
    """One action in one CRM.

    Attributes:
        golden: the golden record's id, or ``settle`` is the number of the row that makes it.
        link: the link that is written through; None for a create.
        id: the record's id in the CRM; None for a create.
        values: provider field -> raw value to set, exactly these.
        expected: provider field -> raw value that must still hold; else the row is rejected as stale.
        refers: provider field -> number of the create whose id it takes; not done there, this row is ``depends``.
        key: for a create, a key made here, kept by the CRM where it can.
        changes: for people: canonical field, old -> new, rule, origin.
    """

    number: int
    verb: Verb
    connection: str
    object: str
    role: str
    label: str
    settle: int | None = None
    golden: int | None = None
    link: int | None = None
    id: str | None = None
    values: Mapping[str, Raw] = field(default_factory=dict)
    expected: Mapping[str, Raw] = field(default_factory=dict)
    refers: Mapping[str, int] = field(default_factory=dict)
    key: str | None = None
    changes: tuple[Change, ...] = ()

    def action(self, ids: Mapping[int, str]) -> Action:
        """The action for the provider; ``ids`` gives the ids of creates that are done, by their numbers."""
        values = {**self.values, **{name: ids[number] for name, number in self.refers.items()}}
        return Action(self.number, self.verb, self.object, self.id, values, self.expected, self.key)


OperationState = Literal["planned", "sent", "done", "rejected", "uncertain"]
