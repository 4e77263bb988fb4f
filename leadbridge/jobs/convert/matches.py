"""To which of several records a lead belongs: questions of kind ``match``, and what people said."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from leadbridge.errors import UsageError
from leadbridge.jobs.identify import Answered, Meant
from leadbridge.jobs.outcome import Review
from leadbridge.jobs.sync.identities import refs_of
from leadbridge.records import Ref
from leadbridge.state import links, reviews
from leadbridge.state.model import ReviewRow
from leadbridge.state.transactions import Snapshot, Transaction

KIND = "match"
NONE = "none"


@dataclass(frozen=True, slots=True)
class Question:
    """What a question's text says. ``among``: the records of which one may be meant, all in one connection."""

    leads: frozenset[Ref]
    role: str
    among: frozenset[Ref]

    @property
    def connection(self) -> str:
        return min(self.among).connection

    def meant(self, said: str) -> Meant | None:
        """By the record's id or ref, or ``none``; None where it is neither."""
        if said == NONE:
            return Meant(None, self.among)
        found = [ref for ref in self.among if said in {ref.id, str(ref)}]
        return Meant(found[0], self.among) if len(found) == 1 else None


def question_of(body: str) -> Question:
    said = json.loads(body)
    return Question(frozenset(Ref(*parts) for parts in said["leads"]), said["role"], refs_of(body))


def answered(snapshot: Snapshot) -> Answered:
    """What was said last counts."""
    found: dict[tuple[Ref, str, str], Meant] = {}
    for row in reviews.answered(snapshot, KIND):
        question = question_of(row.body)
        meant = question.meant(row.answer or "")
        if meant is not None:
            found |= dict.fromkeys(((ref, question.connection, question.role) for ref in question.leads), meant)
    return found


def check(asked: ReviewRow, said: str) -> str:
    """A sentence that says what follows. Raises UsageError where it is no answer."""
    question = question_of(asked.body)
    meant = question.meant(said)
    if meant is None:
        listed = ", ".join(ref.id for ref in sorted(question.among))
        raise UsageError(f"question {asked.id} is answered with one of {listed}, or none; {said!r} is none of these")
    what = f"a new {question.role} is made" if meant.ref is None else f"{meant.ref} is the {question.role}"
    return f"{what}; the next conversion goes by that"


def keep(tx: Transaction, run: int, found: Sequence[Review], connections: Collection[str]) -> None:
    """Ask what nobody was asked yet; what has settled itself, and answers that were carried out, are closed."""
    asking = {_key(one): one for one in found if one.role}
    open_ = {question_of(row.body): row.id for row in _open(tx)}
    mine = {one for one in open_ if {ref.connection for ref in one.leads} <= set(connections)}
    reviews.clear(tx, [open_[one] for one in mine if one not in asking])
    now = datetime.now(UTC)
    new = [ReviewRow(0, KIND, run, None, None, "", _body(one), now) for at, one in asking.items() if at not in open_]
    reviews.ask(tx, new)
    reviews.carried(tx, [row.id for row in reviews.answered(tx, KIND) if _is_done(tx, question_of(row.body))])


def _key(one: Review) -> Question:
    return Question(frozenset(one.refs), one.role, frozenset(one.candidates))


def _body(one: Review) -> str:
    said = {
        "refs": [[r.connection, r.object, r.id] for r in sorted(one.candidates)],
        "leads": [[r.connection, r.object, r.id] for r in sorted(one.refs)],
        "role": one.role,
        "why": f"{one.label}: {one.text.partition(': ')[0]}",
    }
    return json.dumps(said, ensure_ascii=True)


def _open(snapshot: Snapshot) -> Iterator[ReviewRow]:
    after = 0
    while page := reviews.page(snapshot, after, kind=KIND):
        after = page[-1].id
        yield from page


def _is_done(snapshot: Snapshot, question: Question) -> bool:
    known = links.by_refs(snapshot, question.leads)
    return all(ref in known and known[ref].link.state == "converted" for ref in question.leads)
