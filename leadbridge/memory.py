"""The memory provider: a CRM that lives in this process. Reference, test double and example in one.

Read it beside ``leadbridge.provider``: every rule of the contract is kept here in the plainest way. A ``MemoryCrm``
holds records and remembers when each last changed; a ``MemoryProvider`` is one connection to it. Connections with the
same ``crm:`` setting share one CRM, as two clients of a real one would.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from pydantic import Field

from leadbridge.errors import UsageError
from leadbridge.provider import (
    Action,
    Capabilities,
    Converted,
    FieldDescription,
    Gone,
    ObjectDescription,
    Page,
    Provider,
    Result,
    Settings,
    Site,
)
from leadbridge.records import Record, Ref, Reject
from leadbridge.values import MISSING, Raw, is_absent


@dataclass(frozen=True, slots=True)
class Entry:
    """The last state of one record.

    Attributes:
        sequence: grows with every change in the CRM, so that no two changes share one and ``>`` skips none.
        values: what it holds; of a deleted record, what it held.
        key: what its creator named it by, so that creating it again cannot make a second one.
        converted: of a lead that was converted, its contact's object and id, and whether the conversion made it.
    """

    id: str
    sequence: int
    modified: datetime
    values: Mapping[str, Raw]
    key: str | None = None
    deleted: bool = False
    merged_into: str | None = None
    converted: tuple[str, str, bool] | None = None


class MemoryCrm:
    """A CRM as its own users see it. An object that is not defined and a record that is not there raise KeyError."""

    def __init__(self, *objects: ObjectDescription) -> None:
        self.objects: dict[str, ObjectDescription] = {}
        self._entries: dict[str, dict[str, Entry]] = {}
        self._keys: dict[tuple[str, str], str] = {}
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
        self._keep(object, Entry(new, 0, datetime.now(UTC), _without_missing(values), key))
        return new

    def edit(self, object: str, id: str, values: Mapping[str, Raw]) -> None:
        """Set exactly these fields; ``MISSING`` takes a field away."""
        entry = self.entry(object, id)
        self._keep(object, replace(entry, values=_without_missing({**entry.values, **values})))

    def delete(self, object: str, id: str, merged_into: str | None = None) -> None:
        """Leave a tombstone."""
        entry = self.entry(object, id)
        self._keys.pop((object, entry.key or ""), None)
        self._keep(object, replace(entry, deleted=True, merged_into=merged_into))

    def undelete(self, object: str, id: str) -> None:
        """Take a record out of the bin, as it was."""
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
        self._entries[object][entry.id] = replace(entry, sequence=self._sequence, modified=datetime.now(UTC))


_CRMS: dict[str, MemoryCrm] = {}


def memory_crm(name: str) -> MemoryCrm:
    """The CRM of this name; made empty when first asked for, kept as long as the process lives."""
    return _CRMS.setdefault(name, MemoryCrm())


class MemorySettings(Settings):
    crm: str = Field(default="default", min_length=1, description="Which of the process's CRMs to connect to.")
    page_size: int = Field(default=200, ge=1, description="Records per page, and actions per call.")


class MemoryProvider(Provider):
    """One connection to a :class:`MemoryCrm`. A cursor is the sequence number up to which everything was captured."""

    name = "memory"
    settings_model = MemorySettings
    capabilities = Capabilities(
        wire="typed",
        incremental=True,
        deletes=True,
        merges=True,
        writes=True,
        upsert_by_key=True,
        read_back=True,
        local=True,
    )

    def __init__(self, site: Site, settings: MemorySettings) -> None:
        super().__init__(site, settings)
        self.crm = memory_crm(settings.crm)
        self.page_size = settings.page_size

    def describe(self) -> Sequence[ObjectDescription]:
        return tuple(self.crm.objects.values())

    def capture(self, object: str, cursor: str | None = None) -> Iterator[Page]:
        self._description(object)
        return self._pages(object, cursor)

    def _pages(self, object: str, cursor: str | None) -> Iterator[Page]:
        """The changes are taken once, at the start: an edit during the capture is younger than every page's cursor."""
        entries = self.crm.changes(object, after=int(cursor or 0))
        seen = 0
        for start in range(0, len(entries) or 1, self.page_size):
            part = entries[start : start + self.page_size]
            records = tuple(self._record(object, entry) for entry in part if not entry.deleted)
            seen += len(records)
            yield Page(
                records=records,
                gone=tuple(self._gone(object, entry) for entry in part if entry.deleted),
                cursor=str(part[-1].sequence) if part else (cursor or "0"),
                complete=cursor is None and start + self.page_size >= len(entries),
                seen=seen,
                converted=tuple(self._converted(object, entry) for entry in part if entry.converted),
            )

    def read(self, refs: Sequence[Ref]) -> Sequence[Record | None]:
        return [self._read(ref) for ref in refs]

    def begin(self) -> None:
        """Nothing to take: every write is durable at once, as in a CRM behind an API."""

    def write(self, actions: Sequence[Action]) -> Sequence[Result]:
        return [self._write(action) for action in actions]

    def commit(self) -> None:
        """Nothing to do: see ``begin``."""

    def estimate(self, actions: Iterable[Action]) -> int:
        return -(-sum(1 for _ in actions) // self.page_size)

    def _description(self, object: str) -> ObjectDescription:
        if object not in self.crm.objects:
            raise UsageError(
                f"connection {self.site.connection} has no object {object!r}; it has: "
                f"{', '.join(self.crm.objects) or 'none'}"
            )
        return self.crm.objects[object]

    def _record(self, object: str, entry: Entry) -> Record:
        """A field that the connection cannot see is missing, not blank."""
        visible = {field.name for field in self._description(object).fields if field.readable}
        values = {name: value for name, value in entry.values.items() if name in visible}
        return Record(Ref(self.site.connection, object, entry.id), values, modified=entry.modified)

    def _gone(self, object: str, entry: Entry) -> Gone:
        return Gone(Ref(self.site.connection, object, entry.id), "tombstone", entry.merged_into)

    def _converted(self, object: str, entry: Entry) -> Converted:
        contact, id_, made = entry.converted or ("", "", False)
        here = self.site.connection
        return Converted(Ref(here, object, entry.id), Ref(here, contact, id_), made)

    def _read(self, ref: Ref) -> Record | None:
        self._description(ref.object)
        try:
            return self._record(ref.object, self.crm.entry(ref.object, ref.id))
        except KeyError:
            return None

    def _write(self, action: Action) -> Result:
        description = self._description(action.object)
        reject = _refusal(description, action) or self._outdated(action)
        if reject:
            return Result(action.number, "rejected", action.id, reject)
        return Result(action.number, "done", self._carry_out(action))

    def _outdated(self, action: Action) -> Reject | None:
        """Why the record is not as the action expects it, looked at in the same step as the write."""
        if action.verb == "create":
            return None
        record = self._read(Ref(self.site.connection, action.object, action.id or ""))
        if record is None:
            return Reject("gone", f"{action.object} {action.id} is not there any more")
        if self.crm.entry(action.object, action.id or "").converted:
            return Reject("converted", f"{action.object} {action.id} was converted; its contact took over")
        stale = [name for name, raw in action.expected.items() if not _same(record.values.get(name, MISSING), raw)]
        return Reject("stale", "the record was edited meanwhile", provider_field=stale[0]) if stale else None

    def _carry_out(self, action: Action) -> str:
        if action.verb == "create" or action.id is None:
            return self.crm.create(action.object, action.values, action.key)
        if action.verb == "update":
            self.crm.edit(action.object, action.id, action.values)
        else:
            self.crm.delete(action.object, action.id)
        return action.id


def _refusal(description: ObjectDescription, action: Action) -> Reject | None:
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


def _same(left: Raw, right: Raw) -> bool:
    """Equal, with ``0`` and ``False`` kept apart."""
    return left == right and isinstance(left, bool) == isinstance(right, bool)


def _without_missing(values: Mapping[str, Raw]) -> dict[str, Raw]:
    return {name: raw for name, raw in values.items() if raw is not MISSING}
