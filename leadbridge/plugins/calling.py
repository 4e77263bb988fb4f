"""Calling hooks batch by batch: in order, one plugin at a time, so that a fault has a name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from leadbridge.errors import LeadBridgeError
from leadbridge.extend import Convertible, Evidence, Fragment, Pair, Reason
from leadbridge.plugins.problems import Origin, PluginFailedError, place
from leadbridge.records import Captured


@dataclass(frozen=True, slots=True)
class Call:
    """One plugin's implementation of one hook; ``names`` are the arguments that it takes."""

    origin: Origin
    hook: str
    function: Callable[..., Any]
    names: tuple[str, ...]

    def __call__(self, **arguments: object) -> Any:
        """The hook's answer. An error made for users passes through; any other is the plugin's failure."""
        try:
            return self.function(*(arguments[name] for name in self.names))
        except LeadBridgeError:
            raise
        except (Exception, SystemExit) as error:
            raise PluginFailedError(self.origin, f"failed in {self.hook}: {place(error)}") from error

    def many(self, kind: type | tuple[type, ...], **arguments: object) -> Sequence[Any]:
        """The answer, which must be a sequence of this kind."""
        answer = self(**arguments)
        if not isinstance(answer, list | tuple) or not all(isinstance(item, kind) for item in answer):
            kinds = kind if isinstance(kind, tuple) else (kind,)
            wanted = " or ".join("None" if k is type(None) else k.__name__ for k in kinds)
            raise PluginFailedError(self.origin, f"gave something else than a list of {wanted} from {self.hook}")
        return answer

    def one_each(self, given: Sequence[object], kind: type | tuple[type, ...], **arguments: object) -> Sequence[Any]:
        """The answer, which must have one item for each that was given."""
        answer = self.many(kind, **arguments)
        if len(answer) != len(given):
            raise PluginFailedError(self.origin, f"gave {len(answer)} instead of {len(given)} answers from {self.hook}")
        return answer


def enrich(calls: Sequence[Call], batch: Sequence[Captured]) -> Sequence[Captured]:
    """``leadbridge_capture``: what one gives back the next is given."""
    for call in calls:
        if batch:
            batch = call.many(Captured, batch=batch)
    return batch


def score(calls: Sequence[Call], batch: Sequence[Captured]) -> list[list[Reason]]:
    """``leadbridge_score``: all plugins' reasons for each record, in the order of the batch."""
    reasons: list[list[Reason]] = [[] for _ in batch]
    for call in calls if batch else ():
        for mine, all_of_it in zip(call.one_each(batch, (list, tuple), batch=batch), reasons, strict=True):
            all_of_it.extend(_of_reasons(call, mine))
    return reasons


def _of_reasons(call: Call, reasons: Sequence[Any]) -> Iterator[Reason]:
    for reason in reasons:
        if not isinstance(reason, Reason):
            raise PluginFailedError(call.origin, f"gave something else than a list of Reason from {call.hook}")
        yield reason


def dedupe(calls: Sequence[Call], pairs: Sequence[Pair]) -> list[list[Evidence]]:
    """``leadbridge_dedupe``: all plugins' evidence on each pair, in the order of the pairs."""
    evidence: list[list[Evidence]] = [[] for _ in pairs]
    for call in calls if pairs else ():
        for mine, all_of_it in zip(call.one_each(pairs, (Evidence, type(None)), pairs=pairs), evidence, strict=True):
            if mine is not None:
                all_of_it.append(mine)
    return evidence


def convert(calls: Sequence[Call], requests: Sequence[Convertible]) -> list[Fragment]:
    """``leadbridge_convert``: all plugins' fragments, in the order of the plugins."""
    numbers = {request.number for request in requests}
    fragments: list[Fragment] = []
    for call in calls if requests else ():
        for fragment in call.many(Fragment, requests=requests):
            if fragment.number not in numbers:
                raise PluginFailedError(
                    call.origin, f"answered request {fragment.number}, which was not asked, from {call.hook}"
                )
            fragments.append(fragment)
    return fragments
