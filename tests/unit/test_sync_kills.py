"""A process may die at any transaction of a run; what is started again ends like a run that was left alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from sync_world import ADA, BOB, World

from leadbridge.state.store import Store
from leadbridge.testing.faults import Killed


@contextmanager
def dying_at(step: int) -> Iterator[list[int]]:
    """Die before or after the commit of a transaction; whatever comes after finds a dead process."""
    begin, steps = Store.begin, [0]

    def tick() -> None:
        steps[0] += 1
        if steps[0] >= step:
            raise Killed

    @contextmanager
    def begun(store: Store) -> Iterator[Any]:
        tick()
        with begin(store) as tx:
            yield tx
        tick()

    with patch.object(Store, "begin", begun):
        yield steps


def prepared(folder: Path) -> World:
    """An edit on each side, a conflict, a new record, a delete: something of everything."""
    folder.mkdir()
    world = World(folder)
    ada, bob = world.lead("a", **ADA), world.lead("a", **BOB)
    cy = world.lead("a", Email="cy@x.example", Last="Fox")
    world.sync()
    world.a.edit("Lead", ada, {"City": "Rome"})
    world.a.edit("Lead", bob, {"City": "Bern"})
    (other,) = [id_ for id_, one in world.b.records("Lead").items() if one["Last"] == "Day"]
    world.b.edit("Lead", other, {"City": "Ulm", "Phone": "+497777777"})
    world.a.delete("Lead", cy)
    world.lead("a", Email="dee@x.example", Last="Ray")
    world.lead("b", Email="eva@x.example", Last="Low")
    return world


def told(world: World) -> Mapping[str, Any]:
    return {
        "a": sorted(map(str, world.leads("a"))),
        "b": sorted(map(str, world.leads("b"))),
        "links": world.states(),
        "asked": sorted(kind for _, kind, _ in world.asked()),
    }


@pytest.fixture(scope="module")
def unkilled(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    world = prepared(tmp_path_factory.mktemp("whole") / "w")
    world.sync()
    return told(world)


def steps_of_a_run(folder: Path) -> int:
    world = prepared(folder)
    with dying_at(10_000) as steps:
        world.sync()
    return steps[0]


@pytest.mark.parametrize("part", range(4))
def test_wherever_it_dies_the_end_is_the_same(tmp_path: Path, unkilled: Mapping[str, Any], part: int) -> None:
    steps = steps_of_a_run(tmp_path / "counted")
    assert steps > 20
    for step in range(1 + part, steps + 1, 4):
        world = prepared(tmp_path / str(step))
        with dying_at(step), pytest.raises(Killed):
            world.sync()
        world.forget_leases()
        world.sync()
        world.sync()
        assert told(world) == unkilled, step
