"""Stand-ins of CRMs, served for a demo's project: its configuration leads to them as long as the story lasts."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from leadbridge.errors import UsageError

if TYPE_CHECKING:
    from leadbridge.sandbox import Served

NEW_FIRMS_ONLY: Final = 0
"""Leads that a stand-in makes up: none, so that it holds its firms and their people."""


@dataclass(frozen=True, slots=True)
class StandIn:
    """
    Attributes:
        name: the sandbox's.
        address: where the project's configuration says that it answers.
        token: the variable that the configuration takes its token from.
        client: the package that speaks to it, which must be installed.
    """

    name: str
    address: str
    token: str
    client: str


@contextmanager
def serving(folder: Path, stand_ins: Sequence[StandIn]) -> Iterator[Sequence[Served]]:
    """Serve them, with a few firms and their people in each, for the project in a folder.

    Raises UsageError where one cannot be started.
    """
    from leadbridge.sandbox import Options, start

    file = folder / "leadbridge.yaml"
    text = told = file.read_text(encoding="utf-8")
    before = {one.token: os.environ.get(one.token) for one in stand_ins}
    with ExitStack() as started:
        served = [started.enter_context(start(one.name, Options(leads=NEW_FIRMS_ONLY))) for one in stand_ins]
        for one, answering in zip(stand_ins, served, strict=True):
            told = told.replace(one.address, answering.url)
            os.environ[one.token] = answering.token
        file.write_text(told, encoding="utf-8")
        try:
            yield served
        finally:
            file.write_text(text, encoding="utf-8")
            for name, value in before.items():
                os.environ.pop(name)
                if value is not None:
                    os.environ[name] = value


def check_parts(story: str, stand_ins: Sequence[StandIn]) -> None:
    """Raises UsageError where what the story needs is not installed."""
    from importlib.util import find_spec

    parts = ("starlette", "uvicorn", *(one.client for one in stand_ins))
    missing = [part for part in parts if find_spec(part) is None]
    if missing:
        extras = ",".join([*sorted(one.name for one in stand_ins), "sandbox"])
        raise UsageError(
            f"the demo in {story} needs {missing[0]}, which is not installed;"
            f" add it with: pip install 'leadbridge[{extras}]'"
        )
