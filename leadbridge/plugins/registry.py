"""What plugins register: providers, sandboxes, transforms and commands, by names that are taken once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from leadbridge.plugins.problems import Origin, Problem

if TYPE_CHECKING:
    from leadbridge.transforms.spec import TransformSpec

_NAME = re.compile(r"[a-z][a-z0-9_-]*")
_LOCATION = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Command:
    """A command that has not been imported yet: ``package.module:app``, and its line in the list of commands."""

    location: str
    help: str


@dataclass(slots=True)
class Register(Generic[T]):
    """Things of one kind by name, with the plugin that brought each. The first to take a name keeps it.

    A wrong registration is a problem of the plugin, not an exception in it: its other registrations stand.
    """

    kind: str
    problems: list[Problem]
    things: dict[str, T] = field(default_factory=dict)
    origins: dict[str, Origin] = field(default_factory=dict)

    def add(self, origin: Origin, name: object, thing: T, location: object = None) -> None:
        if (wrong := self._wrong(name, location)) or not isinstance(name, str):
            self.problems.append(Problem(origin, wrong))
            return
        self.things[name] = thing
        self.origins[name] = origin

    def of(self, origin: Origin) -> tuple[str, ...]:
        """The names that one plugin brought."""
        return tuple(sorted(name for name, brought in self.origins.items() if brought == origin))

    def _wrong(self, name: object, location: object) -> str:
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            return f"registers a {self.kind} named {name!r}; a name is of a-z, 0-9, - and _; it is skipped"
        if location is not None and not (isinstance(location, str) and _LOCATION.fullmatch(location)):
            return f"registers {self.kind} {name!r} at {location!r}, which is not package.module:Name; it is skipped"
        if name in self.origins:
            return f"registers {self.kind} {name!r}, which {self.origins[name]} already brings; it is skipped"
        return ""


def add_location(register: Register[str], origin: Origin, name: str, location: str) -> None:
    """A provider or a sandbox: imported when it is asked for."""
    register.add(origin, name, location, location)


def add_transform(register: Register[TransformSpec], origin: Origin, spec: TransformSpec) -> None:
    register.add(origin, getattr(spec, "name", None), spec)


def add_command(register: Register[Command], origin: Origin, name: str, location: str, help: str) -> None:
    register.add(origin, name, Command(location, help), location)
