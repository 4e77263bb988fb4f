"""What became of a run: for people, for programs, and as an exit status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NoReturn

import typer

from leadbridge.cli.failure import NOTHING_WRITTEN, data_of, data_of_run, sentence_of
from leadbridge.cli.lines import folded, print_lines, word
from leadbridge.cli.output import escape, print_json, print_line, say
from leadbridge.cli.preview import plural
from leadbridge.cli.sync_data import outcome_data
from leadbridge.errors import LeadBridgeError, StoppedError
from leadbridge.jobs.sync.model import Left, RunOutcome

NEWS, STOPPED, FAILED = 1, 3, 4
EXAMPLES: Final = 10
RECORDS_LEFT: Final[Mapping[str, str]] = {
    "referred": "other records refer to it",
    "erased": "the person was erased",
    "gone": "it is not there any more",
    "deleted": "it was deleted, and cannot be made again",
    "converted": "it stays converted: its CRM has no way back",
    "read_only": "its mapping says `write: never` by now",
}
"""Of a whole record, why an undo leaves it."""


def report(run: RunOutcome, *, as_json: bool, quiet: bool) -> None:
    """Raises Exit where the status is not 0."""
    if as_json:
        print_json({**outcome_data(run), **_error([run])})
    elif not quiet or run.left:
        print_run(run)
    complain(run)
    leave([run])


def report_all(
    runs: Sequence[RunOutcome], none: str, failure: LeadBridgeError | None = None, *, as_json: bool, quiet: bool
) -> None:
    """As :func:`report`, for some runs. ``none`` says that there was nothing to do, ``failure`` why no more."""
    if as_json:
        error = _error(runs) if failure is None else {"error": data_of(failure)}
        print_json({"runs": [outcome_data(run) for run in runs], **error})
    elif not runs and not quiet:
        say(none)
    for run in runs:
        if not as_json and not quiet:
            print_run(run)
        complain(run)
    if failure is not None:
        say(str(failure))
        raise typer.Exit(failure.exit_status)
    leave(runs)


def say_no() -> NoReturn:
    """A person refused the plan."""
    raise StoppedError(NOTHING_WRITTEN)


def _error(runs: Sequence[RunOutcome]) -> dict[str, Any]:
    """Of the run that did least."""
    worst = max(runs, key=status_of, default=None)
    return {"error": data_of_run(status_of(worst), worst)} if worst and status_of(worst) > NEWS else {}


def leave(runs: Sequence[RunOutcome]) -> None:
    """Raises Exit with the gravest status of these runs, where it is not 0."""
    status = max((status_of(run) for run in runs), default=0)
    if status:
        raise typer.Exit(status)


def status_of(run: RunOutcome) -> int:
    if run.failed or (run.state == "failed" and not died_planning(run)):
        return FAILED
    if run.state == "stopped":
        return STOPPED
    return NEWS if run.rejects or run.questions else 0


def died_planning(run: RunOutcome) -> bool:
    """Killed before its plan was whole: no connection failed, nothing was written, and nothing is left to end."""
    return run.state == "failed" and run.plan is None


def complain(run: RunOutcome) -> None:
    """Why less was done than asked, on stderr."""
    for stop in run.stops:
        say(sentence_of(stop))
    for error in run.failed.values():
        say(str(error))
    if run.state == "stopped":
        say(NOTHING_WRITTEN)


def print_run(run: RunOutcome) -> None:
    """One sentence, then what to do next."""
    counts = {name: number for name, number in run.counts.items() if number}
    for number in run.resumed:
        print_line(f"Run {number} had not ended; it was taken up and ended first.")
    print_line(escape(f"Run {run.run} of {run.job}: {_ended(run)}."))
    for name, calls in run.calls.items() if not run.stops else ():
        had = run.budget.get(name)
        words = f"API calls in {name}: up to {calls.most:,} were planned"
        before = "" if had is None else f", of {had:,} that were left in the budget before"
        print_lines(folded(words + before, 2))
    for note in () if counts else run.notes:
        print_lines(folded(note, 2))
    for left in run.left[:EXAMPLES]:
        print_lines(folded(f"left as it is: {_left(left)}", 2))
    if len(run.left) > EXAMPLES:
        print_line(f"  ... and {plural(len(run.left) - EXAMPLES, 'more field')} (--json lists them all)")
    for wanted, call in (
        (run.stops, f"leadbridge show {run.run}"),
        (run.rejects, "leadbridge rejects"),
        (run.questions, "leadbridge reviews"),
        (run.conflicts, "leadbridge conflicts"),
        (counts.get("left") or run.open, _rest(run)),
        (counts.get("done") and run.undoes is None, f"leadbridge undo {run.run}"),
    ):
        if wanted:
            print_line(f"  {call}")


def _rest(run: RunOutcome) -> str:
    """What brings the rows that were not begun, once the connection can be used again."""
    if run.open:
        return "leadbridge resume"
    return f"leadbridge sync {run.job}" if run.undoes is None else f"leadbridge undo {run.undoes}"


def _ended(run: RunOutcome) -> str:
    if died_planning(run):
        return "it was killed while it was planned, so nothing was written"
    return run.state + _counted(run)


def _counted(run: RunOutcome) -> str:
    said = row_words(run.counts, run.codes)
    new = [(run.rejects, "new reject"), (run.questions, "new question"), (run.conflicts, "conflict")]
    said += [plural(number, text) for number, text in new if number]
    if run.state != "done" and not said:
        return ""
    return "; " + (", ".join(said) or "nothing to do")


def row_words(counts: Mapping[str, int], codes: Mapping[str, int]) -> list[str]:
    """What became of a run's rows: ``1,200 written``, ``3 rejected (2 stale, 1 unknown_value)``."""
    why = ", ".join(f"{number:,} {code}" for code, number in sorted(codes.items()))
    words = {
        "done": "written",
        "settled": "remembered",
        "stale": "moved on meanwhile",
        "rejected": f"rejected ({why})" if why else "rejected",
        "uncertain": "of unknown end",
        "left": "not begun",
    }
    return [f"{counts[name]:,} {text}" for name, text in words.items() if counts.get(name)]


def _left(left: Left) -> str:
    if left.field in RECORDS_LEFT:
        return f"{left.ref}: {RECORDS_LEFT[left.field]}"
    carried = f"; carried on by run {', '.join(map(str, left.runs))}" if left.runs else ""
    return f"{left.ref} {left.field}: {word(left.now)}, not {word(left.would_be)}{carried}"
