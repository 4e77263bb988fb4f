"""What went and left no trace, as people do whom HubSpot forgot: a rebaseline finds it, and nothing else does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sync_world import ADA, BOB, World, described, mapping

from leadbridge.state import reviews

QUIET = {"settled": 0, "stale": 0, "done": 0, "rejected": 0, "uncertain": 0, "left": 0}


def in_step(folder: Path, job: str = "first: prefer") -> World:
    world = World(folder, job=job)
    world.lead("a", **ADA)
    world.lead("a", **BOB)
    world.lead("a", Email="cy@x.example", Last="Fox")
    world.sync()
    return world


def vanish(world: World, name: str, last: str) -> str:
    """Somebody takes a record out for good, and the CRM says nothing of it."""
    id_ = next(id_ for id_, one in world.crms[name].records("Lead").items() if one["Last"] == last)
    del world.crms[name]._entries["Lead"][id_]
    return id_


def asked(world: World) -> list[tuple[str, str]]:
    with world.store() as store, store.read() as snapshot:
        return [(row.kind, row.body) for row in reviews.page(snapshot)]


def test_a_record_that_went_without_a_trace_is_asked_about_once(tmp_path: Path) -> None:
    world = in_step(tmp_path)
    lost = vanish(world, "b", "King")
    assert world.sync().counts == QUIET
    world.plan(rebaseline=True)
    world.apply()
    ((kind, body),) = asked(world)
    assert (kind, lost in body) == ("delete", True)
    world.plan(rebaseline=True)
    assert world.apply().counts == QUIET
    assert len(world.leads("a")) == 3


def test_what_is_deleted_before_a_changed_mapping_is_read_anew_is_noticed(tmp_path: Path) -> None:
    world = in_step(tmp_path, "first: prefer, deletes: propagate, brakes: {delete: 2}")
    vanish(world, "a", "Day")
    king = next(id_ for id_, one in world.a.records("Lead").items() if one["Last"] == "King")
    world.a.delete("Lead", king)
    (tmp_path / "mappings/a.yaml").write_text(mapping("a").replace("  city: City\n", ""))
    world.plan(rebaseline=True)
    world.apply()
    assert [one["Last"] for one in world.leads("b")] == ["Fox"]
    assert world.sync().counts == QUIET


def test_nothing_is_taken_for_gone_where_nothing_went(tmp_path: Path) -> None:
    """Records that were changed, merged or converted to something else meanwhile included."""
    world = in_step(tmp_path)
    ids = list(world.a.records("Lead"))
    world.a.edit("Lead", ids[0], {"City": "Rome"})
    world.a.merge("Lead", ids[1], ids[0])
    world.plan(rebaseline=True)
    world.apply()
    assert [kind for kind, _ in asked(world)] == ["surplus"], "the two of b are one person now"
    world.plan(rebaseline=True)
    assert world.apply().counts == QUIET


def test_an_object_that_was_never_captured_has_lost_nothing(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.b.define(described("Account"))
    world.lead("a", **ADA)
    world.plan(rebaseline=True)
    world.apply()
    assert asked(world) == []


def test_from_an_inbox_nothing_goes(tmp_path: Path) -> None:
    """Its files are cleared away once they are read."""
    world = World(tmp_path, job="first: prefer, direction: one_way")
    world.a.define(replace(described("Lead"), updates=False))
    world.lead("a", **ADA)
    world.lead("a", **BOB)
    world.sync()
    vanish(world, "a", "King")
    world.plan(rebaseline=True)
    world.apply()
    assert (asked(world), len(world.leads("b"))) == ([], 2)
