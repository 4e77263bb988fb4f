"""Are the connections there, and do the mappings fit what they hold? Reads descriptions, and no record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from leadbridge.errors import LeadBridgeError
from leadbridge.jobs.linting import lint_jobs
from leadbridge.jobs.workspace import Workspace
from leadbridge.mapping.lint import Connected, Finding, lint
from leadbridge.provider import ObjectDescription, Provider


@dataclass(frozen=True, slots=True)
class Checked:
    """One connection.

    Attributes:
        objects: what it holds; None where it cannot be used.
        narrowed: see :class:`~leadbridge.mapping.lint.Connected`.
        mapped: roles of its objects, by the mappings that read them: object -> roles.
        converts: whether the CRM converts leads by itself.
        error: why it cannot be used.
    """

    connection: str
    provider: str
    objects: tuple[ObjectDescription, ...] | None
    mapped: tuple[tuple[str, tuple[str, ...]], ...] = ()
    converts: bool = False
    narrowed: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    error: LeadBridgeError | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """``findings``: of all files, compared with the connections that can be used."""

    connections: tuple[Checked, ...]
    findings: tuple[Finding, ...]


def check(workspace: Workspace, names: Sequence[str] = ()) -> Report:
    """Look at these connections, or all of the project; one that cannot be used is told, and the others go on.

    Raises UsageError where there is no connection of a name.
    """
    wanted = names or tuple(workspace.project.config.connections)
    checked = tuple(_checked(workspace, name) for name in wanted)
    return Report(checked, tuple(_findings(workspace, checked)))


def _checked(workspace: Workspace, name: str) -> Checked:
    configured = workspace.project.config.connection(name)
    try:
        told = described(workspace, name)
    except LeadBridgeError as error:
        return Checked(name, configured.provider, None, error=error)
    found = ((one.name, _roles(workspace, configured.provider, name, one.name)) for one in told.objects)
    mapped = tuple((named, roles) for named, roles in found if roles)
    return Checked(name, configured.provider, told.objects, mapped, told.converts, told.narrowed)


@dataclass(frozen=True, slots=True)
class Described:
    """What a connection says of itself; see :class:`Checked`."""

    objects: tuple[ObjectDescription, ...]
    converts: bool
    narrowed: Mapping[str, Mapping[str, tuple[str, ...]]]


def described(workspace: Workspace, name: str) -> Described:
    """Raises LeadBridgeError where the connection cannot be used."""
    provider = workspace.project.open(name)
    try:
        return told_by(provider, workspace, name)
    finally:
        provider.close()


def told_by(provider: Provider, workspace: Workspace, name: str) -> Described:
    """What an open connection says of itself. Raises as :func:`described` does."""
    objects = tuple(provider.describe())
    return Described(objects, provider.capabilities.native_conversion, _narrowed(workspace, name, provider, objects))


def _narrowed(
    workspace: Workspace, name: str, provider: Provider, objects: Sequence[ObjectDescription]
) -> dict[str, Mapping[str, tuple[str, ...]]]:
    """By mapping file, of those that can make records."""
    kind = workspace.project.config.connection(name).provider
    mappings = (mapping for one in objects if one.writable for mapping in workspace.mappings.of(kind, name, one.name))
    writing = (mapping for mapping in mappings if any(one.write != "never" for one in mapping.fields))
    return {mapping.file.name: provider.narrowed(mapping.object, mapping.on_create) for mapping in writing}


def _roles(workspace: Workspace, provider: str, connection: str, object: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(mapping.role for mapping in workspace.mappings.of(provider, connection, object)))


def _findings(workspace: Workspace, checked: Sequence[Checked]) -> Iterator[Finding]:
    seen = {one.connection: (one.objects, one.narrowed) for one in checked}
    connections = {
        name: Connected(configured.provider, *seen.get(name, ()))
        for name, configured in workspace.project.config.connections.items()
    }
    yield from lint_jobs(workspace)
    yield from lint(workspace.mappings, connections)
