"""Promises of apply under faults and kills: no lost edit, no duplicate, crash anywhere, idempotent."""

from __future__ import annotations

import csv
import itertools
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from journals import Fuse, MemoryJournal, connect, create, crm, delete, options, update
from leadbridge_csv.provider import CsvProvider
from leadbridge_csv.settings import CsvSettings

from leadbridge.apply import apply_writes, resume
from leadbridge.plan.rows import WriteRow
from leadbridge.provider import Action, Provider, Site
from leadbridge.records import Ref
from leadbridge.testing.faults import LIVELY, Fault, Faults, FaultyProvider, Killed, at, seeded, truncated

KILLS: tuple[Fault, ...] = ("kill_before", "kill_midway", "kill_after")
SEEDS = st.integers(0, 2**32)


@dataclass
class World:
    """A CRM with records in it, a plan for them, and ways to connect anew and to look at the end.

    Attributes:
        connect: a new connection, as a later process would make it.
        look: all that the CRM holds, without what differs between equal ends.
    """

    rows: list[WriteRow]
    connect: Callable[[Faults], FaultyProvider]
    look: Callable[[], object]


def memory(folder: Path) -> World:
    """Creates that refer to each other, updates, a stale one, deletes."""
    there = crm(folder)
    ids = [there.create("Account", {"Name": f"a{n}", "City": "Ulm"}) for n in range(6)]
    rows = [create(n, Name=f"new{n}") for n in (1, 2, 3)]
    rows += [replace(create(n, "Contact", Email=f"{n}@x.example"), refers={"AccountId": n - 3}) for n in (4, 5)]
    rows += [update(n, ids[n - 6], {"City": "Ulm"}, City=f"c{n}") for n in (6, 7, 8, 9)]
    rows += [delete(10, ids[4], {"Name": "a4"}), delete(11, ids[5], {"Name": "a5"})]
    there.edit("Account", ids[2], {"City": "by a user"})
    return World(rows, lambda faults: connect(folder, faults), lambda: [there.records(o) for o in there.objects])


def table(folder: Path) -> World:
    """The same on files: everything waits for the commit."""
    write(folder / "Account.csv", [["Id", "Name", "City"], *([f"a{n}", f"n{n}", "Ulm"] for n in range(4))])
    write(folder / "Contact.csv", [["Id", "Email", "AccountId"]])
    rows = [create(n, "Account.csv", Id=f"new{n}", Name="x") for n in (1, 2)]
    rows += [replace(create(3, "Contact.csv", Id="c3", Email="3@x.example"), refers={"AccountId": 1})]
    rows += [update(n, f"a{n - 4}", {"City": "Ulm"}, "Account.csv", City=f"c{n}") for n in (4, 5, 6)]
    rows += [delete(7, "a3", {"Name": "n3"}, "Account.csv"), update(8, "a9", {}, "Account.csv", City="x")]

    def anew(faults: Faults) -> FaultyProvider:
        return FaultyProvider(CsvProvider(Site("crm", folder), CsvSettings(path=".", key="Id")), faults)

    return World(
        rows,
        anew,
        lambda: {path.name: path.read_text("utf-8") for path in sorted(folder.glob("*"), key=str) if path.is_file()},
    )


def write(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def end(world: World, journal: MemoryJournal) -> object:
    """What a run left behind, everywhere."""
    return world.look(), journal.states(), journal.codes(), journal.bases, journal.due


def unkilled(make: Callable[[Path], World], folder: Path) -> object:
    world, journal = make(folder), MemoryJournal()
    journal.plan(world.rows)
    apply_writes(world.rows, {"crm": world.connect(Faults())}, journal, options(batch=2))
    assert set(journal.states().values()) == {"done", "rejected"}
    return end(world, journal)


def survive(world: World, journal: MemoryJournal, faults: Iterator[Faults]) -> int:
    """Run, and resume after every kill and stop, each time as a new process; how often it was killed."""
    journal.plan(world.rows)
    kills = 0
    for run in itertools.count():
        provider = world.connect(next(faults, Faults()))
        try:
            if run == 0:
                summary = apply_writes(world.rows, {"crm": provider}, journal, options(batch=2, attempts=30))
            else:
                summary = resume({"crm": provider}, journal, options(batch=2, attempts=30))
        except Killed:
            kills += 1
        else:
            if not summary.left:
                return kills
        finally:
            provider.abandon()
    raise AssertionError


@pytest.mark.parametrize("make", [memory, table])
def test_killed_at_every_call_of_the_provider_the_end_is_the_same(
    tmp_path: Path, make: Callable[[Path], World]
) -> None:
    wanted, survived = unkilled(make, fresh(tmp_path)), 0
    for method, kill in itertools.product(("begin", "read", "write", "commit"), KILLS):
        for call in range(1, 100):
            world, journal = make(fresh(tmp_path)), MemoryJournal()
            if not survive(world, journal, iter([Faults(script=at({(method, call): kill}))])):
                break
            survived += 1
            assert end(world, journal) == wanted, (method, call, kill)
    assert survived >= 24


@pytest.mark.parametrize("make", [memory, table])
def test_killed_at_every_step_of_the_journal_the_end_is_the_same(tmp_path: Path, make: Callable[[Path], World]) -> None:
    wanted, survived = unkilled(make, fresh(tmp_path)), 0
    for step in range(1, 100):
        world, fuse = make(fresh(tmp_path)), Fuse(step)
        journal = MemoryJournal(fuse)
        if not survive(world, journal, iter(())):
            break
        survived += 1
        assert end(world, journal) == wanted, step
    assert survived > 20


@pytest.mark.parametrize("make", [memory, table])
def test_killed_again_and_again_the_end_is_the_same(tmp_path: Path, make: Callable[[Path], World]) -> None:
    """Every process is killed at its n-th write, the resuming ones too, each a little later than the one before."""
    wanted = unkilled(make, fresh(tmp_path))
    for kill in KILLS:
        world, journal = make(fresh(tmp_path)), MemoryJournal()
        faults = (Faults(script=at({("write", call): kill})) for call in range(1, 9))
        assert survive(world, journal, faults) >= 2
        assert end(world, journal) == wanted


def fresh(folder: Path) -> Path:
    return Path(tempfile.mkdtemp(dir=folder))


@given(SEEDS, st.sampled_from([(), ("checks_expected",)]))
@settings(max_examples=60, deadline=None)
def test_faults_that_pass_leave_no_trace(seed: int, lacks: tuple[str, ...]) -> None:
    """No duplicate create, no lost row: the end is that of a run without faults."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wanted = unkilled(memory, fresh(folder))
        world = memory(fresh(folder))
        journal = MemoryJournal()
        survive(world, journal, (Faults(script=seeded(seed + n, 0.4), lacks=lacks) for n in itertools.count()))
        assert end(world, journal) == wanted


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_without_keys_every_create_is_one_record_or_a_question(seed: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder, there = Path(name), crm(Path(name))
        rows = [create(number, Name=f"n{number}") for number in range(1, 10)]
        lacks = ("checks_expected", "upsert_by_key")
        faults = (Faults(script=seeded(seed + n, 0.5, (*LIVELY, *KILLS)), lacks=lacks) for n in itertools.count())
        journal = MemoryJournal()
        survive(World(rows, lambda f: connect(folder, f), list), journal, faults)
        names = [values["Name"] for values in there.records("Account").values()]
        assert len(names) == len(set(names))
        done = {f"n{number}" for number, state in journal.states().items() if state == "done"}
        assert done <= set(names)
        assert set(journal.states().values()) <= {"done", "uncertain"}


@given(SEEDS, st.sampled_from([(), ("checks_expected",)]), st.booleans())
@settings(max_examples=80, deadline=None)
def test_no_edit_is_lost(seed: int, lacks: tuple[str, ...], killed: bool) -> None:
    """Every value that stands in the CRM at the end and is not its base is a user's; every user's edit still stands.

    Edits come between the runs and, at the moment of the read-back, within them; between the check and the write only
    where the CRM compares for itself, since no one else can see those.
    """
    edits: tuple[Fault, ...] = ("edit_after",) if lacks else ("edit_before", "edit_after")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        there, made = crm(folder), itertools.count()
        ids = [there.create("Account", {"Name": f"a{n}", "City": "Ulm"}) for n in range(8)]
        users: dict[str, str] = {}

        def user(action: Action) -> None:
            one = action.id or ""
            users[one] = f"user{next(made)}"
            there.edit("Account", one, {"City": users[one]})

        rows = [update(n, one, {"City": "Ulm"}, City=f"c{n}") for n, one in enumerate(ids, start=1)]
        kills: tuple[Fault, ...] = KILLS if killed else ()
        world = World(rows, lambda faults: connect(folder, faults), list)
        journal = MemoryJournal()
        scripts = (
            Faults(script=seeded(seed + n, 0.5, (*LIVELY, *edits, *kills)), user=user, lacks=lacks) for n in range(4)
        )
        survive(world, journal, scripts)
        for number, one in enumerate(ids, start=1):
            now = there.entry("Account", one).values["City"]
            base = journal.bases.get(Ref("crm", "Account", one), {"City": "Ulm"})["City"]
            assert now == users.get(one, base)
            assert base in {"Ulm", f"c{number}"}


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_a_normalising_crm_and_lost_replies_agree(seed: int) -> None:
    """Base is what the CRM holds: the next capture finds no edit."""
    with tempfile.TemporaryDirectory() as name:
        folder, there = Path(name), crm(Path(name))
        ids = [there.create("Account", {"Name": "x", "City": "y"}) for _ in range(5)]
        rows = [update(n, one, {"Name": "x"}, Name=f"a long name {n}") for n, one in enumerate(ids, start=1)]
        stores = truncated(11, "Name")
        faults = (Faults(script=seeded(seed + n, 0.4), stores=stores) for n in itertools.count())
        journal = MemoryJournal()
        survive(World(rows, lambda f: connect(folder, f), list), journal, faults)
        for one in ids:
            assert journal.bases[Ref("crm", "Account", one)] == {"Name": there.entry("Account", one).values["Name"]}


@pytest.mark.parametrize("make", [memory, table])
def test_replaying_a_finished_run_changes_nothing(tmp_path: Path, make: Callable[[Path], World]) -> None:
    world, journal = make(tmp_path), MemoryJournal()
    survive(world, journal, iter(()))
    before = end(world, journal)
    provider: Provider = world.connect(Faults())
    summary = resume({"crm": provider}, journal, options())
    assert (summary.done, summary.rejected, summary.left) == (0, 0, 0)
    assert end(world, journal) == before


def test_the_same_seed_gives_the_same_faults() -> None:
    first: Mapping[int, Any] = {call: seeded(7)("write", call) for call in range(50)}
    assert first == {call: seeded(7)("write", call) for call in range(50)}
    assert len(set(first.values())) > 3
    assert seeded(7)("commit", 1) is None
