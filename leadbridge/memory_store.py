"""The records of a memory CRM, as its own users see them and as its own validation judges them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial

from leadbridge.memory_conversion import MemoryConversion
from leadbridge.provider import Action, FieldDescription, ObjectDescription
from leadbridge.records import Reject
from leadbridge.values import MISSING, Raw, is_absent


@dataclass(frozen=True, slots=True)
class Entry:
    """The last state of one record.

    Attributes:
        sequence: grows with every change in the CRM, so that no two changes share one and ``>`` skips none.
        values: what it holds; of a deleted record, what it held.
        key: what its creator named it by, so that creating it again cannot make a second one.
        converted: of a lead that was converted, its contact's object and id, and whether the conversion made it.
        became: of one that the CRM converted by itself, role -> object and id of the record that stands for it.
        stamps: when each field was last set.
        erased: of a deleted record, that nothing of it is left but its id.
    """

    id: str
    sequence: int
    modified: datetime
    values: Mapping[str, Raw]
    key: str | None = None
    deleted: bool = False
    merged_into: str | None = None
    converted: tuple[str, str, bool] | None = None
    became: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    erased: bool = False
    stamps: Mapping[str, datetime] = field(default_factory=dict)


class MemoryCrm:
    """A CRM as its own users see it. An object that is not defined and a record that is not there raise KeyError.

    Attributes:
        conversion: how it converts leads by itself; None where its users do all of it by hand.
        clock: what time it is there.
        duplicate_rules: object -> field by which it takes a new record for one that it has.
        calls: how many calls connections have made: as many as a CRM behind an API would have needed.
    """

    def __init__(self, *objects: ObjectDescription, conversion: MemoryConversion | None = None) -> None:
        self.conversion = conversion
        self.clock: Callable[[], datetime] = partial(datetime.now, UTC)
        self.objects: dict[str, ObjectDescription] = {}
        self.duplicate_rules: dict[str, str] = {}
        self._entries: dict[str, dict[str, Entry]] = {}
        self._keys: dict[tuple[str, str], str] = {}
        self.calls = 0
        self._sequence = 0
        for description in objects:
            self.define(description)

    def define(self, description: ObjectDescription) -> None:
        """Add an object, or describe it anew; its records stay."""
        self.objects[description.name] = description
        self._entries.setdefault(description.name, {})

    def create(self, object: str, values: Mapping[str, Raw], key: str | None = None) -> str:
        """The new record's id, never used before; with a key that a live record has, that record's id."""
        if key is not None and (known := self._keys.get((object, key))):
            return known
        new = f"{object}-{len(self._entries[object]) + 1}"
        if key is not None:
            self._keys[object, key] = new
        stamps = dict.fromkeys(values, self.clock())
        self._keep(object, Entry(new, 0, self.clock(), _without_missing(values), key, stamps=stamps))
        return new

    def rival(self, object: str, values: Mapping[str, Raw], key: str | None = None) -> str | None:
        """The record that a duplicate rule takes a new one for; none where the key's record is there already."""
        field = self.duplicate_rules.get(object, "")
        raw = values.get(field, MISSING)
        if is_absent(raw) or (object, key or "") in self._keys:
            return None
        return next((known for known, held in self.records(object).items() if held.get(field) == raw), None)

    def edit(self, object: str, id: str, values: Mapping[str, Raw]) -> None:
        """Set exactly these fields; ``MISSING`` takes a field away."""
        entry = self.entry(object, id)
        stamps = {**entry.stamps, **dict.fromkeys(values, self.clock())}
        self._keep(object, replace(entry, values=_without_missing({**entry.values, **values}), stamps=stamps))

    def delete(self, object: str, id: str, merged_into: str | None = None) -> None:
        """Leave a tombstone."""
        entry = self.entry(object, id)
        self._keys.pop((object, entry.key or ""), None)
        self._keep(object, replace(entry, deleted=True, merged_into=merged_into))

    def erase(self, object: str, id: str) -> None:
        """Delete a record for good, also one that lies in the bin: nothing of it is left."""
        entry = self._entries[object][id]
        self._keys.pop((object, entry.key or ""), None)
        self._keep(object, Entry(id, 0, entry.modified, {}, deleted=True, erased=True))

    def undelete(self, object: str, id: str) -> None:
        """Take a record out of the bin, as it was."""
        if self._entries[object][id].erased:
            raise KeyError(id)
        self._keep(object, replace(self._entries[object][id], deleted=False, merged_into=None))

    def merge(self, object: str, loser: str, winner: str) -> None:
        """Unite two records: the winner keeps its values, the loser's tombstone names the winner."""
        self.delete(object, loser, merged_into=self.entry(object, winner).id)

    def convert(self, lead: tuple[str, str], contact: str, values: Mapping[str, Raw], existing: str = "") -> str:
        """Convert a lead (object, id) into a record of the object ``contact``, a new one or an existing one; its id.

        The lead stays, to be read only.
        """
        made = not existing
        id_ = existing or self.create(contact, values)
        if existing:
            self.edit(contact, existing, values)
        self._keep(lead[0], replace(self.entry(*lead), converted=(contact, id_, made)))
        return id_

    def close(
        self, lead: tuple[str, str], values: Mapping[str, Raw], became: Mapping[str, tuple[str, str]], *, made: bool
    ) -> None:
        """A lead that the CRM converted by itself: these values are set on it, and it is to be read only.

        Args:
            made: whether the conversion made the contact.
        """
        entry = self.entry(*lead)
        closed = {**entry.values, **values}
        self._keep(lead[0], replace(entry, values=closed, converted=(*became["contact"], made), became=dict(became)))

    def entry(self, object: str, id: str) -> Entry:
        entry = self._entries[object][id]
        if entry.deleted:
            raise KeyError(id)
        return entry

    def records(self, object: str) -> dict[str, dict[str, Raw]]:
        """Id -> values of the records that are there."""
        return {entry.id: dict(entry.values) for entry in self._entries[object].values() if not entry.deleted}

    def changes(self, object: str, after: int) -> list[Entry]:
        """Records whose last change came after this sequence number, tombstones too, the oldest change first."""
        changed = (entry for entry in self._entries[object].values() if entry.sequence > after)
        return sorted(changed, key=lambda entry: entry.sequence)

    def _keep(self, object: str, entry: Entry) -> None:
        self._sequence += 1
        self._entries[object][entry.id] = replace(entry, sequence=self._sequence, modified=self.clock())


def refusal(description: ObjectDescription, action: Action) -> Reject | None:
    """What a CRM's own validation says of the values."""
    for name, raw in action.values.items():
        field = description.field(name)
        if field is None or not field.writable:
            return Reject("not_writable", f"{description.name} has no field {name!r} to write", provider_field=name)
        if field.length is not None and isinstance(raw, str) and len(raw) > field.length:
            return Reject("too_long", f"{name} holds at most {field.length} characters", provider_field=name)
    missing = _required(description.fields, action)
    return Reject("required", f"{missing} must have a value", provider_field=missing) if missing else None


def _required(fields: Iterable[FieldDescription], action: Action) -> str:
    """The first required field that the action would leave absent, or empty."""
    if action.verb == "delete":
        return ""
    default: Raw = MISSING if action.verb == "create" else "kept"
    return next((f.name for f in fields if f.required and is_absent(action.values.get(f.name, default))), "")


def _without_missing(values: Mapping[str, Raw]) -> dict[str, Raw]:
    return {name: raw for name, raw in values.items() if raw is not MISSING}
