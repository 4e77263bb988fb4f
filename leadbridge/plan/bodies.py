"""The golden records of a conversion plan: which of its rows are views on one, and what it says in the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from leadbridge.golden import Held
from leadbridge.mapping.stages import STAGE
from leadbridge.plan.adopting import Whose
from leadbridge.plan.draft import NO_FIELD
from leadbridge.plan.model import Change, Conversion, ConversionPlan, PlannedRow
from leadbridge.plan.uniting import OPT_OUT
from leadbridge.records import Ref
from leadbridge.subjects.model import Subject
from leadbridge.values import MISSING, Present, Value, is_absent, is_present

PERSON_ROLES = frozenset({"contact", "prospect"})

Illegal = Callable[[Value, Value], str | None]
"""(stage before, stage after) -> why there is no such move, or None."""


@dataclass(frozen=True, slots=True)
class Body:
    """One golden record.

    Attributes:
        members: the golden records that become this one, those whose values stand first; none where it is new.
        rows: the plan's rows that are views on it, a lead's own left out.
        leads: of a person, the conversions that make it what it is.
        conversions: the conversions that need it.
        changing: the leads' own records that become contacts.
    """

    subject: Subject
    members: tuple[Whose, ...]
    rows: tuple[PlannedRow, ...]
    conversions: tuple[int, ...]
    leads: tuple[Conversion, ...] = ()
    changing: frozenset[Ref] = frozenset()

    @property
    def keep(self) -> Whose | None:
        """The golden record that stays: the oldest, else the first that the plan makes."""
        known = [member for member in self.members if member.golden is not None]
        return min(known, key=lambda member: member.golden or 0) if known else next(iter(self.members), None)


def groups_of(plan: ConversionPlan, conversions: Sequence[Conversion]) -> dict[int, int]:
    """Conversion -> the smallest number among those that stand and fall with it: leads that become one contact."""
    group = {c.number: c.number for c in conversions}
    by_row: dict[int, int] = {}
    for conversion in conversions:
        for number in conversion.rows:
            if plan.row(number).role in PERSON_ROLES:
                other = group[by_row.setdefault(number, conversion.number)]
                mine = group[conversion.number]
                low, high = min(mine, other), max(mine, other)
                group = {n: low if g == high else g for n, g in group.items()} if low != high else group
    return group


def first_users(plan: ConversionPlan) -> dict[int, Conversion]:
    """Row -> the first conversion that needs it."""
    found: dict[int, Conversion] = {}
    for conversion in plan.conversions:
        for number in conversion.rows:
            found.setdefault(number, conversion)
    return found


def outcome(body: Body, closing: Mapping[str, Present], illegal: Illegal, run: int) -> dict[str, Held]:
    """What the golden record says once the conversion is done.

    The members' values, the first that is there; over them what the plan decided, existing records first; at last the
    values that close the lead. A field that no CRM of the plan can hold is kept here all the same.
    """
    taken = _Taken(body.subject, united(body.members), run, illegal)
    spare: dict[str, Change] = {}
    for row in sorted(body.rows, key=lambda row: row.ref is None):
        for change in row.changes:
            taken.take(change)
        for change in row.kept:
            if change.rule == NO_FIELD:
                spare.setdefault(change.field, change)
            else:
                taken.leave(change, row.ref)
    for name, change in spare.items():
        if is_absent(taken.value(name)):
            taken.take(change)
    for name, value in closing.items():
        if name != STAGE or illegal(taken.value(name), value) is None:
            taken.set(name, value, "")
    return taken.fields


def united(members: Iterable[Whose]) -> dict[str, Held]:
    """Each field's first value that is there; an opt-out anywhere is an opt-out."""
    fields: dict[str, Held] = {}
    for member in members:
        for name, said in member.fields.items():
            barred = name.startswith(OPT_OUT) and said.value is True
            if barred or (is_absent(fields[name].value) and is_present(said.value) if name in fields else True):
                fields[name] = said
    return fields


class _Taken:
    """A golden record's fields while the plan's decisions are put on them, the first for each field."""

    def __init__(self, subject: Subject, fields: dict[str, Held], run: int, illegal: Illegal) -> None:
        self.fields = fields
        self._illegal = illegal
        self._subject = subject
        self._run = run
        self._decided: set[str] = set()

    def value(self, name: str) -> Value:
        return self.fields[name].value if name in self.fields else MISSING

    def take(self, change: Change) -> None:
        """A stage that another of the person's records has passed already is not taken."""
        staged = change.field == STAGE and "lead" in self._subject.roles
        passed = staged and self._illegal(self.value(STAGE), change.new) is not None
        if change.field not in self._decided and not passed:
            self._decided.add(change.field)
            self.set(change.field, change.new, change.origin.connection if change.origin else "")

    def leave(self, change: Change, ref: Ref | None) -> None:
        """The record keeps what it has: a blank too, which must not be filled from the lead then."""
        if change.field in self._decided or change.old is MISSING:
            return
        self._decided.add(change.field)
        if ref is not None:
            self.set(change.field, change.old, ref.connection)

    def set(self, name: str, value: Value, origin: str) -> None:
        if name not in self.fields or not self._subject.fields[name].kind.equivalent(self.value(name), value):
            self.fields[name] = Held(value, origin, self._run)
