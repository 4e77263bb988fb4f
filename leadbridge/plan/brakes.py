"""Brakes: what stops a run before it writes. Pure: from counts and sizes to reasons to stop, each with its remedy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Literal

from leadbridge.config.words import Limit
from leadbridge.plan.native import WriteVerb
from leadbridge.provider import Verb

BrakeName = Literal[
    "first_plan",
    "delete",
    "update",
    "create",
    "convert",
    "empty",
    "fall",
    "canary",
    "scope",
    "mapping",
    "group",
    "budget",
]

SHARES: Final[Mapping[Verb, Decimal]] = {
    "delete": Decimal("0.05"),
    "update": Decimal("0.5"),
    "create": Decimal("0.5"),
}
"""What a job allows that says nothing itself, as shares of the linked records."""

CONVERT: Final = Decimal("0.5")
"""The share of its leads that a conversion job converts in one run where it says nothing itself."""

FALL: Final = Decimal("0.2")
"""A source that lost more than this since the last complete scan stops the run."""

FROM: Final = 20
"""Records from which shares count: where both the linked ones and the planned rows are fewer, they prove nothing."""


@dataclass(frozen=True, slots=True)
class Side:
    """One connection's part of a plan.

    Attributes:
        linked: records of it with a link in play.
        planned: rows by verb.
        rows: by verb, numbers of a few rows to look at.
    """

    connection: str
    linked: int
    planned: Mapping[WriteVerb, int] = field(default_factory=dict)
    rows: Mapping[WriteVerb, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """One object as a complete scan found it.

    Attributes:
        before: how many records the last complete scan saw; None where there was none.
        seen: how many this one saw.
    """

    connection: str
    object: str
    before: int | None
    seen: int


@dataclass(frozen=True, slots=True)
class Leads:
    """A connection's leads in a plan to convert: how many were read that are open, and how many become something."""

    connection: str
    read: int
    converted: int


@dataclass(frozen=True, slots=True)
class Scope:
    """What a connection can no longer see: ``object`` or ``object.field``, or who it now speaks for."""

    connection: str
    lost: tuple[str, ...] = ()
    identity_changed: bool = False


@dataclass(frozen=True, slots=True)
class Calls:
    """API calls that a plan takes in one connection.

    Attributes:
        needed: at most, where nothing goes wrong.
        spare: besides, for what has to be sent or looked up again, and for conversions that are taken back.
    """

    needed: int
    spare: int = 0

    @property
    def most(self) -> int:
        return self.needed + self.spare


@dataclass(frozen=True, slots=True)
class Facts:
    """What brakes look at.

    Attributes:
        job: its name, for the messages.
        leads: of a conversion job, whose creates and updates follow from its leads; None of all others.
        first: whether no plan of the job has been approved yet.
        approved: whether a person approved this very plan.
        canaries: connection -> id of a canary record that was not there.
        mappings: files, or job keys such as ``where``, that changed since the last run.
        group: records in the largest group of duplicates, and the connection and rows where it stands.
        calls, budget: by connection, API calls that the plan takes, and that may be made now.
        overridden: brakes that a person lifts for this run.
    """

    job: str
    sides: Sequence[Side] = ()
    sources: Sequence[Source] = ()
    scopes: Sequence[Scope] = ()
    canaries: Mapping[str, str] = field(default_factory=dict)
    mappings: Sequence[str] = ()
    group: int = 1
    group_rows: tuple[int, ...] = ()
    calls: Mapping[str, Calls] = field(default_factory=dict)
    budget: Mapping[str, int] = field(default_factory=dict)
    leads: Sequence[Leads] | None = None
    first: bool = False
    approved: bool = False
    overridden: frozenset[BrakeName] = frozenset()


@dataclass(frozen=True, slots=True)
class Limits:
    """What a job's ``brakes:`` say; None where they say nothing."""

    delete: Limit | None = None
    update: Limit | None = None
    create: Limit | None = None
    convert: Limit | None = None
    group: int | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """One reason to stop.

    Attributes:
        side: the connection, or empty where it is the whole run's.
        number: how many; ``share`` is what part of how many there are.
        rows: to look at in the plan.
        override: what lifts the brake, for one run.
        message: one sentence or two, with the remedy.
    """

    brake: BrakeName
    side: str
    number: int
    message: str
    override: str
    share: Decimal | None = None
    rows: tuple[int, ...] = ()


def stops(facts: Facts, limits: Limits) -> tuple[Stop, ...]:
    """Every reason to stop, those about what was read first; none means that the run may write."""
    found = (
        *_scopes(facts),
        *_sources(facts),
        *_canaries(facts),
        *_mappings(facts),
        *_first(facts),
        *_shares(facts, limits),
        *_conversions(facts, limits),
        *_groups(facts, limits),
        *_budgets(facts),
    )
    return tuple(stop for stop in found if stop.brake not in facts.overridden)


def override_of(brake: BrakeName) -> str:
    return f"--override {brake}"


def _first(facts: Facts) -> Iterator[Stop]:
    number = sum(sum(side.planned.values()) for side in facts.sides)
    if facts.first and not facts.approved and number:
        remedy = f"look at it with: leadbridge plan {facts.job}; then approve it with: leadbridge apply"
        message = f"this is the first plan of job {facts.job!r} that writes ({_counted(number, 'row')}); {remedy}"
        yield Stop("first_plan", "", number, message, "leadbridge apply")


def _shares(facts: Facts, limits: Limits) -> Iterator[Stop]:
    said: Mapping[Verb, Limit | None] = {"delete": limits.delete, "update": limits.update, "create": limits.create}
    defaults = SHARES if facts.leads is None else {"delete": SHARES["delete"]}
    allowed = {verb: said[verb] or Limit(share=defaults[verb]) for verb in SHARES if said[verb] or verb in defaults}
    for side in sorted(facts.sides, key=lambda s: s.connection):
        for verb, limit in allowed.items():
            number = side.planned.get(verb, 0)
            if not _passes(number, side.linked, limit, first=facts.first and not side.linked):
                continue
            share = Decimal(number) / side.linked if side.linked else None
            of = f" of {side.linked:,} linked records" + (f", {_percent(share)}" if share is not None else "")
            rows = side.rows.get(verb, ())
            message = (
                f"{side.connection}: {_counted(number, verb)}{of}; the job allows {limit}. "
                f"{_look(rows)}; if they are right, add {override_of(verb)}"
            )
            yield Stop(verb, side.connection, number, message, override_of(verb), share, rows)


def _passes(number: int, whole: int, limit: Limit, *, first: bool) -> bool:
    """Whether so many are too many. A job's first run has nothing to take a share of: its approval stands."""
    if limit.count is not None:
        return number > limit.count
    if max(number, whole) < FROM or first:
        return False
    return limit.share is not None and number > whole * limit.share


def _conversions(facts: Facts, limits: Limits) -> Iterator[Stop]:
    """Leads by themselves: how many accounts and contacts they become is the policy's, and no sign of a fault."""
    limit = limits.convert or Limit(share=CONVERT)
    for one in sorted(facts.leads or (), key=lambda leads: leads.connection):
        if not _passes(one.converted, one.read, limit, first=facts.first):
            continue
        share = Decimal(one.converted) / one.read
        message = (
            f"{one.connection}: {_counted(one.converted, 'conversion')} of {_counted(one.read, 'open lead')}, "
            f"{_percent(share)}; the job allows {limit}. Look at the plan; if they are right, add "
            f"{override_of('convert')}"
        )
        yield Stop("convert", one.connection, one.converted, message, override_of("convert"), share)


def _sources(facts: Facts) -> Iterator[Stop]:
    for source in sorted(facts.sources, key=lambda s: (s.connection, s.object)):
        if not source.before or source.seen >= source.before:
            continue
        share = Decimal(source.before - source.seen) / source.before
        here = f"{source.connection}: {source.object}"
        if not source.seen:
            message = (
                f"{here} is empty, it had {_counted(source.before, 'record')} at the last scan; see whether it is "
                f"complete. If they are really gone, add {override_of('empty')}"
            )
            yield Stop("empty", source.connection, source.before, message, override_of("empty"), share)
        elif source.before >= FROM and share > FALL:
            message = (
                f"{here} fell from {source.before:,} to {_counted(source.seen, 'record')}, by {_percent(share)}; more "
                f"than {_percent(FALL)} stops a run. If they are really gone, add {override_of('fall')}"
            )
            yield Stop("fall", source.connection, source.before - source.seen, message, override_of("fall"), share)


def _canaries(facts: Facts) -> Iterator[Stop]:
    for connection, id_ in sorted(facts.canaries.items()):
        message = (
            f"{connection}: the canary record {id_!r} is not there; what was read is not complete, or the record was "
            f"deleted: then name another under `canary`, or add {override_of('canary')}"
        )
        yield Stop("canary", connection, 1, message, override_of("canary"))


def _scopes(facts: Facts) -> Iterator[Stop]:
    for scope in sorted(facts.scopes, key=lambda s: s.connection):
        if scope.identity_changed:
            message = (
                f"{scope.connection}: the sign-in belongs to somebody else than before; sign in as before, or, if it "
                f"is meant, add {override_of('scope')}"
            )
            yield Stop("scope", scope.connection, 1, message, override_of("scope"))
        if scope.lost:
            shown = ", ".join(sorted(scope.lost)[:5]) + (", ..." if len(scope.lost) > 5 else "")
            message = (
                f"{scope.connection} no longer shows {shown}; put it back, or give the permission back, or, if it is "
                f"meant, add {override_of('scope')}. Nothing that cannot be seen counts as deleted"
            )
            yield Stop("scope", scope.connection, len(scope.lost), message, override_of("scope"))


def _mappings(facts: Facts) -> Iterator[Stop]:
    if facts.mappings:
        listed = ", ".join(sorted(facts.mappings))
        rebaseline = f"leadbridge plan {facts.job} --rebaseline"
        message = f"{listed} changed since the last run; capture what it concerns completely first, with: {rebaseline}"
        yield Stop("mapping", "", len(facts.mappings), message, rebaseline)


def _groups(facts: Facts, limits: Limits) -> Iterator[Stop]:
    if limits.group is not None and facts.group > limits.group:
        message = (
            f"{facts.group:,} records would be one; the job allows {limits.group:,} in one group of duplicates. "
            f"{_look(facts.group_rows)}; if they are one, add {override_of('group')}"
        )
        yield Stop("group", "", facts.group, message, override_of("group"), rows=facts.group_rows)


def _budgets(facts: Facts) -> Iterator[Stop]:
    for connection, calls in sorted(facts.calls.items()):
        allowed = facts.budget.get(connection)
        if allowed is not None and calls.most > allowed:
            message = (
                f"{connection}: the plan takes up to {_counted(calls.most, 'API call')} ({calls.spare:,} of them for "
                f"retries), and the budget has {allowed:,} left; run it later, or add {override_of('budget')}"
            )
            yield Stop("budget", connection, calls.most, message, override_of("budget"))


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word if number == 1 else f'{word}s'}"


def _look(rows: Sequence[int]) -> str:
    if not rows:
        return "Look at the plan"
    listed = ", ".join(str(row) for row in rows[:5])
    return f"Look at row{'s' if len(rows) > 1 else ''} {listed} of the plan"


def _percent(share: Decimal) -> str:
    return f"{(share * 100).quantize(Decimal('0.1')).normalize():f} %"
