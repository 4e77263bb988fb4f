"""Lint of jobs: conditions that do not compile, fields that nobody has, jobs that would undo each other's work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, product
from typing import Final

from leadbridge.config.jobs import Precedence, Rule, SyncJob
from leadbridge.errors import FileFaults
from leadbridge.files.check import suggest
from leadbridge.jobs.convert.deciding import where_of
from leadbridge.jobs.identify import MATCHED_ROLES
from leadbridge.jobs.sync.scene import conditions_of, demand_stamps, field_names, roles_of
from leadbridge.jobs.workspace import Workspace
from leadbridge.mapping.lint.finding import Finding, Place
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.merge.creating import writable
from leadbridge.merge.record import DEFAULT

_NAMED: Final = frozenset({"user", "queue"})
"""Subjects that are read so that records can name them."""


def lint_jobs(workspace: Workspace) -> list[Finding]:
    """All findings, each once, in the order of the file."""
    checks = (_conditions, _fields, _stamps, _pairs, _only_read, _into_only_read)
    found = dict.fromkeys(finding for check in checks for finding in check(workspace))
    return sorted(found, key=lambda f: (f.fault.line, f.fault.column, f.fault.message))


def _conditions(workspace: Workspace) -> Iterator[Finding]:
    for name, job in workspace.project.config.jobs.items():
        try:
            if isinstance(job, SyncJob):
                conditions_of(workspace, name)
            else:
                where_of(workspace, name, job.where)
        except FileFaults as error:
            yield from (Finding(fault, "error", "condition") for fault in error.faults)


def _fields(workspace: Workspace) -> Iterator[Finding]:
    place = Place(workspace.project.config.document)
    for name, job in _sync_jobs(workspace):
        known = field_names(workspace, job)
        for field in job.fields:
            if field != DEFAULT and field not in known:
                message = f"no record of the job's roles has a field {field!r}"
                at, close = ("jobs", name, "fields", field), suggest(field, known)
                yield place.error("unknown_field", at, message, close, key=True)


def _stamps(workspace: Workspace) -> Iterator[Finding]:
    able = {name: one.type.capabilities for name, one in workspace.project.config.connections.items()}
    for name, _ in _sync_jobs(workspace):
        try:
            demand_stamps(workspace, name, able)
        except FileFaults as error:
            yield from (Finding(fault, "error", "no_stamps") for fault in error.faults)


def _pairs(workspace: Workspace) -> Iterator[Finding]:
    """Golden records are everybody's: two jobs that decide over the same ones must decide alike."""
    place = Place(workspace.project.config.document)
    for (one, first), (two, second) in combinations(_sync_jobs(workspace), 2):
        shared = [name for name in first.sync if name in second.sync]
        if not shared or not roles_of(workspace, first) & roles_of(workspace, second):
            continue
        for field in sorted({*first.fields, *second.fields, DEFAULT}):
            if not _alike(_policy(first, field), _policy(second, field)):
                at = ("jobs", two, "fields", field) if field in second.fields else ("jobs", two)
                word = "every other field" if field == DEFAULT else field
                message = f"job {one!r} settles {word} by another rule, and both have records in {', '.join(shared)}"
                yield place.warning("rival_policies", at, f"{message}: the job that runs first decides", key=True)
        if first.deletes != second.deletes:
            message = f"job {one!r} says `deletes: {first.deletes}`, and both have records in {', '.join(shared)}"
            yield place.warning("rival_deletes", ("jobs", two), f"{message}: the job that runs first decides", key=True)
        yield from _wheres(place, (one, first), (two, second))


def _wheres(place: Place, one: tuple[str, SyncJob], two: tuple[str, SyncJob]) -> Iterator[Finding]:
    """A filter keeps nothing away from a connection to which another job brings everything."""
    for (name, job), (other, wide) in ((one, two), (two, one)):
        if job.where is not None and wide.where is None and set(job.sync) <= set(wide.sync):
            message = f"keeps nothing out: job {other!r} brings records of the same roles there without a `where`"
            yield place.warning("idle_where", ("jobs", name, "where"), message)


def _only_read(workspace: Workspace) -> Iterator[Finding]:
    """A job that writes nothing does nothing for anybody, but for one that reads whom records name."""
    place = Place(workspace.project.config.document)
    for name, job in _sync_jobs(workspace):
        roles = roles_of(workspace, job)
        reached = [m for to in writable(job.sync, job.direction) for m in _serving(workspace, to) if m.role in roles]
        if not any(m.writable for m in reached) and {m.subject.name for m in reached} - _NAMED:
            message = "writes nothing: all mappings of its roles say `write: never` where it could write"
            yield place.warning("idle_job", ("jobs", name), message, key=True)


def _into_only_read(workspace: Workspace) -> Iterator[Finding]:
    """Accounts and contacts that a lead is to become are records that are written."""
    place, jobs = Place(workspace.project.config.document), workspace.project.config.jobs
    for name, job in jobs.items():
        policy = None if isinstance(job, SyncJob) else workspace.mappings.policies.get(job.policy)
        if isinstance(job, SyncJob) or policy is None:
            continue
        for to, role in product((job.into,) if job.into else job.convert, MATCHED_ROLES):
            homes = [m for m in _serving(workspace, to) if m.role == role]
            if role in policy.parts and homes and not any(m.writable for m in homes):
                message = f"no lead can become a record of role {role} in {to!r}: {homes[0].file.name} says "
                at = ("jobs", name, "into") if job.into else ("jobs", name, "convert")
                yield place.error("into_only_read", at, f"{message}`write: never`")


def _serving(workspace: Workspace, connection: str) -> list[ObjectMapping]:
    """The mappings of one connection's objects."""
    provider = workspace.project.config.connection(connection).provider
    return [m for m in workspace.mappings.objects if m.serves(provider, connection, m.object)]


def _sync_jobs(workspace: Workspace) -> list[tuple[str, SyncJob]]:
    return [(name, job) for name, job in workspace.project.config.jobs.items() if isinstance(job, SyncJob)]


def _policy(job: SyncJob, field: str) -> Rule | Precedence:
    """What settles it; a job that says nothing goes by the order of its connections."""
    return job.fields.get(field) or job.fields.get(DEFAULT) or Precedence(prefer=job.sync)


def _alike(one: Rule | Precedence, two: Rule | Precedence) -> bool:
    if not isinstance(one, Precedence) or not isinstance(two, Precedence):
        return one == two
    if one.prefer is None or two.prefer is None:
        return one.owner == two.owner
    return _order(one.prefer, two.prefer) == _order(two.prefer, one.prefer)


def _order(names: Sequence[str], among: Sequence[str]) -> list[str]:
    return [name for name in names if name in among]
