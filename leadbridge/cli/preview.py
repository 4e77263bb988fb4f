"""A preview as people read it: the sum of it first, then each lead with its rows, then what stays behind and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from leadbridge.cli.lines import change_lines, field_lines, folded, print_lines, word
from leadbridge.cli.output import Column, Style, escape, fold, paint, print_line, print_table, show
from leadbridge.jobs.capture import Tally
from leadbridge.jobs.outcome import Preview, Review, homeless, rows_by_role, sources_of
from leadbridge.plan.draft import FROM_LEAD, NO_FIELD
from leadbridge.plan.model import Change, Conversion, ConversionPlan, LeftOut, PlannedRow, Rating, United
from leadbridge.records import Ref, Reject
from leadbridge.values import MISSING

SYMBOLS: Mapping[str, tuple[str, Style]] = {"create": ("+", "new"), "update": ("~", "changed"), "keep": ("=", "same")}
EXAMPLES = 5
OWN = "LeadBridge"


def plural(number: int, word: str) -> str:
    """``1 lead``, ``2 leads``, ``3 people``, ``4 opportunities``."""
    if number == 1:
        return f"1 {word}"
    irregular = {"person": "people"}
    return f"{number:,} {irregular.get(word) or (word[:-1] + 'ies' if word.endswith('y') else word + 's')}"


def print_preview(preview: Preview, limit: int | None) -> None:
    """The whole preview; ``limit`` bounds the leads that are shown row by row, never what is counted."""
    print_summary(preview)
    print_conversions(preview, range(1, len(preview.plan.conversions) + 1)[:limit])
    print_left_out(preview.left_out)
    if preview.duplicates:
        print_line()
        print_line(paint(f"United: {plural(len(preview.duplicates), 'person')} that came more than once", "title"))
        print_duplicates(preview)
    _print_reviews(preview.reviews)
    print_rejects(preview.rejects)
    print_line()
    print_line(paint(f"Nothing was written or kept. To make a plan: leadbridge plan {preview.job}", "dim"))


def uncovered_words(tallies: Sequence[Tally]) -> str:
    """What is said of records that are nobody's business here; empty where there are none."""
    number = sum(tally.uncovered for tally in tallies)
    them = "it" if number == 1 else "them"
    return f"{plural(number, 'record')} passed over: no mapping covers {them} (when, unless)." if number else ""


def print_summary(preview: Preview) -> None:
    plan, converted = preview.plan, len(preview.plan.conversions)
    print_line(paint(f"Preview of {preview.job}", "title") + f" by {escape(plan.policy)} version {plan.version}")
    twins = preview.leads.total() - len(preview.people)
    united = f" are {plural(len(preview.people), 'person')} ({plural(twins, 'duplicate')} united)" if twins else ""
    others = {
        "left out": len(preview.left_out),
        "waiting for an answer": len(preview.reviews),
        "rejected": len(plan.rejects),
    }
    rest = "".join(f", {number:,} {word}" for word, number in others.items() if number)
    _print_folded(f"{plural(preview.leads.total(), 'lead')}{united}: {converted:,} to convert{rest}.", 0)
    if passed_over := uncovered_words(preview.tallies):
        _print_folded(passed_over, 0)
    rows = [
        [role, connection or f"{OWN} only", *(str(verbs[verb]) for verb in SYMBOLS)]
        for (role, connection), verbs in rows_by_role(plan).items()
    ]
    if rows:
        print_line()
        numbers = [
            Column(f"{SYMBOLS[v][0]} {w}", "right") for v, w in zip(SYMBOLS, ("new", "changed", "as is"), strict=True)
        ]
        print_table([Column("record"), Column("in"), *numbers], rows, indent=2)
    _print_homeless(plan)


def _print_homeless(plan: ConversionPlan) -> None:
    """Values that the policy carries and the CRM has no field for: said once, not at every row."""
    values = homeless(plan)
    if values:
        print_line()
    for (role, connection), fields in values.items():
        listed = ", ".join(f"{name} ({number})" for name, number in fields.items())
        _print_folded(
            f"No field in {connection} holds these values of {'an' if role[0] in 'ao' else 'a'} {role}: {listed}.",
            2,
            "changed",
        )


def print_conversions(preview: Preview, numbers: Collection[int]) -> None:
    """The conversions of these numbers, row by row; of the others, how many there are."""
    places, shown = sources_of(preview.people), set[int]()
    conversions = [one for one in preview.plan.conversions if one.number in numbers]
    for conversion in conversions:
        print_line()
        _print_head(conversion, places)
        for number in conversion.rows:
            _print_row(preview.plan.row(number), number in shown, places)
            shown.add(number)
    left = len(preview.plan.conversions) - len(conversions)
    if left:
        print_line()
        print_line(paint(f"... and {plural(left, 'more lead')}.", "dim"))


def _print_head(conversion: Conversion, places: Mapping[Ref, str]) -> None:
    company = show(conversion.lead.values.get("company", MISSING))
    name = ", ".join(dict.fromkeys(text for text in (conversion.label, company) if text))
    print_line(paint(f"#{conversion.number} {name}", "title"))
    _print_folded("from " + ", ".join(places[ref] for ref in conversion.lead.refs), 3)
    if conversion.lead.why:
        _print_folded("one person: " + "; ".join(dict.fromkeys(conversion.lead.why)), 3)
    if conversion.rating is not None:
        _print_folded(score_words(conversion.rating), 3)


def score_words(rating: Rating) -> str:
    """``score 72, grade A, hot: +20 large company; +15 asked for an offer``."""
    reasons = "; ".join(f"{reason.points:+d} {reason.text}" for reason in rating.reasons)
    marks = "".join(f", {text}" for text in (f"grade {rating.grade}" if rating.grade else "", rating.rating) if text)
    return f"score {rating.total}{marks}" + (f": {reasons}" if reasons else "")


def _print_row(row: PlannedRow, again: bool, places: Mapping[Ref, str]) -> None:
    symbol, style = SYMBOLS[row.verb]
    where = str(row.ref) if row.ref else f"in {row.connection or OWN}"
    if row.role == "lead":
        where = places.get(row.ref, where) if row.ref else where
    words = f"{row.role} {row.label}" if row.label and row.role != "lead" else row.role
    why = f" ({row.why})" if row.why else ""
    if again:
        print_line(f"   {paint(f'{symbol} @{row.number} {words}', style)}{paint(' (as above)', 'dim')}")
        return
    lines = fold(f"{symbol} @{row.number} {words} {where}{why}", 3)
    for line in lines:
        print_line(paint(line, style))
    _print_fields(row, places)


def _print_fields(row: PlannedRow, places: Mapping[Ref, str]) -> None:
    kept = [change for change in row.kept if change.rule != NO_FIELD]
    names = [*(c.field for c in row.changes), *row.refers, *(c.field for c in kept)]
    broad, changed = max(map(len, names), default=0), {change.field for change in row.changes}
    for change in row.changes:
        name, style = change.field.ljust(broad), SYMBOLS[row.verb][1]
        if row.verb == "create":
            note = _note_of_new(change, places, alone=len(set(_origins(row))) == 1)
            print_lines(field_lines(name, word(change.new), note, style))
        else:
            note = f"{change.rule}{_origin(change, places)}"
            print_lines(change_lines(name, word(change.old), word(change.new), note, style))
    for name, number in row.refers.items():
        print_lines(field_lines(name.ljust(broad), f"@{number}", "", SYMBOLS[row.verb][1]))
    for change in kept:
        value = f"not {word(change.new)}" if change.field in changed else f"{word(change.old)}, not {word(change.new)}"
        note = f"another lead's value{_origin(change, places)}" if change.field in changed else change.rule
        print_lines(field_lines(change.field.ljust(broad), value, note, "same"))


def _note_of_new(change: Change, places: Mapping[Ref, str], *, alone: bool) -> str:
    """For a new record: nothing where all comes from one place, which stands above; else the place, or the rule."""
    if change.rule != FROM_LEAD:
        return change.rule
    return "" if alone or change.origin is None else places.get(change.origin, str(change.origin))


def _origins(row: PlannedRow) -> Iterator[Ref]:
    return (change.origin for change in row.changes if change.origin is not None)


def _origin(change: Change, places: Mapping[Ref, str]) -> str:
    return f", {places.get(change.origin, str(change.origin))}" if change.origin else ""


def print_left_out(left_out: Sequence[LeftOut]) -> None:
    if not left_out:
        return
    print_line()
    print_line(paint(f"Left out: {plural(len(left_out), 'lead')}", "title"))
    groups: dict[str, list[LeftOut]] = {}
    for out in left_out:
        groups.setdefault(out.reason.partition(" (")[0], []).append(out)
    for reason, outs in sorted(groups.items(), key=lambda item: -len(item[1])):
        _print_folded(f"{len(outs):>4}  {reason}", 2)
        names = [f"{out.label or _place(out.lead)}{_detail(out.reason)}" for out in outs[:EXAMPLES]]
        more = f", and {len(outs) - EXAMPLES} more" if len(outs) > EXAMPLES else ""
        _print_folded(", ".join(names) + more, 8, "dim")


def _place(person: United) -> str:
    """Where somebody without a name, a company, an address or a number is found."""
    return sources_of([person])[person.refs[0]]


def _detail(reason: str) -> str:
    detail = reason.partition(" (")[2]
    return f" ({detail}" if detail else ""


def print_duplicates(preview: Preview) -> None:
    """People that came more than once, with the places and the reason."""
    places = sources_of(preview.people)
    for person in preview.duplicates[:EXAMPLES]:
        where = ", ".join(places[ref] for ref in person.refs)
        _print_folded(f"{where}: {'; '.join(dict.fromkeys(person.why))}", 2)
    if len(preview.duplicates) > EXAMPLES:
        print_line(paint(f"  ... and {len(preview.duplicates) - EXAMPLES} more", "dim"))


def _print_reviews(reviews: Sequence[Review]) -> None:
    if not reviews:
        return
    print_line()
    print_line(
        paint(f"To decide: {plural(len(reviews), 'question')}; until then these records stay as they are", "title")
    )
    for review in reviews[:EXAMPLES]:
        _print_folded(f"? {review.label}: {review.text}", 2)
    if len(reviews) > EXAMPLES:
        print_line(paint(f"  ... and {len(reviews) - EXAMPLES} more (--json lists them all)", "dim"))


def print_rejects(rejects: Sequence[Reject]) -> None:
    """Rejects by code, each with where it stands and what to do; raw values are never shown."""
    if not rejects:
        return
    first, *lines = reject_lines(rejects)
    print_line()
    print_line(paint(first, "title"))
    for line in lines:
        _print_folded(line.strip(), 2, "dim" if line.lstrip().startswith("...") else "bad")


def reject_lines(rejects: Sequence[Reject]) -> list[str]:
    """How many of which code, then the first ones in a sentence each."""
    if not rejects:
        return []
    codes = ", ".join(f"{number} {code}" for code, number in Counter(r.code for r in rejects).most_common())
    shown = [f"  {r.source}: {r.reason}" + (f"; {r.remedy}" if r.remedy else "") for r in rejects[:EXAMPLES]]
    more = [f"  ... and {len(rejects) - EXAMPLES} more (--json lists them all)"] if len(rejects) > EXAMPLES else []
    return [f"Rejected: {codes}", *shown, *more]


def _print_folded(text: str, indent: int, style: Style = "plain") -> None:
    print_lines(folded(text, indent, style))
