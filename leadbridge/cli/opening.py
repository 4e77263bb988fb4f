"""What commands on sync jobs begin with: the project and its state, and who may let them write."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol, TypeVar, get_args

import typer
from typer.core import TyperGroup

from leadbridge.errors import UsageError

if TYPE_CHECKING:
    from leadbridge.cli.progress import Progress
    from leadbridge.cli.sync_lines import Names
    from leadbridge.jobs.sync.model import Approval, PlanOutcome
    from leadbridge.jobs.workspace import Workspace
    from leadbridge.plan.brakes import BrakeName
    from leadbridge.records import Ref
    from leadbridge.state.store import Store
    from leadbridge.state.transactions import Snapshot

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Write without asking.")]
Override = Annotated[
    list[str] | None,
    typer.Option(
        "--override",
        metavar="BRAKE",
        help="Lift this brake for this run, as its message says; may be given again.",
    ),
]


NO_OVERRIDE = ("first_plan", "mapping")
"""Brakes with a remedy of their own: approving the plan, ``plan --rebaseline``."""


@dataclass(frozen=True, slots=True)
class Asking:
    """How a command asks before it writes: not at all with ``yes``; the progress line is hidden meanwhile."""

    yes: bool
    as_json: bool
    watch: Progress


class ListByDefault(TyperGroup):
    """A group of commands that lists where no command is named."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        asks_help = bool(args) and args[0] in ctx.help_option_names
        named = bool(args) and not args[0].startswith("-")
        return super().parse_args(ctx, args if asks_help or named else ["list", *args])


@contextmanager
def opened(config: Path | None) -> Iterator[tuple[Workspace, Store]]:
    """The project and its state, which is made where it is not there."""
    from leadbridge.jobs.sync.api import open_state
    from leadbridge.jobs.workspace import load_workspace

    workspace = load_workspace(config)
    with open_state(workspace) as store:
        yield workspace, store


class Numbered(Protocol):
    """A row of the state with its number."""

    @property
    def id(self) -> int: ...


T = TypeVar("T", bound=Numbered)


def paged(store: Store, page: Callable[[Snapshot, int], list[T]]) -> Iterator[T]:
    """All rows by number; ``page`` gives the next ones after a number, and an empty list at the end."""
    after = 0
    while True:
        with store.read() as snapshot:
            rows = page(snapshot, after)
        if not rows:
            return
        yield from rows
        after = rows[-1].id


def overrides(written: Sequence[str] | None, *, only: BrakeName | None = None, of: str = "") -> frozenset[BrakeName]:
    """Raises UsageError where one is no brake, or not the only one that looks at what ``of`` names."""
    from leadbridge.files.check import suggest
    from leadbridge.plan.brakes import BrakeName

    names: tuple[BrakeName, ...] = tuple(name for name in get_args(BrakeName) if name not in NO_OVERRIDE)
    for word in written or ():
        if word not in names:
            close = suggest(word, names)
            hint = f" (did you mean {close!r}?)" if close else f"; there are: {', '.join(names)}"
            raise UsageError(f"--override: there is no brake {word!r}{hint}")
    if only is not None and set(written or ()) - {only}:
        raise UsageError(f"--override: {of} knows one brake, {only}; the others looked at its plan")
    return frozenset(name for name in names if name in (written or ()))


def approval(store: Store, asking: Asking, look: str, *, unattended: bool = False) -> Approval:
    """Who lets a run write. Raises UsageError where nobody does and nobody can be asked; ``look`` is the command that
    shows what it is about.
    """
    from leadbridge.cli.asking import a_person_is_there

    if asking.yes:
        return "yes"
    if a_person_is_there():
        return lambda made: ask(store, made, asking)
    if unattended:
        return "unattended"
    raise UsageError(
        f"nobody is at the terminal to be asked; add --yes to write, or look first with: leadbridge {look}"
    )


def ask(store: Store, made: PlanOutcome, asking: Asking) -> bool:
    """Show the plan, then ask; on stderr alone where stdout is for a program."""
    from leadbridge.cli.asking import confirm
    from leadbridge.cli.output import print_line
    from leadbridge.cli.paging import page
    from leadbridge.cli.preview import plural
    from leadbridge.cli.sync_lines import plan_lines
    from leadbridge.jobs.sync.api import rows

    asking.watch.hide()
    if not asking.as_json:
        page(plan_lines(made, rows(store, made.plan), None, names_in(store)))
        print_line()
    if not made.rows:
        return True
    where = " and ".join(f"{sum(verbs.values()):,} in {name}" for name, verbs in sorted(made.writes.items()))
    return confirm(f"Write {plural(made.rows, 'record')} ({where})?")


def kept_plan(store: Store, number: int | None) -> PlanOutcome:
    """A plan that is kept, by default the latest that was not applied. Raises UsageError where there is none."""
    from leadbridge.cli.counting import counted
    from leadbridge.state import plans

    with store.read() as snapshot:
        if number is None:
            drafts = (plan for plan in plans.latest(snapshot) if plan.state == "draft" and plan.digest)
            kept = next(drafts, None)
        else:
            kept = plans.get(snapshot, number)
    if kept is None or not kept.digest:
        which = "no plan that waits" if number is None else f"no plan {number}"
        raise UsageError(f"there is {which}; make one with: leadbridge plan JOB")
    return counted(kept)


def names_in(store: Store) -> Names:
    """How people know the golden records of this state."""
    from leadbridge.plan.model import label
    from leadbridge.state import goldens

    def name(golden: int) -> str:
        with store.read() as snapshot:
            found = goldens.load(snapshot, [golden]).get(golden)
        return "" if found is None else label(found.golden.values)

    return name


def ref_of(text: str) -> Ref:
    """A record as people write it. Raises UsageError where it is none."""
    from leadbridge.records import Ref

    connection, _, rest = text.partition(":")
    name, _, id_ = rest.partition(":")
    if not (connection and name and id_):
        raise UsageError(f"{text!r} is no record; write one as CONNECTION:OBJECT:ID, such as crm:contacts.csv:C1")
    return Ref(connection, name, id_)
