"""A provider that fails by a script: what networks, CRMs and their users do to a run, on purpose and repeatably.

::

    crm = FaultyProvider(MyProvider(site, settings), Faults(script=seeded(7)))

Wrap the provider under test, run what you wrote against it, and look at what the CRM holds afterwards.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal, TypeVar

from leadbridge.conversions import ConvertRequest, ConvertResult
from leadbridge.errors import (
    BatchRefusedError,
    ConnectionFailedError,
    CredentialsError,
    QuotaError,
    RetryableError,
    UncertainError,
)
from leadbridge.provider import Action, Capabilities, Page, Provider, Result, UnsupportedError
from leadbridge.records import Record, Ref, Reject
from leadbridge.testing.passing import PassingProvider
from leadbridge.values import Raw

T = TypeVar("T")
Fault = Literal[
    "timeout_before",  # nothing happened, the reply is lost
    "timeout_midway",  # part of the batch happened, the reply is lost
    "timeout_after",  # all of it happened, the reply is lost
    "lost_replies",  # all of it happened, the replies to every second row are lost
    "rate_limit",  # nothing happened: wait RETRY_AFTER seconds
    "credentials",  # nothing happened until the credentials are refreshed
    "quota",  # nothing happened, and nothing will
    "unreachable",  # nobody knows
    "edit_before",  # a user edits the first record of the batch between the check and the write
    "edit_after",  # a user edits it between the write and the read-back
    "kill_before",
    "kill_midway",
    "kill_after",
]
Script = Callable[[str, int], Fault | None]
"""(method, number of its call from 1) -> what goes wrong with it.

Methods are ``read``, ``begin``, ``write``, ``convert``, ``converted`` and ``commit``.
"""

RETRY_AFTER = 7.0
STAMP = datetime(2026, 1, 1, tzinfo=UTC)
LIVELY: tuple[Fault, ...] = (
    "timeout_before",
    "timeout_midway",
    "timeout_after",
    "lost_replies",
    "rate_limit",
    "credentials",
)
"""Faults that a run gets over by itself."""


class Killed(BaseException):
    """The process died here. Whoever survives must not have caught it."""


def _never(action: Action) -> bool:
    return False


def _no_lead(request: ConvertRequest) -> bool:
    return False


def _as_sent(field: str, raw: Raw) -> Raw:
    return raw


def _nobody(action: Action) -> None:
    """No user is about."""


def _quiet(method: str, call: int) -> Fault | None:
    return None


@dataclass(frozen=True, slots=True)
class Faults:
    """What goes wrong.

    Attributes:
        script: by call; see :func:`at` and :func:`seeded`.
        refuses: rows that the CRM's own validation rejects, each alone.
        keeps_back: leads that the CRM refuses to convert, each alone.
        poisons: rows for which the CRM refuses the whole batch.
        stores: (field, raw) -> what the CRM keeps of it.
        declared: whether ``normalises`` tells of ``stores``.
        user: edits the record of an action, as a user of the CRM would.
        lacks: capabilities to take away: ``checks_expected``, ``upsert_by_key``, ``read_back``.
        equal_stamps: all records carry one modification time.
        echoes: every capture with a cursor repeats the records that were written here.
    """

    script: Script = _quiet
    refuses: Callable[[Action], bool] = _never
    keeps_back: Callable[[ConvertRequest], bool] = _no_lead
    poisons: Callable[[Action], bool] = _never
    stores: Callable[[str, Raw], Raw] = _as_sent
    declared: bool = True
    user: Callable[[Action], None] = _nobody
    lacks: Collection[str] = ()
    equal_stamps: bool = False
    echoes: bool = False


def at(calls: Mapping[tuple[str, int], Fault]) -> Script:
    """``at({("write", 2): "timeout_after"})``: the second write."""
    return lambda method, call: calls.get((method, call))


def seeded(seed: int, share: float = 0.3, faults: Sequence[Fault] = LIVELY) -> Script:
    """The same faults for the same seed; ``share`` of all calls of ``read``, ``write`` and ``convert`` have one."""

    def script(method: str, call: int) -> Fault | None:
        chance = random.Random(f"{seed} {method} {call}")  # noqa: S311  (repeatable, not secret)
        hit = method in {"read", "write", "convert"} and chance.random() < share
        return chance.choice(faults) if hit else None

    return script


def lower_case(*fields: str) -> Callable[[str, Raw], Raw]:
    """A CRM that keeps these fields in lower case."""
    return lambda field, raw: raw.lower() if field in fields and isinstance(raw, str) else raw


def truncated(length: int, *fields: str) -> Callable[[str, Raw], Raw]:
    """A CRM that cuts these fields off without a word."""
    return lambda field, raw: raw[:length] if field in fields and isinstance(raw, str) else raw


class FaultyProvider(PassingProvider):
    """Every call goes to ``inner``, unless the script has something else in mind.

    After ``Killed`` it answers nothing more. Its locks are freed and what was staged is lost, as the operating system
    and a restart see to; connect anew to go on.
    """

    name = "faulty"

    def __init__(self, inner: Provider, faults: Faults) -> None:
        super().__init__(inner)
        self.faults = faults
        self.calls: dict[str, int] = {}
        self.capabilities = _without(inner.capabilities, faults.lacks)  # of this instance only
        self._valid = True
        self._dead = False
        self._written: list[Ref] = []

    def capture(self, object: str, cursor: str | None = None) -> Iterator[Page]:
        pages = self.inner.capture(object, cursor)
        return self._pages(object, pages, repeat=self.faults.echoes and cursor is not None)

    def _pages(self, object: str, pages: Iterator[Page], *, repeat: bool) -> Iterator[Page]:
        carried: set[Ref] = set()
        last = Page()
        for page in pages:
            last = self._stamped(page)
            carried |= {record.ref for record in last.records}
            yield last
        ours = [ref for ref in self._written if repeat and ref.object == object and ref not in carried]
        again = [record for record in self.inner.read(ours) if record] if ours else []
        if again:
            yield replace(self._stamped(Page(tuple(again))), cursor=last.cursor, seen=last.seen)

    def _stamped(self, page: Page) -> Page:
        if not self.faults.equal_stamps:
            return page
        return replace(page, records=tuple(replace(record, modified=STAMP) for record in page.records))

    def read(self, refs: Sequence[Ref]) -> Sequence[Record | None]:
        if not self.capabilities.read_back:
            raise UnsupportedError(self, "read")
        return self._call("read", lambda: self.inner.read(refs))

    def refresh(self) -> None:
        self._valid = True
        self.inner.refresh()

    def begin(self) -> None:
        self._call("begin", self.inner.begin)

    def write(self, actions: Sequence[Action]) -> Sequence[Result]:
        half = actions[: len(actions) // 2]
        results = self._call("write", lambda: self._write(actions), lambda: self._write(half), actions[0])
        lost = self.faults.script("write", self.calls["write"]) == "lost_replies"
        return [Result(r.number, "uncertain") if lost and at % 2 else r for at, r in enumerate(results)]

    def convert(self, requests: Sequence[ConvertRequest]) -> Sequence[ConvertResult]:
        half, lead = requests[: len(requests) // 2], requests[0].lead
        first = Action(requests[0].number, "update", lead.object, lead.id)
        results = self._call("convert", lambda: self._convert(requests), lambda: self._convert(half), first)
        if self.faults.script("convert", self.calls["convert"]) == "lost_replies":
            return [ConvertResult(r.number, "uncertain") if at % 2 else r for at, r in enumerate(results)]
        return results

    def converted(self, leads: Sequence[Ref]) -> Sequence[Mapping[str, Ref] | None]:
        return self._call("converted", lambda: self.inner.converted(leads))

    def commit(self) -> None:
        self._call("commit", self.inner.commit)

    def keyed(self, object: str) -> bool:
        return self.capabilities.upsert_by_key and self.inner.keyed(object)

    def normalises(self, object: str, field: str, sent: Raw, stored: Raw) -> bool:
        if self.faults.declared and stored == self.faults.stores(field, sent):
            return True
        return self.inner.normalises(object, field, sent, stored)

    def _write(self, actions: Sequence[Action]) -> list[Result]:
        if any(self.faults.poisons(action) for action in actions):
            raise BatchRefusedError(self.site.connection, "the CRM refused the batch")
        results = [_refusal(action) for action in actions if self.faults.refuses(action)]
        taken = [self._taken(action) for action in actions if not self.faults.refuses(action)]
        results += self.inner.write(taken) if taken else []
        objects = {action.number: action.object for action in actions}
        done = [result for result in results if result.state == "done" and result.id]
        self._written += [Ref(self.site.connection, objects[r.number], r.id or "") for r in done]
        return results

    def _convert(self, requests: Sequence[ConvertRequest]) -> list[ConvertResult]:
        kept = [request for request in requests if self.faults.keeps_back(request)]
        reject = Reject("validation", "the CRM's own validation refused the lead", "correct the value")
        results = [ConvertResult(request.number, "rejected", reject=reject) for request in kept]
        blind = not self.capabilities.checks_expected
        taken = [replace(r, expected={}) if blind else r for r in requests if r not in kept]
        return results + list(self.inner.convert(taken) if taken else ())

    def _taken(self, action: Action) -> Action:
        """As the CRM takes it: by its own rules, and blind to what it cannot do."""
        values = {name: self.faults.stores(name, raw) for name, raw in action.values.items()}
        expected = action.expected if self.capabilities.checks_expected else {}
        return replace(
            action, values=values, expected=expected, key=action.key if self.capabilities.upsert_by_key else None
        )

    def _call(
        self,
        method: str,
        whole: Callable[[], T],
        half: Callable[[], object] | None = None,
        first: Action | None = None,
    ) -> T:
        if self._dead:
            raise Killed
        self.calls[method] = self.calls.get(method, 0) + 1
        fault = self.faults.script(method, self.calls[method])
        self._before(fault, first)
        if half and fault in {"timeout_midway", "kill_midway"}:
            half()
            self._lose(fault)
        answer = whole()
        self._after(fault, first)
        return answer

    def _before(self, fault: Fault | None, first: Action | None) -> None:
        connection = self.site.connection
        if fault in {"timeout_before", "kill_before"}:
            self._lose(fault)
        if fault == "rate_limit":
            raise RetryableError(connection, "too many requests", RETRY_AFTER)
        if fault == "quota":
            raise QuotaError(connection, f"connection {connection!r}: the day's calls are used up; run again tomorrow")
        if fault == "unreachable":
            raise ConnectionFailedError(connection, f"connection {connection!r} cannot be reached; run again later")
        self._valid = self._valid and fault != "credentials"
        if not self._valid:
            raise CredentialsError(connection, "the credentials have expired")
        if fault == "edit_before" and first:
            self.faults.user(first)

    def _after(self, fault: Fault | None, first: Action | None) -> None:
        if fault == "edit_after" and first:
            self.faults.user(first)
        if fault in {"timeout_after", "kill_after"}:
            self._lose(fault)

    def _lose(self, fault: Fault | None) -> None:
        if fault and fault.startswith("kill"):
            self._dead = True
            raise Killed
        raise UncertainError(self.site.connection, "no reply in time")


def _without(has: Capabilities, lacks: Collection[str]) -> Capabilities:
    return replace(
        has,
        checks_expected=has.checks_expected and "checks_expected" not in lacks,
        upsert_by_key=has.upsert_by_key and "upsert_by_key" not in lacks,
        read_back=has.read_back and "read_back" not in lacks,
    )


def _refusal(action: Action) -> Result:
    reject = Reject("validation", "the CRM's own validation refused the row", "correct the value")
    return Result(action.number, "rejected", action.id, reject)
