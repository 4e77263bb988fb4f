"""Promise 6: killed anywhere and taken up again, a run ends as one that was not.

``LEADBRIDGE_KILLS`` says how many seeds are tried; ``make kills`` tries more than every day's run.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from remembered import remembered
from streets import CONTACTS, ERP, HS, LEAD, PEOPLE, SF
from town import Town, nobody

from leadbridge.jobs.sync import api
from leadbridge.jobs.workspace import load_workspace
from leadbridge.memory import MemoryCrm
from leadbridge.state.store import Store
from leadbridge.testing.faults import Fault, Faults, Killed, at

SEEDS = int(os.environ.get("LEADBRIDGE_KILLS", "2"))
MANY = 20
"""Seeds from which every step is tried, and not each third."""

DYING = Path(__file__).parent.parent / "support" / "dying.py"
OBJECTS = [("crm", "contacts.csv"), ("shop", "people.csv")]
CONFIG = """\
connections:
  crm: {provider: csv, path: crm/, key: id}
  shop: {provider: csv, path: shop/, key: number}
jobs:
  people: {sync: [crm, shop], first: prefer}
"""
CRM_MAPPING = """\
kind: mapping
provider: csv
connection: crm
object: contacts.csv
role: contact
fields: {first_name: first, last_name: last, email: email, city: town}
"""
SHOP_MAPPING = """\
kind: mapping
provider: csv
connection: shop
object: people.csv
role: contact
fields: {first_name: Given, last_name: Family, email: E-Mail, city: Place}
"""


# --- real ones, on files


@dataclass(frozen=True)
class Prepared:
    """A project with a plan that waits, and how it ends where nobody kills it.

    Attributes:
        steps: of an apply that lives.
        end: every data file, byte for byte.
    """

    folder: Path
    plan: int
    steps: int
    before: dict[str, bytes]
    end: dict[str, bytes]
    known: dict[str, object]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    folder = tmp_path_factory.mktemp("kills") / "project"
    _make(folder)
    workspace = load_workspace(folder)
    with api.open_state(workspace) as store:
        plan = api.make_plan(workspace, store, "people", nobody).plan
    unkilled = folder.parent / "unkilled"
    shutil.copytree(folder, unkilled)
    lived = _apply(unkilled, plan, 0)
    assert lived.returncode == 0, lived.stderr
    return Prepared(folder, plan, int(lived.stdout), _files(folder), _files(unkilled), _known(unkilled))


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the system has no SIGKILL")
@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_process_killed_while_it_applies_is_taken_up_by_the_next(
    tmp_path: Path, prepared: Prepared, seed: int
) -> None:
    folder = tmp_path / "project"
    shutil.copytree(prepared.folder, folder)
    step = random.Random(seed).randrange(1, prepared.steps)  # noqa: S311  (repeatable, not secret)
    killed = _apply(folder, prepared.plan, step)
    assert killed.returncode == -signal.SIGKILL, killed.stderr

    for name, content in _files(folder).items():
        assert content in {prepared.before[name], prepared.end[name]}, f"step {step}: {name} is half written"
    _take_up(folder, prepared.plan)
    assert _files(folder) == prepared.end, f"step {step}"
    assert _known(folder) == prepared.known, f"step {step}"
    workspace = load_workspace(folder)
    with api.open_state(workspace) as store:
        assert api.make_plan(workspace, store, "people", nobody).rows == 0


def _make(folder: Path) -> None:
    """Two tables of 120 people; 80 are in both, under other numbers and with other towns."""
    texts = {
        "leadbridge.yaml": CONFIG,
        "mappings/crm.yaml": CRM_MAPPING,
        "mappings/shop.yaml": SHOP_MAPPING,
        "crm/contacts.csv": "id,first,last,email,town\n"
        + "".join(f"C{n},Ada,Name {n},p{n}@x.example,{'Rome' if n % 3 else ''}\n" for n in range(120)),
        "shop/people.csv": "number,Given,Family,E-Mail,Place\n"
        + "".join(f"{n},Ada,Name {n},p{n}@x.example,{'Bern' if n % 2 else ''}\n" for n in range(40, 160)),
    }
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def _apply(folder: Path, plan: int, step: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(DYING), str(folder), str(plan), str(step)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


def _take_up(folder: Path, plan: int) -> None:
    """What a person does after a power cut: resume; and apply the plan where it had not begun."""
    workspace = load_workspace(folder)
    with api.open_state(workspace) as store:
        if api.resume(workspace, store, nobody) is None:
            api.approve_and_apply(workspace, store, plan, ["create", "update"], nobody)


def _files(folder: Path) -> dict[str, bytes]:
    """What stands in the tables' folders, hidden files apart."""
    found = (path for place in ("crm", "shop") for path in sorted((folder / place).iterdir()))
    return {f"{path.parent.name}/{path.name}": path.read_bytes() for path in found if not path.name.startswith(".")}


def _known(folder: Path) -> dict[str, object]:
    with api.open_state(load_workspace(folder)) as store:
        return remembered(store, OBJECTS)


# --- at every step of the journal, in memory

MEMORY_OBJECTS = [("sf", "Lead"), ("hs", "contacts"), ("erp", "People")]
CALLS: list[tuple[str, int, Fault]] = [
    (method, call, fault)
    for method, faults in {
        "write": ("kill_before", "kill_midway", "kill_after"),
        "read": ("kill_before", "kill_after"),
        "begin": ("kill_before",),
        "commit": ("kill_before", "kill_after"),
    }.items()
    for call in (1, 2)
    for fault in faults
]


@pytest.mark.parametrize("seed", range(max(1, SEEDS // 6)))
def test_a_run_killed_at_any_transaction_ends_as_one_that_was_not(tmp_path: Path, seed: int) -> None:
    alive, crms = _town(tmp_path / "alive", seed)
    with _dying(0) as transactions:
        alive.sync(overrides=["update", "create"])
    end = _seen(alive, crms)
    for step in range(1, 2 * len(transactions) + 1, 1 if SEEDS >= MANY else 3):
        town, crms = _town(tmp_path / f"step-{step}", seed)
        with _dying(step), suppress(Killed):
            town.sync(overrides=["update", "create"])
        _go_on(town)
        assert _seen(town, crms) == end, f"step {step}"


@pytest.mark.parametrize("connection", ["sf", "hs", "erp"])
def test_a_run_killed_at_any_call_ends_as_one_that_was_not(tmp_path: Path, connection: str) -> None:
    alive, crms = _town(tmp_path / "alive", 0)
    alive.sync(overrides=["update", "create"])
    end = _seen(alive, crms)
    for method, call, fault in CALLS:
        town, crms = _town(tmp_path / f"{method}-{call}-{fault}", 0)
        town.faults(connection, Faults(script=at({(method, call): fault})))
        with suppress(Killed):
            town.sync(overrides=["update", "create"])
        town.faults(connection, Faults())
        _go_on(town)
        assert _seen(town, crms) == end, f"{connection}: {fault} at {method} {call}"


def _go_on(town: Town) -> None:
    """Until nothing is left to do."""
    for _ in range(3):
        done = town.sync(overrides=["update", "create"])
        if not done.resumed and not done.counts["done"]:
            return
    pytest.fail("it never comes to rest")


def _town(folder: Path, seed: int) -> tuple[Town, dict[str, MemoryCrm]]:
    """Three CRMs that have met, and edits, newcomers and a deletion since."""
    chance = random.Random(seed)  # noqa: S311  (as above)
    town = Town(folder, "people: {sync: [sf, hs, erp], first: prefer, deletes: propagate}")
    for name, text in {"sf": SF, "hs": HS, "erp": ERP}.items():
        town.map(name, text)
    crms = {"sf": town.crm("sf", LEAD), "hs": town.crm("hs", CONTACTS), "erp": town.crm("erp", PEOPLE)}
    leads = [crms["sf"].create("Lead", _person(n)) for n in range(6)]
    town.sync(overrides=["create"])
    for lead in chance.sample(leads, 4):
        crms["sf"].edit("Lead", lead, {"LastName": f"New {lead}", "City": "Bern"})
    there = sorted(crms["hs"].records("contacts"))
    crms["hs"].edit("contacts", chance.choice(there), {"phone": "+14155550999", "lastname": "Fox"})
    crms["erp"].create("People", {"mail": "eve@x.example", "name": "Low", "town": "Ulm"})
    crms["sf"].create("Lead", _person(7))
    crms["erp"].delete("People", chance.choice(sorted(crms["erp"].records("People"))))
    return town, crms


def _person(number: int) -> dict:
    return {"Email": f"p{number}@x.example", "LastName": f"Name {number}", "Phone": f"(415) 555-01{number:02}"}


def _seen(town: Town, crms: dict[str, MemoryCrm]) -> dict[str, object]:
    """What stands in the CRMs and what is remembered of it. Cursors count changes, so that they may differ."""
    with town.opened() as (_, store):
        known = remembered(store, MEMORY_OBJECTS)
    del known["cursors"]
    return {**known, **{f"{name} {object_}": crms[name].records(object_) for name, object_ in MEMORY_OBJECTS}}


@contextmanager
def _dying(step: int) -> Iterator[list[None]]:
    """The process dies at a transaction: just before it is durable at odd steps, just after it at even ones."""
    begin, transactions = Store.begin, list[None]()

    @contextmanager
    def dying(self: Store) -> Iterator[object]:
        with begin(self) as tx:
            yield tx
            transactions.append(None)
            if 2 * len(transactions) - 1 == step:
                raise Killed
        if 2 * len(transactions) == step:
            raise Killed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Store, "begin", dying)
        yield transactions
