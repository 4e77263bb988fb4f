"""Rows of the state, as plain frozen records. Times are aware UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from leadbridge.golden import Golden, Link
from leadbridge.records import Record, Ref
from leadbridge.values import Raw, Value

RunKind = Literal["sync", "convert", "dedupe", "undo"]
RunState = Literal["running", "done", "stopped", "failed"]
PlanState = Literal["draft", "approved", "applied", "refused", "pruned"]
RowKind = Literal["settle", "create", "update", "delete", "convert"]
OperationState = Literal["planned", "sent", "done", "rejected", "uncertain", "skipped"]
RejectState = Literal["open", "retried", "cleared"]
ReviewState = Literal["open", "answered", "cleared"]

ObjectKey = tuple[str, str]
"""Connection and object."""


@dataclass(frozen=True, slots=True)
class StoredGolden:
    """A golden record as the state holds it.

    Attributes:
        version: grows with every change; a plan expects the one that it was made from.
        due: a record is still to be created for it somewhere, so that it is planned again although nothing changed.
    """

    golden: Golden
    version: int = 1
    due: bool = False


@dataclass(frozen=True, slots=True)
class StoredLink:
    """A link as the state holds it.

    Attributes:
        key: the key that its create carried; empty where the record was not made here.
        due: its record is still owed a write, so that it is read and planned again although nothing changed.
    """

    link: Link
    key: str = ""
    due: bool = False


@dataclass(frozen=True, slots=True, order=True)
class GoldenKey:
    """An identifying key of a golden record, normalised: ``person``, ``email``, ``ada@x.example``."""

    subject: str
    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class ConnectionRow:
    """What was last known of a connection; the brakes compare it with what is found now.

    Attributes:
        scope: fingerprint of what it can see.
        mapping: fingerprint of its mappings and filters.
        columns: object -> provider fields that were mapped.
        seen: object -> records at the last complete capture.
    """

    name: str
    provider: str
    scope: str = ""
    mapping: str = ""
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    seen: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StagedRow:
    """A captured record that is not settled yet, and the mapping file that covers it.

    Attributes:
        said: its canonical values, read through that mapping; references as the CRM's own text.
    """

    record: Record
    role: str
    mapping: str
    said: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StagedGone:
    """A record that capture no longer found, with its proof; see :class:`leadbridge.provider.Gone`."""

    ref: Ref
    proof: Literal["tombstone", "absent", "erasure"]
    merged_into: str | None = None


@dataclass(frozen=True, slots=True)
class InboxRow:
    """Something pushed to LeadBridge. ``body`` is what the source sent, as text; empty once it is done."""

    id: int
    connection: str
    kind: str
    received_at: datetime
    body: str
    dedupe: str
    taken_by: int | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One execution of a job.

    Attributes:
        connections: those that it leased.
        plan: what it applies, once there is one.
        undoes: the run that it undoes, or None.
    """

    id: int
    job: str
    kind: RunKind
    state: RunState
    connections: tuple[str, ...]
    started_at: datetime
    ended_at: datetime | None = None
    plan: int | None = None
    undoes: int | None = None
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """All actions of a run, decided and not yet carried out.

    Attributes:
        digest: of all its rows in order; empty until all are written.
        configuration: fingerprint of the configuration, mappings and policies that it was made with.
        generation: of the state that it was made from.
        start: cursors before the capture, None where there was none; they must still stand when it is applied.
        end: cursors to be stored with its last settled row.
        summary: JSON text of the planner's own.
    """

    id: int
    job: str
    kind: RunKind
    created_at: datetime
    configuration: str
    generation: str
    state: PlanState = "draft"
    digest: str = ""
    start: Mapping[ObjectKey, str | None] = field(default_factory=dict)
    end: Mapping[ObjectKey, str] = field(default_factory=dict)
    summary: str = "{}"


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One numbered row of a plan; it never changes, what becomes of it is an :class:`Operation`.

    Attributes:
        depends: number of the row whose record it refers to, or None.
        body: JSON text of the planner's own, written with :func:`leadbridge.state.codec.dumps`.
    """

    number: int
    kind: RowKind
    connection: str
    object: str
    golden: int | None
    link: int | None
    depends: int | None
    body: str


@dataclass(frozen=True, slots=True)
class Operation:
    """A plan row being carried out; a row without one is planned.

    Attributes:
        attempt: how often it was sent.
        before: the record's raw values before, for undo; None where there was no record.
        after: the raw values read back, where they are not what was sent.
        code: of the reject, where it was refused.
    """

    number: int
    state: OperationState
    attempt: int = 0
    before: Mapping[str, Raw] | None = None
    after: Mapping[str, Raw] | None = None
    result_id: str | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class RejectRow:
    """A kept reject.

    Attributes:
        number: of the plan row; None where the row was refused at capture.
        print: fingerprint of what was refused: it is sent again only once that differs.
        raw: personal data; shown on request only.
    """

    id: int
    run: int
    number: int | None
    ref: Ref
    source: str
    code: str
    reason: str
    remedy: str = ""
    provider_field: str = ""
    raw: Mapping[str, Raw] = field(default_factory=dict)
    print: str = ""
    state: RejectState = "open"


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A question for a person; ``body`` and ``answer`` are JSON texts of whoever asks."""

    id: int
    kind: str
    run: int
    golden: int | None
    link: int | None
    field: str
    body: str
    asked_at: datetime
    state: ReviewState = "open"
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """A value that wanted to be golden: from where, and when its CRM says that it was set.

    MISSING is golden that never had a value; ``ref`` is None for golden's own.
    """

    value: Value
    connection: str
    ref: Ref | None = None
    stamp: datetime | None = None


@dataclass(frozen=True, slots=True)
class ConflictRow:
    """A field that was settled against somebody. ``restored_by`` is the run that took a loser back, or None."""

    id: int
    run: int
    golden: int
    field: str
    winner: Claim
    losers: tuple[Claim, ...]
    rule: str
    at: datetime
    restored_by: int | None = None


@dataclass(frozen=True, slots=True, order=True)
class Hold:
    """What an undo protects: a field of a golden record, or with ``link`` a removed record, from being planned again.

    ``link`` is 0 where the whole golden record is meant, ``field`` is empty where all fields are.
    """

    golden: int
    link: int
    field: str
    run: int


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to run a job on some connections. ``fence`` is higher than that of every lease before it."""

    connections: tuple[str, ...]
    holder: str
    job: str
    fence: int
