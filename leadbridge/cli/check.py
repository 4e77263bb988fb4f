"""``leadbridge check``: whether each connection can be used, and whether the mappings fit it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from leadbridge.cli.options import AsJson, Config, Quiet, Verbose

if TYPE_CHECKING:
    from leadbridge.jobs.checking import Checked, Report

app = typer.Typer(rich_markup_mode=None, add_completion=False)

FAULTY, FAILED = 2, 4


@app.command()
def check(
    connections: Annotated[
        list[str] | None, typer.Argument(metavar="[CONNECTION...]", help="Which ones; all, where none is named.")
    ] = None,
    config: Config = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """Sign in to each connection, see what it holds, and compare the mappings with it. No record is read or written.

    Exit status 4 says that a connection cannot be used, 2 that a file is at fault.
    """
    from leadbridge.jobs.checking import check as look
    from leadbridge.jobs.workspace import load_workspace

    report = look(load_workspace(config), connections or ())
    status = _status(report)
    if as_json:
        _print_json(report, status)
    else:
        _print(report, quiet)
    if status:
        raise typer.Exit(status)


def _status(report: Report) -> int:
    if any(one.error is not None for one in report.connections):
        return FAILED
    return FAULTY if any(finding.level == "error" for finding in report.findings) else 0


def _print(report: Report, quiet: bool) -> None:
    from collections import Counter

    from leadbridge.cli.findings import count, print_findings
    from leadbridge.cli.output import escape, fold, print_line, say

    for one in report.connections:
        for line in fold(escape(_sentence(one)), 0, hang=2):
            print_line(line)
    print_findings(report.findings)
    if not quiet:
        counts = Counter(finding.level for finding in report.findings)
        failed = sum(1 for one in report.connections if one.error is not None)
        said = [count(failed, "connection") + " cannot be used"] if failed else []
        said += [count(counts["error"], "error"), count(counts["warning"], "warning")] if report.findings else []
        say(f"{', '.join(said)}." if said else "All of it fits.")


def _sentence(one: Checked) -> str:
    """``sf (salesforce): 12 objects, of which Lead (lead) and Contact (contact) are mapped; converts leads itself``."""
    from leadbridge.cli.findings import count

    if one.error is not None or one.objects is None:
        return f"{one.connection} ({one.provider}): cannot be used: {one.error}"
    mapped = ", ".join(f"{name} ({' and '.join(roles)})" for name, roles in one.mapped)
    said = f"mapped: {mapped}" if mapped else "none of them mapped"
    itself = "; it converts leads by itself" if one.converts else ""
    return f"{one.connection} ({one.provider}): {count(len(one.objects), 'object')}, {said}{itself}"


def _print_json(report: Report, status: int) -> None:
    from leadbridge.cli.failure import error_data
    from leadbridge.cli.findings import REMEDY, finding_data
    from leadbridge.cli.output import print_json

    failed = [one for one in report.connections if one.error is not None]
    words = {FAULTY: ("a file is at fault", REMEDY), FAILED: (str(failed[0].error) if failed else "", "")}
    print_json(
        {
            "connections": [_data(one) for one in report.connections],
            "findings": [finding_data(finding) for finding in report.findings],
            **({"error": error_data(status, *words[status])} if status else {}),
        }
    )


def _data(one: Checked) -> dict[str, object]:
    return {
        "connection": one.connection,
        "provider": one.provider,
        "usable": one.error is None,
        "reason": str(one.error or ""),
        "objects": [described.name for described in one.objects or ()],
        "mapped": {name: list(roles) for name, roles in one.mapped},
        "converts": one.converts,
    }
