"""What people did and what tools did to it: who made each record, and which edit each cell holds."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from benchmarks.simulation.layout import meaning
from leadbridge.records import Ref
from leadbridge.values import Raw


@dataclass(slots=True)
class Edit:
    """A value that a person wrote.

    Attributes:
        value: its meaning; see ``layout.meaning``.
        over: the edit whose value stood there, and that this one knowingly replaces.
        of_twin: whether the record was a second one of its subject in that CRM.
        hasty: whether it replaces a value that no run may have seen.
        told: edits with a smaller number have been seen by a run that ended.
    """

    number: int
    tag: str
    field: str
    value: Raw
    ref: Ref
    over: int | None
    of_twin: bool
    hasty: bool
    told: int


@dataclass(slots=True)
class Kept:
    """A record that is or was there."""

    tag: str
    by_tool: bool
    gone: bool = False


@dataclass(slots=True)
class Ledger:
    """
    Attributes:
        cells: (record, field) -> number of the edit whose value stands there.
        deleted: tags of which a person deleted a record, with the number of the edit before it.
        made: (connection, tag) -> records that the tool made although one was there, or had been.
        fresh: the edits that the plan now carried out was the first to see.
        done: number of edits before the last run that ended.
    """

    records: dict[Ref, Kept] = field(default_factory=dict)
    edits: list[Edit] = field(default_factory=list)
    cells: dict[tuple[Ref, str], int] = field(default_factory=dict)
    deleted: dict[str, int] = field(default_factory=dict)
    made: Counter[tuple[str, str]] = field(default_factory=Counter)
    noop_writes: int = 0
    wrong_deletes: int = 0
    writes: int = 0
    calls: int = 0
    fresh: range = range(0)
    done: int = 0

    # --- what people do

    def edit(self, ref: Ref, name: str, raw: Raw) -> None:
        over = self.cells.get((ref, name))
        twin = self.first(ref.connection, self.records[ref].tag, ref.object) != ref
        hasty = over is not None and over >= self.done
        edit = Edit(len(self.edits), self.records[ref].tag, name, meaning(name, raw), ref, over, twin, hasty, self.done)
        self.edits.append(edit)
        self.cells[ref, name] = edit.number

    def drop(self, ref: Ref, *, deleted: bool) -> None:
        self.records[ref].gone = True
        if deleted:
            self.deleted[self.records[ref].tag] = len(self.edits)

    # --- what a tool does

    def tool_made(self, ref: Ref, tag: str) -> None:
        known = [k for r, k in self.records.items() if (r.connection, r.object, k.tag) == (*_place(ref), tag)]
        self.made[ref.connection, tag] += bool(known)
        self.records[ref] = Kept(tag, by_tool=True)

    def tool_wrote(self, ref: Ref, name: str, raw: Raw) -> None:
        value, tag = meaning(name, raw), self.records[ref].tag
        mine = (e.number for e in reversed(self.edits) if (e.tag, e.field, e.value) == (tag, name, value))
        number = next(mine, None)
        if number is None:
            self.cells.pop((ref, name), None)
        else:
            self.cells[ref, name] = number

    def tool_deleted(self, ref: Ref) -> None:
        """Wrong, unless a person deleted the subject elsewhere and nobody edited it before the run saw that."""
        tag = self.records[ref].tag
        met = any(e.tag == tag and self._counts(e) for e in map(self.edits.__getitem__, self.fresh))
        self.wrong_deletes += tag not in self.deleted or met
        self.records[ref].gone = True

    def _counts(self, edit: Edit) -> bool:
        """Whether it certainly is a change to a run: a yes may have become a no and a yes again."""
        return edit.field != "out" and not edit.of_twin and not self.records[edit.ref].gone

    # --- what is there

    def live(self, tag: str) -> list[Ref]:
        """The records of a subject, the oldest first."""
        return [ref for ref, kept in self.records.items() if kept.tag == tag and not kept.gone]

    def first(self, connection: str, tag: str, object_: str) -> Ref | None:
        mine = (ref for ref in self.live(tag) if _place(ref) == (connection, object_))
        return next(mine, None)

    @property
    def tags(self) -> list[str]:
        return list(dict.fromkeys(kept.tag for kept in self.records.values()))


def _place(ref: Ref) -> tuple[str, str]:
    return ref.connection, ref.object
