"""One connection in one run: its rows are brought to its CRM, each to an outcome in the journal."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice

from leadbridge.apply.batches import most, most_written
from leadbridge.apply.calling import Caller
from leadbridge.apply.converting import hold_back, take_back
from leadbridge.apply.journal import Journal, Operation, Outcome, present
from leadbridge.apply.judging import depends, refused, rejected
from leadbridge.apply.looking import Looker
from leadbridge.apply.native import (
    after_conversion,
    as_deviating,
    is_effect,
    request_of,
    result_of,
    with_records,
)
from leadbridge.apply.options import Options, Summary
from leadbridge.apply.staged import Staged
from leadbridge.errors import (
    BatchRefusedError,
    CredentialsError,
    LeadBridgeError,
    QuotaError,
    RetryableError,
    UncertainError,
)
from leadbridge.plan.rows import WriteRow
from leadbridge.provider import Provider, Result
from leadbridge.values import Raw

_NOTHING_DONE = (RetryableError, CredentialsError, QuotaError)


@dataclass(frozen=True, slots=True)
class Part:
    """A batch, or a piece of one that was split. ``doubts``: how often its reply was lost."""

    operations: Sequence[Operation]
    doubts: int = 0


class Line:
    """Raises nothing that a CRM can cause: ``stopped`` says that no more rows are taken, the summary why."""

    def __init__(self, name: str, provider: Provider, journal: Journal, options: Options, summary: Summary) -> None:
        self._name = name
        self._provider = provider
        self._journal = journal
        self._options = options
        self._summary = summary
        self._caller = Caller(provider, options)
        self._looker = Looker(provider, self._caller, options)
        self._stages = provider.capabilities.staged
        self._staged = Staged()
        self._begun = False
        self._records: dict[int, Mapping[str, Raw]] = {}  # row that converts -> role -> id, until it is kept

    def size(self, row: WriteRow) -> int:
        """Most rows like this one in a batch."""
        return most(row, self._provider.capabilities, self._options)

    @property
    def stopped(self) -> bool:
        return self._name in self._summary.stopped

    def carry_out(self, batch: Sequence[Operation]) -> None:
        """A batch of one verb, object and state; rows that were sent before are looked up first."""
        try:
            self._begin()
            ready = self._keep_rejects(self._resolved(batch))
            if is_effect(batch[0].row):
                self._see(ready)
            elif batch[0].state == "sent":
                unsent = self._keep_rejects(self._looker.find_out(ready))
                self._deliver(Part(self._keep_rejects(self._standing(unsent)), doubts=1))
            else:
                ready = self._keep_rejects(self._looker.check(self._keep_rejects(self._standing(ready))))
                self._journal.sent(ready)
                self._deliver(Part(ready))
        except LeadBridgeError as error:
            self._stop(error)

    def finish(self) -> None:
        """Commit; where writing only staged, only now is anything done."""
        if not self._begun or self.stopped:
            return
        try:
            self._caller.act(self._provider.commit)
        except LeadBridgeError as error:
            self._stop(error)
            return
        self._begun = False
        waiting = (o for o in self._journal.unfinished(self._name) if self._staged.get(o.row.number) is not None)
        for chunk in _chunks(waiting, most_written(self._provider.capabilities, self._options)):
            done = [o for o in self._resolved(chunk) if isinstance(o, Operation)]
            self._keep(self._looker.read_back([(o, self._staged.get(o.row.number) or "") for o in done]))

    def close(self) -> None:
        """Give up what was not committed."""
        if self._begun:
            self._begun = False
            with suppress(LeadBridgeError):
                self._provider.abandon()

    def _begin(self) -> None:
        if not self._begun:
            self._caller.act(self._provider.begin)
            self._begun = True

    def _stop(self, error: LeadBridgeError) -> None:
        self._summary.stopped[self._name] = error
        self.close()

    def _resolved(self, batch: Iterable[Operation]) -> list[Operation | Outcome]:
        """With the ids of the records that they refer to; a row whose referred create is not done is rejected.

        Of rows that take something back, those that are to be sent, and those that never will be.
        """
        operations = list(batch)
        undone = {operation.row.undoes for operation in operations if operation.row.undoes is not None}
        if undone:
            past, refused = self._journal.past(undone), self._journal.refused()
            found = [take_back(o, past.get(o.row.undoes or 0), refused, self._summary.stopped) for o in operations]
            return [one for one in found if one is not None]
        if any(operation.row.native is not None for operation in operations):
            return self._natively(operations)
        ids = self._ids({number for operation in operations for number in operation.row.refers.values()})
        return [_resolve(operation, ids) for operation in operations]

    def _natively(self, operations: Sequence[Operation]) -> list[Operation | Outcome]:
        """The same for rows of conversions that the CRM does by itself."""
        past = self._journal.past({number for operation in operations for number in _needed(operation.row)})
        if operations[0].row.verb == "convert":
            return [with_records(operation, past) for operation in operations]
        return [one for o in operations if (one := after_conversion(o, past)) is not None]

    def _see(self, effects: Sequence[Operation]) -> None:
        """What the CRM's own conversion did: nothing is sent."""
        ready = [replace(operation, before=present(operation.row.expected)) for operation in effects]
        if ready:
            self._journal.sent(ready)
            self._keep(self._looker.see(ready))

    def _standing(self, operations: Sequence[Operation]) -> list[Operation | Outcome]:
        """Rows of a conversion that was refused meanwhile are not sent."""
        if not any(operation.row.conversions for operation in operations):
            return list(operations)
        refused = self._journal.refused()
        return [hold_back(operation, refused) or operation for operation in operations]

    def _ids(self, numbers: Collection[int]) -> Mapping[int, str]:
        staged = {number: made for number in numbers if (made := self._staged.get(number)) is not None}
        rest = [number for number in numbers if number not in staged]
        return {**staged, **self._journal.ids(rest)} if rest else staged

    def _deliver(self, batch: Part) -> None:
        """Every row to its outcome. Where the connection stops, rows that were certainly not sent are planned again."""
        parts = [batch]
        while parts:
            part = parts.pop()
            try:
                parts += self._send(part)
            except LeadBridgeError:
                self._put_back(parts)
                raise

    def _send(self, part: Part) -> list[Part]:
        """One call; gives what is left of the part to be sent, the first piece last."""
        if not part.operations:
            return []
        try:
            results = self._caller.act(lambda: self._call(part.operations))
        except BatchRefusedError as error:
            return self._split(part, error)
        except UncertainError as error:
            return [self._doubted(part.operations, part.doubts + 1, error)]
        except _NOTHING_DONE:
            self._put_back([part])
            raise
        unclear = self._take(part.operations, self._not_by_us_before(part, results))
        return [self._doubted(unclear, part.doubts + 1, self._no_reply(len(unclear)))] if unclear else []

    def _call(self, operations: Sequence[Operation]) -> Sequence[Result]:
        rows = [operation.row for operation in operations]
        if rows[0].verb != "convert":
            return self._provider.write([row.action({}) for row in rows])
        checks = self._provider.capabilities.checks_expected
        by_number = {row.number: row for row in rows}
        results = self._provider.convert([request_of(row, checks=checks) for row in rows])
        found = [result_of(by_number[result.number], result) for result in results if result.number in by_number]
        self._records |= {result.number: records for result, records in found if result.state == "done"}
        return [result for result, _ in found]

    def _not_by_us_before(self, part: Part, results: Sequence[Result]) -> list[Result]:
        """A lead of which the CRM says that it is converted, after a reply was lost, may be so by our own call."""
        if not part.doubts:
            return list(results)
        ours = [r for r in results if r.reject is not None and r.reject.code == "converted"]
        return [replace(r, state="uncertain", reject=None) if r in ours else r for r in results]

    def _split(self, part: Part, error: BatchRefusedError) -> list[Part]:
        middle = len(part.operations) // 2
        if middle:
            return [Part(part.operations[middle:], part.doubts), Part(part.operations[:middle], part.doubts)]
        self._keep([rejected(part.operations[0].row, "refused", str(error), "correct the row's values")])
        return []

    def _take(self, operations: Sequence[Operation], results: Iterable[Result]) -> list[Operation]:
        """Keep what became of each row; gives those of which that is not known."""
        by_number = {result.number: result for result in results}
        unclear, done, rejects = list[Operation](), list[tuple[Operation, str]](), list[Outcome]()
        for operation in operations:
            result = by_number.get(operation.row.number)
            made = (result.id if result else None) or operation.row.id
            if result and result.state == "rejected":
                rejects.append(refused(operation.row, result.reject))
            elif result and result.state == "done" and made:
                done.append((operation, made))
            else:
                unclear.append(operation)
        self._keep(rejects)
        if operations and operations[0].row.verb == "convert":
            self._keep([Outcome(o.row, "done", made, self._records.pop(o.row.number, {})) for o, made in done])
        elif self._stages:
            for operation, made in done:
                self._staged.add(operation.row.number, made)
        else:
            self._keep(self._looker.read_back(done))
        return unclear

    def _doubted(self, unclear: Sequence[Operation], doubts: int, error: UncertainError) -> Part:
        """What is left after a pause and a look. What is only staged cannot be looked up: the next run does."""
        if self._stages or doubts >= self._options.attempts:
            raise error
        self._caller.pause(doubts)
        return Part(self._keep_rejects(self._looker.find_out(unclear)), doubts)

    def _no_reply(self, rows: int) -> UncertainError:
        reason = f"connection {self._name!r} did not say what became of {rows} rows; resume the run later"
        return UncertainError(self._name, reason)

    def _put_back(self, parts: Iterable[Part]) -> None:
        certain = [part for part in parts if not part.doubts]
        self._keep([Outcome(operation.row, "planned") for part in certain for operation in part.operations])

    def _keep_rejects(self, verdicts: Iterable[Operation | Outcome]) -> list[Operation]:
        """Keep the outcomes among them; gives the operations that go on."""
        found = list(verdicts)
        self._keep([verdict for verdict in found if isinstance(verdict, Outcome)])
        return [verdict for verdict in found if isinstance(verdict, Operation)]

    def _keep(self, outcomes: Sequence[Outcome]) -> None:
        if outcomes:
            told = [as_deviating(outcome) for outcome in outcomes]
            self._journal.outcomes(told)
            self._summary.count(told)


def _needed(row: WriteRow) -> set[int]:
    """Rows whose outcome decides about this one."""
    native = row.native
    beside = {*native.by, native.record} if native else set[int | None]()
    return {*row.refers.values(), *(number for number in beside if number is not None)}


def _resolve(operation: Operation, ids: Mapping[int, str]) -> Operation | Outcome:
    row = operation.row
    missing = [field for field, number in row.refers.items() if number not in ids]
    if missing:
        return depends(row, missing[0])
    if not row.refers:
        return operation
    values = {**row.values, **{field: ids[number] for field, number in row.refers.items()}}
    return replace(operation, row=replace(row, values=values, refers={}))


def _chunks(operations: Iterator[Operation], size: int) -> Iterator[list[Operation]]:
    while chunk := list(islice(operations, size)):
        yield chunk
