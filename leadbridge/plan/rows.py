"""The rows of a plan that is applied: what is settled here, and what is written to CRMs. Immutable once numbered.

A plan's rows are carried out in the order of their numbers: all that is settled first, then the writes, a record
before the records that refer to it. What becomes of a row is in the journal, never in the row.

Rows of a conversion name it in ``conversions``; a conversion is *refused* once one of its writes was rejected or is
uncertain (writes with ``undoes`` do not count). A row whose conversions are all refused *falls* (:func:`falls`):

=================== ============================================ ====================================================
row                 while one of its conversions stands          once it falls
=================== ============================================ ====================================================
write               sent                                         not sent: ``depends``
write, ``undoes``   skipped                                      sent, where the row that it undoes is done
settle              settled after the writes                     skipped
settle, ``undoes``  skipped                                      takes away the golden record that the row had made
=================== ============================================ ====================================================
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from leadbridge.golden import Held, LinkState
from leadbridge.merge.model import Conflict
from leadbridge.plan.model import Change
from leadbridge.plan.native import Native, WriteVerb
from leadbridge.provider import Action
from leadbridge.records import Ref
from leadbridge.values import Raw


@dataclass(frozen=True, slots=True)
class LinkChange:
    """What happens to one link: made (``link`` is None), moved to another state, role or golden record.

    Attributes:
        base: provider field -> raw value that is agreed from now on, added to what the base holds.
        due: whether it is still owed a write after this plan was settled.
        role_was: of a lead's own record that becomes a contact, the role that it had.
    """

    ref: Ref
    link: int | None = None
    role: str | None = None
    state: LinkState | None = None
    base: Mapping[str, Raw] = field(default_factory=dict)
    due: bool = False
    role_was: str = ""


@dataclass(frozen=True, slots=True)
class SettleRow:
    """What is remembered of one golden record; no CRM is touched.

    Attributes:
        golden: its id, or None for one that this row makes; other rows name it by this row's number.
        version: the version that the row was planned on; one that moved since makes the row stale.
        settle: number of the row that makes the golden record, where this row adds to one that this plan makes.
        united: golden records that become part of this one; ``versions`` has theirs, as ``version``.
        joined: numbers of rows whose golden records become part of this one.
        conversions, undoes: see above; ``undoes`` is the number of the row that made the golden record.
        fields: golden fields that take a new value.
        changes: the same for people, with the rule and where each value comes from.
        conflicts: values that yield, for the conflict log; their ``golden`` is 0 where a row makes it.
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
    settle: int | None = None
    versions: Mapping[int, int] = field(default_factory=dict)
    joined: tuple[int, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    conversions: tuple[int, ...] = ()
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class WriteRow:
    """One action in one CRM.

    Attributes:
        golden: the golden record's id, or ``settle`` is the number of the row that makes it; neither for a record
            that LeadBridge keeps no copy of, such as an activity that is carried along.
        link: the link that is written through; None for a create, or where the row ``settle`` makes it.
        id: the record's id in the CRM; None for a create, and where a create is undone: its id is the record's.
        values: provider field -> raw value to set, exactly these.
        expected: provider field -> raw value that must still hold; else the row is rejected as stale.
        refers: provider field -> number of the create whose id it takes; not done there, this row is ``depends``.
        key: for a create, a key made here, kept by the CRM where it can.
        awaits: for a create, the connections in which the same plan makes a record of the golden record.
        owes_more: whether its link is owed something that this row does not bring.
        changes: for people: canonical field, old -> new, rule, origin.
        why: for people: what found the record, or what the row is for.
        conversions: the conversions that need this row; several for an account that several leads share.
        erases: whether it is deleted because the person was erased: whatever it holds, and nothing of it is kept.
        undoes: number of the row that this one compensates: a create is deleted, where the record still is what was
            sent (``expected``); an update is taken back, where the fields still hold what was written.
        native: its part in a conversion that the CRM does by itself.
    """

    number: int
    verb: WriteVerb
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
    awaits: tuple[str, ...] = ()
    owes_more: bool = False
    changes: tuple[Change, ...] = ()
    why: str = ""
    conversions: tuple[int, ...] = ()
    undoes: int | None = None
    native: Native | None = None
    erases: bool = False

    def action(self, ids: Mapping[int, str]) -> Action:
        """The action for the provider; ``ids`` gives the ids of creates that are done, by their numbers."""
        if self.verb == "convert":
            raise TypeError(f"row {self.number} converts; it is no action")
        values = {**self.values, **{name: ids[number] for name, number in self.refers.items()}}
        return Action(self.number, self.verb, self.object, self.id, values, self.expected, self.key)


class OfConversions(Protocol):
    """A row that names the conversions that need it."""

    @property
    def conversions(self) -> tuple[int, ...]: ...


def falls(row: OfConversions, refused: Collection[int]) -> bool:
    """Whether every conversion that needs the row was refused; never true for a row of no conversion."""
    return bool(row.conversions) and all(number in refused for number in row.conversions)


OperationState = Literal["planned", "sent", "done", "rejected", "uncertain", "skipped"]
