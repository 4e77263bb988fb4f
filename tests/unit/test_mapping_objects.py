"""Object mappings: which records they cover, what they read and what they write."""

from __future__ import annotations

from pathlib import Path

import pytest
from mapping_files import HEAD, mapping, record

from leadbridge.conditions import ConditionError
from leadbridge.values import MISSING, Raw

FIELDS = """\
fields:
  email: Mail
  first_name: {field: Name, as: split_name, part: first}
  last_name: {field: Name, as: split_name, part: last}
  phone: {field: Tel, region: US}
  status: {field: S, values: {new: NEW, working: [WIP, OPEN]}}
  created_at: {field: C, write: never}
  lead_source: {field: Src, write: create}
  country: {value: DE}
"""


class TestCovers:
    @pytest.mark.parametrize(
        ("values", "covered"),
        [
            ({"Art": "lead", "Sperre": "nein"}, True),
            ({"Art": "kunde", "Sperre": "nein"}, False),
            ({"Art": "lead", "Sperre": "ja"}, False),
            ({"Art": "lead"}, False),
            ({"Art": "lead", "Sperre": ""}, False),
            ({"Art": None, "Sperre": "nein"}, False),
        ],
    )
    def test_absent_values_decide_against(self, tmp_path: Path, values: dict[str, Raw], covered: bool) -> None:
        text = HEAD + "when: Art == 'lead'\nunless: Sperre == 'ja'\nfields: {email: M}\n"
        assert mapping(tmp_path, text).covers(values) is covered

    def test_without_conditions_all_records_are_covered(self, tmp_path: Path) -> None:
        assert mapping(tmp_path, HEAD + "fields: {email: M}\n").covers({})

    def test_a_condition_that_errs_is_for_the_row_to_be_rejected(self, tmp_path: Path) -> None:
        text = HEAD + "when: Staff > 10\nfields: {email: M}\n"
        with pytest.raises(ConditionError, match="compares or combines values of different types"):
            mapping(tmp_path, text).covers({"Staff": "12"})


def test_get_reads_what_it_can(tmp_path: Path) -> None:
    captured = mapping(tmp_path, HEAD + FIELDS).get(
        record(Mail="Ada@X.example", Name="King, Ada", Tel="call me", S="DONE", C="", Other="kept")
    )
    assert captured.values == {
        "email": "ada@x.example",
        "first_name": "Ada",
        "last_name": "King",
        "created_at": "",
        "country": "DE",
    }
    assert (captured.subject, captured.role, captured.ref.id) == ("person", "lead", "1")
    assert captured.record.values["Other"] == "kept"
    assert [(r.code, r.reason, r.remedy, r.source, r.provider_field, r.raw) for r in captured.rejects] == [
        (
            "bad_phone",
            "phone: not a phone number",
            "correct 'Tel' in the source, or how the mapping reads phone",
            "leads.csv:2",
            "Tel",
            {"Tel": "call me"},
        ),
        (
            "unknown_value",
            "status: the mapping's `values` do not name this value",
            "correct 'S' in the source, or how the mapping reads status",
            "leads.csv:2",
            "S",
            {"S": "DONE"},
        ),
    ]


def test_a_split_that_cannot_be_read_is_a_reject_of_all_its_fields(tmp_path: Path) -> None:
    captured = mapping(tmp_path, HEAD + FIELDS).get(record(Name="x" * 2000))
    assert [(r.code, r.provider_field) for r in captured.rejects] == [("too_long", "Name")]
    assert captured.rejects[0].reason.startswith("first_name, last_name: ")
    assert captured.values == {"country": "DE"}


def test_put_gives_what_must_change(tmp_path: Path) -> None:
    golden = {
        "email": "ada@y.example",
        "last_name": "Lovelace",
        "phone": "+14155550100",
        "status": "working",
        "created_at": "x",
        "lead_source": "Web",
        "country": "FR",
    }
    old = {"Mail": "ada@x.example", "Name": "Ada King", "Tel": "(415) 555-0100", "S": "OPEN", "C": "", "Src": "Fair"}
    assert mapping(tmp_path, HEAD + FIELDS).put(golden, old) == {"Mail": "ada@y.example", "Name": "Ada Lovelace"}


def test_put_leaves_fields_that_the_record_does_not_carry(tmp_path: Path) -> None:
    assert mapping(tmp_path, HEAD + FIELDS).put({"email": "a@x.example", "phone": "+14155550100"}, {"Tel": ""}) == {
        "Tel": "+14155550100"
    }


def test_put_and_blank(tmp_path: Path) -> None:
    found = mapping(tmp_path, HEAD + FIELDS)
    assert found.put({"email": ""}, {"Mail": "a@x.example"}) == {"Mail": ""}
    assert found.put({"email": MISSING}, {"Mail": "a@x.example"}) == {}


def test_create_sends_what_there_is_and_the_constants(tmp_path: Path) -> None:
    text = HEAD + "on_create: {Art: lead, S: WIP}\n" + FIELDS
    golden = {"email": "a@x.example", "status": "new", "lead_source": "Web", "phone": "", "last_name": "K"}
    assert mapping(tmp_path, text).create({**golden, "created_at": "x"}).values == {
        "Mail": "a@x.example",
        "Name": "K",
        "Src": "Web",
        "Art": "lead",
        "S": "WIP",
    }


def test_a_split_field_obeys_write(tmp_path: Path) -> None:
    text = HEAD + "fields: {last_name: {field: N, as: split_name, part: last, write: never}}\n"
    assert mapping(tmp_path, text).put({"last_name": "King"}, {"N": "Ada Day"}) == {}
    assert mapping(tmp_path, text).create({"last_name": "King"}).values == {}


def test_a_value_that_cannot_be_written_is_a_reject_and_the_others_go_on(tmp_path: Path) -> None:
    found = mapping(tmp_path, HEAD + FIELDS)
    golden = {"status": "lost", "email": "a@x.example"}
    changed, created = found.change(golden, {"S": "NEW", "Mail": ""}), found.create(golden)
    assert (changed.values, created.values) == ({"Mail": "a@x.example"}, {"Mail": "a@x.example"})
    for reject in (*changed.rejects, *created.rejects):
        assert (reject.code, reject.provider_field) == ("unknown_value", "S")
        assert reject.reason == (
            "status cannot be written to leads.csv: the mapping's `values` have no provider value for it"
        )
    assert len(changed.rejects) == len(created.rejects) == 1
