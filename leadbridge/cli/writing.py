"""``leadbridge sync``, ``apply``, ``resume`` and ``undo``: the commands that write to CRMs."""

from __future__ import annotations

from typing import Annotated

import typer

from leadbridge.cli.opening import Override, Yes
from leadbridge.cli.options import AsJson, Config, Quiet, Verbose

sync_app = typer.Typer(rich_markup_mode=None, add_completion=False)
apply_app = typer.Typer(rich_markup_mode=None, add_completion=False)
resume_app = typer.Typer(rich_markup_mode=None, add_completion=False)
undo_app = typer.Typer(rich_markup_mode=None, add_completion=False)
release_app = typer.Typer(rich_markup_mode=None, add_completion=False)


@sync_app.command()
def sync(  # noqa: PLR0913, PLR0917  (options of a command, each by its own name)
    job: Annotated[str, typer.Argument(metavar="JOB", help="A sync job of leadbridge.yaml.")],
    yes: Yes = False,
    override: Override = None,
    config: Config = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """Bring the connections of a job in step: plan, look at the brakes, write.

    At a terminal the plan is shown first and you are asked. Elsewhere it needs --yes, or `unattended` in the job. A
    job's first plan is approved by a person, here or with `leadbridge apply`. Exit status 1 says that there are new
    rejects or questions, 3 that nothing was written, because a brake stopped the run or you said no.
    """
    from leadbridge.cli.opening import Asking, approval, opened, overrides
    from leadbridge.cli.outcome import report
    from leadbridge.cli.progress import progress
    from leadbridge.jobs.sync import api

    lifted = overrides(override)
    with opened(config) as (workspace, store), progress(quiet) as watch:
        unattended = workspace.project.config.job(job).unattended
        approved = approval(store, Asking(yes, as_json, watch), f"plan {job}", unattended=unattended)
        done = api.sync(workspace, store, job, approved, lifted, watch)
    report(done, as_json=as_json, quiet=quiet)


@apply_app.command("apply")
def apply_(  # noqa: PLR0913, PLR0917  (options of a command, each by its own name)
    plan: Annotated[
        int | None, typer.Argument(metavar="[PLAN]", min=1, help="The plan's number; the latest if not given.")
    ] = None,
    yes: Yes = False,
    override: Override = None,
    config: Config = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """Carry out a plan that `leadbridge plan` made, row by row as it stands there.

    This approves the plan. A row whose record was edited since is rejected as `stale`, and the rest go on. The plan is
    refused whole (exit status 3) where the configuration changed since, or where it was applied already.
    """
    from leadbridge.cli.opening import Asking, approval, kept_plan, opened, overrides
    from leadbridge.cli.outcome import report, say_no
    from leadbridge.cli.progress import progress
    from leadbridge.jobs.sync import api

    lifted = overrides(override)
    with opened(config) as (workspace, store), progress(quiet) as watch:
        made = kept_plan(store, plan)
        approved = approval(store, Asking(yes, as_json, watch), f"plan {made.job}")
        if callable(approved) and not approved(made):
            say_no()
        done = api.approve_and_apply(workspace, store, made.plan, lifted, watch)
    report(done, as_json=as_json, quiet=quiet)


@resume_app.command()
def resume(
    override: Override = None,
    config: Config = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """End runs that were killed: what was sent is looked up first, so that nothing is done twice.

    Every `sync` does this by itself before anything else. Exit status 3 says that the rows that are left take more API
    calls than a connection may make now; --override budget ends the run all the same.
    """
    from leadbridge.cli.opening import opened, overrides
    from leadbridge.cli.outcome import died_planning, report_all
    from leadbridge.cli.progress import progress
    from leadbridge.errors import LeadBridgeError
    from leadbridge.jobs.sync import api

    lifted = overrides(override, only="budget", of="a run that is resumed")
    done, failure = [], None
    with opened(config) as (workspace, store), progress(quiet) as watch:
        try:
            while (run := api.resume(workspace, store, watch, lifted)) is not None:
                done.append(run)
                if run.state == "failed" and not died_planning(run):
                    break
        except LeadBridgeError as error:
            if not done:
                raise
            failure = error
    report_all(done, "Nothing to resume: every run has ended.", failure, as_json=as_json, quiet=quiet)


@undo_app.command()
def undo(  # noqa: PLR0913, PLR0917  (options of a command, each by its own name)
    run: Annotated[int, typer.Argument(metavar="RUN", min=1, help="The run's number; see `leadbridge runs`.")],
    yes: Yes = False,
    override: Override = None,
    config: Config = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """Put back what a run wrote, field by field, and delete what it made.

    What was edited since stays as it is and is named. What is put back is held: no run plans it again until it is
    edited somewhere, or you say `leadbridge release`. Exit status 3 says that nothing was written, because it takes
    more API calls than a connection may make now, or you said no; --override budget undoes the run all the same.
    """
    from leadbridge.cli.opening import Asking, approval, opened, overrides
    from leadbridge.cli.outcome import report
    from leadbridge.cli.progress import progress
    from leadbridge.jobs.sync import api

    lifted = overrides(override, only="budget", of="an undo")
    with opened(config) as (workspace, store), progress(quiet) as watch:
        approved = approval(store, Asking(yes, as_json, watch), f"show {run}")
        done = api.undo(workspace, store, run, approved, watch, lifted)
    report(done, as_json=as_json, quiet=quiet)


@release_app.command()
def release(  # noqa: PLR0913, PLR0917  (options of a command, each by its own name)
    ref: Annotated[str | None, typer.Argument(metavar="[REF]", help="A record, as CONNECTION:OBJECT:ID.")] = None,
    field: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only this field; else all that is held of it.")
    ] = None,
    erasure: Annotated[
        int | None, typer.Option(metavar="N", help="Let somebody who was erased be known again, see the rejects.")
    ] = None,
    config: Config = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """Let runs plan again what an undo put back and holds, of all records that stand for the same."""
    from leadbridge.cli.opening import opened, ref_of
    from leadbridge.cli.output import print_json, print_line
    from leadbridge.cli.preview import plural
    from leadbridge.errors import UsageError
    from leadbridge.jobs.sync import api

    if (ref is None) == (erasure is None):
        raise UsageError("name a record, as CONNECTION:OBJECT:ID, or an erasure, as --erasure N")
    if erasure is not None or ref is None:
        _let_back(erasure or 0, config, as_json=as_json, quiet=quiet)
        return
    wanted = ref_of(ref)
    with opened(config) as (_, store):
        number = api.release(store, wanted, field)
    if as_json:
        print_json({"ref": str(wanted), "released": number})
    elif not quiet:
        followed = "; the next run plans what they held" if number else ""
        print_line(f"{plural(number, 'hold')} released{followed}.")


def _let_back(erasure: int, config: Config, *, as_json: bool, quiet: bool) -> None:
    from leadbridge.cli.opening import opened
    from leadbridge.cli.output import print_json, print_line
    from leadbridge.jobs.sync import api

    with opened(config) as (_, store):
        number = api.lift_erasure(store, erasure)
    if as_json:
        print_json({"erasure": erasure, "released": number})
    elif not quiet:
        print_line("They may be known again: their record is taken up once it is new or changes.")
