"""Are the connections there, and do the mappings fit what they hold? Reads descriptions, and no record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from leadbridge.errors import LeadBridgeError
from leadbridge.jobs.linting import lint_jobs
from leadbridge.jobs.workspace import Workspace
from leadbridge.mapping.lint import Connected, Finding, lint
from leadbridge.provider import ObjectDescription


@dataclass(frozen=True, slots=True)
class Checked:
    """One connection.

    Attributes:
        objects: what it holds; None where it cannot be used.
        mapped: roles of its objects, by the mappings that read them: object -> roles.
        converts: whether the CRM converts leads by itself.
        error: why it cannot be used.
    """

    connection: str
    provider: str
    objects: tuple[ObjectDescription, ...] | None
    mapped: tuple[tuple[str, tuple[str, ...]], ...] = ()
    converts: bool = False
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
        provider = workspace.project.open(name)
        try:
            objects = tuple(provider.describe())
            converts = provider.capabilities.native_conversion
        finally:
            provider.close()
    except LeadBridgeError as error:
        return Checked(name, configured.provider, None, error=error)
    found = ((one.name, _roles(workspace, configured.provider, name, one.name)) for one in objects)
    return Checked(name, configured.provider, objects, tuple((o, roles) for o, roles in found if roles), converts)


def _roles(workspace: Workspace, provider: str, connection: str, object: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(mapping.role for mapping in workspace.mappings.of(provider, connection, object)))


def _findings(workspace: Workspace, checked: Sequence[Checked]) -> Iterator[Finding]:
    seen = {one.connection: one.objects for one in checked}
    connections = {
        name: Connected(configured.provider, seen.get(name))
        for name, configured in workspace.project.config.connections.items()
    }
    yield from lint_jobs(workspace)
    yield from lint(workspace.mappings, connections)
