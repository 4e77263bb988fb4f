"""Promise 12, lossless mapping: the two laws of every kind of field, on both wires, with values nobody thought of."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mapping_files import HEAD, TYPED, load

from leadbridge.mapping.objects import ObjectMapping
from leadbridge.records import Record, Ref
from leadbridge.transforms.spec import UnreadableError
from leadbridge.values import MISSING, Raw, Value, is_absent

FIELDS = """\
fields:
  email: Mail
  first_name: {field: Name, as: split_name, part: first}
  middle_name: {field: Name, as: split_name, part: middle}
  last_name: {field: Name, as: split_name, part: last}
  phone: {field: Phone, region: US, style: national}
  company: {field: Company, as: company_name}
  title: {field: Title, case: lower}
  description: {field: Notes, truncate: 12}
  website: Web
  country: {field: Country, style: name}
  employees: {field: Staff, decimal_mark: ","}
  budget: {field: Budget, locale: de_DE}
  do_not_call: {field: Call, true_words: [nein], false_words: [ja]}
  created_at: {field: Created, format: "%d.%m.%Y", zone: Europe/Berlin, day_first: true}
  converted_at: {field: Converted, epoch: ms}
  status: {field: Status, values: {new: [NEW, Fresh], working: [OPEN, WIP]}, unknown: keep}
  stage: {field: Stage, values: {lead: L, prospect: [P, Q], customer: C}, reads: {X: lead}, unknown: missing}
  rating: {field: Rating, values: {hot: 1, cold: [0, false]}}
  topics: {field: Topics, values: {tea: [Tee, Chai], rum: Rum}}
"""
CUSTOM = "kind: fields\nperson: {topics: {type: multi_select, choices: [tea, rum]}}\n"


def _mappings() -> dict[str, ObjectMapping]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return {
            wire: load(folder, fields=CUSTOM, lead=head + FIELDS).objects[0]
            for wire, head in (("text", HEAD), ("typed", TYPED))
        }


MAPPINGS = _mappings()
COLUMNS = sorted({m.column for m in MAPPINGS["text"].fields if m.column})

WORDS = st.sampled_from(
    [
        *("Ada@X.example", "Dr. Ada King", "King, Ada B.", "(415) 555-0100", "+1 415 555 0100", "ACME Ltd.", "U.S."),
        *("www.x.example", "Germany", "1.234,50", "1,5", "-7", "0", "ja", "nein", "31.12.2025", "NEW", "fresh", "OPEN"),
        *(
            "2025-12-31T23:30:00Z",
            "L",
            "q",
            "x",
            "1",
            "false",
            "Tee;Rum",
            "chai",
            ";Tee",
            "1767225600000",
            "lead",
            "hot",
        ),
    ]
)
TEXTS = st.one_of(WORDS, st.text(max_size=15), WORDS.map(lambda word: f" {word.upper()}\n"))
TYPES = st.one_of(TEXTS, st.none(), st.booleans(), st.integers(-(10**9), 10**9), st.decimals(-1000, 1000, places=2))
WIRES = {"text": TEXTS, "typed": TYPES}


def rows(wire: str) -> st.SearchStrategy[dict[str, Raw]]:
    """Rows with some columns missing. A field that is written cut holds nothing longer."""
    return st.dictionaries(st.sampled_from(COLUMNS), WIRES[wire]).map(
        lambda row: {name: v[:12] if name == "Notes" and isinstance(v, str) else v for name, v in row.items()}
    )


def captured(wire: str, row: dict[str, Raw]) -> dict[str, Value]:
    return dict(MAPPINGS[wire].get(Record(Ref("c", "o", "1"), row)).values)


@pytest.mark.parametrize("wire", WIRES)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_law_1_what_was_only_read_is_not_written(wire: str, data: st.DataObject) -> None:
    row = data.draw(rows(wire))
    assert MAPPINGS[wire].put(captured(wire, row), row) == {}


@pytest.mark.parametrize("wire", WIRES)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_law_2_what_was_written_says_what_was_meant(wire: str, data: st.DataObject) -> None:
    """Golden values come from one record and are put over another, field by field."""
    mapping = MAPPINGS[wire]
    golden, old = captured(wire, data.draw(rows(wire))), data.draw(rows(wire))
    for fieldmap in mapping.fields:
        column = fieldmap.column or ""
        part = {field.name: golden[field.name] for field in fieldmap.targets if field.name in golden}
        if len(part) < len(fieldmap.targets):
            continue
        try:
            meant = fieldmap.get({column: fieldmap.put(part, MISSING)})
        except UnreadableError:
            continue
        raw = old.get(column, MISSING)
        try:
            fieldmap.get({column: raw})
        except UnreadableError:
            assert fieldmap.put(part, raw) is raw
            continue
        now = fieldmap.put(part, raw)
        back = fieldmap.get({column: now})
        if not back:  # the value that stands there is missing by the mapping's own word: the field abstains
            assert now is raw
            continue
        again = fieldmap.get({column: fieldmap.put(back, MISSING)})
        for field in fieldmap.targets:
            assert field.kind.equivalent(again.get(field.name), meant.get(field.name)), (field.name, part, raw)


@pytest.mark.parametrize("wire", WIRES)
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_written_once_nothing_is_left_to_write(wire: str, data: st.DataObject) -> None:
    """Promise 1 for one record: after the write, put finds nothing more to change."""
    mapping = MAPPINGS[wire]
    golden, old = captured(wire, data.draw(rows(wire))), data.draw(rows(wire))
    written = old | mapping.put(golden, old)
    assert mapping.put(golden, written) == {}


@pytest.mark.parametrize("wire", WIRES)
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_reading_gives_values_of_the_right_type_or_a_reject_that_holds_no_value(wire: str, data: st.DataObject) -> None:
    row = data.draw(rows(wire))
    found = MAPPINGS[wire].get(Record(Ref("c", "o", "1"), row))
    fields = MAPPINGS[wire].subject.fields
    for name, value in found.values.items():
        assert fields[name].kind.accepts(value)
    for reject in found.rejects:
        assert reject.raw == {reject.provider_field: row[reject.provider_field]}
        assert not is_absent(row[reject.provider_field])
