"""Remember: golden records move, with their links, bases, conflicts and questions; chunk by chunk, each whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from typing import Final

from leadbridge.golden import Golden, Link
from leadbridge.jobs.sync.erasing import erase
from leadbridge.jobs.sync.identities import body_of, refs_of
from leadbridge.jobs.sync.keying import kept_keys
from leadbridge.jobs.sync.viewing import ORGANISATION, owe_members
from leadbridge.merge.model import Candidate, Question
from leadbridge.plan.row_text import shown
from leadbridge.plan.sync_rows import Asked, PlanRow, Settle
from leadbridge.state import codec, conflicts, goldens, heirs, holds, keys, links, operations, rejects, reviews
from leadbridge.state.links import LinkedError
from leadbridge.state.model import Claim, ConflictRow, Hold, ReviewRow, StoredLink
from leadbridge.state.operations import Outcome
from leadbridge.state.store import Store
from leadbridge.state.transactions import Transaction
from leadbridge.values import MISSING

_CHUNK: Final = 500


@dataclass(slots=True)
class Settled:
    """``stale``: golden records that had moved on since the plan was made; nothing of them was settled."""

    rows: int = 0
    stale: int = 0
    conflicts: int = 0
    questions: int = 0

    def __add__(self, other: Settled) -> Settled:
        return Settled(
            self.rows + other.rows,
            self.stale + other.stale,
            self.conflicts + other.conflicts,
            self.questions + other.questions,
        )


def settle_rows(
    store: Store,
    run: int,
    rows: Iterable[PlanRow],
    check: Callable[[Transaction], None],
    last: Callable[[Transaction], None],
) -> Settled:
    """Settle a plan's rows in the order of their numbers. The journal knows how far that got: up to the last ``done``.

    Args:
        check: raises where the run may not go on; called in each transaction.
        last: what moves in the transaction of the last chunk; called also where there is no row.
    """
    found = Settled()
    chunks = _chunks(rows)
    chunk: Sequence[PlanRow] = next(chunks, ())
    while True:
        following = next(chunks, None)
        move = partial(_move, store, run, chunk, check, last if following is None else None)
        try:
            found += move(careful=False)
        except LinkedError:
            # Records that the plan took for newcomers were linked since. It is rare, so only looked for where it is so.
            found += move(careful=True)
        if following is None:
            return found
        chunk = following


def _move(  # noqa: PLR0913  (one transaction and all that happens in it)
    store: Store,
    run: int,
    rows: Sequence[PlanRow],
    check: Callable[[Transaction], None],
    last: Callable[[Transaction], None] | None,
    *,
    careful: bool,
) -> Settled:
    found = Settled()
    with store.begin() as tx:
        check(tx)
        if rows:
            _Chunk(tx, run, found).settle(rows, careful=careful)
        if last is not None:
            last(tx)
    return found


def _chunks(rows: Iterable[PlanRow]) -> Iterator[Sequence[PlanRow]]:
    steps = iter(rows)
    while chunk := list(islice(steps, _CHUNK)):
        yield chunk


class _Chunk:
    """One transaction."""

    def __init__(self, tx: Transaction, run: int, found: Settled) -> None:
        self._tx = tx
        self._run = run
        self._found = found

    def settle(self, rows: Sequence[PlanRow], *, careful: bool) -> None:
        """``careful``: look whether records that are to be linked are linked already."""
        tx = self._tx
        by_number = {row.number: row.body for row in rows if isinstance(row.body, Settle)}
        bodies = list(by_number.values())
        stale = self._goldens(bodies, self._taken(bodies) if careful else set())
        fresh = [body for body in by_number.values() if body.golden not in stale]
        self._links(fresh)
        self._log(fresh)
        self._lift(fresh)
        erased = [row for row in fresh if row.erased]
        if erased:
            erase(tx, self._run, erased)
        outcomes = [Outcome(n, "skipped", code="stale") for n, body in by_number.items() if body.golden in stale]
        end = max(by_number)
        if not outcomes or outcomes[-1].number != end:
            outcomes.append(Outcome(end, "done"))
        operations.record(tx, self._run, outcomes)
        self._found.rows += len(fresh)
        self._found.stale += len(by_number) - len(fresh)

    def _taken(self, rows: Sequence[Settle]) -> set[int]:
        """Golden records that would get a record which another link stands for by now."""
        changes = ((row.golden, change) for row in rows for change in row.links)
        wanted = {(golden, c.link): c.ref for golden, c in changes if c.was is None or c.before is not None}
        known = links.by_refs(self._tx, wanted.values())
        return {golden for (golden, link), ref in wanted.items() if ref in known and known[ref].link.id != link}

    def _goldens(self, rows: Sequence[Settle], taken: set[int]) -> frozenset[int]:
        """Move the golden records; gives those that are stale, ``taken`` among them."""
        tx = self._tx
        made = goldens.missing(tx, [row.golden for row in rows if not row.version])
        known = [n for row in rows for n in (row.golden, *row.unites) if n not in made]
        stored = goldens.load(tx, known) if known else {}
        stale = taken | {row.golden for row in rows if any(n not in stored for n in row.unites)}
        moved = {row.golden: self._moved(row, stored[row.golden].golden) for row in rows if row.golden in stored}
        new = [self._moved(row, Golden(row.golden, row.subject)) for row in rows if row.golden in made - taken]
        versions = {row.golden: row.version for row in rows}
        going = [golden for number, golden in moved.items() if number not in stale]
        stale |= {row.golden for row in rows if row.version and row.golden not in stored}
        stale |= goldens.update_expected(tx, going, versions)
        goldens.add(tx, new)
        keys.add(tx, {g.id: kept_keys(g) for g in new if g.id not in stale})
        keys.replace(tx, {g.id: kept_keys(g) for g in going if g.id not in stale})
        fresh = [row for row in rows if row.golden not in stale]
        owe_members(tx, [row.golden for row in fresh if row.conversions and row.moves and row.subject == ORGANISATION])
        goldens.set_due(tx, [row.golden for row in fresh if row.owed], True)
        goldens.set_due(tx, [row.golden for row in fresh if row.unowed], False)
        self._unite({number: row.golden for row in fresh for number in row.unites})
        return frozenset(stale)

    def _moved(self, row: Settle, golden: Golden) -> Golden:
        if row.erased:
            return replace(golden, fields={})
        taken = row.held(self._run)
        return replace(golden, fields={**golden.fields, **taken}) if taken else golden

    def _unite(self, united: Mapping[int, int]) -> None:
        """Everything of a golden record belongs to another from now on."""
        if not united:
            return
        tx = self._tx
        held = holds.of(tx, united.keys())
        links.move(tx, united)
        reviews.move(tx, united)
        conflicts.move(tx, united)
        heirs.add(tx, united)
        holds.put(tx, [Hold(united[n], h.link, h.field, h.run) for n, some in held.items() for h in some])
        goldens.remove(tx, list(united))

    def _links(self, rows: Sequence[Settle]) -> None:
        tx = self._tx
        changes = [(row.golden, change) for row in rows for change in row.links]
        stored = links.load(tx, [change.link for _, change in changes])
        bases = {link: base for row in rows for link, base in row.bases.items()}
        new = [
            StoredLink(Link(c.link, golden, c.ref, c.role, c.state, {**c.base, **bases.pop(c.link, {})}, c.age))
            for golden, c in changes
            if c.link not in stored
        ]
        changed = [
            replace(stored[c.link], link=replace(stored[c.link].link, golden=golden, role=c.role, state=c.state))
            for golden, c in changes
            if c.link in stored
        ]
        links.add(tx, new)
        links.update_all(tx, changed)
        links.rename(tx, {c.link: c.ref for _, c in changes if c.before is not None and c.before != c.ref})
        links.agree(tx, bases)
        links.set_due(tx, [link for row in rows for link in row.undue], False)
        links.set_due(tx, [link for row in rows for link in row.due], True)

    def _lift(self, rows: Sequence[Settle]) -> None:
        """What was edited since an undo is held no more."""
        old = [row for row in rows if row.version]
        edited = {(row.golden, name) for row in old for t in row.taken if t.ref is not None for name in t.new}
        held = holds.of(self._tx, {golden for golden, _ in edited})
        holds.release(self._tx, [h for some in held.values() for h in some if (h.golden, h.field) in edited])

    def _log(self, rows: Sequence[Settle]) -> None:
        tx, now = self._tx, datetime.now(UTC)
        logged = [
            ConflictRow(0, self._run, row.golden, c.field, _claim(c.winner), tuple(map(_claim, c.losers)), c.rule, now)
            for row in rows
            for c in row.conflicts
        ]
        asked = [self._review(row.golden, "field", q.field, _question(q), now) for row in rows for q in row.questions]
        asked += [self._review(row.golden, a.kind, "", _about(a), now, a.link) for row in rows for a in row.asked]
        conflicts.add(tx, logged)
        reviews.ask(tx, asked)
        self._found.conflicts += len(logged)
        self._found.questions += len(asked)
        self._clear(rows)

    def _review(  # noqa: PLR0913, PLR0917  (a row's columns)
        self, golden: int, kind: str, field: str, body: str, now: datetime, link: int | None = None
    ) -> ReviewRow:
        return ReviewRow(0, kind, self._run, golden, link, field, body, now)

    def _clear(self, rows: Sequence[Settle]) -> None:
        """Questions about records that are there again, and rejects of records that are owed nothing any more."""
        tx = self._tx
        returned = {row.golden: set(row.cleared) for row in rows if row.cleared}
        open_ = reviews.open_of(tx, returned.keys())
        mended = [ref for row in rows for ref in row.mended]
        standing = rejects.open_of(tx, mended)
        reviews.clear(
            tx,
            [r.id for n, some in open_.items() for r in some if r.kind == "delete" and refs_of(r.body) <= returned[n]],
        )
        reviews.carried(tx, [number for row in rows for number in row.carried])
        rejects.set_state(tx, [r.id for some in standing.values() for r in some if r.number is not None], "cleared")


def _claim(candidate: Candidate) -> Claim:
    return Claim(candidate.value, candidate.connection, candidate.ref, candidate.stamp)


def _question(question: Question) -> str:
    """The values between which to choose, as text for people, with where each comes from."""
    said = [[c.connection, str(c.ref or ""), shown(c.value)] for c in question.candidates]
    raw = [[] if c.value is MISSING else [c.value] for c in question.candidates]
    places = {str(c.ref): c.place for c in question.candidates if c.place}
    return codec.dumps({"values": said, "raw": raw, "why": question.rule, **({"places": places} if places else {})})


def _about(asked: Asked) -> str:
    return body_of(asked.refs, asked.why)
