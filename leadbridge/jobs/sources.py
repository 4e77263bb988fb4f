"""Connections that are open for a job, each with its provider and the mappings of its objects."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from leadbridge.errors import UsageError
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.mapping.project import Mappings
from leadbridge.provider import ObjectDescription, Provider


@dataclass(frozen=True, slots=True)
class Source:
    """One open connection.

    Attributes:
        described: the objects that the connection can see.
        project: the mappings of the whole project.
    """

    connection: str
    provider_name: str
    provider: Provider
    described: tuple[ObjectDescription, ...]
    project: Mappings

    def mappings(self, object: str) -> tuple[ObjectMapping, ...]:
        return self.project.of(self.provider_name, self.connection, object)

    def objects(self, roles: Collection[str]) -> list[str]:
        """Objects that a mapping reads as one of these roles, in the connection's order."""
        return [o.name for o in self.described if any(m.role in roles for m in self.mappings(o.name))]

    def demand(self, roles: Collection[str]) -> None:
        """Raises UsageError where no mapping reads an object of this connection as one of these roles."""
        if not self.objects(roles):
            listed, names = " or ".join(sorted(roles)), ", ".join(repr(o.name) for o in self.described) or "no object"
            raise UsageError(
                f"no mapping reads connection {self.connection!r} as role {listed}; it has {names}: begin a mapping "
                f"with: leadbridge mappings suggest {self.connection}"
            )

    def homes(self) -> dict[str, frozenset[str]]:
        """Role -> canonical fields that new and changed records of it can be given here."""
        found: dict[str, frozenset[str]] = {}
        for description in self.described:
            for mapping in self.mappings(description.name) if description.writable else ():
                names = {t.name for m in mapping.fields if m.column and m.write != "never" for t in m.targets}
                found[mapping.role] = found.get(mapping.role, frozenset()) | names
        return found

    def updates(self, role: str) -> bool:
        """Whether records of the role that are there can be changed here."""
        found = [one for one in self.described if any(mapping.role == role for mapping in self.mappings(one.name))]
        return any(one.writable and one.updates for one in found)
