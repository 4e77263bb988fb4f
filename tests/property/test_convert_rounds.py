"""Leads that are planned round by round are planned as if all records were looked at together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from offices import contact, convert, everything, lead, native_office, office
from town import Town, nobody

from leadbridge.jobs.convert import planning
from leadbridge.jobs.convert.rounds import rounds
from leadbridge.jobs.convert.shelf import Shelf
from leadbridge.jobs.sync import api
from leadbridge.plan.sync_rows import PlanRow, Settle, Write

JOBS = """people: {sync: [crm, fair], roles: [lead, contact, account]}
convert: {convert: [crm, fair], policy: convert.yaml}"""

NAMES = st.sampled_from(["", "Ada", "Bob"])
EMAILS = st.sampled_from(["", "a@x.example", "b@x.example", "c@y.example", "d@z.example"])
PHONES = st.sampled_from(["", "+14155550100", "+14155550101"])
COMPANIES = st.sampled_from(["", "Acme", "Reuter", "Other"])
CRMS = st.sampled_from(["crm", "fair"])

PEOPLE = st.fixed_dictionaries({"first_name": NAMES, "last_name": st.just("King"), "email": EMAILS, "phone": PHONES})
LEADS = st.tuples(CRMS, PEOPLE, COMPANIES, st.sampled_from(["working", "new"]), st.sampled_from([0, 5]), st.booleans())
CONTACTS = st.tuples(CRMS, PEOPLE, st.sampled_from([None, 0, 1]))
ACCOUNTS = st.tuples(CRMS, st.sampled_from(["Acme", "Reuter", "Noone"]))
WORLDS = st.tuples(
    st.lists(ACCOUNTS, max_size=3), st.lists(CONTACTS, max_size=3), st.lists(LEADS, min_size=1, max_size=6)
)
World = tuple[Sequence[tuple[object, ...]], Sequence[tuple[object, ...]], Sequence[tuple[object, ...]]]


def build(folder: Path, make: Callable[..., Town], world: World, synced: int) -> Town:
    """The first leads are there when a sync runs; the others come after it."""
    town = make(folder, JOBS, "crm", "fair")
    accounts, contacts, leads = world
    ids: dict[object, list[str]] = {"crm": [], "fair": []}
    for crm, name in accounts:
        ids[crm].append(town.crm(str(crm)).create("Accounts", {"name": str(name), "industry": ""}))
    for crm, person, at in contacts:
        named = ids[crm][at] if isinstance(at, int) and at < len(ids[crm]) else ""
        contact(town.crm(str(crm)), **person, organisation=named)  # type: ignore[arg-type]
    for number, (crm, person, company, status, budget, called) in enumerate(leads):
        if number == synced and number:
            town.sync()
        more = {"company": company, "status": status, "budget": budget}
        id_ = lead(town.crm(str(crm)), **person, **more)  # type: ignore[arg-type]
        if called:
            town.crm(str(crm)).create("Activitys", {"subject": f"rang {number}", "person": id_, "organisation": ""})
    return town


def together(shelf: Shelf) -> Iterator[list[int]]:
    yield list(range(1, shelf.size + 1))


def one_by_one(shelf: Shelf) -> Iterator[list[int]]:
    return rounds(shelf, 1)


def planned(town: Town, way: Callable[[Shelf], Iterator[list[int]]]) -> tuple[list[str], object]:
    with pytest.MonkeyPatch.context() as patch, town.opened() as (workspace, store):
        patch.setattr(planning, "rounds", way)
        outcome = api.make_plan(workspace, store, "convert", nobody)
        rows = list(api.rows(store, outcome.plan))
    return spelled(rows), (outcome.writes, outcome.settles, outcome.questions, outcome.rejects, outcome.notes)


def spelled(rows: Sequence[PlanRow]) -> list[str]:
    """Rows in an order of their own, naming each other by what they say; without numbers that are given out in turn."""
    by_number = {row.number: row for row in rows}

    def named(number: int | None) -> object:
        return None if number is None else said(by_number[number])

    def said(row: PlanRow) -> object:
        body = row.body
        undoes, needed = named(body.undoes), len(body.conversions)
        if isinstance(body, Write):
            native = body.native and (
                body.native.part,
                sorted(map(repr, map(named, body.native.by))),
                named(body.native.record),
                body.native.makes,
                sorted(body.native.into.items()),
            )
            refers = {column: named(number) for column, number in sorted(row.refers.items())}
            values = sorted(body.values.items()), sorted(body.expected.items(), key=repr)
            head = body.verb, body.connection, body.object, body.role, body.id, body.key, body.owes_more, body.label
            return *head, values, refers, native, undoes, needed, [(c.field, c.old, c.new) for c in body.changes]
        return settled(body), undoes, needed

    for row in rows:  # a row is named by rows behind it alone
        before = [*row.refers.values(), *([row.body.undoes] if row.body.undoes else [])]
        assert all(number < row.number for number in before)
    return sorted(repr(said(row)) for row in rows)


def settled(body: Settle) -> object:
    moves = [(m.field, str(m.new.value), m.rule) for m in body.moves if m.field not in {"organisation", "contact"}]
    links = sorted((str(k.ref), k.role, k.state, k.was, sorted(k.base.items(), key=repr)) for k in body.links)
    conflicts = sorted((c.field, str(c.winner), [str(one) for one in c.losers]) for c in body.conflicts)
    plain = [(name, value, rule) for name, value, rule in moves if name != "qualified_at"]
    return body.subject, body.version, sorted(plain), links, conflicts, len(body.unites), len(body.due)


@pytest.mark.parametrize("make", [office, native_office])
def test_rounds_decide_what_is_decided_together(make: Callable[..., Town]) -> None:
    @settings(max_examples=15, deadline=None)
    @given(WORLDS, st.integers(0, 5))
    def holds(world: World, synced: int) -> None:
        with TemporaryDirectory() as folder:
            whole, lean = (build(Path(folder) / name, make, world, synced) for name in ("whole", "lean"))
            assert planned(lean, one_by_one) == planned(whole, together)

    holds()


def test_a_plan_of_several_rounds_is_carried_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "rounds", one_by_one)
    town = native_office(tmp_path, "convert: {convert: [crm], policy: convert.yaml}")
    crm = town.crm("crm")
    for number in range(5):
        more = {"company": f"Firm {number % 3}", "status": "working", "budget": number}
        lead(crm, first_name="Ada", last_name=f"King{number}", email=f"a{number}@x{number}.example", **more)
    outcome = convert(town)
    assert (outcome.state, outcome.counts["rejected"]) == ("done", 0)
    records = everything(crm)
    assert {one["status"] for one in records["Leads"].values()} == {"converted"}
    assert (len(records["Accounts"]), len(records["Contacts"]), len(records["Opportunitys"])) == (3, 5, 4)
    assert convert(town).counts["done"] == 0
