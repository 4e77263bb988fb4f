"""A sync job with its connections open: who takes part, by which mappings and policies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property

from leadbridge.conditions import Condition, ConditionFault, Expression, compile_expression
from leadbridge.config.jobs import Precedence, Rule, SyncJob
from leadbridge.errors import Fault, FileFaults, UsageError
from leadbridge.golden import Link
from leadbridge.jobs.sources import Source
from leadbridge.jobs.sync.lost import lost_fields, of_these, without
from leadbridge.jobs.workspace import Workspace
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.mapping.stages import STAGE
from leadbridge.merge.creating import Target, writable
from leadbridge.merge.model import FieldPolicy
from leadbridge.merge.record import DEFAULT, Policies
from leadbridge.merge.viewing import COMPANY
from leadbridge.plan.uniting import OPT_OUT
from leadbridge.provider import Capabilities, ObjectDescription, Provider
from leadbridge.records import Record, Ref
from leadbridge.state.model import ObjectKey
from leadbridge.state.store import Store
from leadbridge.subjects.model import Field, Subject

OWN: frozenset[str] = frozenset({"created_at", "modified_at"})
"""Fields that tell of the record, not of its subject: each CRM's own, so they are read and never agreed."""


@dataclass(frozen=True)
class Scene:
    """
    Attributes:
        roles: those that take part.
        create_as, where: of the job, compiled.
        also: what else decides what a plan of the job holds, as text.
    """

    workspace: Workspace
    name: str
    job: SyncJob
    sources: tuple[Source, ...]
    roles: frozenset[str]
    create_as: Expression | None
    where: Condition | None
    also: str = ""

    @cached_property
    def providers(self) -> Mapping[str, Provider]:
        return {source.connection: source.provider for source in self.sources}

    @cached_property
    def writable(self) -> frozenset[str]:
        """Connections that the job may write to."""
        return frozenset(writable(self.job.sync, self.job.direction))

    @cached_property
    def described(self) -> Mapping[tuple[str, str], ObjectDescription]:
        return {(source.connection, one.name): one for source in self.sources for one in source.described}

    @cached_property
    def lost(self) -> Mapping[ObjectKey, frozenset[str]]:
        return lost_fields(self.sources)

    def subject(self, name: str) -> Subject:
        return self.workspace.mappings.catalogue.subjects[name]

    def subject_of(self, role: str) -> Subject:
        found = self.workspace.mappings.catalogue.of_role(role)
        if found is None:
            raise UsageError(f"there is no role {role!r} any more; a record is still linked in it: declare it again")
        return found

    @cached_property
    def captured_subjects(self) -> frozenset[str]:
        """Of all records in the objects that the job reads, those of other roles included."""
        return frozenset(
            mapping.subject.name
            for source in self.sources
            for name in source.objects(self.roles)
            for mapping in source.mappings(name)
        )

    def mappings(self, connection: str, object: str) -> tuple[ObjectMapping, ...]:
        """Of this object, also where the connection takes no part in the job; none where it is not configured."""
        return self._by_object.get((connection, object)) or self._find(connection, object)

    def mapping_of(self, ref: Ref, role: str, file: str = "") -> ObjectMapping | None:
        """The mapping of a record in a role: the one that covered it, if that is known."""
        fitting = [mapping for mapping in self.mappings(ref.connection, ref.object) if mapping.role == role]
        return next((mapping for mapping in fitting if mapping.file.name == file), fitting[0] if fitting else None)

    def place(self, record: Record) -> str:
        """File and line of a row that is only appended to: it has no key, so its id says nothing to people."""
        described = self.described.get((record.ref.connection, record.ref.object))
        return "" if described is None or described.updates else record.source

    def can_write(self, ref: Ref, mapping: ObjectMapping | None) -> bool:
        """Whether a record that this mapping covers may be written."""
        described = self.described.get((ref.connection, ref.object))
        able = described is not None and described.writable and ref.connection in self.writable
        return able and (mapping is None or mapping.writable)

    @cached_property
    def targets(self) -> tuple[Target, ...]:
        """Where records may be made, in the job's order."""
        return tuple(
            Target(source.connection, tuple(self._homes(source)))
            for source in self.sources
            if source.connection in self.writable
        )

    def others_make(self, subject: str, links: Sequence[Link]) -> bool:
        """Whether another job may have a record to make for a golden record with these links."""
        there = {link.ref.connection for link in links}
        return any(
            subject in subjects and there & {*job.sync} and {*writable(job.sync, job.direction)} - there
            for job, subjects in self._other_jobs
        )

    @cached_property
    def _other_jobs(self) -> tuple[tuple[SyncJob, frozenset[str]], ...]:
        """With the subjects of their roles."""
        jobs = (job for name, job in self.workspace.project.config.jobs.items() if name != self.name)
        found = (job for job in jobs if isinstance(job, SyncJob))
        return tuple((job, subjects_of(self.workspace, roles_of(self.workspace, job))) for job in found)

    @cached_property
    def policies(self) -> Mapping[str, Policies]:
        """Subject -> how conflicts of its fields are settled."""
        return {name: self._policies(subject) for name, subject in self._subjects.items()}

    @cached_property
    def stamped(self) -> Mapping[str, frozenset[str]]:
        """Subject -> fields of which the newest value counts."""
        return {
            name: frozenset(
                f for f in self.subject(name).fields if (policies.get(f) or policies[DEFAULT]).kind == "newest"
            )
            for name, policies in self.policies.items()
        }

    @property
    def _subjects(self) -> Mapping[str, Subject]:
        return self.workspace.mappings.catalogue.subjects

    @cached_property
    def views(self) -> Mapping[str, Field]:
        """Company fields of a person that some record holds, where there are organisations for them to show."""
        mapped = self.workspace.mappings.objects
        if not any(mapping.subject.name == "organisation" for mapping in mapped):
            return {}
        people = (target for mapping in mapped if mapping.subject.name == "person" for target in mapping.targets)
        return {target.name: target for target in people if target.name in COMPANY}

    @cached_property
    def _by_object(self) -> dict[tuple[str, str], tuple[ObjectMapping, ...]]:
        return {}

    def _find(self, connection: str, object: str) -> tuple[ObjectMapping, ...]:
        configured = self.workspace.project.config.connections.get(connection)
        found = () if configured is None else self.workspace.mappings.of(configured.provider, connection, object)
        lost = self.lost.get((connection, object))
        self._by_object[connection, object] = tuple(without(m, lost) for m in found) if lost else found
        return self._by_object[connection, object]

    def hidden(self, link: Link) -> ObjectMapping | None:
        """How fields of a record are written that cannot be seen now; None where all of its fields can."""
        lost = self.lost.get((link.ref.connection, link.ref.object))
        if not lost:
            return None
        source = next(source for source in self.sources if source.connection == link.ref.connection)
        fitting = (mapping for mapping in source.mappings(link.ref.object) if mapping.role == link.role)
        return next((of_these(mapping, lost) for mapping in fitting), None)

    def _homes(self, source: Source) -> Iterator[ObjectMapping]:
        for description in source.described:
            if description.writable:
                mappings = self.mappings(source.connection, description.name)
                yield from (m for m in mappings if m.role in self.roles and m.writable)

    def _policies(self, subject: Subject) -> Policies:
        default = self._policy(self.job.fields.get(DEFAULT))
        found = {DEFAULT: default}
        for name in subject.fields:
            said = self.job.fields.get(name)
            policy = default if said is None else self._policy(said)
            if said is None and name.startswith(OPT_OUT):
                policy = self._policy("restrictive")
            if name == STAGE and subject.name == "person":
                policy = replace(policy, legal=self.workspace.mappings.stages.allows)
            if policy is not default:
                found[name] = policy
        return found

    def _policy(self, said: Rule | Precedence | None) -> FieldPolicy:
        order, first = self.job.sync, self.job.first
        if said is None:
            return FieldPolicy("prefer", order, first=first)
        if not isinstance(said, Precedence):
            return FieldPolicy(said, order, first=first)
        if said.prefer is not None:
            return FieldPolicy("prefer", said.prefer, first=first)
        return FieldPolicy("owner", order, said.owner or "", first)


def sync_job(workspace: Workspace, name: str) -> SyncJob:
    """Raises UsageError where there is no such job, or it converts."""
    job = workspace.project.config.job(name)
    if not isinstance(job, SyncJob):
        raise UsageError(f"job {name!r} converts; run it with: leadbridge convert {name}")
    return job


def demand_stamps(workspace: Workspace, name: str, able: Mapping[str, Capabilities]) -> None:
    """Raises FileFaults where the newest value is to count and a connection does not say when a field was set."""
    job, document = sync_job(workspace, name), workspace.project.config.document
    lacking = [connection for connection in job.sync if not able[connection].field_stamps]
    fields = [field for field, said in job.fields.items() if said == "newest"] if lacking else []
    message = f"cannot be `newest`: {', '.join(lacking)} does not say when a field was set; no clock of ours decides"
    faults = [document.fault(("jobs", name, "fields", field), message) for field in fields]
    if faults:
        raise FileFaults(faults)


@contextmanager
def opened(workspace: Workspace, store: Store, name: str) -> Iterator[Scene]:
    """The job with its connections open, closed again whatever happens.

    Raises:
        UsageError: there is no such job, or a connection has nothing for it.
        FileFaults: a file is wrong.
        ConnectionFailedError: a connection cannot be read.
    """
    job = sync_job(workspace, name)
    roles = roles_of(workspace, job)
    create_as, where = conditions_of(workspace, name)
    with workspace.open(job.sync, store) as sources:
        demand_stamps(workspace, name, {s.connection: s.provider.capabilities for s in sources})
        for source in sources:
            source.demand(roles)
        yield Scene(workspace, name, job, sources, roles, create_as, where)


def roles_of(workspace: Workspace, job: SyncJob) -> frozenset[str]:
    return frozenset(job.roles or (mapping.role for mapping in workspace.mappings.objects))


def field_names(workspace: Workspace, job: SyncJob) -> set[str]:
    """Canonical fields of the subjects that take part."""
    subjects = subjects_of(workspace, roles_of(workspace, job))
    return {field for name in subjects for field in workspace.mappings.catalogue.subjects[name].fields}


def subjects_of(workspace: Workspace, roles: Iterable[str]) -> frozenset[str]:
    """The subjects that these roles are views of."""
    found = map(workspace.mappings.catalogue.of_role, roles)
    return frozenset(subject.name for subject in found if subject is not None)


def conditions_of(workspace: Workspace, name: str) -> tuple[Expression | None, Condition | None]:
    """The job's ``create_as`` and ``where``. Raises FileFaults with all that is wrong in them."""
    job, faults = sync_job(workspace, name), list[Fault]()
    names = field_names(workspace, job)
    create_as = _compiled(workspace, (name, "create_as"), job.create_as, names | {"account_known"}, faults)
    where = _compiled(workspace, (name, "where"), job.where, names, faults)
    if faults:
        raise FileFaults(faults)
    return create_as, None if where is None else Condition(where)


def _compiled(
    workspace: Workspace, at: tuple[str, str], source: str | None, names: set[str], faults: list[Fault]
) -> Expression | None:
    try:
        return None if source is None else compile_expression(source, names)
    except ConditionFault as error:
        document = workspace.project.config.document
        faults.append(document.fault(("jobs", *at), error.message, error.suggestion))
        return None
