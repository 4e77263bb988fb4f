"""Identity, link states, departures and creates: order-free, idempotent, and never more than is proven."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st
from pure_world import CONNECTIONS, MAPPINGS, OBJECTS

from leadbridge.extend import Evidence, Pair
from leadbridge.golden import Golden, Held, Link
from leadbridge.merge.creating import Creating, Target, owed_creates
from leadbridge.merge.departing import Departing, depart, returned
from leadbridge.merge.identity import Identified, Known, NewGolden, identify
from leadbridge.merge.rekeying import rekeys
from leadbridge.merge.standing import Sights, stand
from leadbridge.merge.succession import ConversionEvent, Event, MergeEvent, resolve
from leadbridge.records import Captured, Record, Ref

REFS = st.builds(lambda at, n: Ref(at[0], at[1], str(n)), st.sampled_from(OBJECTS), st.integers(1, 4))
IDS = st.integers(1, 4).map(str)
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(
        lambda at, one, other: MergeEvent(Ref(at[0], at[1], one), Ref(at[0], at[1], other)),
        st.sampled_from(OBJECTS),
        IDS,
        IDS,
    ),
    st.builds(
        lambda lead, contact, made: ConversionEvent(Ref("sf", "Lead", lead), Ref("sf", "Contact", contact), made),
        IDS,
        IDS,
        st.booleans(),
    ),
)
PEOPLE = st.dictionaries(
    REFS,
    st.fixed_dictionaries(
        {"email": st.sampled_from(["", "a@x.example", "b@x.example"]), "phone": st.sampled_from(["", "4155550100"])}
    ),
    max_size=6,
)
STATES = st.sampled_from(["live", "surplus", "converted", "gone", "suspended"])


def judge(pairs: Sequence[Pair]) -> list[Evidence | None]:
    return [Evidence("same" if "email" in pair.keys else "unsure", "") for pair in pairs]


def captured(ref: Ref, values: dict[str, str]) -> Captured:
    return Captured(Record(ref, {}), "person", "lead", values)


@st.composite
def links(draw: st.DrawFn) -> list[Link]:
    """Links of one golden record."""
    refs = draw(st.lists(REFS, unique=True, max_size=6))
    return [
        Link(n, 1, ref, "lead", draw(STATES), {f"{ref.connection}_phone": "1"}, draw(st.integers(0, 2)))
        for n, ref in enumerate(refs, 1)
    ]


@st.composite
def sights(draw: st.DrawFn) -> Sights:
    covered = draw(st.dictionaries(REFS, st.booleans(), max_size=4))
    return Sights(
        {ref: MAPPINGS[ref.connection, ref.object] if yes else None for ref, yes in covered.items()},
        draw(st.frozensets(REFS, max_size=3)),
        resolve(draw(st.lists(EVENTS, max_size=2))),
    )


@settings(deadline=None)
@given(PEOPLE, st.lists(EVENTS, max_size=4), st.dictionaries(REFS, st.integers(1, 3), max_size=3), st.data())
def test_identity_is_order_free_and_never_unites_two_known_people_by_resemblance(
    people: dict[Ref, dict[str, str]], events: list[Event], known: dict[Ref, int], data: st.DataObject
) -> None:
    newcomers = [captured(ref, values) for ref, values in people.items() if ref not in known]
    linked = [Known(number, captured(ref, people.get(ref, {}))) for ref, number in known.items()]

    def found(order: Sequence[Event]) -> Identified:
        return identify(
            data.draw(st.permutations(newcomers)), data.draw(st.permutations(linked)), judge, resolve(order), {}
        )

    one, other = found(events), found([*data.draw(st.permutations(events)), *events[:1]])
    assert one == other
    assert one.owners.keys() == {record.ref for record in newcomers}
    assert bool(one.united) <= bool(events), "only the CRMs' own word unites golden records"
    assert {owner for owner in one.owners.values() if isinstance(owner, int)} <= set(known.values())
    made = sorted({o.number for o in one.owners.values() if isinstance(o, NewGolden)})
    assert made == list(range(1, len(made) + 1))


@settings(deadline=None)
@given(links(), sights(), st.data())
def test_link_states_are_order_free_and_settle_at_once(before: list[Link], seen: Sights, data: st.DataObject) -> None:
    after = stand(before, seen)
    assert stand(data.draw(st.permutations(before)), seen) == after
    assert stand(after, seen) == after, "promise 5: the same sights again change nothing"
    live = [(link.ref.connection, link.ref.object) for link in after if link.state == "live"]
    in_play = {(link.ref.connection, link.ref.object) for link in after if link.state in {"live", "surplus"}}
    assert sorted(live) == sorted(in_play), "one is live in every object that has any in play"
    assert [(a.id, a.base) for a in after] == [(b.id, b.base) for b in sorted(before, key=lambda link: link.ref)]


@settings(deadline=None)
@given(links(), sights(), st.sampled_from(["park", "propagate"]), st.booleans(), st.sets(st.sampled_from(CONNECTIONS)))
def test_nothing_is_deleted_without_proof(
    before: list[Link], seen: Sights, policy: str, edited: bool, targets: set[str]
) -> None:
    after = stand(before, seen)
    mappings = {link.ref: MAPPINGS[link.ref.connection, link.ref.object] for link in before}
    scene = Departing(before, after, mappings, edited, policy, targets)  # type: ignore[arg-type]
    golden = Golden(1, "person", {"phone": Held("1")})
    was_live = {link.ref for link in before if link.state == "live"}
    for departure in depart(golden, scene):
        assert departure.ref in was_live
        assert departure.ref in seen.gone | seen.succession.merged, "promise 4: there is proof"
        if departure.deletes:
            assert (policy, edited) == ("propagate", False)
            assert {link.state for link in departure.deletes} == {"live"}
            assert {link.ref.connection for link in departure.deletes} <= targets - {departure.ref.connection}
    quiet = Departing(after, stand(after, Sights()), mappings, policy="propagate", targets=targets)
    assert depart(golden, quiet) == (), "it is judged once"
    assert set(returned(before, after)) <= set(seen.covered)


@settings(deadline=None)
@given(links(), st.booleans(), st.sets(st.sampled_from(CONNECTIONS)), st.permutations(CONNECTIONS))
def test_nothing_is_made_where_any_link_exists(
    have: list[Link], withheld: bool, held: set[str], order: list[str]
) -> None:
    targets = [Target(c, tuple(m for (at, _), m in MAPPINGS.items() if at == c)) for c in order]
    golden = Golden(1, "person", {"phone": Held("1")})
    rows = owed_creates(golden, have, Creating(targets, withheld=withheld, held=held)).rows
    assert rows == owed_creates(golden, have[::-1], Creating(targets, withheld=withheld, held=held)).rows
    made = {row.connection for row in rows}
    assert len(made) == len(rows)
    assert not made & ({link.ref.connection for link in have} | held)
    if withheld or not any(link.state == "live" for link in have):
        assert not rows, "promise 3: an open question, or nobody is left"


@given(
    st.dictionaries(st.integers(1, 5), st.sampled_from(["", "1", "2"]), max_size=4),
    st.dictionaries(st.integers(6, 9), st.sampled_from(["", "1", "2"]), max_size=4),
)
def test_edited_keys_are_one_to_one_and_order_free(vanished: dict[int, str], appeared: dict[int, str]) -> None:
    old = [Link(n, n, Ref("web", "people", str(n)), "lead", base={"key": str(n), "a": v}) for n, v in vanished.items()]
    new = [Record(Ref("web", "people", str(n)), {"key": str(n), "a": v}) for n, v in appeared.items()]
    found = rekeys(old, new, "key")
    assert found == rekeys(old[::-1], new[::-1], "key")
    assert len(set(found.moved.values())) == len(found.moved)
    asked = {ref for question in found.ambiguous for ref in (*question.vanished, *question.appeared)}
    assert not asked & {*found.moved, *found.moved.values()}
    for before, after in found.moved.items():
        assert vanished[int(before.id)] == appeared[int(after.id)] != ""
