"""What a plugin subclasses to bring a stand-in of its CRM."""

from __future__ import annotations

import abc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from leadbridge.sandbox.calls import Call, Log
from leadbridge.sandbox.clock import Clock
from leadbridge.sandbox.faults import Faults

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import BaseRoute

Switch = str | int | bool | None


@dataclass(frozen=True, slots=True)
class Options:
    """How to start a sandbox.

    Attributes:
        seed: which records it holds to begin with; every sandbox has ``demo`` and ``empty``.
        leads: how many leads ``demo`` makes up.
        file: where its records are kept; None for memory.
        switches: name -> value, for behaviour that differs from one CRM to the next, or is not known for sure.
    """

    seed: str = "demo"
    leads: int = 100
    file: Path | None = None
    switches: Mapping[str, Switch] = field(default_factory=dict)


class Sandbox(abc.ABC):
    """A stateful stand-in of one CRM. It is made from :class:`Options`, and served by :func:`leadbridge.sandbox.serve`.

    Attributes:
        kinds: the faults that it plays itself, each with a line on what it does.
        rates: the profile that ``--faults SEED`` draws from.
        seconds: how long a drawn fault takes, for kinds of its own that are about time.
        details: what some of its own kinds must be told.
        hosts: names of the CRM's own that clients insist on, which its certificate holds good for too.
    """

    kinds: ClassVar[Mapping[str, str]] = {}
    hosts: ClassVar[Sequence[str]] = ()
    seconds: ClassVar[Mapping[str, float]] = {}
    details: ClassVar[Mapping[str, Sequence[str]]] = {}
    rates: ClassVar[Mapping[str, float]] = {
        "slow": 0.02,
        "drop_before": 0.03,
        "drop_after": 0.03,
        "unavailable": 0.03,
    }

    def __init__(self, options: Options) -> None:
        """Raises ValueError for a seed or switch that is not there."""
        self.options = options
        self.clock = Clock()
        self.faults = Faults(self.kinds, self.seconds, self.details)
        self.calls = Log()
        self.url = ""
        """Where it is served; known once it is."""

    @property
    @abc.abstractmethod
    def token(self) -> str:
        """A token that it accepts."""

    @abc.abstractmethod
    def routes(self) -> Sequence[BaseRoute]:
        """The CRM's own API."""

    def control(self) -> Sequence[BaseRoute]:
        """What its control endpoint offers beyond time, faults, switches and calls."""
        return ()

    @property
    @abc.abstractmethod
    def switches(self) -> Mapping[str, Switch]:
        """All switches as they stand."""

    @abc.abstractmethod
    def switch(self, name: str, value: Switch) -> None:
        """Raises ValueError where there is no such switch, or no such position."""

    @abc.abstractmethod
    def reset(self) -> None:
        """Begin again from the options, with the same token."""

    def refuse(self, call: Call) -> Response | None:
        """The answer that one of its own faults gives in place of what was asked, if one strikes."""
        return None

    def unavailable(self) -> Response:
        """The body of this CRM's HTTP 503."""
        from starlette.responses import PlainTextResponse

        return PlainTextResponse("Service Unavailable", status_code=503)

    def finish(self, call: Call, headers: dict[str, str]) -> None:  # noqa: B027  (most add nothing)
        """Add to the headers of an answer."""

    def close(self) -> None:  # noqa: B027  (most hold nothing)
        """Free what it holds. May be called twice."""
