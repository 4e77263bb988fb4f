"""Connections that are open for a job, each with its provider and the mappings of its objects."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from leadbridge.errors import ConnectionFailedError, UsageError
from leadbridge.mapping.columns import reads_whatever, watched
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.mapping.policy import LEAD_ROLES
from leadbridge.mapping.project import Mappings
from leadbridge.provider import ObjectDescription, Provider


@dataclass(frozen=True, slots=True)
class Source:
    """One open connection.

    Attributes:
        described: the objects that the connection can see.
        project: the mappings of the whole project.
        known: objects that the last run saw, with their provider fields.
    """

    connection: str
    provider_name: str
    provider: Provider
    described: tuple[ObjectDescription, ...]
    project: Mappings
    known: Mapping[str, Collection[str]] = field(default_factory=dict)

    def mappings(self, object: str) -> tuple[ObjectMapping, ...]:
        return self.project.of(self.provider_name, self.connection, object)

    def writing(self, described: ObjectDescription) -> tuple[ObjectMapping, ...]:
        """The mappings by which an object's records may be written."""
        return tuple(m for m in self.mappings(described.name) if m.writable) if described.writable else ()

    def objects(self, roles: Collection[str]) -> list[str]:
        """Objects that a mapping reads as one of these roles, in the connection's order."""
        return [o.name for o in self.described if any(m.role in roles for m in self.mappings(o.name))]

    def wanted(self) -> dict[str, frozenset[str]]:
        """Object -> the provider fields that its mappings read; without those of which only the record tells."""
        found: dict[str, frozenset[str]] = {}
        for one in self.described:
            mappings = self.mappings(one.name)
            if mappings and not any(reads_whatever(mapping.when, mapping.unless) for mapping in mappings):
                found[one.name] = frozenset().union(*(watched(mapping) for mapping in mappings))
        return found

    def demand(self, roles: Collection[str]) -> None:
        """Raises where no mapping reads an object of this connection as one of these roles.

        Raises:
            ConnectionFailedError: the object was there in the last run, and is gone.
            UsageError: there never was one.
        """
        if self.objects(roles):
            return
        for name in self.known:
            if any(mapping.role in roles for mapping in self.mappings(name)):
                self._ask_for(name)
        listed, names = " or ".join(sorted(roles)), ", ".join(repr(o.name) for o in self.described) or "no object"
        wanted = sorted({f"{m.object!r} ({m.file.name})" for m in self.project.objects if self._might_hold(m, roles)})
        read = f", and mappings of that role read {', '.join(wanted)}" if wanted else ""
        remedy = "put that there, correct the mapping's `object`, or " if wanted else ""
        raise UsageError(
            f"no mapping reads connection {self.connection!r} as role {listed}: it has {names}{read}; {remedy}begin a "
            f"mapping with: leadbridge mappings suggest {self.connection}"
        )

    def _might_hold(self, mapping: ObjectMapping, roles: Collection[str]) -> bool:
        return mapping.role in roles and mapping.serves(self.provider_name, self.connection, mapping.object)

    def _ask_for(self, name: str) -> NoReturn:
        """The provider itself says best where it looked for what is gone."""
        for _ in self.provider.capture(name):
            break
        raise ConnectionFailedError(
            self.connection,
            f"connection {self.connection!r} no longer shows {name!r}; put it back, or give the permission back",
        )

    def homes(self) -> dict[str, frozenset[str]]:
        """Role -> canonical fields that new and changed records of it can be given here."""
        found: dict[str, frozenset[str]] = {}
        for description in self.described:
            for mapping in self.writing(description):
                found[mapping.role] = found.get(mapping.role, frozenset()) | mapping.written
        return found

    def homeless(self, role: str) -> str:
        """Why no record of this role can be made here, in words; asked where :meth:`homes` has none."""
        meant = [mapping for mapping in self.project.objects if self._might_hold(mapping, {role})]
        unseen = [m for m in meant if m.writable and not any(one.name == m.object for one in self.described)]
        if not unseen or self.provider.capabilities.local:
            return "no mapping gives it an object that can be written"
        return f"its user sees no {unseen[0].object!r}, of which {unseen[0].file.name} speaks; give it the permission"

    def both(self) -> dict[str, ObjectMapping]:
        """Objects that can be written and hold leads and contacts alike -> the mapping by which they are contacts."""
        found: dict[str, ObjectMapping] = {}
        for one in self.described:
            contacts = [mapping for mapping in self.writing(one) if mapping.role == "contact"]
            leads = any(mapping.role in LEAD_ROLES for mapping in self.writing(one))
            if contacts and leads and one.updates:
                found[one.name] = contacts[0]
        return found

    def updates(self, role: str) -> bool:
        """Whether records of the role that are there can be changed here."""
        return any(one.updates and any(m.role == role for m in self.writing(one)) for one in self.described)
