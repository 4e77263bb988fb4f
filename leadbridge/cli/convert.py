"""``leadbridge convert``: leads become contacts, accounts and opportunities, each whole or not at all."""

from __future__ import annotations

from typing import Annotated

import typer

from leadbridge.cli.opening import Override, Yes
from leadbridge.cli.options import AsJson, Config, Quiet, Verbose

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def convert(  # noqa: PLR0913, PLR0917  (options of a command, each by its own name)
    job: Annotated[str, typer.Argument(metavar="JOB", help="A conversion job of leadbridge.yaml.")],
    yes: Yes = False,
    override: Override = None,
    config: Config = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """Convert the leads of a job by its policy: plan, look at the brakes, write.

    A lead is converted whole or stays as it is: what was written for one that a CRM then refuses is taken back. A CRM
    that converts leads by itself does so, and what the policy wants beyond that follows. At a
    terminal the plan is shown first and you are asked. Elsewhere it needs --yes, or `unattended` in the job. A job's
    first plan is approved by a person, here or with `leadbridge apply`. Exit status 1 says that there are new rejects
    or questions, 3 that nothing was written, because a brake stopped the run or you said no.
    """
    from leadbridge.cli.opening import Asking, approval, opened, overrides
    from leadbridge.cli.outcome import report
    from leadbridge.cli.progress import progress
    from leadbridge.jobs.sync import api

    lifted = overrides(override)
    with opened(config) as (workspace, store), progress(quiet) as watch:
        unattended = workspace.project.config.job(job).unattended
        approved = approval(store, Asking(yes, as_json, watch), f"plan {job}", unattended=unattended)
        done = api.convert(workspace, store, job, approved, lifted, watch)
    report(done, as_json=as_json, quiet=quiet)
