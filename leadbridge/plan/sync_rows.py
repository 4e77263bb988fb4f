"""The rows of a sync plan: what LeadBridge settles for itself, and what it writes to a CRM. Immutable once planned."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from leadbridge.golden import Held, LinkState
from leadbridge.merge.model import Candidate, Conflict, Move, Question
from leadbridge.ordering import People, as_people_count
from leadbridge.plan.native import Native, WriteVerb
from leadbridge.records import Ref
from leadbridge.values import MISSING, Raw, Value

_SUBJECTS: Final = ("user", "queue", "campaign", "organisation", "person")
"""Subjects that others refer to, in the order in which their records are made; all others come after them."""

IN_ORDER: Final = {"in_order": True}
"""Of a mapping whose order is for people: it stays as it is where a row becomes text."""

VERBS: Final[tuple[WriteVerb, ...]] = ("create", "update", "delete", "convert")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One canonical field of a write, for people.

    Attributes:
        old: what the record holds; MISSING for a new record.
        new: MISSING for a record that is deleted.
        rule: why.
        origin: the record, or the connection, that the new value comes from; empty where it was set here.
    """

    field: str
    old: Value = MISSING
    new: Value = MISSING
    rule: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """Canonical fields of a write that have one reason: :class:`FieldChange` for several fields at once.

    Attributes:
        old, new: field -> value; what is MISSING is left out.
    """

    rule: str = ""
    origin: str = ""
    old: Mapping[str, Value] = field(default_factory=dict, metadata=IN_ORDER)
    new: Mapping[str, Value] = field(default_factory=dict, metadata=IN_ORDER)

    @property
    def changes(self) -> Iterator[FieldChange]:
        for name in {**self.new, **self.old}:
            yield FieldChange(name, self.old.get(name, MISSING), self.new.get(name, MISSING), self.rule, self.origin)


@dataclass(frozen=True, slots=True)
class Taken:
    """Golden fields that take their values from one place by one rule: :class:`Move` for several fields at once.

    Attributes:
        connection, ref, stamp, shows: of the values, see :class:`Candidate`.
        old: field -> the value before; fields that had none are left out.
    """

    rule: str
    connection: str
    ref: Ref | None = None
    stamp: datetime | None = None
    old: Mapping[str, Value] = field(default_factory=dict, metadata=IN_ORDER)
    new: Mapping[str, Value] = field(default_factory=dict, metadata=IN_ORDER)
    shows: int = 0

    def held(self, run: int) -> dict[str, Held]:
        """Field -> what golden holds once a run has taken it."""
        at = self.connection, run, self.stamp, self.shows
        return {name: Held(value, *at) for name, value in self.new.items()}

    @property
    def moves(self) -> Iterator[Move]:
        for name, value in self.new.items():
            new = Candidate(value, self.connection, self.ref, self.stamp, self.shows)
            yield Move(name, self.old.get(name, MISSING), new, self.rule)


@dataclass(frozen=True, slots=True)
class Write:
    """One record of one CRM that is created, updated or deleted.

    Attributes:
        id, link: None for a create.
        values: provider field -> raw value to send, exactly these.
        expected: provider field -> raw value that must still hold just before the write.
        key: of a create, so that repeating it cannot make a second record.
        refers: provider field -> golden record whose record, made in the same plan, it will name.
        awaits: of a create, the connections in which this plan makes a record of the golden record, its own included.
        owes_more: whether its link is owed something that this row does not bring.
        label: the words by which people know the record.
        why: for people: what found the record, or what the row is for.
        erases: whether it is deleted because the person was erased: whatever it holds, and without a before-image.
        conversions, undoes: of a plan to convert, see :mod:`leadbridge.plan.rows`. There ``golden`` is 0 for a record
            that LeadBridge keeps no copy of, and ``id`` and ``link`` are None where a create is undone.
        native: its part in a conversion that the CRM does by itself.
    """

    verb: WriteVerb
    connection: str
    object: str
    golden: int
    subject: str
    role: str
    id: str | None = None
    link: int | None = None
    values: Mapping[str, Raw] = field(default_factory=dict)
    expected: Mapping[str, Raw] = field(default_factory=dict)
    key: str | None = None
    refers: Mapping[str, int] = field(default_factory=dict)
    awaits: tuple[str, ...] = ()
    owes_more: bool = False
    label: str = ""
    why: str = ""
    conversions: tuple[int, ...] = ()
    undoes: int | None = None
    native: Native | None = None
    said: tuple[Said, ...] = ()
    erases: bool = False

    @property
    def changes(self) -> tuple[FieldChange, ...]:
        """What it means in canonical fields, for people."""
        return tuple(change for some in self.said for change in some.changes)


@dataclass(frozen=True, slots=True)
class LinkChange:
    """A link that is made or changes.

    Attributes:
        was: its state before; None for a new link.
        base: what a new link starts from; empty for a first contact.
        age: see :class:`leadbridge.golden.Link`.
        before: the ref that it had, where its key was edited or its golden record united with another.
        role_was: the role that it had, where a conversion makes a contact of a lead's own record.
    """

    link: int
    ref: Ref
    role: str
    state: LinkState
    was: LinkState | None = None
    base: Mapping[str, Raw] = field(default_factory=dict)
    age: int = 0
    before: Ref | None = None
    role_was: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about records, for a person. ``link``: the one that it is about, where it is about one."""

    kind: Literal["identity", "delete", "edited_key", "surplus"]
    refs: tuple[Ref, ...]
    why: str
    link: int | None = None


@dataclass(frozen=True, slots=True)
class Before:
    """A golden record and its links as they were."""

    golden: int
    fields: Mapping[str, Held] = field(default_factory=dict)
    links: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Settle:
    """What becomes of one golden record in LeadBridge's own state, in one transaction.

    Attributes:
        version: of the golden record when this was planned; 0 for a new one. One that moved since makes the row stale.
        unites: golden records that become part of this one; ``versions`` may have theirs, as ``version``.
        bases: link -> provider field -> raw value that is agreed from now on.
        due: links that are still owed a write, and are read again before the next planning.
        undue: links that were, and are no longer.
        owed: whether a record is still to be made somewhere; ``unowed``: one was, and is no longer.
        cleared: records that reappeared: what was asked about their going clears itself.
        mended: records whose standing reject is of no concern any more.
        carried: answered questions that this plan carries out.
        erased: the person is erased: marks that bar it, see :mod:`leadbridge.jobs.sync.erasing`; else none.
        conversions: of a plan to convert, see :mod:`leadbridge.plan.rows`; such a row is settled after the writes.
        undoes: number of the row that made the golden record, which this row takes away again.
        before: of a plan to convert, the golden records that become one as they were, so that they can be split again.
    """

    golden: int
    subject: str
    version: int = 0
    unites: tuple[int, ...] = ()
    taken: tuple[Taken, ...] = ()
    bases: Mapping[int, Mapping[str, Raw]] = field(default_factory=dict)
    links: tuple[LinkChange, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    questions: tuple[Question, ...] = ()
    asked: tuple[Asked, ...] = ()
    due: tuple[int, ...] = ()
    undue: tuple[int, ...] = ()
    owed: bool = False
    unowed: bool = False
    cleared: tuple[Ref, ...] = ()
    mended: tuple[Ref, ...] = ()
    carried: tuple[int, ...] = ()
    conversions: tuple[int, ...] = ()
    undoes: int | None = None
    versions: Mapping[int, int] = field(default_factory=dict)
    before: tuple[Before, ...] = ()
    erased: tuple[str, ...] = ()

    def held(self, run: int) -> dict[str, Held]:
        """Field -> what golden holds once a run has settled the row."""
        return {name: held for some in self.taken for name, held in some.held(run).items()}

    @property
    def moves(self) -> tuple[Move, ...]:
        """What it moves, field by field."""
        return tuple(move for some in self.taken for move in some.moves)

    @property
    def says(self) -> bool:
        """Whether there is anything to settle."""
        content = (self.unites, self.taken, self.bases, self.links, self.conflicts, self.questions)
        more = (self.asked, self.due, self.undue, self.owed, self.unowed, self.cleared, self.mended, self.carried)
        return any((*content, *more, self.erased))


def by_reason(changes: Iterable[FieldChange]) -> tuple[Said, ...]:
    """Changes by their reason, each reason where it comes first."""
    found: dict[tuple[str, str], Said] = {}
    for change in changes:
        at = change.rule, change.origin
        group = found.get(at) or found.setdefault(at, Said(*at, {}, {}))
        _put(group.old, change.field, change.old)
        _put(group.new, change.field, change.new)
    return tuple(found.values())


def by_place(moves: Iterable[Move]) -> tuple[Taken, ...]:
    """Moves by where their values come from and by their rule, each such group where it comes first."""
    found: dict[tuple[str, str, Ref | None, datetime | None, int], Taken] = {}
    for move in moves:
        new = move.new
        at = move.rule, new.connection, new.ref, new.stamp, new.shows
        group = found.get(at) or found.setdefault(at, Taken(*at[:4], {}, {}, new.shows))
        _put(group.old, move.field, move.old)
        _put(group.new, move.field, new.value)
    return tuple(found.values())


def _put(values: Mapping[str, Value], name: str, value: Value) -> None:
    if value is not MISSING and isinstance(values, dict):
        values[name] = value


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A row under its number, from 1.

    Attributes:
        refers: provider field -> number of the row whose record it will name; that row must be done first.
    """

    number: int
    body: Settle | Write
    refers: Mapping[str, int] = field(default_factory=dict)

    @property
    def depends(self) -> tuple[int, ...]:
        """Rows that must be done before this one; always smaller numbers."""
        return tuple(sorted(set(self.refers.values())))


Place = tuple[int, str, int, str, int, int, People, str]


def rank_of(subject: str) -> int:
    """Golden records of a smaller rank are planned first: those of a larger one refer to them."""
    return _SUBJECTS.index(subject) if subject in _SUBJECTS else len(_SUBJECTS)


def place_of(body: Settle | Write) -> Place:
    """Sorts a plan: what is settled, then writes by connection; those that others refer to first, by object and verb,
    and by golden record, so that a planner that takes these up in order can stream. The order in which records were
    captured plays no part.
    """
    if isinstance(body, Settle):
        return (0, "", rank_of(body.subject), "", 0, body.golden, (), "")
    verb, id_ = VERBS.index(body.verb), body.id or ""
    return (1, body.connection, rank_of(body.subject), body.object, verb, body.golden, as_people_count(id_), id_)


class Referred:
    """Numbers of the rows that make what other rows refer to; only golden records that are referred to are kept."""

    def __init__(self, goldens: Container[int]) -> None:
        self._goldens = goldens
        self._made: dict[tuple[str, int], int] = {}

    def add(self, connection: str, golden: int, number: int) -> None:
        if golden in self._goldens:
            self._made[connection, golden] = number

    def rows(self, connection: str, refers: Mapping[str, int]) -> dict[str, int]:
        """Provider field -> number of the row whose record it will name, of those that were added."""
        found = {column: self._made.get((connection, golden)) for column, golden in sorted(refers.items())}
        return {column: number for column, number in found.items() if number is not None}


def numbered(bodies: Iterable[Settle | Write], referred: Container[int]) -> Iterator[PlanRow]:
    """Rows under their numbers, as a stream; ``bodies`` come sorted by :func:`place_of`.

    Args:
        referred: golden records that some write refers to; only their rows are kept in mind. A reference to a record
            that this plan does not make is left out: it is owed once that record is there.
    """
    known = Referred(referred)
    for number, body in enumerate(bodies, 1):
        if isinstance(body, Settle):
            yield PlanRow(number, body)
            continue
        yield PlanRow(number, body, known.rows(body.connection, body.refers))
        if body.verb == "create":
            known.add(body.connection, body.golden, number)


def number_all(bodies: Iterable[Settle | Write]) -> tuple[PlanRow, ...]:
    """A plan that fits in memory, numbered whatever the order of its rows."""
    ordered = sorted(bodies, key=place_of)
    referred = {golden for body in ordered if isinstance(body, Write) for golden in body.refers.values()}
    return tuple(numbered(ordered, referred))
