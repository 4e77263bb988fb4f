"""What LeadBridge knows of the records that a conversion touches, handed to the planner as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Final

from leadbridge.golden import Golden, Held, Link
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.merge.model import Side
from leadbridge.plan.elsewhere import NOWHERE, Elsewhere
from leadbridge.plan.uniting import is_opt_out
from leadbridge.records import Captured, Ref
from leadbridge.values import MISSING, Raw, Value, is_absent

SOURCE_LEAD: Final = "source_lead"


@dataclass(frozen=True, slots=True)
class Entry:
    """A captured record.

    Attributes:
        link: None where nobody knows the record yet.
        guarded: canonical fields that await a review, or are held by an undo: read, never written.
    """

    captured: Captured
    mapping: ObjectMapping
    link: Link | None = None
    guarded: frozenset[str] = frozenset()

    @property
    def ref(self) -> Ref:
        return self.captured.ref

    @property
    def raws(self) -> Mapping[str, Raw]:
        return self.captured.record.values

    @property
    def edited(self) -> dict[str, Value]:
        """Fields whose value is not that of the base; a field without a base is none of them."""
        if self.link is None:
            return {}
        base, found = self.mapping.read(self.link.base), {}
        for target in self.mapping.targets:
            value, was = self.captured.values.get(target.name, MISSING), base.get(target.name, MISSING)
            if MISSING not in {value, was} and not target.kind.equivalent(value, was):
                found[target.name] = value
        return found


@dataclass(frozen=True, slots=True)
class Known:
    """A golden record and its version."""

    golden: Golden
    version: int


@dataclass(frozen=True, slots=True)
class Book:
    """What a job hands in.

    Attributes:
        records: every record that the requests name: leads, and what they may match.
        goldens: those that these records' links lead to, by id.
        homes: (connection, role) -> the mapping by which a new record is made there.
        both: (connection, object) -> the mapping by which its records are contacts, of objects that hold leads too.
        elsewhere: how records that are named in one connection are named in another.
        made: key -> the record that LeadBridge made, where it is there still: under :func:`made_key` in an earlier
            conversion.
        sides: golden id -> its live links, those of other connections too, to see who must be told of a new value.
        referring: lead -> activities and campaign members that refer to it.
        unasked: records of golden records of which only leads have told so far: what they say themselves is what the
            policy's ``existing:`` compares with.
        run: the run's number, kept with each value that it sets.
    """

    records: Mapping[Ref, Entry]
    goldens: Mapping[int, Known] = field(default_factory=dict)
    homes: Mapping[tuple[str, str], ObjectMapping] = field(default_factory=dict)
    made: Mapping[str, Ref] = field(default_factory=dict)
    sides: Mapping[int, tuple[Side, ...]] = field(default_factory=dict)
    referring: Mapping[Ref, tuple[Entry, ...]] = field(default_factory=dict)
    unasked: frozenset[Ref] = frozenset()
    run: int = 0
    both: Mapping[tuple[str, str], ObjectMapping] = field(default_factory=dict)
    elsewhere: Elsewhere = NOWHERE

    def as_contact(self, ref: Ref) -> Entry:
        """A lead's record as the contact that it becomes, in one of the objects that hold both."""
        entry, mapping = self.records[ref], self.both[ref.connection, ref.object]
        return replace(entry, captured=mapping.get(entry.captured.record), mapping=mapping)

    def known(self, ref: Ref) -> Known | None:
        """The golden record of a captured record, or None where it has none yet."""
        entry = self.records.get(ref)
        return None if entry is None or entry.link is None else self.goldens[entry.link.golden]

    @property
    def closed(self) -> frozenset[int]:
        """Golden records of which a lead was converted, or is a contact by now."""
        links = (entry.link for entry in self.records.values() if entry.link is not None)
        return frozenset(link.golden for link in links if link.state == "converted" or self._was_lead(link))

    def _was_lead(self, link: Link) -> bool:
        return link.role == "contact" and (link.ref.connection, link.ref.object) in self.both

    def is_converted(self, ref: Ref) -> bool:
        entry = self.records.get(ref)
        return entry is not None and entry.link is not None and entry.link.state == "converted"

    def current(self, ref: Ref) -> Mapping[str, Value]:
        """What a record's golden record says, and above it what was edited in the record since they last agreed.

        An opt-out that was never agreed about counts: nothing that is known of somebody lifts it.
        """
        entry, known = self.records[ref], self.known(ref)
        if known is None or entry.link is None:
            return entry.captured.values
        if ref in self.unasked:
            return {**known.golden.values, **entry.captured.values}
        base, said = entry.mapping.read(entry.link.base), dict(known.golden.values)
        for target in entry.mapping.targets:
            value = entry.captured.values.get(target.name, MISSING)
            was = base.get(target.name, MISSING)
            edited = was is not MISSING and not target.kind.equivalent(value, was)
            barred = is_opt_out(target.name, value) and was is MISSING
            if value is not MISSING and (edited or barred or is_absent(said.get(target.name, MISSING))):
                said[target.name] = value
        return said


def lead_beside(record: Captured) -> str | None:
    """The id of the lead or contact that a prospect record is about: it is no lead of its own then."""
    named = record.values.get(SOURCE_LEAD, MISSING) if record.role == "prospect" else MISSING
    return None if is_absent(named) else str(named)


def made_key(role: str, connection: str, lead: Ref) -> str:
    """The key of a record that a lead's conversion makes; the same whenever it is planned."""
    text = "\0".join((role, connection, lead.connection, lead.object, lead.id))
    return blake2b(text.encode(), digest_size=16).hexdigest()


def held(values: Mapping[str, Value], origins: Mapping[str, str], run: int) -> dict[str, Held]:
    """Values that are there as golden values; ``origins`` names the connection of each."""
    return {
        name: Held(value, origins.get(name, ""), run) for name, value in sorted(values.items()) if not is_absent(value)
    }


def first_made(book: Book, role: str, connection: str, leads: Iterable[Ref]) -> Entry | None:
    """The record that one of these leads was made into by an earlier conversion."""
    found = (book.made.get(made_key(role, connection, lead)) for lead in leads)
    return next((book.records[ref] for ref in found if ref is not None and ref in book.records), None)
