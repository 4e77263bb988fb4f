"""Promise 11: a lead is converted whole or is as it was, whatever a CRM refuses; again yields the same ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from decimal import Decimal

from converting import Executor, World
from hypothesis import given, settings
from hypothesis import strategies as st

from leadbridge.plan.rows import SettleRow, WriteRow
from leadbridge.records import Ref

leads = st.fixed_dictionaries(
    {
        "first_name": st.sampled_from(["", "Ann", "Bob"]),
        "last_name": st.sampled_from(["King", "Day"]),
        "email": st.sampled_from(["", "a@x.example", "b@x.example", "c@x.example"]),
        "phone": st.sampled_from(["", "1", "2", "3"]),
        "company": st.sampled_from(["Acme", "Reuter", "Other"]),
        "budget": st.sampled_from([None, Decimal(0), Decimal(9)]),
        "opted_out_of_email": st.sampled_from([None, True, False]),
    }
)
contacts = st.fixed_dictionaries(
    {
        "last_name": st.sampled_from(["King", "Noel"]),
        "email": st.sampled_from(["", "a@x.example", "b@x.example"]),
        "phone": st.sampled_from(["", "2"]),
        "first_name": st.sampled_from(["", "Ada"]),
    }
)
accounts = st.fixed_dictionaries({"name": st.just("Acme"), "industry": st.sampled_from(["", "Food"])})


stories = st.tuples(
    st.lists(st.tuples(st.sampled_from(["crm", "fair"]), st.just("lead"), leads, st.booleans()), max_size=4),
    st.lists(st.tuples(st.just("crm"), st.just("contact"), contacts, st.booleans()), max_size=2),
    st.lists(st.tuples(st.just("crm"), st.just("account"), accounts, st.booleans()), max_size=1),
)
"""Connection, role, values, and whether a sync has seen the record; leads that have been seen have an activity too."""


Story = Sequence[Sequence[tuple[str, str, Mapping[str, object], bool]]]
apart_or_not = st.booleans()
"""Whether the CRM keeps leads and contacts in one object."""


def build(story: Story, both: bool = False) -> World:
    world = World()
    if both:
        world.have_both("crm")
    world.have("fair", "lead", writable=False)
    world.have("crm", "activity")
    for connection, role, values, remembered in (record for part in story for record in part):
        ref = world.put(connection, role, **values)
        if remembered:
            world.remember(ref)
        if remembered and role == "lead" and connection == "crm":
            world.put("crm", "activity", kind="call", subject="rang", person=ref.id)
    return world


def is_whole(world: World, lead: object) -> bool:
    link = world.links.get(lead)
    return link is not None and (link.state == "converted" or link.role == "contact")


def leads_of(world: World) -> list[Ref]:
    return [ref for ref in world.records if world.entry(ref).captured.role == "lead"]


@settings(max_examples=250, deadline=None)
@given(stories, st.sets(st.integers(1, 30), max_size=4), apart_or_not)
def test_a_lead_is_converted_whole_or_is_as_it_was(story: Story, refuse: set[int], both: bool) -> None:
    world = build(story, both)
    before, leads = deepcopy(world.records), leads_of(world)
    lowered = world.lower()
    executor = Executor(world, frozenset(refuse))
    executor.run(lowered)
    assert executor.stuck == []
    writes = [row for row in lowered.rows if isinstance(row, WriteRow) and row.undoes is None]
    stand = {n for row in writes for n in row.conversions} - executor.refused
    kept = {executor.done[row.number] for row in writes if stand & set(row.conversions)}
    # What nobody's standing conversion needs is as it was, or is no more.
    assert {ref: raws for ref, raws in world.records.items() if ref not in kept} == {
        ref: raws for ref, raws in before.items() if ref not in kept
    }
    assert kept <= set(world.records)
    for ref in leads:
        if is_whole(world, ref):
            assert ref.connection == "fair" or world.records[ref]["status"] == "converted"
            person = world.links[ref].golden
            (contact,) = {
                r for r, k in world.links.items() if (k.golden, k.role, k.state) == (person, "contact", "live")
            }
            assert world.records[contact]["organisation"] in {r.id for r in world.records if r.object == "accounts"}
        else:
            assert world.records[ref] == before[ref]
    # No golden record stands for nothing: each has a record, or is an opportunity or prospect kept here.
    held = {link.golden for ref, link in world.links.items() if ref in world.records}
    assert {g for g, known in world.goldens.items() if known.golden.subject in {"person", "organisation"}} <= held


@settings(max_examples=150, deadline=None)
@given(stories, st.sets(st.integers(1, 30), max_size=4), apart_or_not)
def test_again_converts_the_rest_and_yields_the_same_ids(story: Story, refuse: set[int], both: bool) -> None:
    world = build(story, both)
    leads = leads_of(world)
    world.convert(refuse)
    done = {ref: dict(raws) for ref, raws in world.records.items() if ref.object != "accounts"}
    whole = {ref for ref in leads if ref in world.links and world.links[ref].state == "converted"}
    world.convert()
    assert all(is_whole(world, ref) for ref in leads)
    people = {world.links[ref].golden for ref in leads}
    contacts = [r for r, k in world.links.items() if (k.role, k.state) == ("contact", "live") and k.golden in people]
    assert sorted(world.links[r].golden for r in contacts) == sorted(people)
    assert {ref: done[ref] for ref in whole} == {ref: world.records[ref] for ref in whole}
    third = world.lower()
    assert third.rows == ()


@settings(max_examples=150, deadline=None)
@given(stories, apart_or_not)
def test_a_new_record_says_what_its_golden_record_says_and_others_are_due(story: Story, both: bool) -> None:
    world = build(story, both)
    world.convert()
    for ref, link in world.links.items():
        if link.state == "live" and link.role in {"contact", "account"}:
            entry = world.entry(ref)
            wanted = {n: h.value for n, h in world.goldens[link.golden].golden.fields.items()}
            owed = entry.mapping.change(wanted, entry.raws).values
            assert not owed or ref in world.due, (ref, owed)


@settings(max_examples=100, deadline=None)
@given(stories, st.randoms(use_true_random=False), apart_or_not)
def test_the_rows_do_not_depend_on_the_order_of_the_records(story: Story, random: object, both: bool) -> None:
    world = build(story, both)
    expected = world.lower()
    order = list(world.records.items())
    random.shuffle(order)
    world.records = dict(order)
    assert world.lower() == expected


@settings(max_examples=100, deadline=None)
@given(stories, apart_or_not)
def test_rows_are_ordered_so_that_each_refers_to_what_is_there(story: Story, both: bool) -> None:
    world = build(story, both)
    lowered = world.lower()
    made: set[int] = set()
    for row in lowered.rows:
        if isinstance(row, SettleRow):
            assert {row.settle, row.undoes, *row.joined} - {None} <= made
        else:
            assert {row.settle, row.undoes, *row.refers.values()} - {None} <= made
            assert row.verb != "update" or row.undoes is not None or set(row.values) <= set(row.expected)
        made.add(row.number)
    undoes = [row.undoes for row in lowered.rows if isinstance(row, WriteRow) and row.undoes is not None]
    assert undoes == sorted(undoes, reverse=True)
