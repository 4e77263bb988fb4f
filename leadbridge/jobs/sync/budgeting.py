"""API calls of a plan, and how many its connections may still make. Only connections that have a limit are counted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from leadbridge.apply import Operation
from leadbridge.apply.costing import calls_of
from leadbridge.errors import StoppedError
from leadbridge.jobs.sources import Source
from leadbridge.jobs.sync import keeping
from leadbridge.jobs.sync.journal import WRITES, write_row
from leadbridge.jobs.sync.model import PlanOutcome
from leadbridge.plan.brakes import Calls, Facts, Limits, stops
from leadbridge.state import operations
from leadbridge.state.model import Run
from leadbridge.state.store import Store


def allowances(sources: Iterable[Source], connections: Collection[str]) -> dict[str, int]:
    """Of these connections, those that have a limit -> the calls that may be made now.

    Raises ConnectionFailedError where one has to be asked and cannot be.
    """
    asked = {s.connection: s.provider.allowance() for s in sources if s.connection in connections}
    return {name: left for name, left in asked.items() if left is not None}


def with_calls(store: Store, plan: int, sources: Sequence[Source], facts: Facts) -> Facts:
    """With the API calls that a kept plan takes, and how many may be made. Its rows are read page by page."""
    budget = allowances(sources, {side.connection for side in facts.sides})
    return replace(facts, calls=_calls(_planned(store, plan), sources, budget), budget=budget)


def counted(made: PlanOutcome, store: Store, sources: Sequence[Source]) -> PlanOutcome:
    """A small plan with its API calls, how many may be made, and whether the brake on them stops it."""
    budget = allowances(sources, made.writes)
    calls = _calls(_planned(store, made.plan), sources, budget)
    return replace(made, calls=calls, budget=budget, stops=stops(Facts(made.job, calls=calls, budget=budget), Limits()))


def check_what_is_left(store: Store, run: Run, sources: Sequence[Source]) -> None:
    """Raises StoppedError where a connection may not make the API calls that ending an unfinished run takes."""
    budget = allowances(sources, run.connections)
    for name, calls in _calls(_left(store, run), sources, budget).items():
        if calls.most > budget[name]:
            raise StoppedError(
                f"run {run.id} has not ended, and what is left of it takes up to {calls.most:,} API calls in {name} "
                f"({calls.spare:,} of them for retries), whose budget has {budget[name]:,} left; wait until it "
                "has more, or end the run all the same with: leadbridge resume --override budget"
            )


def _calls(rows: Iterable[Operation], sources: Sequence[Source], limited: Collection[str]) -> dict[str, Calls]:
    providers = {source.connection: source.provider for source in sources}
    return calls_of(rows, providers, {name: providers[name] for name in limited}) if limited else {}


def _planned(store: Store, plan: int) -> Iterator[Operation]:
    for page in keeping.pages(store, plan, WRITES, bare=True):
        yield from (Operation(write_row(row)) for row in page)


def _left(store: Store, run: Run) -> Iterator[Operation]:
    """Rows without an outcome; of a run that has ended only those that were sent are taken up again."""
    for page in keeping.pages(store, run.plan or 0, WRITES, bare=True):
        with store.read() as snapshot:
            known = operations.states(snapshot, run.id, [row.number for row in page])
        for row in page:
            state = known.get(row.number, "planned")
            if state == "sent" or (state == "planned" and run.state == "running"):
                yield Operation(write_row(row), state)
