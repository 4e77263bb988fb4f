"""What a preview found, as plain frozen records for the terminal, JSON and CSV."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from leadbridge.jobs.capture import Tally
from leadbridge.plan.asking import Foretold
from leadbridge.plan.draft import NO_FIELD
from leadbridge.plan.model import ConversionPlan, LeftOut, United
from leadbridge.records import Ref, Reject


@dataclass(frozen=True, slots=True)
class Review:
    """A question for a person; until it is answered the records stay as they are.

    Attributes:
        role: of a question to which existing record a lead belongs; blank where it is whether leads are one person.
        candidates: those records, all in one connection.
    """

    refs: tuple[Ref, ...]
    label: str
    text: str
    role: str = ""
    candidates: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """What a conversion job would do.

    Attributes:
        leads: connection -> open leads, as records, prospects included.
        people: leads after those of one person were united.
        rejects: rows and fields that could not be read, and leads on which a condition erred or that cannot be made
            whole; those of the plan included.
        foretold: what CRMs will do that convert by themselves.
    """

    job: str
    tallies: tuple[Tally, ...]
    leads: Counter[str]
    people: tuple[United, ...]
    left_out: tuple[LeftOut, ...]
    reviews: tuple[Review, ...]
    rejects: tuple[Reject, ...]
    plan: ConversionPlan
    foretold: Foretold = field(default_factory=Foretold)

    @property
    def duplicates(self) -> tuple[United, ...]:
        """People that were captured more than once."""
        return tuple(person for person in self.people if len(person.members) > 1)

    @property
    def matched(self) -> int:
        """Conversions that reach a record that exists."""
        rows = {row.number: row for row in self.plan.rows}
        existing = {n for n, row in rows.items() if row.ref is not None and row.role != "lead"}
        return sum(1 for conversion in self.plan.conversions if existing.intersection(conversion.rows))


def rows_by_role(plan: ConversionPlan) -> dict[tuple[str, str | None], dict[str, int]]:
    """(role, connection) -> verb -> rows, in the order of the plan; the leads' own records left out."""
    counted: dict[tuple[str, str | None], dict[str, int]] = {}
    for row in plan.rows:
        if row.role != "lead":
            verbs = counted.setdefault((row.role, row.connection), {"create": 0, "update": 0, "keep": 0})
            verbs[row.verb] += 1
    return counted


def homeless(plan: ConversionPlan) -> dict[tuple[str, str], dict[str, int]]:
    """(role, connection) -> field -> rows for which the policy has a value that no field there holds."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    for row in plan.rows:
        for name in dict.fromkeys(change.field for change in row.kept if change.rule == NO_FIELD):
            held = found.setdefault((row.role, row.connection or ""), {})
            held[name] = held.get(name, 0) + 1
    return found


def sources_of(people: Sequence[United]) -> dict[Ref, str]:
    """Where each captured record stands, as people find it: file and line, else its ref."""
    return {m.ref: m.record.source or str(m.ref) for person in people for m in person.members}
