"""Records that LeadBridge meets for the first time in a conversion: each gets a golden record and a link of its own.

That is remembered whatever becomes of the conversion: it says what was captured and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from leadbridge.golden import Held
from leadbridge.plan.book import Book, Entry, held
from leadbridge.plan.model import ConversionPlan, United, label
from leadbridge.plan.rows import LinkChange, SettleRow
from leadbridge.plan.uniting import unite
from leadbridge.records import Ref
from leadbridge.values import MISSING, Raw, Value, is_absent


@dataclass(frozen=True, slots=True)
class Whose:
    """A golden record: one that is there, or the number of the row that makes it.

    Attributes:
        version: of one that is there.
    """

    golden: int | None
    settle: int | None
    version: int
    fields: Mapping[str, Held] = field(hash=False)


def adopt(plan: ConversionPlan, book: Book, first: int) -> tuple[tuple[SettleRow, ...], Mapping[Ref, Whose]]:
    """Rows, numbered from ``first``, for the records that nobody knows; and whose each record of the plan is."""
    whose: dict[Ref, Whose] = {}
    rows: list[SettleRow] = []
    for refs in _families(plan, book):
        known = book.known(refs[0])
        if known is not None:
            whose[refs[0]] = Whose(known.golden.id, None, known.version, known.golden.fields)
            continue
        row = _row(first + len(rows), [book.records[ref] for ref in refs], book)
        rows.append(row)
        whose |= dict.fromkeys(refs, Whose(None, row.number, 0, row.fields))
    return tuple(rows), whose


def _families(plan: ConversionPlan, book: Book) -> list[tuple[Ref, ...]]:
    """Records by golden record: those of one lead that are all new are one person from the start."""
    found: dict[tuple[Ref, ...], None] = {}
    for conversion in plan.conversions:
        for family in _lead(conversion.lead, book):
            found.setdefault(family)
        for number in conversion.rows:
            row = plan.row(number)
            if row.ref is not None and row.ref not in conversion.lead.refs:
                found.setdefault((row.ref,))
    return list(found)


def _lead(lead: United, book: Book) -> Iterable[tuple[Ref, ...]]:
    new = all(book.known(ref) is None for ref in lead.refs)
    return [lead.refs] if new else [(ref,) for ref in lead.refs]


def _row(number: int, entries: Sequence[Entry], book: Book) -> SettleRow:
    captured = [entry.captured for entry in entries]
    subject = entries[0].mapping.subject
    united = unite(captured, list(dict.fromkeys(c.ref.connection for c in captured)), subject)
    origins = {name: ref.connection for name, ref in united.origins.items()}
    return SettleRow(
        number=number,
        subject=subject.name,
        golden=None,
        version=0,
        label=label(united.values) or str(entries[0].ref),
        fields=held(united.values, origins, book.run),
        links=tuple(
            LinkChange(entry.ref, role=entry.captured.role, state="live", base=agreed_base(entry, united.values))
            for entry in entries
        ),
    )


def agreed_base(entry: Entry, values: Mapping[str, Value]) -> dict[str, Raw]:
    """The provider fields whose value the golden record has, or that are absent on both sides."""
    base: dict[str, Raw] = {}
    for fieldmap in entry.mapping.fields:
        column = fieldmap.column
        if column is None or column not in entry.raws:
            continue
        said = [(target, entry.captured.values.get(target.name, MISSING)) for target in fieldmap.targets]
        if all(
            value is not MISSING
            and (target.kind.equivalent(value, values.get(target.name, MISSING)) or _absent(target.name, value, values))
            for target, value in said
        ):
            base[column] = entry.raws[column]
    return base


def _absent(name: str, value: Value, values: Mapping[str, Value]) -> bool:
    return is_absent(value) and is_absent(values.get(name, MISSING))
