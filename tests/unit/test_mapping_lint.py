"""Lint: each check fires where it should, with its position and words, and stays silent where it should."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from mapping_files import HEAD, TYPED, findings

from leadbridge.mapping.lint import Connected
from leadbridge.provider import FieldDescription, ObjectDescription

FIELDS = "fields: {email: Mail, last_name: Name}\n"


class TestFields:
    def test_a_sound_mapping(self, tmp_path: Path) -> None:
        assert findings(tmp_path, lead=HEAD + "key: Mail\n" + FIELDS) == []

    def test_two_fields_write_one_column(self, tmp_path: Path) -> None:
        lines = "fields:\n  email: Mail\n  title: {field: Mail, as: text}\n  city: {field: Mail, write: never}\n"
        assert findings(tmp_path, lead=HEAD + lines) == [
            "doubly_written lead.yaml:7:18: fields.title.field: 'Mail' is written by 'email' too;"
            " give one of them `write: never`"
        ]

    def test_the_parts_of_a_name_are_one_writer(self, tmp_path: Path) -> None:
        lines = "first_name: {field: N, as: split_name, part: first}, last_name: {field: N, as: split_name, part: last}"
        assert findings(tmp_path, lead=HEAD + f"fields: {{{lines}}}\n") == []

    def test_on_create_against_a_mapped_field(self, tmp_path: Path) -> None:
        lines = "on_create: {S: NEW, T: x}\nfields:\n  status: {field: S, values: {new: NEW}}\n  stage: T\n"
        assert findings(tmp_path, lead=HEAD + lines) == [
            "on_create_overrules lead.yaml:5:13: warning: on_create.S: new records get this instead of the value of"
            " 'status'; leave it out here, or map it `write: never`",
            "on_create_unreadable lead.yaml:5:24: on_create.T: 'stage' cannot read this value back; add it to the"
            " field's `values`, or choose another",
        ]

    def test_on_create_of_what_when_asks_for(self, tmp_path: Path) -> None:
        lines = "when: S == 'NEW'\non_create: {S: NEW}\nfields:\n  status: {field: S, values: {new: NEW}}\n"
        assert findings(tmp_path, lead=HEAD + lines) == []

    def test_key(self, tmp_path: Path) -> None:
        assert findings(tmp_path, lead=HEAD + "key: Mial\n" + FIELDS) == [
            "key_unmapped lead.yaml:5:6: warning: key: no field maps 'Mial', by which records are told apart"
            " (did you mean 'Mail'?)"
        ]

    def test_values_that_do_not_come_back(self, tmp_path: Path) -> None:
        lines = (
            "fields:\n  status: {field: S, values: {new: O, working: O, done: D},"
            " reads: {O: working, E: dne, D: done}}\n"
        )
        assert findings(tmp_path, lead=HEAD + lines) == [
            "not_read_back lead.yaml:6:31: fields.status.values.new: is written as 'O', which reads as 'working';"
            " write it as a value of its own",
            "reads_stranger lead.yaml:6:81: warning: fields.status.reads.E: `values` do not name this provider value",
            "reads_unwritable lead.yaml:6:84: fields.status.reads.E: 'dne' is read but cannot be written; name it in"
            " `values` (did you mean 'done'?)",
        ]

    def test_keep_on_a_field_with_a_list(self, tmp_path: Path) -> None:
        lines = "fields: {rating: {field: R, values: {hot: H}, unknown: keep}}\n"
        assert findings(tmp_path, lead=HEAD + lines) == [
            "keeps_strangers lead.yaml:5:56: warning: fields.rating.unknown: lets in values that rating does not"
            " have; use `reject` or `missing`"
        ]

    def test_examples_of_other_fields(self, tmp_path: Path) -> None:
        lines = FIELDS + "tests: [{from: {Mail: x}, gives: {emial: x}}]\n"
        assert findings(tmp_path, lead=HEAD + lines) == [
            "unknown_field lead.yaml:6:35: tests[0].gives.emial: this mapping does not fill it (did you mean 'email'?)"
        ]


class TestNewRecords:
    @pytest.mark.parametrize(
        ("lines", "found"),
        [
            ("when: A == 'x'\non_create: {A: x}\n", ""),
            (
                "when: A == 'x'\non_create: {A: y}\n",
                "on_create_outside 6:1: on_create: a new record with these values is not covered by `when`",
            ),
            (
                "when: A == 'x'\non_create: {B: x}\n",
                "on_create_outside 6:1: on_create: a new record with these values is not covered by `when`",
            ),
            (
                "when: A == 'x'\n",
                "on_create_missing 5:7: warning: when: a new record would not be covered;"
                " say in `on_create` what it gets",
            ),
            ("when: Mail != 'x'\n", ""),
            (
                "unless: A == 'x'\non_create: {A: x}\n",
                "on_create_outside 6:1: on_create: `unless` excludes a record with these values",
            ),
            ("unless: A == 'x'\non_create: {A: y}\n", ""),
            (
                "unless: A == 'x'\n",
                "on_create_missing 5:9: warning: unless: is undecided for a new record, which is then not covered;"
                " say in `on_create` what it gets",
            ),
            (
                "when: A > 3\non_create: {A: x}\n",
                "on_create_outside 6:1: on_create: `when` errs on it: the condition 'A > 3' compares or combines values"
                " of different types",
            ),
            (
                "unless: A > 3\non_create: {A: x}\n",
                "on_create_outside 6:1: on_create: `unless` errs on it: the condition 'A > 3' compares or combines"
                " values of different types",
            ),
        ],
    )
    def test_must_be_covered(self, tmp_path: Path, lines: str, found: str) -> None:
        expected = [found.replace(" ", " lead.yaml:", 1)] if found else []
        assert findings(tmp_path, lead=HEAD + lines + FIELDS) == expected

    def test_a_mapping_that_writes_nothing_makes_no_records(self, tmp_path: Path) -> None:
        lines = "when: A == 'x'\nfields: {email: {field: M, write: never}}\n"
        assert findings(tmp_path, lead=HEAD + lines) == []

    def test_one_that_is_only_read_makes_none_either(self, tmp_path: Path) -> None:
        lines = "write: never\nwhen: A == 'x'\n"
        assert findings(tmp_path, lead=HEAD + lines + FIELDS) == []
        assert findings(tmp_path, lead=HEAD + lines + "on_create: {A: x}\n" + FIELDS) == [
            "on_create_unwritten lead.yaml:7:1: on_create: the mapping says `write: never`, so no record is made;"
            " take one of the two out"
        ]


class TestOverlaps:
    @pytest.mark.parametrize(
        ("first", "second", "shown"),
        [
            ("", "", "every record, or one with nothing in it"),
            ("when: A == 'x'\non_create: {A: x}\n", "", "a record with A 'x'"),
            ("when: A == 'x'\non_create: {A: x}\n", "when: A == 'y'\non_create: {A: y}\n", ""),
            (
                "when: A in ['x', 'y']\non_create: {A: x}\n",
                "when: A == 'y'\non_create: {A: y}\n",
                "a record with A 'y'",
            ),
            (
                "when: A == 'x'\non_create: {A: x}\n",
                "when: B == 'y'\non_create: {B: y}\n",
                "a record with A 'x', B 'y'",
            ),
            ("when: A == 'x'\non_create: {A: x}\n", "unless: A == 'x'\non_create: {A: y}\n", ""),
            ("when: A.startsWith('x')\non_create: {A: x}\n", "unless: A.startsWith('x')\non_create: {A: y}\n", ""),
            ("when: int(A) > 10\non_create: {A: 11}\n", "when: int(A) <= 10\non_create: {A: 1}\n", ""),
            (
                "when: int(A) > 10\non_create: {A: 11}\n",
                "when: int(A) < 12\non_create: {A: 1}\n",
                "a record with A '11'",
            ),
            (
                "when: record['Lead Type'] == 'x'\non_create: {Lead Type: x}\n",
                "when: record['Lead Type'] != 'y'\non_create: {Lead Type: z}\n",
                "a record with Lead Type 'something else'",
            ),
        ],
    )
    def test_two_mappings_of_an_object(self, tmp_path: Path, first: str, second: str, shown: str) -> None:
        second_at = ("5:7: when", "3:9: object")[not second.startswith("when")]
        found = findings(tmp_path, a=HEAD + first + FIELDS, b=HEAD + second + FIELDS)
        if shown.startswith("a record with Lead Type"):
            shown = "a record with Lead Type 'x'"
        advice = "give both a `when` that leaves out the other's records"
        expected = f"overlap b.yaml:{second_at}: a.yaml covers {shown} too; {advice}"
        assert found == ([expected] if shown else [])

    def test_typed_records_are_tried_with_types(self, tmp_path: Path) -> None:
        a, b = (TYPED + f"when: A == {value}\non_create: {{A: {value}}}\n" + FIELDS for value in ("true", "false"))
        assert findings(tmp_path, a=a, b=b) == []
        c = TYPED + "when: A == true\non_create: {A: true}\n" + FIELDS
        assert [one.split(":")[0] for one in findings(tmp_path, c=c)] == ["overlap c.yaml"]

    @pytest.mark.parametrize("other", ["object: other.csv", "connection: web"])
    def test_mappings_of_other_records(self, tmp_path: Path, other: str) -> None:
        first = HEAD + "connection: fair\n" + FIELDS
        second = (HEAD.replace("object: leads.csv", other) if "object" in other else f"{HEAD}{other}\n") + FIELDS
        assert findings(tmp_path, a=first, b=second) == []

    def test_one_for_a_connection_and_one_for_all(self, tmp_path: Path) -> None:
        found = findings(tmp_path, a=HEAD + "connection: fair\n" + FIELDS, b=HEAD + FIELDS)
        assert [one.split()[0] for one in found] == ["overlap"]

    def test_many_names_are_sampled(self, tmp_path: Path) -> None:
        """Too many combinations to try them all; the same ones are drawn each time."""
        names = [f"F{n}" for n in range(9)]
        a = "when: " + " || ".join(f"{name} == 'v{name}'" for name in names) + "\non_create: {F0: vF0}\n"
        b = "when: " + " || ".join(f"{name} == 'w{name}'" for name in names) + "\non_create: {F0: wF0}\n"
        found = findings(tmp_path, a=HEAD + a + FIELDS, b=HEAD + b + FIELDS)
        assert [one.split()[0] for one in found] == ["overlap"]
        assert found == findings(tmp_path)


def described(*fields: FieldDescription, writable: bool = True, key: str | None = None) -> dict[str, Connected]:
    return {"fair": Connected("csv", [ObjectDescription("leads.csv", fields, key=key, writable=writable)])}


class TestDescribed:
    def test_values_that_the_record_type_of_a_new_record_has_not(self, tmp_path: Path) -> None:
        fields = "fields:\n  email: E-Mail\n  rating: {field: Class, values: {hot: A, warm: B, cold: C}}\n"
        told = described(FieldDescription("E-Mail"), FieldDescription("Class", options=("A", "B", "C")))
        assert findings(tmp_path, told, lead=HEAD + fields) == []
        narrow = {"fair": replace(told["fair"], narrowed={"lead.yaml": {"Class": ("A", "C")}})}
        assert findings(tmp_path, narrow, lead=HEAD + fields) == [
            "option_not_allowed lead.yaml:7:49: warning: fields.rating.values.warm: 'warm' is written as 'B', which"
            " a new record may not hold in 'Class'; its record type has 'A', 'C'"
        ]

    def test_constants_of_new_records(self, tmp_path: Path) -> None:
        lines = "on_create: {A: Web, B: x;Z, C: NO-DE, D: abcd, E: some, F: '', G: 1, H: 'yes', I: true, J: 9, K: x}\n"
        told = described(
            FieldDescription("E-Mail"),
            FieldDescription("A", options=("Trade Show",)),
            FieldDescription("B", options=("x", "y")),
            FieldDescription("C", options=("NO-DE", "SE")),
            FieldDescription("D", length=3),
            FieldDescription("E", type="currency"),
            FieldDescription("F", options=("x",)),
            FieldDescription("G", writable=False),
            FieldDescription("H", type="boolean"),
            FieldDescription("I", type="boolean"),
            FieldDescription("J", type="double"),
        )
        told = {"fair": replace(told["fair"], narrowed={"lead.yaml": {"C": ("SE",)}})}
        assert findings(tmp_path, told, lead=HEAD + lines + "fields: {email: E-Mail}\n") == [
            "option_unknown lead.yaml:5:16: on_create.A: a new record gets 'Web', which is none of the values of 'A'",
            "option_unknown lead.yaml:5:24: on_create.B: a new record gets 'Z', which is none of the values of 'B'",
            "option_not_allowed lead.yaml:5:32: warning: on_create.C: a new record gets 'NO-DE', which a new record may"
            " not hold in 'C'; its record type has 'SE'",
            "too_long lead.yaml:5:42: on_create.D: has 4 characters, of which 'D' holds 3",
            "type_clash lead.yaml:5:51: on_create.E: 'E' holds currency, which 'some' is not",
            "read_only lead.yaml:5:64: on_create.G: 'G' cannot be written; leave it out here",
            "type_clash lead.yaml:5:73: on_create.H: 'H' holds boolean, which 'yes' is not",
            "unknown_provider_field lead.yaml:5:95: on_create.K: 'leads.csv' of connection 'fair' has no field 'K'",
        ]

    def test_every_name_is_looked_up(self, tmp_path: Path) -> None:
        lines = (
            "key: Id\nwhen: Art == 'x' && record['Lead Type'] == 'y'\nunless: Sperre == 'ja'\n"
            "on_create: {Art: x, Lead Type: y, Sperre: nein}\n"
            "fields:\n  email: E-Mial\n  description: {template: '{Note} {Hall}'}\n  phone: {field: Fon}\n"
        )
        known = (FieldDescription(name) for name in ("E-Mail", "Note", "Lead_Type"))
        found = findings(tmp_path, described(*known), lead=HEAD + lines)
        assert [one for one in found if one.startswith("unknown_provider_field")] == [
            "unknown_provider_field lead.yaml:5:6: key: 'leads.csv' of connection 'fair' has no field 'Id'",
            "unknown_provider_field lead.yaml:6:7: when: 'leads.csv' of connection 'fair' has no field 'Art'",
            "unknown_provider_field lead.yaml:6:7: when: 'leads.csv' of connection 'fair' has no field 'Lead Type'"
            " (did you mean 'Lead_Type'?)",
            "unknown_provider_field lead.yaml:7:9: unless: 'leads.csv' of connection 'fair' has no field 'Sperre'",
            "unknown_provider_field lead.yaml:8:13: on_create.Art: 'leads.csv' of connection 'fair' has no field 'Art'",
            "unknown_provider_field lead.yaml:8:21: on_create[\"Lead Type\"]: 'leads.csv' of connection 'fair' has no"
            " field 'Lead Type' (did you mean 'Lead_Type'?)",
            "unknown_provider_field lead.yaml:8:35: on_create.Sperre: 'leads.csv' of connection 'fair' has no field"
            " 'Sperre'",
            "unknown_provider_field lead.yaml:10:10: fields.email: 'leads.csv' of connection 'fair' has no field"
            " 'E-Mial' (did you mean 'E-Mail'?)",
            "unknown_provider_field lead.yaml:11:27: fields.description.template: 'leads.csv' of connection 'fair' has"
            " no field 'Hall'",
            "unknown_provider_field lead.yaml:12:18: fields.phone.field: 'leads.csv' of connection 'fair' has no field"
            " 'Fon'",
        ]

    def test_a_name_that_is_no_identifier_is_suggested_as_conditions_write_it(self, tmp_path: Path) -> None:
        fair = {"fair": Connected("csv", [ObjectDescription("leads.csv", (FieldDescription("E-Mail"),))])}
        text = HEAD + 'when: E-Mail != ""\nfields: {email: E-Mail}\n'
        assert findings(tmp_path, fair, lead=text)[:2] == [
            "unknown_provider_field lead.yaml:5:7: when: 'leads.csv' of connection 'fair' has no field 'E'",
            "unknown_provider_field lead.yaml:5:7: when: 'leads.csv' of connection 'fair' has no field 'Mail'"
            """ (did you mean 'record["E-Mail"]'?)""",
        ]

    def test_lengths_types_and_what_cannot_be_written(self, tmp_path: Path) -> None:
        lines = (
            "fields:\n  email: Mail\n  title: {field: T, write: never}\n  city: Ort\n  budget: B\n  employees: N\n"
            "  do_not_call: Call\n  last_name: {field: Flag, as: split_name, part: last}\n"
            "  created_at: {field: At, write: never}\n  rating: {field: R, values: {hot: 1, cold: 0}}\n"
        )
        known = (
            FieldDescription("Mail", length=40),
            FieldDescription("T", length=10, writable=False),
            FieldDescription("Ort", writable=False),
            FieldDescription("B", type="double"),
            FieldDescription("N", type="string", length=2),
            FieldDescription("Call", type="Currency"),
            FieldDescription("Flag", type="boolean"),
            FieldDescription("At", type="int", writable=False),
            FieldDescription("R", type="int"),
            FieldDescription("Company", required=True),
            FieldDescription("Id", required=True),
            FieldDescription("Stamp", required=True, writable=False),
        )
        assert findings(tmp_path, described(*known, key="Id"), lead=HEAD + lines) == [
            "required_unmapped lead.yaml:5:1: warning: fields: a new record needs 'Company'; map it, or say in"
            " `on_create` what it gets",
            "too_long lead.yaml:6:10: warning: fields.email: email may have 80 characters, of which 'Mail' holds 40",
            "read_only lead.yaml:8:9: fields.city: 'Ort' cannot be written; map it `write: never`",
            "type_clash lead.yaml:11:16: warning: fields.do_not_call: 'Call' holds Currency, which is no place for"
            " do_not_call, boolean",
            "type_clash lead.yaml:12:22: warning: fields.last_name.field: 'Flag' holds boolean, which is no place for"
            " last_name, text",
        ]

    def test_nothing_is_written_to_what_cannot_be_written(self, tmp_path: Path) -> None:
        known = (FieldDescription("Mail", writable=False), FieldDescription("X", required=True))
        assert findings(tmp_path, described(*known, writable=False), lead=HEAD + "fields: {email: Mail}\n") == []

    def test_restricted_lists(self, tmp_path: Path) -> None:
        lines = (
            "fields:\n  status: {field: S, values: {new: NEW, working: WIP, done: DON}}\n  rating: R\n"
            "  stage: {field: T, write: never, values: {lead: L}, unknown: missing}\n"
        )
        known = (
            FieldDescription("S", options=("NEW", "WIP", "DONE", "LOST")),
            FieldDescription("R", options=("hot", "warm", "Cold")),
            FieldDescription("T", options=("L", "P")),
        )
        assert findings(tmp_path, described(*known), lead=HEAD + lines) == [
            "option_unread lead.yaml:6:30: fields.status.values: 'S' can hold 'DONE', 'LOST', which status cannot read;"
            " name them in `values`",
            "option_unknown lead.yaml:6:61: fields.status.values.done: 'done' is written as 'DON', which is none of the"
            " values of 'S' (did you mean 'DONE'?)",
            "option_unread lead.yaml:7:11: fields.rating: 'R' can hold 'Cold', which rating cannot read; name it in"
            " `values`",
            "option_unknown lead.yaml:7:11: fields.rating: 'cold' is written as 'cold', which is none of the values of"
            " 'R' (did you mean 'Cold'?)",
        ]

    @pytest.mark.parametrize(
        ("head", "connections", "found"),
        [
            (
                "connection: fiar\n",
                {"fair": Connected("csv")},
                "unknown_connection 5:13: connection: there is no connection 'fiar' in leadbridge.yaml"
                " (did you mean 'fair'?)",
            ),
            (
                "connection: fair\n",
                {"fair": Connected("typed")},
                "wrong_provider 5:13: connection: 'fair' is a connection of 'typed'",
            ),
            (
                "",
                {"fair": Connected("csv", [ObjectDescription("lead.csv", ())]), "web": Connected("csv", [])},
                "unknown_object 3:9: object: fair and web have no object 'leads.csv' (did you mean 'lead.csv'?)",
            ),
            (
                "connection: web\n",
                {"fair": Connected("csv", []), "web": Connected("csv", [])},
                "unknown_object 3:9: object: web has no object 'leads.csv'",
            ),
            ("", {"fair": Connected("csv", []), "web": Connected("csv")}, ""),
            ("", {"fair": Connected("typed", [])}, ""),
            ("", {}, ""),
        ],
    )
    def test_connections_and_objects(
        self, tmp_path: Path, head: str, connections: dict[str, Connected], found: str
    ) -> None:
        expected = [found.replace(" ", " lead.yaml:", 1)] if found else []
        assert findings(tmp_path, connections, lead=HEAD + head + FIELDS) == expected
