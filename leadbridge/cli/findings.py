"""What lint and tests of mappings found, on the terminal or as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from leadbridge.cli.failure import error_data, fault_data
from leadbridge.cli.output import escape, fold, print_json, print_line, say

if TYPE_CHECKING:
    from leadbridge.errors import FileFaults
    from leadbridge.mapping.lint import Finding

FAULTY = 2
REMEDY = "correct the files where the findings say"


def report(found: Sequence[Finding], as_json: bool, quiet: bool, clean: str) -> None:
    """Print findings. Raises Exit with status 2 where one of them is an error."""
    counts = Counter(finding.level for finding in found)
    if as_json:
        print_json(
            {
                "errors": counts["error"],
                "warnings": counts["warning"],
                "findings": [finding_data(finding) for finding in found],
                **({"error": error_data(FAULTY, count(counts["error"], "error"), REMEDY)} if counts["error"] else {}),
            }
        )
    else:
        print_findings(found)
    if not quiet:
        say(f"{count(counts['error'], 'error')}, {count(counts['warning'], 'warning')}." if found else clean)
    if counts["error"]:
        raise typer.Exit(FAULTY)


def print_findings(found: Sequence[Finding]) -> None:
    for finding in found:
        for line in fold(escape(str(finding)), 0, hang=2):
            print_line(line)


def finding_data(finding: Finding) -> dict[str, object]:
    return {"level": finding.level, "code": finding.code, **fault_data(finding.fault)}


def count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def unreadable(error: FileFaults) -> list[Finding]:
    """Faults of files that cannot even be read as what they are."""
    from leadbridge.mapping.lint import Finding

    return [Finding(fault, "error", "unreadable") for fault in error.faults]
