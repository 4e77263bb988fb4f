"""What sync jobs are told and what they answer, as plain frozen records for the terminal, JSON and schedules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from leadbridge.errors import LeadBridgeError
from leadbridge.plan.brakes import Calls, Stop
from leadbridge.plan.native import WriteVerb
from leadbridge.records import Ref
from leadbridge.state.model import ObjectKey, RunState
from leadbridge.values import Value

Watch = Callable[[str, int], None]
"""Told what is worked on (a connection's name, or a word for a step) and how many rows of it so far."""


@dataclass(frozen=True, slots=True)
class PlanOutcome:
    """A plan that was made and kept as a draft; nothing was written to a CRM.

    Attributes:
        run: the run that made it, and that will apply it.
        read: (connection, object) -> records that were read, changed or not.
        writes: connection -> verb -> rows; connections without any are not there.
        settles: golden records about which something is only remembered here.
        conflicts, questions: how many the plan settles, and how many it would ask.
        rejects: rows and fields that could not be read, or that no CRM can be told.
        stops: the brakes that would stop it, the missing approval among them.
        resumed: runs that were taken up and ended first.
        notes: what people should know before they say yes: what no undo takes back, what a CRM does not do.
        calls: connection -> API calls that the plan takes, of connections with a limit; ``budget``: how many may be
            made, where that was asked.
    """

    run: int
    plan: int
    job: str
    digest: str
    read: Mapping[ObjectKey, int] = field(default_factory=dict)
    writes: Mapping[str, Mapping[WriteVerb, int]] = field(default_factory=dict)
    settles: int = 0
    conflicts: int = 0
    questions: int = 0
    rejects: int = 0
    stops: tuple[Stop, ...] = ()
    resumed: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    calls: Mapping[str, Calls] = field(default_factory=dict)
    budget: Mapping[str, int] = field(default_factory=dict)

    @property
    def brakes(self) -> tuple[Stop, ...]:
        """What stops it besides the approval, which comes with applying it."""
        return tuple(stop for stop in self.stops if stop.brake != "first_plan")

    @property
    def rows(self) -> int:
        """Rows that write to a CRM."""
        return sum(sum(verbs.values()) for verbs in self.writes.values())


Approval = Literal["unattended", "yes"] | Callable[[PlanOutcome], bool]
"""Who lets a run write: the job's ``unattended``, ``--yes``, or a person who is shown the plan and answers.

Only a person's answer, or ``apply``, approves a job's first plan.
"""


@dataclass(frozen=True, slots=True)
class Left:
    """A field that an undo leaves as it is: it was edited since, or a later run carried the value on to it.

    Attributes:
        now: what the record holds; ``would_be`` what the undo would have put back.
        runs: later runs that carried the value on.
    """

    ref: Ref
    field: str
    now: Value
    would_be: Value
    runs: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """What became of a run.

    Attributes:
        state: ``done``; ``stopped`` by a brake, a refusal or a person who said no; ``failed`` where a connection
            could not be used any more: what is left is owed, and planned again by the next run.
        counts: ``settled``, ``stale`` (settled rows that had moved on), ``done``, ``rejected``, ``uncertain`` and
            ``left`` rows.
        codes: code of a reject -> how many rows.
        rejects, questions, conflicts: how many are new.
        stops: the brakes that stopped it.
        failed: connection -> why nothing more was written there.
        left: for an undo, the fields that it leaves as they are.
        resumed: runs that were taken up and ended first.
        notes: what its plan had to say to people.
        calls, budget: see :class:`PlanOutcome`; before anything was written.
        undoes: the run that it undid; None where it is no undo.
        open: whether ``resume`` takes it up: it converts and is not through, or nobody knows what became of a call.
    """

    run: int
    plan: int | None
    job: str
    state: RunState
    counts: Mapping[str, int] = field(default_factory=dict)
    codes: Mapping[str, int] = field(default_factory=dict)
    rejects: int = 0
    questions: int = 0
    conflicts: int = 0
    stops: tuple[Stop, ...] = ()
    failed: Mapping[str, LeadBridgeError] = field(default_factory=dict)
    left: tuple[Left, ...] = ()
    resumed: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    undoes: int | None = None
    calls: Mapping[str, Calls] = field(default_factory=dict)
    budget: Mapping[str, int] = field(default_factory=dict)
    open: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one field of a golden record has its value.

    Attributes:
        origin: the connection whose edit it is; empty where a person set it here.
        ref: the record that it came from, where the plan still says so.
        run, rule: the run that took it, and by which rule.
        losers: values that were overruled, with where they came from.
        held: whether a question or an undo guards it.
    """

    field: str
    value: Value
    origin: str
    run: int
    rule: str = ""
    ref: Ref | None = None
    losers: tuple[tuple[Value, str], ...] = ()
    held: bool = False


@dataclass(frozen=True, slots=True)
class LinkShown:
    """One record of a golden record."""

    ref: Ref
    role: str
    state: str
    due: bool


@dataclass(frozen=True, slots=True)
class Explained:
    """A golden record for people: its links, and why each value is what it is.

    Attributes:
        erased_by: the run that erased the person; nothing else is known of it then but links that are still there.
    """

    golden: int
    subject: str
    label: str
    links: tuple[LinkShown, ...]
    fields: tuple[Reason, ...]
    erased_by: int | None = None


@dataclass(frozen=True, slots=True)
class RunDetail:
    """One run of the history, with what became of its rows.

    Attributes:
        states: state of the rows -> how many.
        undone_by: runs that undid it.
        waits: whether its plan is kept and can still be applied.
    """

    run: int
    job: str
    kind: str
    state: RunState
    started_at: datetime
    ended_at: datetime | None
    plan: int | None
    undoes: int | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    states: Mapping[str, int] = field(default_factory=dict)
    undone_by: tuple[int, ...] = ()
    waits: bool = False
