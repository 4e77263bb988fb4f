"""Conversions that a CRM does by itself, while they are carried out: what is asked, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from leadbridge.apply.journal import Operation, Outcome, Past, present
from leadbridge.apply.judging import Stores, acknowledged, rejected
from leadbridge.conversions import ConvertRequest, ConvertResult
from leadbridge.plan.native import DEVIATING, Native
from leadbridge.plan.rows import WriteRow
from leadbridge.provider import Result
from leadbridge.records import Record, Ref, Reject
from leadbridge.values import MISSING, Raw, is_absent

NOT_NATIVE = Native("converts")


def is_effect(row: WriteRow) -> bool:
    return row.native is not None and row.native.part == "effect"


def follows(row: WriteRow) -> bool:
    return row.native is not None and row.native.part == "follows"


def request_of(row: WriteRow, *, checks: bool) -> ConvertRequest:
    """What the CRM is asked for a row that converts; the roles' records are known by now.

    Args:
        checks: whether the provider compares ``expected`` itself.
    """
    native = row.native or NOT_NATIVE
    lead = Ref(row.connection, row.object, row.id or "")
    expected = row.expected if checks else {}
    return ConvertRequest(row.number, lead, frozenset(native.makes), native.into, {}, native.wanted, expected)


def result_of(row: WriteRow, result: ConvertResult) -> tuple[Result, Mapping[str, Raw]]:
    """A conversion's result as that of a row; and role -> id of the records, to be kept with it."""
    records = {role: ref.id for role, ref in result.records.items()}
    return Result(row.number, result.state, row.id, result.reject), records


def converted(row: WriteRow, records: Mapping[str, Ref]) -> Outcome:
    """A lead of which is known what became of it."""
    return Outcome(row, "done", row.id, {role: ref.id for role, ref in records.items()})


def with_records(operation: Operation, past: Mapping[int, Past]) -> Operation | Outcome:
    """A row that converts, with the records that other rows made for it; its reject where they did not."""
    row = operation.row
    native = row.native or NOT_NATIVE
    lacking = [number for number in (*row.refers.values(), *native.by) if not _done(past.get(number))]
    if lacking:
        reason = f"row {lacking[0]}, whose records it goes into, was not done"
        return rejected(row, "depends", reason, f"mend row {lacking[0]} first")
    into = {role: _record(role, past[number]) for role, number in row.refers.items()}
    return replace(operation, row=replace(row, refers={}, native=replace(native, into={**native.into, **into})))


def after_conversion(operation: Operation, past: Mapping[int, Past]) -> Operation | Outcome | None:
    """An effect, or what follows, with ids of the records that it needs; skipped where its lead was not converted.

    None where that cannot be said yet. What follows the conversion of an earlier run waits for nobody.
    """
    row = operation.row
    native = row.native or NOT_NATIVE
    told = [past.get(number) for number in native.by]
    done = next((one for one in told if _done(one)), None)
    if done is None and native.by:
        return None if None in told else Outcome(row, "skipped")
    id_ = row.id
    if done is not None and is_effect(row) and row.verb == "create":
        id_ = _record(row.role, done) or id_
    elif native.record is not None:
        made = past.get(native.record)
        if made is None:
            return None
        id_ = made.id
    numbers = row.refers.values()
    if any(past.get(number) is None for number in numbers):
        return None
    if (id_ is None and row.verb == "update") or not all(_done(past[number]) for number in numbers):
        return Outcome(row, "skipped")
    values = {**row.values, **{column: past[number].id or "" for column, number in row.refers.items()}}
    return replace(
        operation, id=id_, row=replace(row, id=id_ if row.verb == "update" else None, values=values, refers={})
    )


def arrived(operation: Operation, id_: str | None, record: Record | None, stores: Stores) -> Outcome:
    """An effect, after what was read back. What the policy wants and is not there is told, and owed."""
    row = operation.row
    if record is None:
        return rejected(
            row, "gone", "the record is not there any more", "plan again: what became of it is captured then"
        )
    outcome = acknowledged(operation, id_, record, stores)
    brings = row.native.brings if row.native else ()
    lacking = [c for c in brings if not stores(row, c, row.values[c], record.values.get(c, MISSING))]
    reject = deviating(row, lacking, "did not arrive") if lacking else None
    return Outcome(row, "done", id_, outcome.after, outcome.due or bool(lacking), reject)


def still_to_write(operation: Operation, record: Record | None, stores: Stores) -> Operation | Outcome:
    """What follows, by the record as it is: without what is there already, expecting what is overwritten.

    Written over is what was foretold, what the CRM filled by itself, and nothing; else somebody was there first.
    """
    row = operation.row
    if record is None:
        return rejected(row, DEVIATING, "the record is not there any more", "look at the lead in the CRM")
    there = {name: record.values.get(name, MISSING) for name in row.values}
    left = {name: raw for name, raw in row.values.items() if not stores(row, name, raw, there[name])}
    unsure = row.native.unsure if row.native else ()
    edited = [n for n in left if n not in unsure and not _as_told(row, n, there[n], stores)]
    if edited:
        reject = deviating(row, edited, "was set to something else meanwhile")
        return Outcome(row, "rejected", row.id, reject=reject)
    if not left:
        return Outcome(row, "done", row.id, present(there))
    image = present(there)
    return replace(operation, before=image, row=replace(row, values=left, expected=image))


def _as_told(row: WriteRow, name: str, there: Raw, stores: Stores) -> bool:
    return is_absent(there) or (name in row.expected and stores(row, name, row.expected[name], there))


def deviating(row: WriteRow, fields: Sequence[str], what: str) -> Reject:
    source = f"{row.connection}:{row.object}:{row.id or f'row {row.number}'}"
    reason = f"the lead is converted, but {', '.join(sorted(fields))} {what}"
    remedy = "compare the CRM's own lead mapping with the policy, or correct the record"
    return Reject(DEVIATING, reason, remedy, source, sorted(fields)[0], dict(row.values))


def as_deviating(outcome: Outcome) -> Outcome:
    """A row that follows a conversion and was refused: the lead is converted, but not as the policy wants it."""
    row, reject = outcome.row, outcome.reject
    if outcome.state != "rejected" or reject is None or not follows(row) or reject.code == DEVIATING:
        return outcome
    name = reject.provider_field or next(iter(sorted(row.values)), "")
    reason = f"the lead is converted, but {name} did not arrive: {reject.reason}"
    return replace(outcome, reject=replace(reject, code=DEVIATING, reason=reason, provider_field=name))


def _done(past: Past | None) -> bool:
    return past is not None and past.state == "done"


def _record(role: str, past: Past) -> str:
    """The id of a role's record: of a row that converts, or of one that makes it."""
    found = past.after.get(role) if role in past.after else past.id
    return str(found or "")
