"""``leadbridge mappings diff``: the convert policy beside a CRM's own file, or in several connections."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from leadbridge.cli.exchange import Policy, Provider
from leadbridge.cli.options import AsJson, Config, Quiet, Verbose

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from leadbridge.jobs.comparing import Question
    from leadbridge.jobs.workspace import Workspace

DIFFERS = 1


def diff(  # noqa: PLR0913, PLR0917  (options of a command, each by its own name)
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILE|CONNECTION",
            help="A CRM's file, such as Salesforce's LeadConvertSettings; with --convert connections, all if none.",
        ),
    ] = None,
    convert: Annotated[
        bool, typer.Option("--convert", help="Compare connections: what each makes of the policy, field by field.")
    ] = False,
    job: Annotated[
        str | None,
        typer.Option("--job", metavar="NAME", help="With --convert: a convert job's connections and policy."),
    ] = None,
    live: Annotated[
        bool, typer.Option("--live", help="With --convert: ask the CRMs what they hold, and do by themselves.")
    ] = False,
    all_: Annotated[bool, typer.Option("--all", help="With --convert: show what is the same everywhere, too.")] = False,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="With --convert: print CSV, safe to open in a spreadsheet.")
    ] = False,
    policy: Policy = None,
    provider: Provider = None,
    config: Config = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """Compare the convert policy with what CRMs do.

    With a FILE: with what that CRM copies by its file and by itself. Order does not matter.

    With --convert: what each connection does with each field of the policy, and why one is lost there.

    Exit status 1 says that there are differences.

    leadbridge mappings diff --convert sf hs --live
    """
    from leadbridge.cli.output import one_form

    one_form(as_json, as_csv)
    given = names or []
    if convert:
        _refuse({"--provider": provider}, "compares with a CRM's file, which --convert does not read")
        differs = _connections(_question_of(config, given, (job, policy), live), all_, (as_json, as_csv, quiet))
    else:
        asked = {"--job": job, "--live": live, "--all": all_, "--csv": as_csv}
        _refuse(asked, "is for comparing connections; add --convert")
        differs = _file(given, (config, policy, provider), as_json, quiet)
    if differs:
        raise typer.Exit(DIFFERS)


def _refuse(asked: Mapping[str, object], why: str) -> None:
    from leadbridge.errors import UsageError

    for option, value in asked.items():
        if value:
            raise UsageError(f"{option} {why}")


def _file(
    given: Sequence[str], found_by: tuple[Path | None, str | None, str | None], as_json: bool, quiet: bool
) -> bool:
    from leadbridge.cli.exchange import differs_from_file
    from leadbridge.errors import UsageError

    if len(given) != 1:
        raise UsageError("name one file of a CRM's conversion; or compare connections, with --convert")
    config, policy, provider = found_by
    return differs_from_file(Path(given[0]), config, policy, provider, as_json=as_json, quiet=quiet)


def _question_of(
    config: Path | None, given: Sequence[str], chosen: tuple[str | None, str | None], live: bool
) -> tuple[Workspace, Question]:
    from leadbridge.cli.exchange import the_one
    from leadbridge.errors import UsageError
    from leadbridge.jobs.comparing import Question, of_job, with_the_roles
    from leadbridge.jobs.workspace import load_workspace

    workspace, (job, policy) = load_workspace(config), chosen
    if job is not None:
        if given or policy is not None:
            raise UsageError("--job names connections and policy; leave the others out")
        return workspace, of_job(workspace, job, live=live)
    name = the_one("convert policy", policy, list(workspace.mappings.policies), "--policy")
    found = workspace.mappings.policy(name)
    for connection in given:
        workspace.project.config.connection(connection)
    names = tuple(dict.fromkeys(given)) or with_the_roles(workspace, found)
    if not names:
        raise UsageError("no connection has a mapping of leads, or of what they become; begin with: leadbridge init")
    return workspace, Question(found, names, managed=found.mode == "managed", live=live)


def _connections(asked: tuple[Workspace, Question], all_: bool, form: tuple[bool, bool, bool]) -> bool:
    from leadbridge.cli import diff_text
    from leadbridge.jobs.comparing import compare_connections

    as_json, as_csv, quiet = form
    answer = compare_connections(*asked)
    if as_json:
        diff_text.print_document(answer, all_)
    elif as_csv:
        diff_text.print_sheet(answer, all_)
    else:
        diff_text.print_text(answer, all_)
    if not quiet:
        diff_text.say_rest(answer)
    return bool(answer.comparison.differing)
