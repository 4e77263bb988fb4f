"""Creates that a CRM refuses because of a record that it has: whether that is the same one is a question."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Final

from leadbridge.apply.journal import Outcome
from leadbridge.jobs.sync.identities import refs_of
from leadbridge.plan.rows import WriteRow
from leadbridge.records import Ref
from leadbridge.state import reviews
from leadbridge.state.model import ReviewRow
from leadbridge.state.transactions import Transaction

KIND: Final = "duplicate"


def ask(tx: Transaction, run: int, outcomes: Sequence[Outcome], mapped: Collection[tuple[str, str, str]]) -> None:
    """Once of each golden record and rival, whatever is refused in later runs; beside the rejects.

    Nothing is asked of records that no mapping reads: they could not be linked. ``mapped``: connection, object, role.
    """
    found = [o for o in outcomes if o.reject is not None and o.reject.rival is not None and o.row.verb == "create"]
    if not found:
        return
    asked = reviews.said_of(tx, {o.row.golden or 0 for o in found}, KIND)
    known = {(row.golden, refs_of(row.body)) for row in asked if row.state == "open" or row.answer == "different"}
    now = datetime.now(UTC)
    questions = []
    for outcome in found:
        rival = outcome.reject.rival if outcome.reject else None
        role = _role(outcome, rival, mapped) if rival else None
        if rival and role and outcome.row.golden and (outcome.row.golden, frozenset({rival})) not in known:
            body = _body(outcome, rival, role)
            questions.append(ReviewRow(0, KIND, run, outcome.row.golden, None, "", body, now))
    reviews.ask(tx, questions)


def clear(tx: Transaction, created: Sequence[WriteRow]) -> None:
    """Close open questions about creates that came to be."""
    made = {Ref(row.connection, row.object, row.key or "") for row in created}
    asked = reviews.said_of(tx, {row.golden or 0 for row in created}, KIND)
    reviews.clear(tx, [row.id for row in asked if refused_as(row) in made])


def refused_as(asked: ReviewRow) -> Ref:
    """What the create's reject is kept under."""
    return Ref(*json.loads(asked.body)["refused"])


def _role(outcome: Outcome, rival: Ref, mapped: Collection[tuple[str, str, str]]) -> str | None:
    """The role that a record would have: the create's, where the rival's object is mapped in it."""
    roles = sorted(role for *at, role in mapped if at == [rival.connection, rival.object])
    return outcome.row.role if outcome.row.role in roles else next(iter(roles), None)


def _body(outcome: Outcome, rival: Ref, role: str) -> str:
    """The question, as its text in the state."""
    row = outcome.row
    why = f"{row.label} was not created: {row.connection} found {rival.object} {rival.id}; is it the same?"
    said = {"refs": [[rival.connection, rival.object, rival.id]], "why": why, "label": row.label, "role": role}
    return json.dumps({**said, "refused": [row.connection, row.object, row.key or ""]}, ensure_ascii=True)
