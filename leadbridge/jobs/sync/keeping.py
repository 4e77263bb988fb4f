"""Plans as the state keeps them: canonical rows, and a head with what the brakes looked at."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from leadbridge.errors import UsageError
from leadbridge.plan.brakes import Calls, Facts, Leads, Scope, Side, Source
from leadbridge.plan.row_text import Penned, pen, row_of
from leadbridge.plan.sync_rows import PlanRow, Write
from leadbridge.state import model, plans
from leadbridge.state.model import RowKind
from leadbridge.state.store import Store

_PAGE = 1000
_NOTABLE = ('"conflicts":', '"questions":', '"asked":')
_APART = ('"undoes":', '"native":')
"""Keys in a row's text; inside a value a quote is escaped, so that none is taken for one."""


def stored(row: PlanRow) -> model.PlanRow:
    return numbered(pen(row.body), row.number, row.refers)


def numbered(row: Penned, number: int, refers: Mapping[str, int]) -> model.PlanRow:
    """``refers``: provider field -> number of the row whose record it will name."""
    depends = max(refers.values(), default=None)
    text = row.line(number, refers)
    return model.PlanRow(number, row.kind, row.connection, row.object, row.golden, row.link, depends, text)


def rows(store: Store, plan: int, looked_at: int | None = None) -> Iterator[PlanRow]:
    """A plan's rows, page by page; no transaction stays open in between.

    Args:
        looked_at: how many rows of each kind somebody wants to read, or None for all. Further ones lack what they
            write, and rows that settle something without asking or overruling anybody are left out.

    Raises:
        UsageError: there is no such plan.
    """
    with store.read() as snapshot:
        if plans.get(snapshot, plan) is None:
            raise UsageError(f"there is no plan {plan}; list runs and their plans with: leadbridge runs")
    if looked_at is None:
        return (row for page in pages(store, plan) for row in page)
    return _glanced(_stream(store, plan), looked_at)


def _glanced(found: Iterable[model.PlanRow], looked_at: int) -> Iterator[PlanRow]:
    given: dict[tuple[str, str, str], int] = {}
    for row in found:
        if row.kind == "settle":
            if any(word in row.body for word in _NOTABLE):
                yield row_of(row.body)
            continue
        at = row.kind, row.connection, row.object
        given[at] = given.get(at, 0) + 1
        if given[at] <= looked_at or any(word in row.body for word in _APART):
            yield row_of(row.body)
        else:
            yield PlanRow(row.number, Write(row.kind, row.connection, row.object, row.golden or 0, "", ""))


def _stream(store: Store, plan: int) -> Iterator[model.PlanRow]:
    after = 0
    while True:
        with store.read() as snapshot:
            page = plans.page(snapshot, plan, after, _PAGE)
        if not page:
            return
        yield from page
        after = page[-1].number


def pages(
    store: Store, plan: int, kinds: frozenset[RowKind] | None = None, after: int = 0, *, bare: bool = False
) -> Iterator[list[PlanRow]]:
    """Rows of some kinds or all, behind a number. ``bare`` ones lack the changes that are for people."""
    while True:
        with store.read() as snapshot:
            page = plans.bodies(snapshot, plan, after, _PAGE, kinds)
        if not page:
            return
        yield [row_of(text, bare=bare) for _, text in page]
        after = page[-1][0]


@dataclass(frozen=True, slots=True)
class Summary:
    """What a plan's head keeps beside the cursors: all that brakes and outcomes are told of.

    How many API calls may be made is not kept: it is asked anew before anything is written.

    Attributes:
        scope: connection -> object -> mapped provider fields that could be seen.
        links: the highest link number that the planning knew.
        notes: what people should know before they say yes, a sentence each.
        seen: the same -> records, of objects that were scanned completely; ``read``: of all.
    """

    facts: Facts
    settles: int = 0
    conflicts: int = 0
    questions: int = 0
    rejects: int = 0
    scope: Mapping[str, Mapping[str, list[str]]] = field(default_factory=dict)
    seen: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    read: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    links: int = 0
    notes: tuple[str, ...] = ()

    def text(self) -> str:
        facts = self.facts
        return json.dumps(
            {
                "job": facts.job,
                "first": facts.first,
                "sides": [
                    [s.connection, s.linked, dict(s.planned), {v: list(r) for v, r in s.rows.items()}]
                    for s in facts.sides
                ],
                "leads": None if facts.leads is None else [[s.connection, s.read, s.converted] for s in facts.leads],
                "sources": [[s.connection, s.object, s.before, s.seen] for s in facts.sources],
                "scopes": [[s.connection, list(s.lost)] for s in facts.scopes],
                "canaries": dict(facts.canaries),
                "changed": list(facts.mappings),
                "group": [facts.group, list(facts.group_rows)],
                "calls": {c: [calls.needed, calls.spare] for c, calls in facts.calls.items()},
                "counts": [self.settles, self.conflicts, self.questions, self.rejects],
                "scope": {c: dict(o) for c, o in self.scope.items()},
                "seen": {c: dict(o) for c, o in self.seen.items()},
                "read": {c: dict(o) for c, o in self.read.items()},
                "links": self.links,
                "notes": list(self.notes),
            }
        )


def summary_of(plan: model.Plan) -> Summary:
    said: dict[str, Any] = json.loads(plan.summary)
    facts = Facts(
        job=said["job"],
        first=said["first"],
        sides=tuple(
            Side(c, n, planned, {v: tuple(r) for v, r in rows.items()}) for c, n, planned, rows in said["sides"]
        ),
        leads=None if said.get("leads") is None else tuple(Leads(*one) for one in said["leads"]),
        sources=tuple(Source(*one) for one in said["sources"]),
        scopes=tuple(Scope(c, tuple(lost)) for c, lost in said["scopes"]),
        canaries=said["canaries"],
        mappings=tuple(said["changed"]),
        group=said["group"][0],
        group_rows=tuple(said["group"][1]),
        calls={c: Calls(*numbers) for c, numbers in said.get("calls", {}).items()},
    )
    settles, conflicts, questions, rejects = said["counts"]
    return Summary(
        facts,
        settles,
        conflicts,
        questions,
        rejects,
        said["scope"],
        said["seen"],
        said["read"],
        said["links"],
        tuple(said.get("notes", ())),
    )
