"""A small world for managed conversions: CRMs as dicts, what LeadBridge remembers, and an executor that refuses rows.

The executor carries out plan rows by the table in ``leadbridge.plan.rows`` and nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from planning import NOW, PERSON, policy

from leadbridge.conditions import compile_condition
from leadbridge.golden import Golden, Held, Link
from leadbridge.mapping.fields import ColumnMap
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.mapping.policy import ConvertPolicy
from leadbridge.mapping.stages import DEFAULT, Stages
from leadbridge.merge.model import Side
from leadbridge.plan.agreeing import agreed
from leadbridge.plan.book import Book, Entry, Known
from leadbridge.plan.changing_role import AsContact
from leadbridge.plan.conversion import plan_conversions
from leadbridge.plan.conversion_rows import Lowered, lower
from leadbridge.plan.layout import Scene
from leadbridge.plan.model import Match, Request
from leadbridge.plan.rows import SettleRow, WriteRow, falls
from leadbridge.plan.uniting import unite
from leadbridge.records import Record, Ref
from leadbridge.subjects import STANDARD
from leadbridge.transforms.spec import Codec
from leadbridge.values import MISSING, Raw

PLAIN = Codec(lambda raw: raw, lambda value: value)

FIELDS = {
    "lead": "first_name last_name email phone company budget product status stage opted_out_of_email",
    "contact": "first_name last_name email phone organisation source_lead opted_out_of_email stage",
    "account": "name website industry",
    "opportunity": "name amount stage close_date organisation contact source_lead",
    "activity": "kind subject person organisation opportunity",
    "campaign_member": "campaign person",
    "prospect": "email score qualified_at organisation source_lead",
}
ADA = {
    "first_name": "Ada",
    "last_name": "King",
    "email": "ada@reuter.example",
    "phone": "1",
    "company": "Reuter",
    "budget": Decimal(500),
    "product": "Labeller",
    "status": "open",
}

KIND = {"lead": "new", "contact": "deal"}
"""By which an object that holds both tells them apart: its field ``kind``."""


def mapping(connection: str, role: str, *names: str, both: bool = False) -> ObjectMapping:
    """Object ``leads`` for role ``lead`` and so on; a provider field is called as its canonical one."""
    subject = STANDARD.of_role(role)
    assert subject is not None
    wanted = names or tuple(FIELDS[role].split())
    fields = tuple(ColumnMap(subject.fields[name], name, PLAIN, "typed") for name in wanted)
    file, name = Path(f"{connection}.{role}.yaml"), "people" if both else f"{role}s"
    if not both:
        return ObjectMapping(file, "memory", connection, name, role, subject, fields)
    when = compile_condition(f"kind == '{KIND[role]}'", {"kind": subject.fields["status"]})
    made = {"kind": KIND[role]}
    return ObjectMapping(file, "memory", connection, name, role, subject, fields, when=when, on_create=made)


@dataclass
class World:
    """
    Attributes:
        records: what the CRMs hold.
        writable: (connection, role) that new records can be given to.
    """

    used: ConvertPolicy = field(default_factory=lambda: policy(status="converted"))
    stages: Stages = DEFAULT
    mappings: dict[tuple[str, str], ObjectMapping] = field(default_factory=dict)
    writable: set[tuple[str, str]] = field(default_factory=set)
    records: dict[Ref, dict[str, Raw]] = field(default_factory=dict)
    links: dict[Ref, Link] = field(default_factory=dict)
    goldens: dict[int, Known] = field(default_factory=dict)
    made: dict[str, Ref] = field(default_factory=dict)
    due: set[Ref] = field(default_factory=set)
    edits: dict[str, dict[str, Raw]] = field(default_factory=dict)
    """What users do while rows are applied: role of a create -> values that somebody puts into the new record."""
    _last: int = 0

    def __post_init__(self) -> None:
        for role in ("lead", "account", "contact", "opportunity"):
            self.have("crm", role)

    def have(self, connection: str, role: str, *names: str, writable: bool = True) -> None:
        self.mappings[connection, role] = mapping(connection, role, *names)
        if writable:
            self.writable.add((connection, role))

    def have_both(self, connection: str) -> None:
        """Leads and contacts in one object."""
        for role in KIND:
            self.mappings[connection, role] = mapping(connection, role, both=True)
            self.writable.add((connection, role))

    def put(self, connection: str, role: str, **values: Raw) -> Ref:
        self._last += 1
        by = self.mappings[connection, role]
        ref = Ref(connection, by.object, str(self._last))
        alike = [one for one in self.mappings.values() if (one.connection, one.object) == (connection, by.object)]
        blank = {m.column: "" for one in alike for m in one.fields if m.column}
        self.records[ref] = {**blank, **by.on_create, **values}
        return ref

    def remember(self, *refs: Ref, **values: object) -> int:
        """One golden record for these, agreed with all of them as they are; ``values`` go above what they say."""
        self._last += 1
        entries = [self.entry(ref) for ref in refs]
        said = {n: v for e in reversed(entries) for n, v in e.captured.values.items() if v not in {"", None}}
        fields = {n: Held(v, refs[0].connection) for n, v in {**said, **values}.items()}
        subject = entries[0].mapping.subject.name
        self.goldens[self._last] = Known(Golden(self._last, subject, fields), 1)
        for ref, entry in zip(refs, entries, strict=True):
            self.links[ref] = Link(1000 + len(self.links), self._last, ref, entry.captured.role, base=dict(entry.raws))
        return self._last

    def golden(self, ref: Ref) -> Golden:
        return self.goldens[self.links[ref].golden].golden

    def entry(self, ref: Ref) -> Entry:
        alike = [m for m in self.mappings.values() if (m.connection, m.object) == (ref.connection, ref.object)]
        (by,) = (one for one in alike if one.covers(self.records[ref]))
        return Entry(by.get(Record(ref, dict(self.records[ref]))), by, self.links.get(ref))

    def book(self) -> Book:
        entries = {ref: self.entry(ref) for ref in self.records}
        sides: dict[int, list[Side]] = {}
        for ref, link in self.links.items():
            if link.state == "live" and ref in self.records:
                sides.setdefault(link.golden, []).append(Side(link, entries[ref].mapping))
        referring: dict[Ref, list[Entry]] = {}
        for entry in entries.values():
            if entry.captured.role in {"activity", "campaign_member"}:
                leads = self.mappings[entry.ref.connection, "lead"].object
                lead = Ref(entry.ref.connection, leads, str(entry.raws.get("person")))
                referring.setdefault(lead, []).append(entry)
        return Book(
            records=entries,
            goldens=self.goldens,
            homes={at: self.mappings[at] for at in self.writable},
            made=self.made,
            sides={golden: tuple(found) for golden, found in sides.items()},
            referring={lead: tuple(found) for lead, found in referring.items()},
            run=7,
            both=self.both,
        )

    @property
    def both(self) -> dict[tuple[str, str], ObjectMapping]:
        """Objects that hold both -> how they are contacts."""
        return {
            (c, m.object): m for (c, role), m in self.mappings.items() if role == "contact" and m.object == "people"
        }

    def scene(self) -> Scene:
        homes = {at: frozenset(t.name for t in self.mappings[at].targets) for at in self.writable}
        return Scene(self.used, homes, PERSON, NOW, self.stages)

    def requests(self, *targets: str) -> list[Request]:
        """Leads of one e-mail are one person; contacts are found by e-mail or phone, accounts by name."""
        people: dict[object, list[Entry]] = {}
        for ref in sorted(self.records):
            entry = self.entry(ref)
            if entry.captured.role == "lead":
                people.setdefault(entry.raws.get("email") or ref, []).append(entry)
        return [self._request(n, entries, targets or ("crm",)) for n, entries in enumerate(people.values(), 1)]

    def _request(self, number: int, entries: list[Entry], targets: tuple[str, ...]) -> Request:
        lead = unite([entry.captured for entry in entries], ["crm", "fair"], PERSON)
        wanted = {
            "contact": [("email", lead.values.get("email")), ("phone", lead.values.get("phone"))],
            "account": [("name", lead.values.get("company"))],
        }
        matched = {
            (connection, role): Match(self.entry(found).captured, f"same {role}")
            for connection in targets
            for role, keys in wanted.items()
            if (found := self._find(connection, role, keys)) is not None
        }
        own = {
            member.ref.connection: AsContact.of(member, self.both[member.ref.connection, member.ref.object])
            for member in reversed(lead.members)
            if (member.ref.connection, member.ref.object) in self.both
        }
        company = str(lead.values.get("company", "")).casefold()
        keys = {"account": (f"company_name:{company}",)} if company else {}
        return Request(number, lead, targets, matched, keys, own=own)

    def _find(self, connection: str, role: str, keys: list[tuple[str, object]]) -> Ref | None:
        for name, value in keys:
            for ref, raws in sorted(self.records.items()):
                here = ref.connection == connection and value and raws.get(name) == value
                if here and self.entry(ref).captured.role == role:
                    return ref
        return None

    def lower(self, *targets: str) -> Lowered:
        book = self.book()
        plan = plan_conversions(agreed(self.requests(*targets), book), self.scene())
        return lower(plan, self.scene(), STANDARD, book)

    def convert(self, refuse: Collection[int] = (), *targets: str) -> Lowered:
        """Plan and apply; the rows of these numbers are refused by their CRM."""
        lowered = self.lower(*targets)
        Executor(self, frozenset(refuse)).run(lowered)
        return lowered


@dataclass
class Executor:
    """Applies rows in their order. ``done`` has the record of each write that was done."""

    world: World
    refuse: frozenset[int] = frozenset()
    done: dict[int, Ref] = field(default_factory=dict)
    refused: set[int] = field(default_factory=set)
    settled: dict[int, int] = field(default_factory=dict)
    stuck: list[int] = field(default_factory=list)
    """Compensations that could not be carried out."""

    def run(self, lowered: Lowered) -> None:
        assert [row.number for row in lowered.rows] == list(range(1, len(lowered.rows) + 1))
        for row in lowered.rows:
            if isinstance(row, SettleRow):
                self._settle_row(row)
            elif row.undoes is not None:
                self._undo(row)
            elif falls(row, self.refused) or row.number in self.refuse or not self._write(row):
                self.refused |= set(row.conversions)

    def _settle_row(self, row: SettleRow) -> None:
        fell = falls(row, self.refused)
        if row.undoes is not None:
            golden = self.settled[row.undoes]
            if fell and not any(k.golden == golden and k.state == "live" for k in self.world.links.values()):
                del self.world.goldens[golden]
        elif not fell:
            self._settle(row)

    def _settle(self, row: SettleRow) -> None:
        world = self.world
        golden = self.settled[row.settle] if row.settle is not None else row.golden
        if golden is None:
            world._last += 1
            golden = world._last
            world.goldens[golden] = Known(Golden(golden, row.subject), 0)
        if row.golden is not None:
            assert world.goldens[golden].version == row.version
        self.settled[row.number] = golden
        for other in (*row.united, *(self.settled[number] for number in row.joined)):
            assert other not in row.versions or world.goldens[other].version == row.versions[other]
            world.links = {r: replace(k, golden=golden) if k.golden == other else k for r, k in world.links.items()}
            del world.goldens[other]
        held = world.goldens[golden]
        fields = {**held.golden.fields, **row.fields}
        world.goldens[golden] = Known(replace(held.golden, fields=fields), held.version + 1)
        for change in row.links:
            link = world.links.get(change.ref) or Link(1000 + len(world.links), golden, change.ref, change.role or "")
            assert change.link in {None, link.id}
            state = change.state or link.state
            role = change.role or link.role
            world.links[change.ref] = replace(link, state=state, role=role, base={**link.base, **change.base})
            if change.due:
                world.due.add(change.ref)

    def _write(self, row: WriteRow) -> bool:
        world = self.world
        if not all(number in self.done for number in row.refers.values()):
            return False
        values = {**row.values, **{column: self.done[number].id for column, number in row.refers.items()}}
        if row.verb == "create":
            self.done[row.number] = self._create(row, values)
            return True
        ref = Ref(row.connection, row.object, row.id or "")
        if any(world.records[ref].get(name, MISSING) != raw for name, raw in row.expected.items()):
            return False
        world.records[ref].update(values)
        self._agree(ref, values)
        self._owe(ref, row)
        self.done[row.number] = ref
        return True

    def _owe(self, ref: Ref, row: WriteRow) -> None:
        self.world.due.discard(ref)
        if row.owes_more:
            self.world.due.add(ref)

    def _create(self, row: WriteRow, values: Mapping[str, Raw]) -> Ref:
        world = self.world
        ref = world.put(row.connection, row.role, **values)
        assert ref.object == row.object
        golden = row.golden if row.golden is not None else self.settled[row.settle or 0]
        assert golden in world.goldens
        world.links[ref] = Link(1000 + len(world.links), golden, ref, row.role, base=dict(values))
        assert row.key not in world.made
        world.made[row.key or ""] = ref
        self._owe(ref, row)
        world.records[ref].update(world.edits.get(row.role, {}))
        return ref

    def _agree(self, ref: Ref, values: Mapping[str, Raw]) -> None:
        link = self.world.links.get(ref)
        if link is not None:
            self.world.links[ref] = replace(link, base={**link.base, **values})

    def _undo(self, row: WriteRow) -> None:
        if not falls(row, self.refused) or row.undoes not in self.done:
            return
        world, ref = self.world, self.done[row.undoes]
        if any(world.records[ref].get(name, MISSING) != raw for name, raw in row.expected.items()):
            self.stuck.append(row.number)
        elif row.verb == "delete":
            del world.records[ref]
            world.links[ref] = replace(world.links[ref], state="gone")
            world.made = {key: made for key, made in world.made.items() if made != ref}
        else:
            world.records[ref].update(row.values)
            self._agree(ref, row.values)


def writes(lowered: Lowered) -> list[WriteRow]:
    return [row for row in lowered.rows if isinstance(row, WriteRow) and row.undoes is None]


def undone(lowered: Lowered) -> list[WriteRow]:
    return [row for row in lowered.rows if isinstance(row, WriteRow) and row.undoes is not None]


def settles(lowered: Lowered) -> list[SettleRow]:
    return [row for row in lowered.rows if isinstance(row, SettleRow)]


def of(lowered: Lowered, role: str) -> WriteRow:
    (row,) = (row for row in writes(lowered) if row.role == role)
    return row


def held(world: World, connection: str, object: str) -> list[dict[str, object]]:
    """The records of one object, blank fields left out."""
    found = sorted(ref for ref in world.records if (ref.connection, ref.object) == (connection, object))
    return [{n: raw for n, raw in world.records[ref].items() if raw != ""} for ref in found]
