"""What goes along from the lead: activities and campaign members are pointed to its contact.

A CRM's field for the person of an activity holds one reference, so it leaves the lead for the contact, as in a CRM's
own conversion; the account and the opportunity are added where the CRM has fields for them that are blank.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from leadbridge.mapping.policy import CARRIED_ROLES, ConvertPolicy
from leadbridge.plan.book import Book, Entry
from leadbridge.plan.model import Conversion, ConversionPlan, PlannedRow, label
from leadbridge.plan.record_rows import ANY_WRITE, Clerk, Edit, Pointing, Target, column_of
from leadbridge.plan.rows import WriteRow
from leadbridge.records import Ref
from leadbridge.values import MISSING, is_absent

BESIDE: Mapping[str, str] = {"organisation": "account", "opportunity": "opportunity"}
"""Further reference field -> role of the record that it names."""

RECORDS_COUNTED: Final = "{records}"
"""Stands in a note's text for the number of records, in words."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something that the policy asks for and a CRM does not do, or does for good.

    Attributes:
        count: how many leads or records it is about, where that is said: in the text's own place for it, else behind.
    """

    connection: str
    text: str
    count: int = 0

    @property
    def line(self) -> str:
        if RECORDS_COUNTED in self.text:
            records = "1 record" if self.count == 1 else f"{self.count:,} records"
            return f"{self.connection}: {self.text.replace(RECORDS_COUNTED, records)}"
        return f"{self.connection}: {self.text}" + (f" ({self.count:,})" if self.count else "")


def summed(notes: Iterable[Note]) -> list[Note]:
    """Each text once, with all its leads, as they came first."""
    found: dict[tuple[str, str], int] = {}
    for note in notes:
        found[note.connection, note.text] = found.get((note.connection, note.text), 0) + note.count
    return [Note(connection, text, count) for (connection, text), count in found.items()]


@dataclass(frozen=True, slots=True)
class Carrier:
    """Carries what refers to the leads of one plan."""

    plan: ConversionPlan
    policy: ConvertPolicy
    book: Book
    clerk: Clerk

    def rows(self, first: int, groups: Mapping[int, int], without: Collection[Ref] = ()) -> list[WriteRow]:
        """What refers to the plan's leads, but for some of them."""
        rows: list[WriteRow] = []
        for conversion in self.plan.conversions:
            for ref in conversion.lead.refs:
                if ref not in without:
                    rows += self.of_lead(first + len(rows), conversion, ref, (groups[conversion.number],))
        return rows

    def of_lead(
        self,
        first: int,
        conversion: Conversion,
        lead: Ref,
        conversions: tuple[int, ...],
        seen_to: Collection[str] = (),
    ) -> list[WriteRow]:
        """What refers to one of its leads; ``seen_to`` are words of ``carry:`` that the CRM sees to by itself."""
        rows: list[WriteRow] = []
        target = Target(None, None, {}, conversions)
        for entry in self._carried(lead, seen_to):
            row = self._row(first + len(rows), conversion, lead, entry, target)
            if row is not None:
                rows.append(row)
        return rows

    def _carried(self, lead: Ref, seen_to: Collection[str] = ()) -> Iterator[Entry]:
        carry = [word for word in self.policy.carry if word in CARRIED_ROLES and word not in seen_to]
        words = {(CARRIED_ROLES[word], word == "notes") for word in carry}
        for entry in sorted(self.book.referring.get(lead, ()), key=lambda entry: entry.ref):
            if (entry.captured.role, entry.captured.values.get("kind") == "note") in words:
                yield entry

    def _row(self, number: int, conversion: Conversion, lead: Ref, entry: Entry, target: Target) -> WriteRow | None:
        rows = [self.plan.row(n) for n in conversion.rows]
        here = {row.role: row for row in reversed(rows) if row.connection == entry.ref.connection}
        same = "contact" in here and here["contact"].ref == lead  # the lead's own record, which is named already
        column = column_of(entry.mapping, "person", ANY_WRITE if same else ("always",))
        if column is None or "contact" not in here or entry.raws.get(column) != lead.id:
            return None
        pointing = Pointing() if same else self._at(Pointing(), column, here["contact"])
        for name, role in BESIDE.items():
            beside = column_of(entry.mapping, name)
            if beside not in {None, column} and role in here and is_absent(entry.raws.get(beside or "", MISSING)):
                pointing = self._at(pointing, beside or "", here[role])
        settled = replace(target, golden=entry.link.golden if entry.link else None)
        why = f"goes along with {conversion.label}"
        return self.clerk.update(number, Edit(entry, settled, _words(entry), why, pointing=pointing))

    def _at(self, pointing: Pointing, column: str, row: PlannedRow) -> Pointing:
        return pointing.at(column, self.clerk.place(row.number, row.connection or ""))

    def notes(self, seen_to: Mapping[str, Collection[str]]) -> tuple[Note, ...]:
        """What is not carried, once for each connection in which contacts are made or found beside their leads.

        Args:
            seen_to: connection -> words that its CRM sees to by itself.
        """
        places = {row.connection for row in self.plan.rows if row.role == "contact" and row.connection}
        made = {row.connection for row in self.plan.rows if row.role == "contact" and not row.changes_role}
        carry = {place: [word for word in self.policy.carry if word not in seen_to.get(place, ())] for place in places}
        here = [note for place in sorted(places & made) for note in _unable(carry[place], place, self.book)]
        return (*here, *self._only_read(places, made, seen_to), *self._left(places))

    def _only_read(
        self, places: Collection[str], made: Collection[str | None], seen_to: Mapping[str, Collection[str]]
    ) -> Iterator[Note]:
        """Records that nobody may write, where others of their kind are written, or the lead itself is the contact."""
        refs = dict.fromkeys(ref for conversion in self.plan.conversions for ref in conversion.lead.refs)
        found: Counter[str] = Counter()
        for ref in (ref for ref in refs if ref.connection in places):
            for entry in self._carried(ref, seen_to.get(ref.connection, ())):
                others = (ref.connection, entry.captured.role) in self.book.homes or ref.connection not in made
                found[ref.connection] += others and not entry.mapping.writable
        for connection, count in sorted(found.items()):
            if count:
                text = f"left with the leads, by mappings that say `write: never`: {RECORDS_COUNTED}"
                yield Note(connection, text, count)

    def _left(self, places: Iterable[str]) -> Iterator[Note]:
        """Connections whose leads have activities, while their contacts are made elsewhere."""
        known = set(places)
        refs = {ref for conversion in self.plan.conversions for ref in conversion.lead.refs} - self.plan.changing
        for connection in sorted({r.connection for r in refs if r.connection not in known and any(self._carried(r))}):
            text = f"what refers to leads in {connection} stays there: their contacts are in another CRM"
            yield Note(connection, text)


def _unable(words: Sequence[str], connection: str, book: Book) -> Iterator[Note]:
    why: dict[str, list[str]] = {}
    for word in words:
        mapping = book.homes.get((connection, CARRIED_ROLES.get(word, "")))
        shown = word.replace("_", " ")
        if mapping is None:
            why.setdefault(f"no mapping gives them an object to write to in {connection}", []).append(shown)
        elif column_of(mapping, "person") is None:
            why.setdefault(f"{mapping.file.name} maps no field to the `person`", []).append(shown)
    for reason, several in why.items():
        yield Note(connection, f"{', '.join(several)} are not carried: {reason}")


def _words(entry: Entry) -> str:
    return label(entry.captured.values) or str(entry.ref)
