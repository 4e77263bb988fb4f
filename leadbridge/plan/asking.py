"""Leads that their own CRM converts: which they are, what the policy asks of the CRM, and what the CRM foretells."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from leadbridge.conversions import ConvertRequest, Prediction, Snapshots
from leadbridge.plan.bodies import first_users
from leadbridge.plan.book import Book
from leadbridge.plan.layout import Scene
from leadbridge.plan.model import Conversion, ConversionPlan, PlannedRow
from leadbridge.plan.writing import Prepared, prepare
from leadbridge.records import Ref
from leadbridge.subjects.model import Catalogue
from leadbridge.values import Raw

PLANNED = "@"
"""Begins what stands for the id of a record that LeadBridge itself makes in the same plan."""


@dataclass(frozen=True, slots=True)
class NativeLead:
    """
    Attributes:
        number: of its request.
        conversion: whose lead it is.
        first: number of the request for the conversion's first lead; the others go into its records.
    """

    number: int
    conversion: Conversion
    ref: Ref
    first: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of one connection's CRM."""

    requests: tuple[ConvertRequest, ...]
    snapshots: Mapping[int, Snapshots]


@dataclass(frozen=True, slots=True)
class Foretold:
    """
    Attributes:
        natives: leads that their CRM converts, in the order of their numbers.
        requests, predictions: by number.
        rows: the plan's rows whose records the CRM makes or fills in the course of that, or that follow it.
    """

    natives: tuple[NativeLead, ...] = ()
    requests: Mapping[int, ConvertRequest] = field(default_factory=dict)
    predictions: Mapping[int, Prediction] = field(default_factory=dict)
    rows: frozenset[int] = frozenset()

    @property
    def leads(self) -> frozenset[Ref]:
        return frozenset(native.ref for native in self.natives)

    @property
    def carries(self) -> Mapping[str, frozenset[str]]:
        """Connection -> words of ``carry:`` that its CRM sees to."""
        found: dict[str, frozenset[str]] = {}
        for native in self.natives:
            carries = self.predictions[native.number].carries
            found[native.ref.connection] = carries & found.get(native.ref.connection, carries)
        return found


def natives_of(plan: ConversionPlan, connections: Collection[str], book: Book) -> tuple[NativeLead, ...]:
    """Leads whose contact is made or found in their own connection, which is one of these; a conversion's in order.

    A lead that is only read is not among them: its CRM would write it.
    """
    found: list[NativeLead] = []
    for conversion in plan.conversions:
        homes = {row.connection for row in map(plan.row, conversion.rows) if row.role == "contact"}
        first = len(found) + 1
        for ref in conversion.lead.refs:
            entry = book.records.get(ref)
            able = ref.connection in connections and (entry is None or entry.mapping.writable)
            if able and ref.connection in homes:
                found.append(NativeLead(len(found) + 1, conversion, ref, first))
    return tuple(found)


def rows_of(plan: ConversionPlan, natives: Sequence[NativeLead]) -> frozenset[int]:
    """The plan's rows that only such leads lead to."""
    at: dict[int, set[str]] = {}
    for native in natives:
        at.setdefault(native.conversion.number, set()).add(native.ref.connection)
    users: dict[int, list[int]] = {}
    for conversion in plan.conversions:
        for number in conversion.rows:
            users.setdefault(number, []).append(conversion.number)
    return frozenset(
        row.number
        for row in plan.rows
        if row.role != "lead" and row.connection and all(row.connection in at.get(n, ()) for n in users[row.number])
    )


def ask(
    plan: ConversionPlan, scene: Scene, catalogue: Catalogue, book: Book, connections: Collection[str]
) -> dict[str, Asked]:
    """Connection -> what is asked of its CRM, by the numbers of :func:`natives_of`."""
    natives = natives_of(plan, connections, book)
    if not natives:
        return {}
    asking = _Asking(plan, book, natives, prepare(plan, scene, catalogue, book, 1))
    found = {}
    for connection in sorted({native.ref.connection for native in natives}):
        mine = [native for native in natives if native.ref.connection == connection]
        requests = tuple(asking.request(native) for native in mine)
        found[connection] = Asked(requests, {one.number: asking.snapshots(one) for one in requests})
    return found


class _Asking:
    def __init__(self, plan: ConversionPlan, book: Book, natives: Sequence[NativeLead], prepared: Prepared) -> None:
        self._plan = plan
        self._book = book
        self._writing = prepared.writing
        self._rows = rows_of(plan, natives)
        self._made = self._writing.drafts()
        self._makers = self._first_natives(natives)

    def _first_natives(self, natives: Sequence[NativeLead]) -> dict[int, int]:
        """Planned row -> request that makes its record."""
        found: dict[int, int] = {}
        firsts = first_users(self._plan)
        for native in natives:
            for row in self._beside(native):
                if row.number in self._rows and firsts[row.number].number == native.conversion.number:
                    found.setdefault(row.number, native.number)
        return found

    def _beside(self, native: NativeLead) -> list[PlannedRow]:
        """The records that it becomes in its own connection."""
        rows = map(self._plan.row, native.conversion.rows)
        return [row for row in rows if row.role != "lead" and row.connection == native.ref.connection]

    def request(self, native: NativeLead) -> ConvertRequest:
        into: dict[str, str] = {}
        shares: dict[str, int] = {}
        wanted: dict[str, Mapping[str, Raw]] = {"lead": self._closed(native)}
        rows = self._beside(native)
        for row in rows:
            if row.ref is not None:
                into[row.role] = row.ref.id
            elif row.number not in self._rows:
                into[row.role] = f"{PLANNED}{row.number}"
            elif self._makers[row.number] != native.number:
                shares[row.role] = self._makers[row.number]
            made = self._made.get(row.number)
            wanted[row.role] = made.values if made else {}
        makes = frozenset(row.role for row in rows)
        return ConvertRequest(native.number, native.ref, makes, into, shares, wanted)

    def _closed(self, native: NativeLead) -> Mapping[str, Raw]:
        planned = closing_of(self._plan, native)
        edit = self._writing.closing(planned)
        return edit.entry.mapping.change(edit.wanted, edit.entry.raws).values

    def snapshots(self, request: ConvertRequest) -> Snapshots:
        found = {"lead": self._book.records[request.lead].raws}
        for role, id_ in request.into.items():
            if id_.startswith(PLANNED):
                found[role] = self._made[int(id_.removeprefix(PLANNED))].values
            else:
                found[role] = self._seen(request.lead.connection, role, id_)
        return found

    def _seen(self, connection: str, role: str, id_: str) -> Mapping[str, Raw]:
        refs = (row.ref for row in self._plan.rows if row.role == role and row.ref is not None)
        return next(self._book.records[ref].raws for ref in refs if (ref.connection, ref.id) == (connection, id_))


def closing_of(plan: ConversionPlan, native: NativeLead) -> PlannedRow:
    """The row of the lead's own record."""
    return next(row for row in map(plan.row, native.conversion.rows) if row.role == "lead" and row.ref == native.ref)
