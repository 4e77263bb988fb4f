"""Plain records: what moves between providers, mappings, planning and apply. No behaviour, no pydantic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from leadbridge.values import Raw, Value


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """One record in one CRM."""

    connection: str
    object: str
    id: str

    def __str__(self) -> str:
        return f"{self.connection}:{self.object}:{self.id}"


@dataclass(frozen=True, slots=True)
class Reject:
    """A row, or a field of a row, that could not be taken or written; the rest go on.

    Attributes:
        code: stable word for programs, such as ``column_count`` or ``unknown_value``.
        reason: one sentence for a person. Never holds a secret.
        remedy: what to do about it; may be empty.
        source: where it stands, such as ``inbox/fair.csv:17``, or a ref as text.
        provider_field: its name, or empty where the whole row is rejected.
        raw: raw values as they came. Personal data: shown on request only, never logged.
        rival: of a create that the CRM refused for it, the record that may be the same one; a person is asked.
    """

    code: str
    reason: str
    remedy: str = ""
    source: str = ""
    provider_field: str = ""
    raw: Mapping[str, Raw] = field(default_factory=dict)
    rival: Ref | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One record as a provider captured it.

    Attributes:
        values: provider field -> raw value. A field that is not there is missing, never blank.
        source: where it stands (``inbox/fair.csv:17``), for messages; may be empty.
        modified: the CRM's own stamp, aware UTC, or None. It never orders edits of different CRMs.
        stamps: provider field -> when the CRM says that it was set, aware UTC; None where it does not say.
    """

    ref: Ref
    values: Mapping[str, Raw]
    source: str = ""
    modified: datetime | None = None
    stamps: Mapping[str, datetime] | None = None


@dataclass(frozen=True, slots=True)
class Captured:
    """A record read through its mapping: canonical values of one subject in one role.

    Attributes:
        values: canonical field -> value; fields that abstain are not there.
        rejects: fields that could not be read; each is left out of ``values``, the row goes on.
        record: what the provider captured.
    """

    record: Record
    subject: str
    role: str
    values: Mapping[str, Value]
    rejects: tuple[Reject, ...] = ()

    @property
    def ref(self) -> Ref:
        return self.record.ref
