"""One org: its records, its rules, who may see what, and how it behaves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from leadbridge.sandbox import Call, Clock, Faults
from leadbridge_salesforce.sandbox.access import Access
from leadbridge_salesforce.sandbox.convert.settings import STANDARD_SETTINGS
from leadbridge_salesforce.sandbox.dml.drafts import Manner
from leadbridge_salesforce.sandbox.dml.reading import moment
from leadbridge_salesforce.sandbox.rules import Rules
from leadbridge_salesforce.sandbox.schema import ObjectSchema, OrgSchema, RecordTypeSchema
from leadbridge_salesforce.sandbox.store import Store, Stored
from leadbridge_salesforce.sandbox.switches import Switches

NOWHERE = Call("", "")
"""What the platform, or a person in the control endpoint, does without a request."""


class Org:
    """The state behind all endpoints. Hold ``store.lock`` while a request is answered."""

    def __init__(self, store: Store, clock: Clock, faults: Faults, switches: Switches) -> None:
        self.store = store
        self.clock = clock
        self.faults = faults
        self.switches = switches
        self.rules = Rules()
        self.access = Access()
        self.convert_settings = STANDARD_SETTINGS
        """The administrator's mapping of custom fields in conversions."""
        self.described_at = clock.now()
        """When what describe shows last changed."""
        self.fiscal_start = 1
        """The month in which the fiscal year begins."""
        self.id = ""
        self.user = ""
        self._record_types: dict[str, dict[str, RecordTypeSchema]] = {}
        self._seen: tuple[OrgSchema, int, OrgSchema] | None = None

    @property
    def seen(self) -> OrgSchema:
        """The org as the user of the API sees it."""
        whole, version = self.store.schema, self.access.version
        if self._seen is None or self._seen[0] is not whole or self._seen[1] != version:
            self._seen = (whole, version, self.access.seen(whole))
            self.described_at = self.clock.now()
        return self._seen[2]

    @property
    def record_types(self) -> Mapping[str, RecordTypeSchema]:
        return {key: kind for kinds in self._record_types.values() for key, kind in kinds.items()}

    def record_types_of(self, object: str) -> Mapping[str, RecordTypeSchema]:
        """Id -> record type, of one object."""
        return self._record_types.get(object, {})

    def add_record_type(self, object: str, id: str, type: RecordTypeSchema) -> None:
        self._record_types.setdefault(object, {})[id] = type

    def record_type(self, schema: ObjectSchema, wanted: Stored = None) -> tuple[str, RecordTypeSchema] | None:
        """The record type that a record gets: the one it asks for, else the user's default one."""
        types = self.record_types_of(schema.name)
        if wanted is not None:
            return (str(wanted), types[str(wanted)]) if wanted in types else None
        return next(((key, kind) for key, kind in types.items() if kind.default), None)

    def now(self) -> str:
        """The org's time, as columns and replies hold it."""
        return moment(self.clock.now())

    def manner(self, call: Call = NOWHERE, *, late: float = 0.0, internal: bool = False) -> Manner:
        """How a request saves, before its headers are read: now, unless a fault makes its rows appear late."""
        fault = self.faults.take("late", call) if call is not NOWHERE else None
        seconds = late or (fault.seconds if fault else 0.0)
        return Manner(call, moment(self.clock.now() - timedelta(seconds=seconds)), self.user, internal=internal)
