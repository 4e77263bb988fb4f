"""What the connections of a project would do differently by one convert policy. Reads descriptions, and no record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from leadbridge.errors import LeadBridgeError
from leadbridge.jobs.checking import told_by
from leadbridge.jobs.convert.deciding import convert_job
from leadbridge.jobs.identify import MATCHED_ROLES
from leadbridge.jobs.workspace import Workspace
from leadbridge.mapping.diff import Comparison, Own, Route, Side, compare, homes, probe, told
from leadbridge.mapping.lint.finding import seen
from leadbridge.mapping.policy import LEAD_ROLES, ConvertPolicy
from leadbridge.provider import Provider


@dataclass(frozen=True, slots=True)
class Question:
    """What to compare.

    Attributes:
        connections: whose leads; see :func:`with_the_roles`.
        into: the connection whose records they become; None: each one's own.
        managed: whether LeadBridge converts, even where a CRM can.
        live: ask connections that cost calls, too.
    """

    policy: ConvertPolicy
    connections: tuple[str, ...]
    into: str | None = None
    managed: bool = False
    live: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """
    Attributes:
        natively: connections whose CRM converts their leads by itself.
        unseen: connection -> why it was not looked at; blank where nobody asked for that.
    """

    comparison: Comparison
    natively: tuple[str, ...] = ()
    unseen: Mapping[str, str] = field(default_factory=dict)


def of_job(workspace: Workspace, name: str, *, live: bool) -> Question:
    """What a job converts. Raises UsageError where there is no such job, or it converts nothing."""
    job = convert_job(workspace, name)
    policy = workspace.mappings.policy(job.policy)
    return Question(policy, job.convert, job.into, (job.mode or policy.mode) == "managed", live)


def with_the_roles(workspace: Workspace, policy: ConvertPolicy) -> tuple[str, ...]:
    """The project's connections for which there are mappings of leads, or of what they become."""
    roles = {*LEAD_ROLES, *policy.parts}
    mapped = [mapping for mapping in workspace.mappings.objects if mapping.role in roles]
    return tuple(
        name
        for name, one in workspace.project.config.connections.items()
        if any(m.provider == one.provider and m.connection in {None, name} for m in mapped)
    )


def compare_connections(workspace: Workspace, question: Question) -> Answer:
    """Raises a LeadBridgeError where a connection that was asked for does not exist or cannot be used."""
    names = dict.fromkeys((*question.connections, *((question.into,) if question.into else ())))
    looked = {name: _look(workspace, name, question) for name in names}
    routes = tuple(_route(looked[name], looked[question.into or name]) for name in question.connections)
    natively = tuple(route.name for route in routes if route.own is not None)
    unseen = {name: one.unseen for name, one in looked.items() if one.unseen is not None}
    return Answer(compare(workspace.mappings, question.policy, routes, MATCHED_ROLES), natively, unseen)


@dataclass(frozen=True, slots=True)
class _Looked:
    side: Side
    own: Own | None = None
    able: bool = False
    unseen: str | None = None


def _route(source: _Looked, target: _Looked) -> Route:
    """A CRM converts by itself where the same goes in as comes out."""
    if source is not target:
        return Route(source.side, target.side)
    return Route(source.side, target.side, source.own, source.able)


def _look(workspace: Workspace, name: str, question: Question) -> _Looked:
    configured = workspace.project.config.connection(name)
    able = configured.type.capabilities
    side = Side(name, configured.provider, writes=able.writes)
    if not question.live and not able.local:
        return _Looked(side, able=able.native_conversion and not question.managed, unseen="")
    try:
        provider = workspace.project.open(name)
        try:
            return _described(workspace, provider, side, question)
        finally:
            provider.close()
    except LeadBridgeError as error:
        if question.live:
            raise
        return _Looked(side, unseen=str(error))


def _described(workspace: Workspace, provider: Provider, side: Side, question: Question) -> _Looked:
    said = told_by(provider, workspace, side.connection)
    side = replace(side, objects=said.objects, narrowed=said.narrowed, writes=provider.capabilities.writes)
    found = homes(seen(workspace.mappings), side, question.policy)
    if question.managed or not said.converts or not {"lead", "contact"} <= found.keys():
        return _Looked(side)
    person = workspace.mappings.catalogue.subjects["person"]
    asked = probe(question.policy, side, found, person, workspace.now)
    return _Looked(side, told(asked, provider.predict(asked.requests, asked.snapshots)))
