"""What went wrong, for programs: the ``error`` of a JSON document, on every exit status from 2 to 5 and on a fault."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from leadbridge.errors import Fault, FileFaults, LeadBridgeError

if TYPE_CHECKING:
    from leadbridge.jobs.sync.model import RunOutcome
    from leadbridge.plan.brakes import Stop

NOTHING_WRITTEN = "Nothing was written."


def error_data(status: int, sentence: str, remedy: str | None = None) -> dict[str, Any]:
    """``sentence`` is what a person is told on stderr, its remedy included; ``remedy`` that part alone, or None."""
    return {"status": status, "sentence": sentence, "remedy": remedy}


def data_of(error: LeadBridgeError) -> dict[str, Any]:
    faults = {"faults": [fault_data(fault) for fault in error.faults]} if isinstance(error, FileFaults) else {}
    return {**error_data(error.exit_status, str(error), error.remedy), **faults}


def fault_data(fault: Fault) -> dict[str, object]:
    return {
        "file": fault.file.as_posix(),
        "line": fault.line,
        "column": fault.column,
        "path": fault.path,
        "message": fault.message,
        "suggestion": fault.suggestion,
    }


def data_of_stops(status: int, stops: Sequence[Stop]) -> dict[str, Any]:
    """Of brakes; without any a person said no."""
    sentence = " ".join((*(sentence_of(stop) for stop in stops), NOTHING_WRITTEN))
    return error_data(status, sentence, " ".join(dict.fromkeys(stop.override for stop in stops)) or None)


def data_of_run(status: int, run: RunOutcome) -> dict[str, Any]:
    """Of a run that did less than was asked: its brakes, or the connections that failed."""
    if not run.failed:
        return data_of_stops(status, run.stops)
    first = next(iter(run.failed.values()))
    return error_data(status, " ".join(map(str, run.failed.values())), first.remedy)


def sentence_of(stop: Stop) -> str:
    """The brake's own message, which names the remedy."""
    return f"{stop.message}." if not stop.message.endswith((".", ")")) else stop.message
