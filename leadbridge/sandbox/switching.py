"""Switches of a sandbox: what a CRM may do one way or another, each in a position."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import ClassVar, Final, Self

from leadbridge.sandbox.base import Switch

_TAKES: Final = {bool: "true or false", int: "a whole number", str: "a text"}


@dataclass(frozen=True, slots=True)
class Switchboard:
    """Base of the positions of all switches: a field each, with its usual position.

    Attributes:
        words: switch -> the words that it takes, where it does not take any text.
    """

    words: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    def turned(self, name: str, value: Switch) -> Self:
        """With one switch in another position. Raises ValueError where there is no such switch or position."""
        known = {f.name for f in fields(self)}
        if name not in known:
            raise ValueError(f"there is no switch {name!r}; there are {', '.join(sorted(known))}")
        now = getattr(self, name)
        if type(value) is not type(now):
            raise ValueError(f"switch {name} takes {_TAKES[type(now)]}")
        if name in self.words and value not in self.words[name]:
            raise ValueError(f"switch {name} takes {', '.join(self.words[name])}")
        return replace(self, **{name: value})
