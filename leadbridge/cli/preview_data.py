"""A preview as one JSON document, and as CSV with a line per row and field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leadbridge.cli.output import show
from leadbridge.jobs.outcome import Preview, rows_by_role, sources_of
from leadbridge.plan.model import Change, Conversion, PlannedRow, Rating
from leadbridge.records import Ref, Reject
from leadbridge.values import MISSING

CSV_HEADER = (
    "leads",
    "row",
    "action",
    "role",
    "connection",
    "record",
    "label",
    "field",
    "old",
    "new",
    "rule",
    "origin",
    "why",
)


def counts(preview: Preview) -> dict[str, Any]:
    """The numbers of each step."""
    made: dict[str, dict[str, int]] = {}
    for (role, _), verbs in rows_by_role(preview.plan).items():
        held = made.setdefault(role, {"create": 0, "update": 0, "keep": 0})
        made[role] = {verb: held[verb] + number for verb, number in verbs.items()}
    return {
        "captured": sum(tally.captured for tally in preview.tallies),
        "uncovered": sum(tally.uncovered for tally in preview.tallies),
        "rejected": len(preview.rejects),
        "leads": preview.leads.total(),
        "people": len(preview.people),
        "duplicates": preview.leads.total() - len(preview.people),
        "selected": len(preview.plan.conversions),
        "left_out": len(preview.left_out),
        "reviews": len(preview.reviews),
        "matched": preview.matched,
        "preview": made,
    }


def document(preview: Preview) -> dict[str, Any]:
    """The whole preview; values that were missing have no key, null is null."""
    places = sources_of(preview.people)
    return {
        "job": preview.job,
        "policy": preview.plan.policy,
        "version": preview.plan.version,
        "counts": counts(preview),
        "conversions": [_conversion(one, places) for one in preview.plan.conversions],
        "rows": [_row(row, places) for row in preview.plan.rows],
        "left_out": [
            {"lead": out.label, "records": [str(ref) for ref in out.lead.refs], "reason": out.reason}
            for out in preview.left_out
        ],
        "duplicates": [
            {"records": [str(ref) for ref in person.refs], "why": list(person.why)} for person in preview.duplicates
        ],
        "reviews": [
            {"lead": review.label, "records": [str(ref) for ref in review.refs], "text": review.text}
            for review in preview.reviews
        ],
        "rejects": [reject_data(reject) for reject in preview.rejects],
    }


def reject_data(reject: Reject) -> dict[str, str]:
    """A reject without its raw values."""
    return {
        "code": reject.code,
        "reason": reject.reason,
        "remedy": reject.remedy,
        "source": reject.source,
        "provider_field": reject.provider_field,
    }


def rating_data(rating: Rating | None) -> dict[str, Any] | None:
    if rating is None:
        return None
    reasons = [{"group": r.group, "points": r.points, "text": r.text} for r in rating.reasons]
    return {"score": rating.total, "grade": rating.grade, "rating": rating.rating, "reasons": reasons}


def _conversion(one: Conversion, places: Mapping[Ref, str]) -> dict[str, Any]:
    return {
        "number": one.number,
        "lead": one.label,
        "records": [{"ref": str(ref), "source": places[ref]} for ref in one.lead.refs],
        "score": rating_data(one.rating),
        "rows": list(one.rows),
    }


def _row(row: PlannedRow, places: Mapping[Ref, str]) -> dict[str, Any]:
    return {
        "row": row.number,
        "action": row.verb,
        "role": row.role,
        "connection": row.connection,
        "ref": str(row.ref) if row.ref else None,
        "label": row.label,
        "why": row.why,
        "refers": {name: f"@{number}" for name, number in row.refers.items()},
        "changes": [_change(change, places) for change in row.changes],
        "kept": [_change(change, places) for change in row.kept],
    }


def _change(change: Change, places: Mapping[Ref, str]) -> dict[str, Any]:
    old = {} if change.old is MISSING else {"old": change.old}
    origin = None if change.origin is None else places.get(change.origin, str(change.origin))
    return {"field": change.field, **old, "new": change.new, "rule": change.rule, "origin": origin}


def csv_rows(preview: Preview) -> list[list[str]]:
    """A line per field that changes or refers; a row without any has one line of its own.

    ``leads`` are the numbers of the leads that lead to the row, as the preview counts them.
    """
    places = sources_of(preview.people)
    leads: dict[int, list[str]] = {}
    for conversion in preview.plan.conversions:
        for number in conversion.rows:
            leads.setdefault(number, []).append(str(conversion.number))
    lines: list[list[str]] = []
    for row in preview.plan.rows:
        head = [
            " ".join(leads[row.number]),
            str(row.number),
            row.verb,
            row.role,
            row.connection or "",
            str(row.ref or ""),
            row.label,
        ]
        fields = [
            [c.field, show(c.old), show(c.new), c.rule, "" if c.origin is None else places.get(c.origin, str(c.origin))]
            for c in row.changes
        ] + [[name, "", str(number), "refers to row", ""] for name, number in row.refers.items()]
        lines += [[*head, *field, row.why] for field in fields or [["", "", "", "", ""]]]
    return lines
