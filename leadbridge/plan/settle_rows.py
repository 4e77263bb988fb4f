"""What a conversion settles in the state: new golden records, united ones, leads whose contact took over."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from leadbridge.golden import Held
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.merge.model import Candidate, Conflict
from leadbridge.plan.bodies import Body
from leadbridge.plan.book import Book
from leadbridge.plan.model import Change, label
from leadbridge.plan.rows import LinkChange, SettleRow, WriteRow
from leadbridge.records import Ref
from leadbridge.values import MISSING, Raw, is_present

Written = Mapping[Ref, Mapping[str, Raw]]
"""Record -> what the plan writes into it."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A golden record before its rows are numbered.

    Attributes:
        after: what it says once the conversion is done.
        opened: number of the row that makes it before anything is written, because a record of it is.
    """

    body: Body
    after: Mapping[str, Held]
    opened: int | None = None


def is_opened(body: Body) -> bool:
    """Whether it is new, and a CRM gets a record of it: the link needs a golden record as soon as that is there."""
    return not body.members and any(row.connection is not None for row in body.rows)


def new_row(number: int, body: Body, after: Mapping[str, Held], conversions: tuple[int, ...] = ()) -> SettleRow:
    return SettleRow(
        number=number,
        subject=body.subject.name,
        golden=None,
        version=0,
        label=_label(after),
        fields=after,
        changes=_changes(body, {}, after),
        conversions=conversions,
    )


def closing_rows(
    first: int, settled: Sequence[Settled], writes: Sequence[WriteRow], book: Book, apart: Mapping[Ref, int]
) -> list[SettleRow]:
    """The rows that are settled after the writes, by the conversions that stand then; numbered from ``first``.

    Args:
        apart: leads that their CRM converts after another one of the same person -> a number of their own among the
            conversions: one of them may be refused, and is a lead still then.
    """
    rows: list[SettleRow] = []
    written: dict[Ref, dict[str, Raw]] = {}
    for write in writes:
        if write.id is not None:
            written.setdefault(Ref(write.connection, write.object, write.id), {}).update(write.values)
    for item in settled:
        row = _closing(first + len(rows), item, written, book, apart)
        if row is not None:
            rows.append(row)
    for item in settled:  # behind all others: a golden record that is settled here has been settled above
        for ref in (ref for lead in item.body.leads for ref in lead.lead.refs if ref in apart):
            rows.append(_closed_apart(first + len(rows), item, ref, apart[ref], book))
    return rows


def _closed_apart(number: int, item: Settled, ref: Ref, conversion: int, book: Book) -> SettleRow:
    keep, link = item.body.keep, book.records[ref].link
    return SettleRow(
        number=number,
        subject=item.body.subject.name,
        golden=keep.golden if keep else None,
        settle=keep.settle if keep else None,
        version=keep.version if keep else 0,
        label=_label(item.after),
        links=(LinkChange(ref, link.id if link else None, state="converted"),),
        conversions=(conversion,),
    )


def _closing(number: int, item: Settled, written: Written, book: Book, apart: Collection[Ref]) -> SettleRow | None:
    body, after, keep = item.body, item.after, item.body.keep
    if item.opened is not None:
        subject, words = body.subject.name, _label(after)
        return SettleRow(number, subject, None, 0, words, conversions=body.conversions, undoes=item.opened)
    if keep is None:
        return new_row(number, body, after, body.conversions)
    before = keep.fields
    fields = {name: said for name, said in after.items() if before.get(name) != said}
    others = [member for member in body.members if (member.golden, member.settle) != (keep.golden, keep.settle)]
    links = (*_converted(body, book, apart), *_due(item, written, book))
    if not fields and not others and not links:
        return None
    return SettleRow(
        number=number,
        subject=body.subject.name,
        golden=keep.golden,
        settle=keep.settle,
        version=keep.version,
        label=_label(after),
        united=tuple(sorted(m.golden for m in others if m.golden is not None)),
        versions={m.golden: m.version for m in others if m.golden is not None},
        joined=tuple(sorted(m.settle for m in others if m.settle is not None)),
        fields=fields,
        links=links,
        changes=_changes(body, before, after),
        conflicts=tuple(_conflicts(body, after, keep.golden or 0)),
        conversions=body.conversions,
    )


def _conflicts(body: Body, after: Mapping[str, Held], golden: int) -> Iterator[Conflict]:
    """Values that yielded to another record's, to be restored if need be; what the policy sets is no conflict."""
    for name, said in after.items():
        kind = body.subject.fields[name].kind
        given = [member.fields[name] for member in body.members if name in member.fields]
        losers = [Candidate.of(h) for h in given if is_present(h.value) and not kind.equivalent(h.value, said.value)]
        if losers and said.origin:
            yield Conflict(golden, name, Candidate.of(said), tuple(dict.fromkeys(losers)), "conversion")


def _label(after: Mapping[str, Held]) -> str:
    return label({name: said.value for name, said in after.items()})


def _changes(body: Body, before: Mapping[str, Held], after: Mapping[str, Held]) -> tuple[Change, ...]:
    """For people: the fields whose value moves, with the rule by which the plan moved it."""
    planned = {change.field: change for row in reversed(body.rows) for change in row.changes}
    found = []
    for name, said in after.items():
        old = before[name].value if name in before else MISSING
        if name in body.subject.fields and body.subject.fields[name].kind.equivalent(old, said.value):
            continue
        change = planned.get(name)
        rule = change.rule if change else ("united" if said.origin else "on_converted")
        found.append(Change(name, old, said.value, rule, change.origin if change else None))
    return tuple(found)


def _converted(body: Body, book: Book, apart: Collection[Ref]) -> Iterator[LinkChange]:
    for conversion in body.leads:
        for ref in conversion.lead.refs:
            if book.is_converted(ref) or ref in apart:
                continue
            entry = book.records[ref]
            link = entry.link.id if entry.link else None
            if ref in body.changing:
                yield LinkChange(
                    ref, link, book.both[ref.connection, ref.object].role, "live", role_was=entry.captured.role
                )
            else:
                yield LinkChange(ref, link, state="converted")


def _due(item: Settled, written: Written, book: Book) -> Iterator[LinkChange]:
    """Links that do not say what the golden record says from now on, after what this plan writes."""
    leads = {ref for conversion in item.body.leads for ref in conversion.lead.refs} - item.body.changing
    for ref, view in sorted(_views(item.body, book).items()):
        if ref in leads:
            continue
        wanted = {name: said.value for name, said in item.after.items() if name not in view.guarded}
        if view.mapping.change(wanted, {**view.raws, **written.get(ref, {})}).values:
            yield LinkChange(ref, view.link, due=True)


@dataclass(frozen=True, slots=True)
class _View:
    link: int | None
    mapping: ObjectMapping
    raws: Mapping[str, Raw]
    guarded: frozenset[str]


def _views(body: Body, book: Book) -> dict[Ref, _View]:
    """The golden record's live links: those that the plan's rows name, leads that become contacts, and others."""
    found: dict[Ref, _View] = {}
    for member in body.members:
        for side in book.sides.get(member.golden or 0, ()):
            raws = side.link.base if side.captured is None else side.captured
            found[side.link.ref] = _View(side.link.id, side.mapping, raws, side.guarded)
    for ref in (*(row.ref for row in body.rows if row.ref is not None), *body.changing):
        entry = book.as_contact(ref) if ref in body.changing else book.records[ref]
        found[ref] = _View(entry.link.id if entry.link else None, entry.mapping, entry.raws, entry.guarded)
    return found
