"""Sync plans and runs as JSON documents. Values that were missing have no key, null is null."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from leadbridge.jobs.sync.model import Explained, PlanOutcome, RunDetail, RunOutcome
from leadbridge.merge.model import Candidate
from leadbridge.plan.brakes import Stop
from leadbridge.plan.sync_rows import FieldChange, PlanRow, Settle, Write
from leadbridge.records import Ref
from leadbridge.state.model import Claim, ConflictRow, RejectRow, ReviewRow
from leadbridge.values import MISSING, Value


def plan_data(made: PlanOutcome) -> dict[str, Any]:
    """Without its rows."""
    return {
        "plan": made.plan,
        "run": made.run,
        "job": made.job,
        "digest": made.digest,
        "read": {f"{connection}:{name}": number for (connection, name), number in sorted(made.read.items())},
        "writes": made.writes,
        "settles": made.settles,
        "conflicts": made.conflicts,
        "questions": made.questions,
        "rejects": made.rejects,
        "stops": [stop_data(stop) for stop in made.stops],
        "resumed": made.resumed,
        "notes": list(made.notes),
        "calls": calls_data(made),
    }


def calls_data(made: PlanOutcome | RunOutcome) -> dict[str, Any]:
    """``left`` is null where it was not asked."""
    return {name: {**asdict(calls), "left": made.budget.get(name)} for name, calls in made.calls.items()}


def stop_data(stop: Stop) -> dict[str, Any]:
    share = None if stop.share is None else str(stop.share)
    return {**asdict(stop), "share": share}


def row_data(row: PlanRow) -> dict[str, Any]:
    body = row.body
    return {"row": row.number, **(_write(row, body) if isinstance(body, Write) else _settle(body))}


def _write(row: PlanRow, body: Write) -> dict[str, Any]:
    return {
        "action": body.verb,
        "connection": body.connection,
        "object": body.object,
        "id": body.id,
        "role": body.role,
        "golden": body.golden,
        "label": body.label,
        "refers": {name: f"@{number}" for name, number in row.refers.items()},
        "changes": [_change(change) for change in body.changes],
        **_conversion(body),
    }


def _conversion(body: Write) -> dict[str, Any]:
    """Of a plan to convert."""
    if not body.conversions and body.native is None:
        return {}
    return {
        "why": body.why,
        "conversions": list(body.conversions),
        "undoes": body.undoes and f"@{body.undoes}",
        **_native(body),
    }


def _native(body: Write) -> dict[str, Any]:
    """Of a conversion that the CRM does by itself."""
    if body.native is None:
        return {}
    return {"part": body.native.part, "by": [f"@{number}" for number in body.native.by]}


def _change(change: FieldChange) -> dict[str, Any]:
    return {
        "field": change.field,
        **_there("old", change.old),
        **_there("new", change.new),
        "rule": change.rule,
        "origin": change.origin,
    }


def _settle(body: Settle) -> dict[str, Any]:
    return {
        "action": "settle",
        "golden": body.golden,
        "subject": body.subject,
        "changes": [
            {"field": m.field, **_there("old", m.old), "new": m.new.value, "rule": m.rule, "origin": _place(m.new)}
            for m in body.moves
        ],
        "links": [{"ref": str(link.ref), "role": link.role, "state": link.state} for link in body.links],
        "conflicts": [
            {"field": c.field, "rule": c.rule, "winner": _claim(c.winner), "losers": [_claim(one) for one in c.losers]}
            for c in body.conflicts
        ],
        "questions": [
            *(
                {"field": q.field, "rule": q.rule, "candidates": [_claim(c) for c in q.candidates]}
                for q in body.questions
            ),
            *({"kind": a.kind, "why": a.why, "records": [str(ref) for ref in a.refs]} for a in body.asked),
        ],
    }


def _claim(claim: Candidate | Claim) -> dict[str, Any]:
    return {**_there("value", claim.value), "from": _place(claim)}


def _place(claim: Candidate | Claim) -> str:
    return str(claim.ref or claim.connection)


def _there(name: str, value: Value) -> Mapping[str, Value]:
    return {} if value is MISSING else {name: value}


def outcome_data(run: RunOutcome) -> dict[str, Any]:
    return {
        "run": run.run,
        "plan": run.plan,
        "job": run.job,
        "state": run.state,
        "counts": run.counts,
        "codes": run.codes,
        "rejects": run.rejects,
        "questions": run.questions,
        "conflicts": run.conflicts,
        "stops": [stop_data(stop) for stop in run.stops],
        "failed": {name: str(error) for name, error in run.failed.items()},
        "left": [
            {
                "ref": str(left.ref),
                "field": left.field,
                **_there("now", left.now),
                **_there("would_be", left.would_be),
                "runs": left.runs,
            }
            for left in run.left
        ],
        "resumed": run.resumed,
        "calls": calls_data(run),
    }


def run_data(run: RunDetail) -> dict[str, Any]:
    return asdict(run)


def explained_data(found: Explained) -> dict[str, Any]:
    return {
        "golden": found.golden,
        "subject": found.subject,
        "label": found.label,
        "erased_by": found.erased_by,
        "links": [{"ref": str(k.ref), "role": k.role, "state": k.state, "due": k.due} for k in found.links],
        "fields": [
            {
                "field": reason.field,
                **_there("value", reason.value),
                "origin": reason.origin,
                "ref": None if reason.ref is None else str(reason.ref),
                "run": reason.run,
                "rule": reason.rule,
                "losers": [{**_there("value", value), "from": place} for value, place in reason.losers],
                "held": reason.held,
            }
            for reason in found.fields
        ],
    }


def reject_row_data(reject: RejectRow, *, raw: bool) -> dict[str, Any]:
    """``raw`` values are personal data: on request only."""
    return {
        "id": reject.id,
        "run": reject.run,
        "row": reject.number,
        "record": shown_ref(reject.ref),
        "source": reject.source,
        "provider_field": reject.provider_field,
        "code": reject.code,
        "reason": reject.reason,
        "remedy": reject.remedy,
        "state": reject.state,
        **({"raw": {name: value for name, value in reject.raw.items() if value is not MISSING}} if raw else {}),
    }


def review_data(review: ReviewRow) -> dict[str, Any]:
    from leadbridge.state.codec import loads

    return {
        "id": review.id,
        "kind": review.kind,
        "run": review.run,
        "golden": review.golden,
        "field": review.field,
        "body": loads(review.body),
        "asked_at": review.asked_at,
        "state": review.state,
    }


def conflict_data(conflict: ConflictRow) -> dict[str, Any]:
    return {
        "id": conflict.id,
        "run": conflict.run,
        "golden": conflict.golden,
        "field": conflict.field,
        "winner": _claim(conflict.winner),
        "losers": [_claim(loser) for loser in conflict.losers],
        "rule": conflict.rule,
        "at": conflict.at,
        "restored_by": conflict.restored_by,
    }


def shown_ref(ref: Ref) -> str:
    """A ref as people write it; empty parts of one that is not known yet are left out."""
    return ":".join(part for part in (ref.connection, ref.object, ref.id) if part)
