"""A conversion's rows as rows of a kept plan: golden records and links by number, references by golden record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from leadbridge.golden import Golden, Held, Link
from leadbridge.jobs.convert.knowing import Knowledge
from leadbridge.jobs.convert.naming import Naming
from leadbridge.jobs.sync.scene import OWN, Scene
from leadbridge.merge.model import Candidate, Conflict, Move
from leadbridge.plan.book import Entry
from leadbridge.plan.model import Change
from leadbridge.plan.rows import LinkChange as Changed
from leadbridge.plan.rows import SettleRow, WriteRow
from leadbridge.plan.sync_rows import Before, FieldChange, LinkChange, PlanRow, Settle, Write, by_place, by_reason
from leadbridge.plan.uniting import is_opt_out
from leadbridge.records import Ref
from leadbridge.values import MISSING, Raw, is_present


@dataclass(frozen=True)
class Translating:
    """
    Attributes:
        naming: golden records and links of the plan's rows, by their numbers.
        attaching: golden records that the plan's first rows give a newcomer to; each is one version on by then.
    """

    scene: Scene
    knowledge: Knowledge
    naming: Naming
    attaching: frozenset[int]
    adopted: dict[int, Before] = field(default_factory=dict)
    """Golden records that rows before the writes made."""

    def attach(self, golden: int, refs: Iterable[Ref]) -> Settle:
        """Newcomers whose golden record is known get their links.

        What is agreed stays, and what leads say else is kept; but an opt-out is taken from whoever says it.
        """
        stored = self.knowledge.stored[golden]
        found = [self.knowledge.attached[ref] for ref in refs]
        barring = tuple(self._barring(stored.golden, found))
        others = [side.link.id for side in self.knowledge.book.sides.get(golden, ())] if barring else []
        return Settle(
            golden=golden,
            subject=stored.golden.subject,
            version=stored.version,
            links=tuple(LinkChange(k.id, k.ref, k.role, k.state, base=k.base) for k in found),
            conflicts=tuple(c for k in found if k.role == "lead" for c in self._yielding(stored.golden, k.ref)),
            taken=by_place(barring),
            due=tuple(sorted(others)),
        )

    def _barring(self, golden: Golden, newcomers: Iterable[Link]) -> Iterator[Move]:
        said = dict(golden.values)
        for link in newcomers:
            for name, value in self.knowledge.book.records[link.ref].captured.values.items():
                if is_opt_out(name, value) and said.get(name) is not True:
                    said[name] = value
                    yield Move(name, golden.value(name), Candidate(value, link.ref.connection, link.ref), "restrictive")

    def _yielding(self, golden: Golden, ref: Ref) -> Iterator[Conflict]:
        """Once a lead is converted, nobody reads it again."""
        values = self.knowledge.book.records[ref].captured.values
        fields = self.scene.subject(golden.subject).fields
        for name, held in golden.fields.items():
            value = values.get(name, MISSING)
            if name in OWN or self.naming.is_reference(golden.subject, name) or not is_present(held.value):
                continue
            if is_opt_out(name, value):  # taken, not kept
                continue
            if is_present(value) and not fields[name].kind.equivalent(value, held.value):
                lost = Candidate(value, ref.connection, ref)
                yield Conflict(golden.id, name, Candidate.of(held), (lost,), "conversion")

    def row(self, row: SettleRow | WriteRow) -> PlanRow:
        if isinstance(row, WriteRow):
            return PlanRow(row.number, self._write(row), row.refers)
        if row.undoes is not None:
            return PlanRow(row.number, self._removal(row))
        settle = self._settle(row)
        if not row.conversions:
            taken = {
                m.field: Held(m.new.value, m.new.connection, self._run, m.new.stamp, m.new.shows) for m in settle.moves
            }
            self.adopted[settle.golden] = Before(settle.golden, taken, tuple(link.link for link in settle.links))
        return PlanRow(row.number, settle)

    @property
    def _run(self) -> int:
        return self.knowledge.book.run

    # --- writes

    def _write(self, row: WriteRow) -> Write:
        subject = self.scene.subject_of(row.role)
        link = row.link
        if link is None and row.id is not None:
            link = self.naming.links.get(Ref(row.connection, row.object, row.id))
        return Write(
            verb=row.verb,
            connection=row.connection,
            object=row.object,
            golden=self.naming.golden_of(row) or 0,
            subject=subject.name,
            role=row.role,
            id=row.id,
            link=link,
            values=row.values,
            expected=row.expected,
            key=row.key,
            owes_more=row.owes_more or (row.undoes is not None and row.verb == "update"),
            said=by_reason(map(self._change, row.changes)),
            label=row.label,
            why=row.why,
            conversions=row.conversions,
            undoes=row.undoes,
            native=row.native,
        )

    # --- what is settled

    def _removal(self, row: SettleRow) -> Settle:
        golden = self.naming.made[row.undoes or 0]
        return Settle(golden, row.subject, 1, conversions=row.conversions, undoes=row.undoes)

    def _settle(self, row: SettleRow) -> Settle:
        golden = self.naming.golden_of(row) or 0
        unites = (*row.united, *(self.naming.made[number] for number in row.joined))
        known = golden in self.knowledge.stored
        return Settle(
            golden=golden,
            subject=row.subject,
            version=0 if row.golden is None and row.settle is None else self._version(row.version, golden, known=known),
            unites=unites,
            taken=by_place((*self._moves(row), *self._references(row, golden, unites), *self._edits(row, golden))),
            links=tuple(link for change in row.links if (link := self._link(change)) is not None),
            conflicts=tuple(self._conflicts(row, golden)),
            due=tuple(sorted(self._due(row))),
            conversions=row.conversions,
            versions={n: self._version(version, n, known=True) for n, version in row.versions.items()},
            before=tuple(self._before(n) for n in (golden, *unites)) if row.conversions and self._was(golden) else (),
        )

    def _was(self, golden: int) -> bool:
        return golden in self.knowledge.stored or golden in self.adopted

    def _before(self, golden: int) -> Before:
        stored = self.knowledge.stored.get(golden)
        if stored is None:
            return self.adopted[golden]
        linked = [one.link.id for one in self.knowledge.links.get(golden, ())]
        return Before(golden, stored.golden.fields, (*linked, *self._attached.get(golden, ())))

    @cached_property
    def _attached(self) -> Mapping[int, Sequence[int]]:
        """Golden record -> links of the newcomers that it gets."""
        found: dict[int, list[int]] = {}
        for link in self.knowledge.attached.values():
            found.setdefault(link.golden, []).append(link.id)
        return found

    def _version(self, version: int, golden: int, *, known: bool) -> int:
        """That which the row will meet; a golden record that this plan made is at its first."""
        return version + (golden in self.attaching) if known else 1

    def _moves(self, row: SettleRow) -> Iterator[Move]:
        said = {change.field: change for change in row.changes}
        for name, held in row.fields.items():
            if name not in OWN and not self.naming.is_reference(row.subject, name):
                yield _move(name, held, said.get(name))

    def _references(self, row: SettleRow, golden: int, unites: Sequence[int]) -> Iterator[Move]:
        """The records that it names, by their golden records: by the rows that write it, else as it was known."""
        for name, held in self.naming.references(row, golden, unites).items():
            was = self.knowledge.stored[golden].golden.value(name) if golden in self.knowledge.stored else MISSING
            if was != held.value:
                yield Move(name, was, Candidate.of(held), "conversion")

    def _edits(self, row: SettleRow, golden: int) -> Iterator[Move]:
        """What was edited in a lead since it was last agreed: it is not read as a lead once it is converted."""
        stored = self.knowledge.stored.get(golden)
        for entry in self._converted(row):
            if stored is None or entry.link is None or entry.link.golden != golden:
                continue
            for name, value in entry.edited.items():
                if name not in row.fields and name not in OWN and not self.naming.is_reference(row.subject, name):
                    candidate = Candidate(value, entry.ref.connection, entry.ref)
                    yield Move(name, stored.golden.value(name), candidate, "edited before the conversion")

    def _converted(self, row: SettleRow) -> Iterator[Entry]:
        for change in row.links:
            if change.state == "converted" or change.role_was:
                yield self.knowledge.book.records[change.ref]

    def _due(self, row: SettleRow) -> set[int]:
        """Links that are told later; all live ones where a lead's edits come in."""
        found = {change.link or self.naming.links[change.ref] for change in row.links if change.due}
        edited = (entry for entry in self._converted(row) if entry.link is not None and entry.edited)
        for entry in edited:
            sides = self.knowledge.book.sides.get(entry.link.golden if entry.link else 0, ())
            found |= {side.link.id for side in sides if side.link.ref != entry.ref}
        return found

    def _change(self, change: Change) -> FieldChange:
        entry = self.knowledge.book.records.get(change.origin) if change.origin else None
        origin = self.scene.place(entry.captured.record) if entry else ""
        return FieldChange(change.field, change.old, change.new, change.rule, origin or str(change.origin or ""))

    def _link(self, change: Changed) -> LinkChange | None:
        entry = self.knowledge.book.records.get(change.ref)
        if entry is None or change.state is None:
            return None
        old, number = entry.link, self.naming.links[change.ref]
        if change.state == "live" and not change.role_was:
            return LinkChange(number, change.ref, entry.captured.role, "live", base=self._base(entry, change.base))
        role, was, age = (old.role, old.state, old.age) if old else (entry.captured.role, "live", 0)
        if change.role_was:
            role = change.role or role
        return LinkChange(number, change.ref, role, change.state, was, age=age, role_was=change.role_was)

    def _base(self, entry: Entry, base: Mapping[str, Raw]) -> dict[str, Raw]:
        """Without what tells of the record itself, and what names a record that is not known."""
        kept = self.naming.agreed_columns(entry)
        return {column: raw for column, raw in base.items() if column in kept}

    def _conflicts(self, row: SettleRow, golden: int) -> Iterator[Conflict]:
        for conflict in row.conflicts:
            if conflict.field not in OWN and not self.naming.is_reference(row.subject, conflict.field):
                yield replace(conflict, golden=golden)


def _move(name: str, held: Held, change: Change | None) -> Move:
    ref = change.origin if change and change.origin and change.origin.connection == held.origin else None
    candidate = replace(Candidate.of(held), ref=ref)
    return Move(name, change.old if change else MISSING, candidate, change.rule if change else "adopted")
