"""Which rows of a conversion plan are views on one golden record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from leadbridge.plan.adopting import Whose
from leadbridge.plan.bodies import PERSON_ROLES, Body, first_users, groups_of
from leadbridge.plan.model import Conversion, ConversionPlan, PlannedRow
from leadbridge.records import Ref
from leadbridge.subjects.model import Catalogue


@dataclass(frozen=True, slots=True)
class Gathered:
    """
    Attributes:
        bodies: the golden records, in a stable order.
        of_row: number of a planned row -> place of its golden record among ``bodies``.
        users: number of a planned row -> the conversions that need it.
    """

    bodies: tuple[Body, ...]
    of_row: Mapping[int, int]
    users: Mapping[int, tuple[int, ...]]


def gather(plan: ConversionPlan, whose: Mapping[Ref, Whose], catalogue: Catalogue) -> Gathered:
    """A lead's person with its contacts and prospects; its organisation; each of the rest by itself.

    Organisations that are known apart stay apart: that one lead names both does not make them one.
    """
    groups = groups_of(plan, plan.conversions)
    users: dict[int, set[int]] = {}
    for conversion in plan.conversions:
        for number in conversion.rows:
            users.setdefault(number, set()).add(groups[conversion.number])
    gathering = _Gathering(plan, whose, catalogue, {n: tuple(sorted(found)) for n, found in users.items()})
    gathering.people(groups)
    gathering.others()
    return Gathered(tuple(gathering.bodies), gathering.of_row, gathering.users)


class _Gathering:
    def __init__(
        self,
        plan: ConversionPlan,
        whose: Mapping[Ref, Whose],
        catalogue: Catalogue,
        users: Mapping[int, tuple[int, ...]],
    ) -> None:
        self.bodies: list[Body] = []
        self.of_row: dict[int, int] = {}
        self.users = users
        self._plan = plan
        self._first = first_users(plan)
        self._whose = whose
        self._catalogue = catalogue

    def people(self, groups: Mapping[int, int]) -> None:
        together: dict[int, list[Conversion]] = {}
        for conversion in self._plan.conversions:
            together.setdefault(groups[conversion.number], []).append(conversion)
        own = self._plan.changing
        for group, leads in sorted(together.items()):
            numbers = sorted({number for lead in leads for number in lead.rows})
            rows = [row for row in map(self._plan.row, numbers) if row.role in PERSON_ROLES]
            refs = [row.ref for row in rows if row.ref] + [ref for lead in leads for ref in lead.lead.refs]
            members = tuple(dict.fromkeys(self._whose[ref] for ref in refs))
            subject = self._catalogue.subjects[leads[0].lead.members[0].subject]
            changing = own.intersection(ref for lead in leads for ref in lead.lead.refs)
            self._add(Body(subject, members, tuple(rows), (group,), tuple(leads), changing))

    def others(self) -> None:
        """Accounts by the golden record that they have, a new one beside those of its first lead; the rest by lead."""
        together: dict[tuple[str, object], list[PlannedRow]] = {}
        for row in self._plan.rows:
            if row.role != "lead" and row.role not in PERSON_ROLES and row.number in self.users:
                together.setdefault((row.role, self._key(row)), []).append(row)
        for (role, _), rows in together.items():
            subject = self._catalogue.of_role(role)
            if subject is not None:
                members = tuple(dict.fromkeys(self._whose[row.ref] for row in rows if row.ref))
                needed = sorted({user for row in rows for user in self.users[row.number]})
                self._add(Body(subject, members, tuple(rows), tuple(needed)))

    def _key(self, row: PlannedRow) -> object:
        if row.ref is not None:
            return self._identity(row.ref)
        siblings = [r for r in map(self._plan.row, self._first[row.number].rows) if r.role == row.role]
        known = next((r.ref for r in siblings if r.ref is not None), None)
        return self._identity(known) if known is not None else min(r.number for r in siblings)

    def _identity(self, ref: Ref) -> tuple[int | None, int | None]:
        whose = self._whose[ref]
        return whose.golden, whose.settle

    def _add(self, body: Body) -> None:
        self.of_row |= {row.number: len(self.bodies) for row in body.rows}
        self.bodies.append(body)
