"""Promise 9, Budget: API calls never exceed the predicted number, which states its share for retries."""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path
from unittest.mock import patch

import pytest
from offices import ADA as LEAD
from offices import NATIVELY, lead, native_office
from sync_world import FAULTS, World

from leadbridge.errors import StoppedError
from leadbridge.testing.faults import Fault, Faults, Killed, at

SEEDS = 4
MANY = 100_000
TROUBLE: tuple[Fault, ...] = ("rate_limit", "timeout_after", "timeout_before", "credentials")


class Limited(World):
    """CRMs that take a number of calls, three records in each."""

    more: int | None = None

    def configure(self, job: str = "first: prefer", **jobs: str) -> None:
        super().configure(job, **jobs)
        file = self.folder / "leadbridge.yaml"
        text = file.read_text()
        for name in self.connections:
            limit = MANY if self.more is None else self.crms[name].calls + self.more
            text = text.replace(f"'{self.folder}/{name}'", f"'{self.folder}/{name}', page_size: 3, calls: {limit}")
        file.write_text(text)

    def allow(self, calls: int) -> None:
        """So many more, in each CRM."""
        self.more = calls
        self.configure(JOB)

    def faults(self, faults: Faults) -> None:
        FAULTS.update(dict.fromkeys((f"{self.folder}/{name}" for name in self.connections), faults))

    def used(self) -> dict[str, int]:
        return {name: crm.calls for name, crm in self.crms.items()}


JOB = "first: prefer, deletes: propagate, brakes: {create: 500, update: 500, delete: 500}"
LACKING = (frozenset[str](), frozenset({"checks_expected"}), frozenset({"checks_expected", "upsert_by_key"}))


def people(world: World, chance: random.Random) -> None:
    for number in range(chance.randrange(1, 40)):
        where = chance.choice(["a", "b", "ab"])
        for name in where:
            city = chance.choice(["Rome", "Bern"])
            world.lead(name, Email=f"p{number}@x.example", First="Ada", Last=f"N{number}", City=city)


def change(world: World, chance: random.Random) -> None:
    for name, crm in world.crms.items():
        for id_ in list(crm.records("Lead")):
            what = chance.random()
            if what < 0.2:
                crm.delete("Lead", id_)
            elif what < 0.6:
                crm.edit("Lead", id_, {"City": f"Ulm {name}"})


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("lacks", LACKING, ids=lambda lacks: "+".join(sorted(lacks)) or "nothing")
def test_no_more_calls_than_were_planned(tmp_path: Path, seed: int, lacks: frozenset[str]) -> None:
    """A saved plan's records are read again, written, and read back; in every round what is needed is enough."""
    chance = random.Random(seed)  # noqa: S311  (repeatable, not secret)
    world = Limited(tmp_path, job=JOB)
    world.faults(Faults(lacks=lacks))
    for round_ in (people, change, change):
        round_(world, chance)
        planned = world.plan()
        before = world.used()
        run = world.apply(planned.plan)
        assert run.state == "done"
        assert run.calls == planned.calls
        for name, number in world.used().items():
            needed = planned.calls[name].needed if name in planned.calls else 0
            assert number - before[name] <= needed
            assert bool(needed) == (name in planned.writes)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_what_goes_wrong_is_paid_by_the_share_for_retries(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  (as above)
    world = Limited(tmp_path, job=JOB)
    people(world, chance)
    planned = world.plan()
    before = world.used()
    calls = {(chance.choice(["write", "read"]), n): chance.choice(TROUBLE) for n in (1, 2)}
    world.faults(Faults(script=at(calls), lacks=frozenset({"checks_expected"})))
    with patch("time.sleep"):
        assert world.apply(planned.plan).state == "done"
    for name, number in world.used().items():
        assert number - before[name] <= (planned.calls[name].most if name in planned.calls else 0)


def test_conversions_that_a_crm_does_itself(tmp_path: Path) -> None:
    """With the follow-up writes, and reading back what was made."""
    town = native_office(tmp_path)
    crm = town.crm("crm")
    crm.conversion = NATIVELY
    town.connections["crm"] = town.connections["crm"].replace("}", f", page_size: 2, calls: {MANY}}}")
    town.work(town.jobs)
    for number in range(7):
        phone = f"+1415555010{number}"
        lead(crm, **{**LEAD, "email": f"p{number}@x.example", "phone": phone, "last_name": f"N{number}"})
    planned = town.plan("convert")
    before = crm.calls
    run = town.apply(planned.plan)
    assert run.counts["done"] > 0
    assert 0 < crm.calls - before <= planned.calls["crm"].needed


def test_a_plan_over_the_budget_stops(tmp_path: Path) -> None:
    """When it is planned, when it is applied later, when it is synced; and an override lifts the brake."""
    world = Limited(tmp_path, job=JOB)
    for number in range(30):
        world.lead("a", Email=f"p{number}@x.example", Last=f"N{number}")
    planned = world.plan()
    calls = planned.calls["b"]
    assert (calls.needed, calls.spare, planned.brakes) == (20, 10, ())
    world.allow(calls.most - 1)
    (stop,) = world.apply(planned.plan).stops
    assert (stop.brake, stop.side, stop.number, world.b.records("Lead")) == ("budget", "b", calls.most, {})
    again = world.plan()
    assert [stop.brake for stop in again.brakes] == ["budget"]
    assert [stop.brake for stop in world.sync().stops] == ["budget"]
    world.allow(0)
    assert world.sync("people", lambda _: True, "budget").state == "done"
    assert len(world.leads("b")) == 30


def test_what_a_killed_run_left_is_looked_at_anew(tmp_path: Path) -> None:
    """It is ended once there are calls for it; nothing else begins before."""
    world = Limited(tmp_path, job=JOB)
    for number in range(250):
        world.lead("a", Email=f"p{number}@x.example", Last=f"N{number}")
    world.faults(Faults(script=at({("write", 2): "kill_before"})))
    with suppress(Killed):
        world.sync()
    world.faults(Faults())
    world.forget_leases()
    world.allow(40)
    with pytest.raises(StoppedError, match=r"up to \d+ API calls in b .* leadbridge resume --override budget"):
        world.resume()
    with pytest.raises(StoppedError, match="has not ended"):
        world.sync()
    before = world.b.calls
    world.allow(100)
    assert world.resume() is not None
    assert world.b.calls - before <= 100
    assert len(world.leads("b")) == 250
