"""The memory provider: a CRM that lives in this process. Reference, test double and example in one.

Read it beside ``leadbridge.provider``: every rule of the contract is kept here in the plainest way. A ``MemoryCrm``
holds records and remembers when each last changed; a ``MemoryProvider`` is one connection to it. Connections with the
same ``crm:`` setting share one CRM, as two clients of a real one would.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from pydantic import Field

from leadbridge.conversions import ConvertRequest, ConvertResult, Prediction, Snapshots
from leadbridge.errors import UsageError
from leadbridge.memory_conversion import MemoryConversion
from leadbridge.memory_converting import convert
from leadbridge.memory_store import Entry, MemoryCrm, refusal
from leadbridge.provider import (
    Action,
    Capabilities,
    Converted,
    Gone,
    ObjectDescription,
    Page,
    Provider,
    Result,
    Settings,
    Site,
    UnsupportedError,
)
from leadbridge.records import Record, Ref, Reject
from leadbridge.values import MISSING, Raw

__all__ = ["Entry", "MemoryConversion", "MemoryCrm", "MemoryProvider", "MemorySettings", "memory_crm"]

_CRMS: dict[str, MemoryCrm] = {}


def memory_crm(name: str) -> MemoryCrm:
    """The CRM of this name; made empty when first asked for, kept as long as the process lives."""
    return _CRMS.setdefault(name, MemoryCrm())


class MemorySettings(Settings):
    crm: str = Field(default="default", min_length=1, description="Which of the process's CRMs to connect to.")
    page_size: int = Field(default=200, ge=1, description="Records per page, and actions per call.")
    calls: int | None = Field(default=None, ge=0, description="Calls that the CRM takes in all; null for no limit.")


class MemoryProvider(Provider):
    """One connection to a :class:`MemoryCrm`. A cursor is the sequence number up to which everything was captured."""

    name = "memory"
    settings_model = MemorySettings
    capabilities = Capabilities(
        wire="typed",
        incremental=True,
        deletes=True,
        erasures=True,
        merges=True,
        writes=True,
        upsert_by_key=True,
        read_back=True,
        field_stamps=True,
        local=True,
    )

    def __init__(self, site: Site, settings: MemorySettings) -> None:
        super().__init__(site, settings)
        self.crm = memory_crm(settings.crm)
        self.capabilities = replace(self.capabilities, native_conversion=self.crm.conversion is not None)
        self.page_size = settings.page_size
        self.limit = settings.calls

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
            self.crm.calls += 1
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
        self._count(refs)
        return [self._read(ref) for ref in refs]

    def begin(self) -> None:
        """Nothing to take: every write is durable at once, as in a CRM behind an API."""

    def write(self, actions: Sequence[Action]) -> Sequence[Result]:
        self._count(actions)
        return [self._write(action) for action in actions]

    def predict(self, requests: Sequence[ConvertRequest], snapshots: Mapping[int, Snapshots]) -> Sequence[Prediction]:
        return self._conversion("predict").predict(requests, snapshots)

    def convert(self, requests: Sequence[ConvertRequest]) -> Sequence[ConvertResult]:
        conversion = self._conversion("convert")
        self._count(requests)
        return [self._convert(conversion, request) for request in requests]

    def _convert(self, conversion: MemoryConversion, request: ConvertRequest) -> ConvertResult:
        lead = Action(request.number, "update", request.lead.object, request.lead.id, expected=request.expected)
        reject = self._outdated(lead) or conversion.refusal(request)
        if reject:
            return ConvertResult(request.number, "rejected", reject=reject)
        return convert(self.crm, conversion, request)

    def converted(self, leads: Sequence[Ref]) -> Sequence[Mapping[str, Ref] | None]:
        self._conversion("converted")
        self._count(leads)
        return [self._became(lead) for lead in leads]

    def estimate_conversions(self, requests: Iterable[ConvertRequest]) -> int:
        self._conversion("estimate_conversions")
        return self._pages_of(requests)

    def _conversion(self, method: str) -> MemoryConversion:
        if self.crm.conversion is None:
            raise UnsupportedError(self, method)
        return self.crm.conversion

    def _became(self, lead: Ref) -> Mapping[str, Ref] | None:
        try:
            became = self.crm.entry(lead.object, lead.id).became
        except KeyError:
            return None
        return {role: Ref(lead.connection, *at) for role, at in became.items()} or None

    def commit(self) -> None:
        """Nothing to do: see ``begin``."""

    def allowance(self) -> int | None:
        return None if self.limit is None else max(0, self.limit - self.crm.calls)

    def estimate(self, actions: Iterable[Action]) -> int:
        """Writing, and reading back what is not deleted."""
        verbs = [action.verb for action in actions]
        return self._pages_of(verbs) + self._pages_of(verb for verb in verbs if verb != "delete")

    def estimate_reads(self, refs: Iterable[Ref]) -> int:
        return self._pages_of(refs)

    def _pages_of(self, items: Iterable[object]) -> int:
        return -(-sum(1 for _ in items) // self.page_size)

    def _count(self, items: Iterable[object]) -> None:
        self.crm.calls += self._pages_of(items)

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
        stamps = {name: at for name, at in entry.stamps.items() if name in visible}
        return Record(Ref(self.site.connection, object, entry.id), values, modified=entry.modified, stamps=stamps)

    def _gone(self, object: str, entry: Entry) -> Gone:
        ref = Ref(self.site.connection, object, entry.id)
        return Gone(ref, "erasure" if entry.erased else "tombstone", entry.merged_into)

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
        reject = refusal(description, action) or self._outdated(action) or self._duplicate(action)
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

    def _duplicate(self, action: Action) -> Reject | None:
        """That a rule of the CRM takes a new record for one that is there."""
        rival = self.crm.rival(action.object, action.values, action.key) if action.verb == "create" else None
        if rival is None:
            return None
        reason = f"a duplicate rule found {action.object} {rival}"
        return Reject("duplicate", reason, rival=Ref(self.site.connection, action.object, rival))

    def _carry_out(self, action: Action) -> str:
        if action.verb == "create" or action.id is None:
            return self.crm.create(action.object, action.values, action.key)
        if action.verb == "update":
            self.crm.edit(action.object, action.id, action.values)
        else:
            self.crm.delete(action.object, action.id)
        return action.id


def _same(left: Raw, right: Raw) -> bool:
    """Equal, with ``0`` and ``False`` kept apart."""
    return left == right and isinstance(left, bool) == isinstance(right, bool)
