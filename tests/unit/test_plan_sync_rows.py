"""Rows of a sync plan: their numbers, their text, and what they say to people."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from merging import PREFER, golden, mapping, side

from leadbridge.golden import Link
from leadbridge.merge.creating import Create
from leadbridge.merge.departing import Departure
from leadbridge.merge.model import Candidate, Conflict, Merged, Move, Question
from leadbridge.merge.record import merge
from leadbridge.plan import sync_drafting as drafting
from leadbridge.plan.row_text import Digest, canonical, cells, digest, row_of
from leadbridge.plan.sync_rows import (
    Asked,
    FieldChange,
    LinkChange,
    PlanRow,
    Settle,
    Write,
    by_place,
    by_reason,
    number_all,
)
from leadbridge.records import Ref
from leadbridge.values import MISSING

LEAD = Ref("sf", "Lead", "1")


def write(verb: str = "update", connection: str = "sf", object_: str = "Lead", id_: str | None = "1", **more: object):  # type: ignore[no-untyped-def]
    plain = Write(verb, connection, object_, 1, "person", "lead", id_)  # type: ignore[arg-type]
    return replace(plain, **more)  # type: ignore[arg-type]


ROWS = [
    Settle(2, "person", due=(1,)),
    Settle(10, "person", due=(2,)),
    write("create", "hs", "companies", None, subject="organisation", golden=44),
    write("create", "hs", "contacts", None, golden=9, refers={"company": 44, "boss": 99}),
    write("create", "hs", "contacts", None, golden=10),
    write("update", "hs", "contacts", "9"),
    write("update", "hs", "contacts", "10"),
    write("delete", "hs", "contacts", "3"),
    write("update", "sf", "Account", "5", subject="organisation"),
    write("update", "sf", "Lead", "4"),
]


@given(st.permutations(ROWS))
def test_numbers_do_not_depend_on_the_order_in_which_rows_were_planned(rows: list[Settle | Write]) -> None:
    assert [row.body for row in number_all(rows)] == ROWS
    assert [row.number for row in number_all(rows)] == list(range(1, 11))


def test_a_row_refers_to_the_row_that_makes_the_record_and_stands_after_it() -> None:
    rows = number_all(ROWS)
    assert [(row.number, row.refers, row.depends) for row in rows if row.refers] == [(4, {"company": 3}, (3,))]


VALUES = st.one_of(
    st.none(),
    st.text(max_size=5),
    st.integers(),
    st.booleans(),
    st.decimals(allow_nan=False),
    st.dates(),
    st.datetimes(timezones=st.just(UTC)),
    st.lists(st.text(max_size=3), max_size=2).map(tuple),
    st.just(MISSING),
)
RAWS = st.dictionaries(
    st.text(max_size=5),
    st.one_of(st.none(), st.text(max_size=5), st.integers(), st.booleans(), st.decimals(allow_nan=False)),
    max_size=3,
)
TEXT = st.text(max_size=5)
CANDIDATES = st.builds(
    Candidate,
    VALUES,
    TEXT,
    st.none() | st.builds(Ref, TEXT, TEXT, TEXT),
    st.none() | st.datetimes(timezones=st.just(UTC)),
)
WRITES = st.builds(
    Write,
    verb=st.sampled_from(["create", "update", "delete"]),
    connection=TEXT,
    object=TEXT,
    golden=st.integers(0, 9),
    subject=TEXT,
    role=TEXT,
    id=st.none() | TEXT,
    link=st.none() | st.integers(0, 9),
    values=RAWS,
    expected=RAWS,
    key=st.none() | TEXT,
    refers=st.dictionaries(TEXT, st.integers(0, 9), max_size=2),
    said=st.lists(st.builds(FieldChange, TEXT, VALUES, VALUES, TEXT, TEXT), max_size=3).map(by_reason),
    label=TEXT,
)
SETTLES = st.builds(
    Settle,
    golden=st.integers(0, 9),
    subject=TEXT,
    version=st.integers(0, 9),
    unites=st.lists(st.integers(0, 9), max_size=2).map(tuple),
    taken=st.lists(st.builds(Move, TEXT, VALUES, CANDIDATES, TEXT), max_size=3).map(by_place),
    bases=st.dictionaries(st.integers(0, 9), RAWS, max_size=2),
    links=st.lists(
        st.builds(LinkChange, st.integers(0, 9), st.builds(Ref, TEXT, TEXT, TEXT), TEXT, st.just("gone"), base=RAWS),
        max_size=2,
    ).map(tuple),
    conflicts=st.lists(
        st.builds(Conflict, st.integers(0, 9), TEXT, CANDIDATES, st.lists(CANDIDATES, max_size=2).map(tuple), TEXT),
        max_size=1,
    ).map(tuple),
    questions=st.lists(
        st.builds(Question, st.integers(0, 9), TEXT, st.lists(CANDIDATES, max_size=2).map(tuple), TEXT), max_size=1
    ).map(tuple),
    asked=st.lists(
        st.builds(Asked, st.just("delete"), st.lists(st.builds(Ref, TEXT, TEXT, TEXT), max_size=2).map(tuple), TEXT),
        max_size=1,
    ).map(tuple),
    cleared=st.lists(st.builds(Ref, TEXT, TEXT, TEXT), max_size=1).map(tuple),
)
PLAN_ROWS = st.builds(
    PlanRow, st.integers(1, 9), WRITES | SETTLES, st.dictionaries(TEXT, st.integers(1, 9), max_size=2)
)


@given(PLAN_ROWS)
def test_a_row_read_back_is_the_row_that_was_written(row: PlanRow) -> None:
    text = canonical(row)
    again = row_of(text)
    assert (again, canonical(again)) == (row, text)
    assert "\n" not in text


def test_zero_false_blank_and_null_stay_apart_in_a_row() -> None:
    values = {"a": 0, "b": False, "c": "", "d": None, "e": Decimal("1.10")}
    again = row_of(canonical(PlanRow(1, write(values=values)))).body
    assert isinstance(again, Write)
    assert {k: (type(v), v) for k, v in again.values.items()} == {k: (type(v), v) for k, v in values.items()}


def test_equal_rows_give_equal_text_whatever_the_order_of_their_fields() -> None:
    one, other = {"a": 1, "b": 2}, {"b": 2, "a": 1}
    assert canonical(PlanRow(1, write(values=one))) == canonical(PlanRow(1, write(values=other)))


def test_the_digest_is_of_all_lines_in_their_order() -> None:
    rows = number_all(ROWS)
    lines = [canonical(row) for row in rows]
    assert tuple(map(row_of, lines)) == rows
    found = Digest()
    for line in lines:
        found.add(line)
    assert found.text == digest(rows)
    assert digest(rows[::-1]) != digest(rows)
    assert digest(rows[1:]) != digest(rows)


def test_the_table_for_people_has_a_line_per_field_and_calls_no_formula() -> None:
    changes = (
        FieldChange("phone", "+1 (415) 555-0100", "+14155550101", "prefer", "hs:contacts:9"),
        FieldChange("city", None, "=HYPERLINK()", "lone change", "hs"),
        FieldChange("tags", ("a", "b"), True, "@x"),
        FieldChange("born", MISSING, date(2000, 1, 2), "", ""),
    )
    rows = [
        PlanRow(1, Settle(1, "person")),
        PlanRow(2, write(said=by_reason(changes), label="Ada"), {"account": 1}),
        PlanRow(3, write("delete")),
    ]
    assert [",".join(line) for line in cells(rows)] == [
        "2,update,sf,Lead,1,Ada,phone,+1 (415) 555-0100,+14155550101,prefer,hs:contacts:9,",
        "2,update,sf,Lead,1,Ada,city,,=HYPERLINK(),lone change,hs,",
        "2,update,sf,Lead,1,Ada,tags,a; b,true,@x,,",
        "2,update,sf,Lead,1,Ada,born,,2000-01-02,,,",
        "2,update,sf,Lead,1,Ada,account,,@1,refers to row,,",
        "3,delete,sf,Lead,1,,,,,,,",
    ]


# --- from the merge's decisions to rows


def merged_phone() -> Merged:
    sides = side("sf", {"phone": "1"}), side("hs", {"phone": "1"}, {"phone": "2"})
    return merge(golden(phone="1"), sides, PREFER, 7)


def test_an_update_says_what_changes_by_which_rule_and_from_whom() -> None:
    merged = merged_phone()
    row = drafting.update(merged.owed[0], merged, mapping("sf"))
    assert (row.values, row.expected, row.id, row.link) == ({"sf_phone": "2"}, {"sf_phone": "1"}, "1", 1)
    assert row.changes == (FieldChange("phone", "1", "2", "lone change", "hs:Lead:2"),)


def test_an_update_that_an_earlier_run_owed_names_golden_and_its_origin() -> None:
    merged = merge(golden(phone=("2", "hs")), [side("sf", {"phone": "1"}), side("hs", {"phone": "2"})], PREFER, 8)
    assert drafting.update(merged.owed[0], merged, mapping("sf")).changes == (
        FieldChange("phone", "1", "2", "golden", "hs"),
    )


def test_a_create_names_records_that_exist_by_id_and_those_of_the_plan_by_their_golden_record() -> None:
    made = Create(1, "hs", mapping("hs"), {"hs_phone": "1"}, {"account": 44, "owner": 45})
    row = drafting.create(made, merged_phone(), "key", {("hs", 44): "A7"})
    assert (row.values, row.refers, row.key) == ({"hs_phone": "1", "account": "A7"}, {"owner": 45}, "key")
    assert row.changes == (FieldChange("phone", MISSING, "2", "lone change", "hs:Lead:2"),)


def test_a_delete_expects_what_was_known_and_shows_what_goes() -> None:
    link = Link(3, 1, LEAD, "lead")
    raws = {"sf_phone": "1", "sf_city": ""}
    row = drafting.delete(link, golden(phone="1"), mapping("sf"), raws, Departure(Ref("hs", "Lead", "2"), "propagated"))
    assert (row.verb, row.id, row.expected, row.values) == ("delete", "1", raws, {})
    assert row.changes == (FieldChange("phone", "1", MISSING, "propagated", "hs:Lead:2"),)


def test_nothing_that_moves_is_no_row() -> None:
    links = [Link(1, 1, LEAD, "lead")]
    assert drafting.settle(drafting.Turn(3, golden(phone="1"), Merged(golden(phone="1")), links, links)) is None


def test_a_settle_row_holds_all_that_moves_in_one_transaction() -> None:
    merged = merged_phone()
    old, new = Link(1, 1, LEAD, "lead"), Link(4, 1, Ref("hs", "Lead", "2"), "lead", base={"a": 1}, age=9)
    gone = replace(old, state="gone")
    write_ = drafting.update(merged.owed[0], merged, mapping("sf"))
    departures = [Departure(LEAD, "parked"), Departure(LEAD, "no_consequence")]
    turn = drafting.Turn(3, golden(phone="1"), merged, [old], [gone, new], (), [write_], departures)
    row = drafting.settle(replace(turn, captured={new.ref}))
    assert row == Settle(
        1,
        "person",
        3,
        taken=by_place(merged.moves),
        bases={2: {"hs_phone": "2"}},
        links=(
            LinkChange(4, new.ref, "lead", "live", base={"a": 1}, age=9),
            LinkChange(1, LEAD, "lead", "gone", "live"),
        ),
        asked=(Asked("delete", (LEAD,), "the record was deleted; delete it elsewhere too?"),),
        due=(1,),
    )


def test_what_golden_takes_from_a_record_that_united_with_it_moves_too() -> None:
    one = replace(golden(phone="1"), id=4)
    row = drafting.settle(drafting.Turn(3, one, Merged(replace(golden(phone="1", city="Rome"), id=4)), unites=(9, 8)))
    assert row is not None
    assert (row.unites, row.moves) == ((8, 9), (Move("city", MISSING, Candidate("Rome", "sf"), "united"),))


def test_a_promoted_link_that_nobody_read_is_due() -> None:
    twin = Link(2, 1, Ref("sf", "Lead", "2"), "lead", "surplus")
    turn = drafting.Turn(3, golden(), Merged(golden()), [twin], [replace(twin, state="live")])
    row, read = drafting.settle(turn), drafting.settle(replace(turn, captured={twin.ref}))
    assert row is not None
    assert read is not None
    assert (row.due, read.due) == ((2,), ())


def test_a_link_whose_key_was_edited_names_the_ref_it_had() -> None:
    old = Link(1, 1, LEAD, "lead")
    moved = replace(old, ref=Ref("sf", "Lead", "b"))
    row = drafting.settle(drafting.Turn(3, golden(), Merged(golden()), [old], [moved]))
    assert row is not None
    assert row.links == (LinkChange(1, moved.ref, "lead", "live", "live", before=LEAD),)


def test_a_moment_in_a_row_is_kept_in_utc() -> None:
    moment = datetime(2025, 1, 2, 3, 4, 5, 6, tzinfo=UTC)
    row = PlanRow(
        1, Settle(1, "person", taken=by_place([Move("phone", MISSING, Candidate("1", "sf", None, moment), "newest")]))
    )
    assert row_of(canonical(row)) == row
