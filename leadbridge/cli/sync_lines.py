"""A sync plan as people read it: the sum of it first, then its rows by object and action, field by field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Final, Literal

from leadbridge.cli.lines import Line, change_lines, field_lines, folded, line, word
from leadbridge.cli.output import Column, Style, table
from leadbridge.cli.preview import plural
from leadbridge.jobs.sync.model import PlanOutcome
from leadbridge.merge.model import Candidate, Conflict, Question
from leadbridge.plan.model import label
from leadbridge.plan.native import WriteVerb
from leadbridge.plan.sync_rows import Asked, FieldChange, PlanRow, Settle, Write

SYMBOLS: Final[Mapping[WriteVerb, tuple[str, Style]]] = {
    "create": ("+", "new"),
    "update": ("~", "changed"),
    "delete": ("-", "bad"),
    "convert": (">", "new"),
}
TITLES: Final[Mapping[WriteVerb, str]] = {
    "create": "new",
    "update": "changed",
    "delete": "deleted",
    "convert": "converted",
}
EFFECT: Final = "effect"
FOLLOWS: Final = ", once its lead is converted"
ATTENTION: Final = "!"
WAITING: Final = "waiting"
TWINS: Final = 10
"""Golden records that are shown although nothing but a surplus record is to be looked at; a first import has many."""

Names = Callable[[int], str]
"""Golden record -> the words by which people know it, empty where there are none."""


def plan_lines(made: PlanOutcome, rows: Iterable[PlanRow], limit: int | None, names: Names) -> Iterator[Line]:
    """All of it, as a stream. ``limit`` bounds the rows that are shown of each group; all are counted."""
    yield from summary_lines(made)
    yield from row_lines(rows, limit, names)
    yield from _stop_lines(made)


def closing_lines(made: PlanOutcome) -> Iterator[Line]:
    """How to go on with a plan that is kept."""
    if made.rows or made.settles:
        needed = dict.fromkeys(stop.override for stop in made.brakes if stop.override.startswith("--"))
        overrides = "".join(f" {override}" for override in needed)
        yield line()
        yield line("Nothing was written. To carry this plan out:", "dim")
        yield line(f"  leadbridge apply {made.plan}{overrides}")


def _stop_lines(made: PlanOutcome) -> Iterator[Line]:
    for number, stop in enumerate(made.brakes):
        if not number:
            yield line()
            yield line(f"{ATTENTION} a brake stops this plan", "title")
        yield from folded(f"{ATTENTION} {stop.message}", 3, "bad")


def summary_lines(made: PlanOutcome) -> Iterator[Line]:
    """What was read, how many rows of what, and what would stop the run."""
    for number in made.resumed:
        yield line(f"Run {number} had not ended; it was taken up and ended first.")
    yield line(f"Plan {made.plan} of job {made.job}", "title")
    read = ", ".join(f"{at[0]}:{at[1]} {number:,}" for at, number in sorted(made.read.items()))
    if read:
        yield from folded(f"read: {read}", 0)
    yield from folded(_said(made), 0)
    if made.writes:
        yield line()
        verbs = [v for v in SYMBOLS if v != "convert" or any(v in some for some in made.writes.values())]
        numbers = [Column(f"{SYMBOLS[verb][0]} {TITLES[verb]}", "right") for verb in verbs]
        cells = [[name, *(f"{made.writes[name].get(v, 0):,}" for v in verbs)] for name in sorted(made.writes)]
        yield from (((text, style),) for text, style in table([Column("in"), *numbers], cells, indent=2))
    yield from _call_lines(made)
    for number, note in enumerate(made.notes):
        yield from [] if number else [line()]
        yield from folded(f"{ATTENTION} {note}", 0, "changed")


def _call_lines(made: PlanOutcome) -> Iterator[Line]:
    """API calls, of connections with a limit."""
    for number, (name, calls) in enumerate(made.calls.items()):
        left = made.budget.get(name)
        words = f"API calls in {name}: up to {calls.most:,} ({calls.spare:,} of them for retries)"
        yield from [] if number else [line()]
        yield from folded(words + ("" if left is None else f", of {left:,} left in the budget"), 0)


def _said(made: PlanOutcome) -> str:
    counted = {
        "conflict settled by the policy": made.conflicts,
        "question for a person": made.questions,
        "reject": made.rejects,
    }
    aside = [f"{number:,} {_several(words, number)}" for words, number in counted.items() if number]
    if made.rejects:
        aside[-1] += " (leadbridge rejects)"
    if made.rows or made.settles:
        head = f"{plural(made.rows, 'record')} to write, {plural(made.settles, 'golden record')} to remember here"
        return ", ".join([head, *aside]) + "."
    return f"Nothing to write: {', '.join(aside)}." if aside else "Nothing to do: all that was read is in step."


def _several(words: str, number: int) -> str:
    first, _, rest = words.partition(" ")
    return words if number == 1 else f"{first}s {rest}".rstrip()


def row_lines(rows: Iterable[PlanRow], limit: int | None, names: Names) -> Iterator[Line]:
    """What needs attention first, then each object's rows by action, in the order in which they are carried out."""
    waiting = 0
    made: dict[int, str] = {}  # golden records that a conversion's first rows make, and later ones speak of
    for (connection, name, verb, part), group in groupby(rows, _group):
        if verb == WAITING:
            waiting += sum(1 for _ in group)
            continue
        if verb is None:
            yield from _attention(group, limit, names, made)
            continue
        yield line()
        yield line(_title(connection, name, verb, part), "title")
        for number, row in enumerate(group):
            if limit is None or number < limit:
                yield from _write(row)
        yield from _rest(number + 1, limit)
    if waiting:
        yield line()
        standing = "row stands" if waiting == 1 else "rows stand"
        yield from folded(f"{waiting:,} more {standing} by, to take back a conversion that a CRM refuses.", 0, "dim")


def _title(connection: str, name: str, verb: WriteVerb, part: str) -> str:
    if part == EFFECT:
        return f"{SYMBOLS[verb][0]} what {connection} does as it converts"
    return f"{SYMBOLS[verb][0]} {verb} in {connection}:{name}{FOLLOWS if part == 'follows' else ''}"


def _group(row: PlanRow) -> tuple[str, str, WriteVerb | Literal["waiting"] | None, str]:
    body = row.body
    if not isinstance(body, Write):
        return "", "", None, ""
    if body.undoes is not None:
        return "", "", WAITING, ""
    if body.native is not None and body.native.part == EFFECT:  # one after the other, lead by lead
        return body.connection, "", "convert", EFFECT
    return body.connection, body.object, body.verb, body.native.part if body.native else ""


def _rest(number: int, limit: int | None) -> Iterator[Line]:
    if limit is not None and number > limit:
        yield line(f"   ... and {number - limit:,} more", "dim")


def _write(row: PlanRow) -> Iterator[Line]:
    body = row.body
    if not isinstance(body, Write):
        return
    symbol, style = SYMBOLS[body.verb]
    shared = _shared_note(body)
    why = f"- {body.why}" if body.why else ""
    words = [f"{symbol} @{row.number} {body.role}", body.label, body.id or "", why, f"({shared})" if shared else ""]
    yield from folded(" ".join(part for part in words if part), 3, style)
    names = (*(change.field for change in body.changes), *row.refers)
    broad = max(map(len, names), default=0)
    for change in body.changes:
        note = "" if shared else _note(change)
        name, old, new = change.field.ljust(broad), word(change.old), word(change.new)
        if body.verb in {"create", "delete"}:
            yield from field_lines(name, new if body.verb == "create" else old, note, style)
        else:
            yield from change_lines(name, old, new, note, style)
    for name, number in row.refers.items():
        old = f"{body.expected[name] or '(blank)'} -> " if name in body.expected else ""
        yield from field_lines(name.ljust(broad), f"{old}@{number}", "", style)


def _shared_note(body: Write) -> str:
    """Where all of a new or deleted record comes from, said once at its head; empty where fields differ in that."""
    notes = {_note(change) for change in body.changes}
    return notes.pop() if body.verb != "update" and len(notes) == 1 else ""


def _note(change: FieldChange) -> str:
    """``prefer, from crm:people.csv:7``."""
    origin = f"from {change.origin}" if change.origin else ""
    return ", ".join(part for part in (change.rule, origin) if part)


def _attention(rows: Iterable[PlanRow], limit: int | None, names: Names, made: dict[int, str]) -> Iterator[Line]:
    """Conflicts and questions of what is settled; all else that is settled is only counted."""
    number = twins = 0
    for row in rows:
        body = row.body
        if isinstance(body, Settle) and not body.version and not body.conversions:
            made[body.golden] = _label(body)
        if not isinstance(body, Settle) or not (body.conflicts or body.questions or body.asked):
            continue
        twins += _only_twins(body)
        if _only_twins(body) and twins > TWINS:
            continue
        if not number:
            yield line()
            yield line(f"{ATTENTION} to look at", "title")
        number += 1
        if limit is None or number <= limit:
            name = names(body.golden) or next(filter(None, map(made.get, _parts(body))), "") or _label(body)
            yield from _settled(f"{ATTENTION} @{row.number} {body.subject} {name or body.golden}", body)
    yield from _rest(number, limit)
    if twins > TWINS:
        yield line(f"   ... and {twins - TWINS:,} more with a surplus record: a question each", "dim")


def _label(body: Settle) -> str:
    return label({move.field: move.new.value for move in body.moves})


def _parts(body: Settle) -> tuple[int, ...]:
    return (body.golden, *body.unites)


def _only_twins(body: Settle) -> bool:
    return bool(body.asked) and not (body.conflicts or body.questions) and all(a.kind == "surplus" for a in body.asked)


def _settled(head: str, body: Settle) -> Iterator[Line]:
    yield line(f"   {head}", "changed")
    for conflict in body.conflicts:
        yield from field_lines(conflict.field, _won(conflict), f"{conflict.rule}; the loser is kept", "changed")
    for question in body.questions:
        yield from field_lines(question.field, _open(question), f"{question.rule}: a question", "changed")
    for asked in body.asked:
        yield from field_lines(asked.kind, _about(asked), "a question", "changed")


def _won(conflict: Conflict) -> str:
    losers = ", ".join(_claim(loser) for loser in conflict.losers)
    return f"{_claim(conflict.winner)} wins over {losers}"


def _open(question: Question) -> str:
    return " or ".join(_claim(candidate) for candidate in question.candidates) + "?"


def _about(asked: Asked) -> str:
    return f"{asked.why} ({', '.join(map(str, asked.refs))})"


def _claim(candidate: Candidate) -> str:
    """A value and where it stands."""
    return f"{word(candidate.value)} ({candidate.where or 'set here'})"
