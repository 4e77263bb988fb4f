"""A state in a temporary project folder, and rows to put into it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from leadbridge.golden import Golden, Held, Link, LinkState
from leadbridge.records import Ref
from leadbridge.state.model import StoredLink
from leadbridge.state.store import Store, open_store
from leadbridge.values import Raw, Value

URL = "sqlite:///.leadbridge/state.db"


def opened(folder: Path) -> Store:
    return open_store(URL, folder)


def person(number: int, **values: Value) -> Golden:
    return Golden(number, "person", {name: Held(value, "sf", 1) for name, value in values.items()})


def lead(
    number: int,
    golden: int,
    base: Mapping[str, Raw] | None = None,
    *,
    connection: str = "sf",
    state: LinkState = "live",
    due: bool = False,
) -> StoredLink:
    ref = Ref(connection, "Lead", f"00Q{number}")
    return StoredLink(Link(number, golden, ref, "lead", state, base or {}, age=number), due=due)
