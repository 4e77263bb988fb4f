"""The command line. ``main`` is the entry point: it turns every outcome into an exit status and one sentence.

Exit status: 0 done, 1 done with rejects or reviews, 2 usage or file fault, 3 stopped by a brake, 4 a connection
failed, 5 busy; 130 interrupted and 141 reader gone, as shells count them; 70 a fault in LeadBridge itself and 74 an
output that cannot be written, as in sysexits.h.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leadbridge.cli.options import Talk
    from leadbridge.errors import LeadBridgeError

FAULT, UNWRITTEN, INTERRUPTED, READER_GONE = 70, 74, 130, 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status. Nothing but :class:`SystemExit`'s code ever leaves it."""
    from leadbridge.cli.options import Talk

    _make_streams_lenient()
    given = sys.argv[1:] if argv is None else argv
    talk = Talk(as_json="--json" in given)
    try:
        status = _run(given, talk)
        sys.stdout.flush()
    except BrokenPipeError:
        _silence_stdout()
        return READER_GONE
    except KeyboardInterrupt:
        status = INTERRUPTED
    except Exception as error:  # noqa: BLE001  (the last line of defence: no traceback unless asked for)
        return _explain(error, talk)
    if status == INTERRUPTED:
        _complain("Interrupted; nothing more was done.")
    return status


def _run(argv: Sequence[str], talk: Talk) -> int:
    from leadbridge.cli.app import CommandLineError, command

    out = sys.stdout
    try:
        status: int | None = command().main(args=list(argv), prog_name="leadbridge", obj=talk, standalone_mode=False)
    except CommandLineError as error:
        error.show()
        _document(talk, error.exit_code, error.format_message())
        return int(error.exit_code)
    except SystemExit as leave:
        if sys.stdout is not out:  # typer puts another stream there where the reader is gone
            return READER_GONE
        return leave.code if isinstance(leave.code, int) else int(leave.code is not None)
    return status or 0


def _document(talk: Talk, status: int, sentence: str, error: LeadBridgeError | None = None) -> None:
    """With ``--json`` a command that fails gives a document too."""
    from leadbridge.cli.failure import data_of, error_data
    from leadbridge.cli.output import print_json

    if talk.as_json:
        print_json({"error": error_data(status, sentence) if error is None else data_of(error)})


def _explain(error: Exception, talk: Talk) -> int:
    from leadbridge.errors import LeadBridgeError

    if talk.traceback:
        _print_traceback(error)
    if isinstance(error, LeadBridgeError):
        _complain(str(error))
        _document(talk, error.exit_status, "", error)
        return error.exit_status
    if isinstance(error, OSError) and error.filename is None:  # stdout; providers and files say it themselves
        _silence_stdout()
        _complain(f"the output cannot be written: {error.strerror or error}")
        return UNWRITTEN
    kind = type(error).__name__
    sentence = f"A fault in LeadBridge itself: {kind}. Run the command again with -vv and report what it prints."
    _complain(sentence)
    _document(talk, FAULT, sentence)
    return FAULT


def _print_traceback(error: Exception) -> None:
    """What it quotes can come from a file, so it is escaped like any other text."""
    import traceback

    from leadbridge.cli.output import escape

    for line in "".join(traceback.format_exception(error)).splitlines():
        sys.stderr.write(escape(line) + "\n")


def _complain(text: str) -> None:
    from leadbridge.cli.output import say

    for line in text.splitlines():
        say(line)


def _make_streams_lenient() -> None:
    """Piped output is UTF-8 everywhere; a terminal that cannot show a character gets its escape, never an error."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure: Callable[..., None] | None = getattr(stream, "reconfigure", None)
        if reconfigure is None:
            continue
        if stream.isatty():
            reconfigure(errors="backslashreplace")
        else:
            reconfigure(encoding="utf-8", errors="backslashreplace")


def _silence_stdout() -> None:
    """The interpreter flushes stdout when it ends; with the reader gone that would fail once more."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        sys.stdout = io.StringIO()


__all__ = ["main"]
