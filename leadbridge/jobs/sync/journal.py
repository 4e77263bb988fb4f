"""The journal of one run, kept in the state: outcomes, and all that they move, in one transaction each."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from leadbridge.apply.journal import Operation, Outcome, Past, present
from leadbridge.apply.judging import rejected
from leadbridge.golden import Link
from leadbridge.jobs.sync import duplicates, keeping
from leadbridge.jobs.sync.identities import body_of
from leadbridge.jobs.sync.prints import of_write
from leadbridge.jobs.sync.standing_rejects import row_of
from leadbridge.plan.rows import WriteRow
from leadbridge.plan.sync_rows import PlanRow, Write
from leadbridge.records import Ref
from leadbridge.state import goldens, information, leases, links, operations, rejects, reviews
from leadbridge.state.model import Lease, ReviewRow, RowKind, StoredLink
from leadbridge.state.model import Operation as StoredOperation
from leadbridge.state.operations import Outcome as StoredOutcome
from leadbridge.state.store import Store
from leadbridge.state.transactions import Transaction
from leadbridge.values import Raw

WRITES: Final[frozenset[RowKind]] = frozenset({"create", "update", "delete", "convert"})
_FINAL = frozenset({"done", "rejected", "uncertain", "skipped"})
_STALE = "the golden record moved on since the plan was made; nothing was written"
_MOVED_ON = frozenset({"stale", "gone", "depends"})
"""Codes of rejects that say nothing against the value: it is planned again."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the journal needs to know besides its rows.

    Attributes:
        prints: (connection, object, role) -> fingerprint of the mapping; part of what a standing reject is known by.
        columns: (connection, object, role) -> provider fields that are mapped: what a base holds.
        files: connections whose new records are blank where nothing was sent.
        stale: golden records that moved on since the plan was made; their rows are rejected.
        sent_only: rows that were never sent are not taken up: the run has ended, and they are planned again.
        refused: conversions that were refused so far; None for a plan that converts nobody.
    """

    prints: Mapping[tuple[str, str, str], str]
    columns: Mapping[tuple[str, str, str], frozenset[str]]
    files: frozenset[str] = frozenset()
    stale: frozenset[int] = frozenset()
    sent_only: bool = False
    refused: frozenset[int] | None = None


class StateJournal:
    """See :class:`leadbridge.apply.journal.Journal`.

    Attributes:
        stale: rows that were rejected here, because their golden record moved on.
    """

    def __init__(self, store: Store, run: int, plan: int, lease: Lease, told: Told) -> None:
        self._store = store
        self._run = run
        self._plan = plan
        self._lease = lease
        self._told = told
        self.stale = 0
        self._refused: set[int] | None = None if told.refused is None else set(told.refused)

    def sent(self, operations_: Sequence[Operation]) -> None:
        with self._store.begin() as tx:
            leases.check(tx, self._lease)
            operations.intend(tx, self._run, {o.row.number: present(o.before) for o in operations_})

    def outcomes(self, outcomes: Sequence[Outcome]) -> None:
        with self._store.begin() as tx:
            kept = operations.record(tx, self._run, [_stored(outcome) for outcome in outcomes])
            new = [outcome for outcome in outcomes if outcome.row.number in kept]
            self._move(tx, new)
        if self._refused is not None:
            self._refused |= refused_by((o.row, o.state) for o in new)

    def unfinished(self, connection: str | None = None) -> Iterator[Operation]:
        """Sent rows without an outcome and rows that were never sent, by number; ``stale`` ones are rejected here."""
        for page in keeping.pages(self._store, self._plan, WRITES, bare=True):
            rows = [write_row(row) for row in page]
            with self._store.read() as snapshot:
                known = operations.of(snapshot, self._run, [row.number for row in rows])
            found = [(row, known.get(row.number)) for row in rows if connection in {None, row.connection}]
            open_ = [(row, operation) for row, operation in found if _is_open(operation, self._told.sent_only)]
            moved = [row for row, operation in open_ if operation is None and self._moved_on(row)]
            if moved:
                self.stale += len(moved)
                self.outcomes(
                    [rejected(row, "stale", _STALE, "plan again: what changed is weighed then") for row in moved]
                )
            yield from (_operation(row, op) for row, op in open_ if op is not None or not self._moved_on(row))

    def _moved_on(self, row: WriteRow) -> bool:
        beside = row.native is not None and row.native.part != "converts"  # its lead's row decides
        return row.golden in self._told.stale and row.undoes is None and not beside

    def ids(self, numbers: Collection[int]) -> Mapping[int, str]:
        with self._store.read() as snapshot:
            found = operations.of(snapshot, self._run, numbers)
        return {n: one.result_id for n, one in found.items() if one.state == "done" and one.result_id}

    def past(self, numbers: Collection[int]) -> Mapping[int, Past]:
        with self._store.read() as snapshot:
            found = operations.of(snapshot, self._run, numbers)
        ended = {n: one for n, one in found.items() if one.state in _FINAL}
        return {n: Past(one.state, one.result_id, one.before or {}, one.after or {}) for n, one in ended.items()}

    def refused(self) -> Collection[int]:
        return self._refused or ()

    # --- what an outcome moves

    def _move(self, tx: Transaction, outcomes: Sequence[Outcome]) -> None:
        done = [outcome for outcome in outcomes if outcome.state == "done"]
        self._created(tx, [outcome for outcome in done if outcome.row.verb == "create"])
        self._updated(tx, [o for o in _linked(tx, outcomes) if o.row.link is not None and o.after])
        gone = [o.row.link for o in done if o.row.verb == "delete" and o.row.link is not None]
        links.set_states(tx, dict.fromkeys(gone, "gone"))
        links.set_due(tx, gone, False)
        self._unmade(tx, [o for o in done if o.row.verb == "delete" and o.row.undoes is not None])
        self._mended(tx, done)
        refused = [o for o in outcomes if o.state == "rejected" or o.reject is not None]
        self._rejected(tx, [o for o in refused if o.row.undoes is None])
        self._stays(tx, [o for o in refused if o.row.undoes is not None])
        self._asked(tx, [outcome for outcome in outcomes if outcome.state == "uncertain"])

    def _created(self, tx: Transaction, outcomes: Sequence[Outcome]) -> None:
        """A link for each, unless its record was found and linked meanwhile, or its golden record is no more."""
        refs = {ref_of(outcome): outcome for outcome in outcomes}
        known = links.by_refs(tx, refs.keys())
        lost = goldens.missing(tx, {o.row.golden or 0 for o in outcomes})
        new = {ref: o for ref, o in refs.items() if ref not in known and (o.row.golden or 0) not in lost}
        links.agree(tx, {stored.link.id: present(refs[ref].after) for ref, stored in known.items()})
        links.set_states(tx, {s.link.id: "live" for s in known.values() if s.link.state == "gone"})
        numbers = information.reserve(tx, "link", len(new)) if new else range(0)
        links.add(tx, [self._link(n, ref, o) for n, (ref, o) in zip(numbers, new.items(), strict=True)])
        waiting = {o.row.golden: o.row.awaits for o in new.values() if o.row.golden is not None}
        at = links.connections_of(tx, waiting.keys())
        goldens.set_due(tx, [golden for golden, awaits in waiting.items() if set(awaits) <= at[golden]], False)

    def _unmade(self, tx: Transaction, outcomes: Sequence[Outcome]) -> None:
        """Records that a refused conversion had made: as if they had never been."""
        known = links.by_refs(tx, [ref_of(outcome) for outcome in outcomes])
        links.remove(tx, [stored.link.id for stored in known.values()])

    def _link(self, number: int, ref: Ref, outcome: Outcome) -> StoredLink:
        row = outcome.row
        mapped = self._told.columns.get(_at(row), frozenset())
        base: dict[str, Raw] = dict.fromkeys(mapped, "") if row.connection in self._told.files else {}
        base |= {name: raw for name, raw in present(outcome.after).items() if name in mapped}
        link = Link(number, row.golden or 0, ref, row.role, "live", base)
        return StoredLink(link, row.key or "", outcome.due or row.owes_more)

    def _updated(self, tx: Transaction, outcomes: Sequence[Outcome]) -> None:
        links.agree(tx, {o.row.link: present(o.after) for o in outcomes if o.row.link is not None})
        quit_ = [o for o in outcomes if o.state == "done" and not (o.due or o.row.owes_more)]
        links.set_due(tx, [o.row.link for o in quit_ if o.row.link is not None], False)

    def _mended(self, tx: Transaction, outcomes: Sequence[Outcome]) -> None:
        """What earlier runs were refused is done now."""
        standing = rejects.open_of(tx, [refused_as(outcome.row) for outcome in outcomes])
        mended = [r for some in standing.values() for r in some if r.number is not None and r.run != self._run]
        rejects.set_state(tx, [r.id for r in mended], "cleared")
        if mended:
            duplicates.clear(tx, [o.row for o in outcomes if o.state == "done" and o.row.verb == "create"])

    def _rejected(self, tx: Transaction, outcomes: Sequence[Outcome]) -> None:
        self._mended(tx, outcomes)
        kept = []
        for outcome in outcomes:
            row, reject = outcome.row, outcome.reject
            if reject is not None:
                print_ = "" if reject.code in _MOVED_ON else of_write(row, self._told.prints.get(_at(row), ""))
                about = ref_of(outcome) if outcome.state == "done" else refused_as(row)
                kept.append(row_of(self._run, row.number, about, reject, print_))
        rejects.add(tx, kept)
        duplicates.ask(tx, self._run, outcomes, self._told.prints.keys())

    def _stays(self, tx: Transaction, outcomes: Sequence[Outcome]) -> None:
        """What a refused conversion did and could not be taken back: the record stays, under review."""
        now = datetime.now(UTC)
        reviews.ask(
            tx,
            [
                ReviewRow(0, "leftover", self._run, o.row.golden or None, o.row.link, "", _leftover(o), now)
                for o in outcomes
                if not (o.reject and o.reject.code == "gone")
            ],
        )

    def _asked(self, tx: Transaction, outcomes: Sequence[Outcome]) -> None:
        now = datetime.now(UTC)
        reviews.ask(
            tx,
            [
                ReviewRow(0, "uncertain", self._run, o.row.golden, o.row.link, "", _uncertain(o.row), now)
                for o in outcomes
            ],
        )


def _linked(tx: Transaction, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Those of changed records, with their links: a record that a conversion made had none when this was planned."""
    changed = [o for o in outcomes if o.row.verb in {"create", "update"}]
    made = [o for o in changed if o.row.link is None and o.row.native is not None and o.row.verb == "update"]
    known = links.by_refs(tx, [ref_of(o) for o in made]) if made else {}
    found = {o.row.number: known[ref_of(o)].link.id for o in made if ref_of(o) in known}
    return [replace(o, row=replace(o.row, link=found[o.row.number])) if o.row.number in found else o for o in changed]


def ref_of(outcome: Outcome) -> Ref:
    return Ref(outcome.row.connection, outcome.row.object, outcome.id or outcome.row.id or "")


def refused_as(row: WriteRow) -> Ref:
    """The record that a reject stands for; of a create, its key."""
    return Ref(row.connection, row.object, row.id or row.key or "")


def write_row(row: PlanRow) -> WriteRow:
    """A plan's row as it is applied."""
    body = row.body
    if not isinstance(body, Write):
        raise TypeError(f"row {row.number} settles; it is not written")
    return WriteRow(
        number=row.number,
        verb=body.verb,
        connection=body.connection,
        object=body.object,
        role=body.role,
        label=body.label,
        golden=body.golden,
        link=body.link,
        id=body.id,
        values=body.values,
        expected=body.expected,
        refers=row.refers,
        key=body.key,
        awaits=body.awaits,
        owes_more=body.owes_more,
        why=body.why,
        conversions=body.conversions,
        undoes=body.undoes,
        native=body.native,
        erases=body.erases,
    )


def refused_by(rows: Iterable[tuple[WriteRow, str]]) -> set[int]:
    """Conversions that rows in these states were refused for."""
    return {
        number
        for row, state in rows
        if state in {"rejected", "uncertain"} and row.undoes is None
        for number in row.conversions
    }


def _at(row: WriteRow) -> tuple[str, str, str]:
    return row.connection, row.object, row.role


def _is_open(operation: StoredOperation | None, sent_only: bool) -> bool:
    if operation is None or operation.state == "planned":
        return not sent_only
    return operation.state == "sent"


def _operation(row: WriteRow, known: StoredOperation | None) -> Operation:
    if known is None or known.state == "planned":
        return Operation(row)
    return Operation(row, "sent", known.result_id, known.before or {})


def _stored(outcome: Outcome) -> StoredOutcome:
    code = outcome.reject.code if outcome.reject else ""
    return StoredOutcome(outcome.row.number, outcome.state, outcome.id, present(outcome.after), code)


def _leftover(outcome: Outcome) -> str:
    """The question, as its text in the state."""
    row = outcome.row
    what = "it was made" if row.verb == "delete" else "it was changed"
    reason = outcome.reject.reason if outcome.reject else "the CRM refused it"
    why = f"{row.label}: {what} by a conversion that was then refused, and could not be taken back: {reason}"
    return body_of([ref_of(outcome)], why)


def _uncertain(row: WriteRow) -> str:
    """The question, as its text in the state."""
    ref = refused_as(row)
    said = {"refs": [[ref.connection, ref.object, ref.id]], "why": f"{row.verb}: nobody knows what became of it"}
    return json.dumps({**said, "number": row.number, "label": row.label, "role": row.role}, ensure_ascii=True)
