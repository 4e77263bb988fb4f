"""What a comparison of connections prints: who does what, then why, connection by connection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Final

from leadbridge.cli.findings import count
from leadbridge.cli.output import Style, escape, fold, paint, print_csv, print_json, print_line, say, width

if TYPE_CHECKING:
    from leadbridge.jobs.comparing import Answer
    from leadbridge.mapping.diff import Compared, Fate, State

WIDE: Final = 80
"""Characters of a line where the output is piped."""

_WORDS: Final[Mapping[State, tuple[str, Style]]] = {
    "carried": ("yes", "plain"),
    "follows": ("after", "changed"),
    "partly": ("in part", "changed"),
    "otherwise": ("other", "bad"),
    "lost": ("lost", "bad"),
    "unfilled": ("no value", "bad"),
    "kept": ("kept", "dim"),
    "beyond": ("extra", "changed"),
    "unasked": ("-", "dim"),
}
_ORDER: Final[Sequence[State]] = ("lost", "unfilled", "otherwise", "partly", "follows", "beyond", "kept")
"""What needs reasons, in the order in which a person wants to know."""
_LEAST: Final = 9
"""Characters of a connection's column."""


def print_text(answer: Answer, all_: bool) -> None:
    rows = answer.comparison.rows if all_ else answer.comparison.differing
    if not rows:
        return
    names = [route.name for route in answer.comparison.routes]
    for some in _that_fit(names, rows):
        _print_matrix(some, rows)
        print_line()
    for name in names:
        _print_reasons(name, [(row, row.there[name]) for row in rows if name in row.there])


def _limit() -> int:
    return width() or WIDE


# --- who does what


def _that_fit(names: Sequence[str], rows: Sequence[Compared]) -> Iterator[list[str]]:
    """Connections in parts that fit beside the fields' names."""
    room = _limit() - _label_width(rows)
    some: list[str] = []
    for name in names:
        if some and sum(map(_wide, [*some, name])) > room:
            yield some
            some = []
        some.append(name)
    yield some


def _label_width(rows: Sequence[Compared]) -> int:
    return max(12, *(len(_field(row)) + 2 for row in rows))


def _wide(name: str) -> int:
    return max(_LEAST, len(escape(name))) + 2


def _field(row: Compared) -> str:
    return escape(row.field) or "(the record)"


def _print_matrix(names: Sequence[str], rows: Sequence[Compared]) -> None:
    label = _label_width(rows)
    for part, some in groupby(rows, key=lambda row: row.part):
        print_line(
            paint(part.upper().ljust(label) + "".join("  " + escape(n).ljust(_wide(n) - 2) for n in names), "title")
        )
        for row in some:
            cells = (
                "  " + paint(*_cell(row, name)) + " " * (_wide(name) - 2 - len(_cell(row, name)[0])) for name in names
            )
            print_line(("  " + _field(row)).ljust(label) + "".join(cells))


def _cell(row: Compared, name: str) -> tuple[str, Style]:
    fate = row.there.get(name)
    return ("", "dim") if fate is None else _WORDS[fate.state]


# --- why


def _print_reasons(name: str, fates: Sequence[tuple[Compared, Fate]]) -> None:
    told = _by_reason(fates)
    if not told:
        return
    print_line(paint(name, "title"))
    for (state, text), some in told.items():
        _print_folded(f"{_WORDS[state][0]}: {text}", 2)
        for part, of_part in groupby(some, key=lambda one: one[0].part):
            _print_folded(f"{part}: {', '.join(_named(row, fate) for row, fate in of_part)}", 6)


def _print_folded(text: str, indent: int) -> None:
    for line in fold(escape(text), indent, hang=4, limit=_limit()):
        print_line(line)


def _named(row: Compared, fate: Fate) -> str:
    """With the provider field, where that is what a person has to look for."""
    shown = fate.field and fate.state in {"lost", "unfilled"}
    return f"{row.field or 'the record'} ({fate.field})" if shown else row.field or "the record"


def _by_reason(fates: Sequence[tuple[Compared, Fate]]) -> dict[tuple[State, str], list[tuple[Compared, Fate]]]:
    """State and reason -> rows, the worst first."""
    found: dict[tuple[State, str], list[tuple[Compared, Fate]]] = {}
    for state in _ORDER:
        for row, fate in fates:
            for reason in fate.reasons if fate.state == state else ():
                found.setdefault((state, reason.text), []).append((row, fate))
    return found


# --- the rest


def say_rest(answer: Answer) -> None:
    """What was not asked, and the counts."""
    unseen = [name for name, why in answer.unseen.items() if not why]
    for name, why in answer.unseen.items():
        if why:
            say(f"Not compared with what {name} holds: {why}")
    if unseen:
        able = [route.name for route in answer.comparison.routes if route.unasked]
        though = f", though {' and '.join(able)} can convert leads without LeadBridge" if able else ""
        say(f"By the files alone: {', '.join(unseen)}{though}. With --live CRMs are asked what they hold and do.")
    say(f"{_counts(answer)}.")


def _counts(answer: Answer) -> str:
    found = answer.comparison
    names = ", ".join(route.name for route in found.routes)
    same = [row for row in found.rows if not row.differs]
    nowhere = [row for row in same if all(fate.state in {"lost", "unfilled"} for fate in row.there.values())]
    said = f"{count(len(found.differing), 'difference')} among {count(len(found.rows), 'field')} in {names}"
    if not nowhere:
        return said
    return f"{said}; {count(len(nowhere), 'field')} {'arrives' if len(nowhere) == 1 else 'arrive'} nowhere (--all)"


def print_document(answer: Answer, all_: bool) -> None:
    found = answer.comparison
    print_json(
        {
            "policy": found.policy.name,
            "version": found.policy.version,
            "connections": [
                {
                    "connection": route.name,
                    "into": route.target.connection,
                    "provider": route.source.provider,
                    "asked": route.target.objects is not None,
                    "converts": route.name in answer.natively,
                }
                for route in found.routes
            ],
            "fields": len(found.rows),
            "differing": len(found.differing),
            "rows": [_data(row) for row in (found.rows if all_ else found.differing)],
        }
    )


def _data(row: Compared) -> dict[str, object]:
    return {
        "part": row.part,
        "field": row.field,
        "from": row.source,
        "differs": row.differs,
        "there": {
            name: {
                "state": fate.state,
                "object": fate.object,
                "field": fate.field,
                "reasons": [{"code": reason.code, "text": reason.text} for reason in fate.reasons],
            }
            for name, fate in row.there.items()
        },
    }


def print_sheet(answer: Answer, all_: bool) -> None:
    rows = answer.comparison.rows if all_ else answer.comparison.differing
    header = ("part", "field", "from", "connection", "state", "object", "provider field", "reasons")
    print_csv(
        header,
        (
            (row.part, row.field, row.source, name, f.state, f.object, f.field, "; ".join(r.text for r in f.reasons))
            for row in rows
            for name, f in row.there.items()
        ),
    )
