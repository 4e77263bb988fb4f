"""Three CRMs as dictionaries, and people who work in them: what a pure cycle captures from and writes to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from leadbridge.conditions import compile_condition
from leadbridge.mapping.fields import ColumnMap
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.merge.succession import ConversionEvent, Event, MergeEvent
from leadbridge.plan.sync_rows import Write
from leadbridge.records import Ref
from leadbridge.subjects.model import Field, Subject
from leadbridge.transforms.spec import Codec
from leadbridge.values import Present, Raw, Value

NAMES = ("email", "phone", "city", "opted_out")
PERSON = Subject.of(
    "person",
    "a person",
    ("lead", "contact"),
    [
        Field("email", "email", "e-mail"),
        Field("phone", "phone", "phone"),
        Field("city", "text", "city"),
        Field("opted_out", "boolean", "consent"),
    ],
)
OBJECTS = (("sf", "Lead", "lead"), ("sf", "Contact", "contact"), ("hs", "contacts", "lead"), ("web", "people", "lead"))
"""Connection, object and role of each kind of record."""

CONNECTIONS = ("sf", "hs", "web")


def _decode(raw: Raw) -> Value:
    return raw  # type: ignore[return-value]


def _encode(value: Present) -> Raw:
    return value  # type: ignore[return-value]


def _mapping(connection: str, object_: str, role: str) -> ObjectMapping:
    fields = tuple(
        ColumnMap(target, f"{connection}_{name}", Codec(_decode, _encode), "typed")
        for name, target in PERSON.fields.items()
    )
    when = compile_condition("stage == 'open'", ["stage"])
    file = Path(f"{connection}.{object_}.yaml")
    return ObjectMapping(
        file, "memory", connection, object_, role, PERSON, fields, when=when, on_create={"stage": "open"}
    )


MAPPINGS = {(connection, object_): _mapping(connection, object_, role) for connection, object_, role in OBJECTS}

Row = dict[str, Raw]


@dataclass
class Capture:
    """What one cycle read."""

    records: dict[Ref, Row] = field(default_factory=dict)
    gone: tuple[Ref, ...] = ()
    events: tuple[Event, ...] = ()


@dataclass
class Crms:
    """All records, and what each connection has to report since it was last captured.

    Attributes:
        keys: key of a create -> the records that were made under it.
        removed: records that users deleted; ``ours``: those that LeadBridge did.
    """

    rows: dict[Ref, Row] = field(default_factory=dict)
    dirty: set[Ref] = field(default_factory=set)
    tombstones: list[Ref] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    keys: dict[str, list[Ref]] = field(default_factory=dict)
    removed: set[Ref] = field(default_factory=set)
    ours: set[Ref] = field(default_factory=set)
    _last: int = 0

    # --- people

    def make(self, connection: str, object_: str, values: Mapping[str, Raw]) -> Ref:
        self._last += 1
        ref = Ref(connection, object_, str(self._last))
        self.rows[ref] = {"stage": "open", **{f"{connection}_{name}": None for name in NAMES}}
        self._set(ref, {f"{connection}_{name}": value for name, value in values.items()})
        return ref

    def edit(self, ref: Ref, name: str, value: Raw) -> None:
        self._set(ref, {f"{ref.connection}_{name}": value})

    def restage(self, ref: Ref) -> None:
        """Into the mapping's reach, or out of it."""
        self._set(ref, {"stage": "closed" if self.rows[ref]["stage"] == "open" else "open"})

    def delete(self, ref: Ref) -> None:
        self._drop(ref)
        self.removed.add(ref)
        self.tombstones.append(ref)

    def merge(self, loser: Ref, winner: Ref, taken: Iterable[str]) -> None:
        """The winner takes some of the loser's fields, as the person who merges chooses."""
        row = self.rows[loser]
        self._drop(loser)
        self._set(winner, {column: row[column] for column in (f"{winner.connection}_{name}" for name in taken)})
        self.events.append(MergeEvent(loser, winner))

    def convert(self, lead: Ref, contact: Ref | None) -> Ref:
        """The lead is closed for good; its contact is made, or fills its gaps from the lead."""
        row = self.rows[lead]
        self._drop(lead)
        made = contact is None
        if contact is None:
            contact = self.make("sf", "Contact", {name: row[f"sf_{name}"] for name in NAMES})
        else:
            gaps = {c: v for c, v in row.items() if self.rows[contact].get(c) in {None, ""}}
            self._set(contact, gaps)
        self.events.append(ConversionEvent(lead, contact, made))
        return contact

    # --- what a cycle does

    def capture(self, connections: Iterable[str], due: Iterable[Ref]) -> Capture:
        asked = set(connections)
        refs = {ref for ref in self.dirty if ref.connection in asked} | {ref for ref in due if ref in self.rows}
        gone = tuple(ref for ref in self.tombstones if ref.connection in asked)
        events = tuple(event for event in self.events if _place(event) in asked)
        self.dirty -= refs
        self.tombstones = [ref for ref in self.tombstones if ref not in gone]
        self.events = [event for event in self.events if event not in events]
        return Capture({ref: dict(self.rows[ref]) for ref in sorted(refs)}, gone, events)

    def redeliver(self, capture: Capture) -> None:
        """As after a cursor that was handed in again: changes are repeated as they are now."""
        self.dirty |= {ref for ref in capture.records if ref in self.rows}
        self.tombstones += capture.gone
        self.events += capture.events

    def holds(self, write: Write) -> bool:
        """Whether the record still holds what the row expects."""
        row = self.rows.get(_ref(write))
        return row is not None and all(row.get(column) == raw for column, raw in write.expected.items())

    def carry_out(self, write: Write) -> Ref:
        if write.verb == "delete":
            self._drop(_ref(write))
            self.ours.add(_ref(write))
            self.tombstones.append(_ref(write))  # the echo of our own delete
            return _ref(write)
        if write.verb == "create":
            ref = self.make(write.connection, write.object, {})
            self.keys.setdefault(write.key or "", []).append(ref)
        else:
            ref = _ref(write)
        self._set(ref, write.values)
        return ref

    def _set(self, ref: Ref, values: Mapping[str, Raw]) -> None:
        """HubSpot keeps e-mail in lower case."""
        kept = {c: v.lower() if c == "hs_email" and isinstance(v, str) else v for c, v in values.items()}
        self.rows[ref] |= kept
        self.dirty.add(ref)

    def _drop(self, ref: Ref) -> None:
        del self.rows[ref]
        self.dirty.discard(ref)


def _place(event: Event) -> str:
    return event.loser.connection if isinstance(event, MergeEvent) else event.lead.connection


def _ref(write: Write) -> Ref:
    return Ref(write.connection, write.object, write.id or "")


def covering(ref: Ref, row: Mapping[str, Raw]) -> ObjectMapping | None:
    mapping = MAPPINGS[ref.connection, ref.object]
    return mapping if mapping.covers(row) else None


def turned(capture: Capture, order: Sequence[int]) -> Capture:
    """The same capture, its pages and events in another order."""

    def mixed(items: Iterable[object]) -> list:  # type: ignore[type-arg]
        listed = list(items)
        return [item for _, item in sorted(zip(_spread(order, len(listed)), listed, strict=True), key=lambda p: p[0])]

    return Capture(dict(mixed(capture.records.items())), tuple(mixed(capture.gone)), tuple(mixed(capture.events)))


def _spread(order: Sequence[int], size: int) -> list[tuple[int, int]]:
    return [(order[n % len(order)], -n) for n in range(size)]
