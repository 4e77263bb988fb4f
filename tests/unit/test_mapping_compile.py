"""From files to compiled mappings and policies: every fault, at its place, in its words, all at once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from mapping_files import HEAD, faults, load, policy, write

from leadbridge.errors import UsageError
from leadbridge.mapping.policy import Constant, Dated, From, Made
from leadbridge.mapping.project import load_mappings

CONVERT = "kind: convert\nversion: 1\n"
NOW = datetime(2026, 2, 10, 9, 30, tzinfo=UTC)


def test_every_fault_of_a_mapping_at_once(tmp_path: Path) -> None:
    text = """\
kind: mapping
provider: csvv
object: leads.csv
role: lead
when: Art = "x"
kee: Id
fields:
  emial: E-Mail
  phone: {field: Tel, as: fone}
  budget: {field: B, as: phone}
  employees: {field: E, decimal_mak: ",", wirte: never}
  stage: {field: St, values: {leed: L}}
  title: {template: "{Titel"}
  company: {field: F, value: x}
  last_name: {field: N, as: split_name, part: lst}
  created_at: {value: yesterday}
  opted_out_of_email: {field: O, true_words: [x], false_words: [x]}
  first_name: {field: [a, b]}
  city: {value: Ulm, as: text, zone: UTC}
  state: {field: S, part: first}
  employees_at: {template: "{a}"}
  do_not_call: {template: "{a}"}
  industry: {template: "{a}", write: never}
tests: [{from: {a: 1}, gives: {email: [1]}}]
"""
    assert faults(tmp_path, lead=text) == [
        "lead.yaml:2:11: provider: no plugin brings a provider 'csvv'; see `leadbridge plugins list`"
        " (did you mean 'csv'?)",
        "lead.yaml:5:7: when: '=' is not understood at column 5 (did you mean '=='?)",
        "lead.yaml:6:1: kee: unknown key (did you mean 'key'?)",
        "lead.yaml:8:3: fields.emial: a person has no field 'emial'; declare it in fields.yaml or choose another"
        " (did you mean 'email'?)",
        "lead.yaml:9:27: fields.phone.as: there is no transform 'fone' (did you mean 'phone'?)",
        "lead.yaml:10:26: fields.budget.as: 'phone' gives phone or text; budget is decimal",
        "lead.yaml:11:25: fields.employees.decimal_mak: unknown key (did you mean 'decimal_mark'?)",
        "lead.yaml:11:43: fields.employees.wirte: unknown key (did you mean 'write'?)",
        "lead.yaml:12:31: fields.stage.values.leed: 'leed' is none of its values (lead, prospect, customer)"
        " (did you mean 'lead'?)",
        "lead.yaml:13:21: fields.title.template: '{' at column 1 stands alone; write {{ for a brace",
        "lead.yaml:14:12: fields.company: needs exactly one of `field`, `value` and `template`",
        "lead.yaml:15:47: fields.last_name.part: must name one of the parts salutation, first, middle, last, suffix"
        " (did you mean 'last'?)",
        "lead.yaml:16:23: fields.created_at.value: must be a datetime such as 2026-01-31T09:00:00Z",
        "lead.yaml:17:23: fields.opted_out_of_email: 'x' cannot mean true and false; name both lists",
        "lead.yaml:18:23: fields.first_name.field: must be text",
        "lead.yaml:19:22: fields.city.as: goes with `field` only",
        "lead.yaml:19:32: fields.city.zone: goes with `field` only",
        "lead.yaml:20:21: fields.state.part: 'text' does not split; leave `part` out",
        "lead.yaml:21:3: fields.employees_at: a person has no field 'employees_at'; declare it in fields.yaml or"
        " choose another (did you mean 'employees'?)",
        "lead.yaml:22:27: fields.do_not_call.template: a template gives text; do_not_call is boolean",
        "lead.yaml:24:40: tests[0].gives.email[0]: must be text (put it in quotes)",
    ]


def test_a_role_that_is_not_there(tmp_path: Path) -> None:
    text = HEAD.replace("role: lead", "role: leed") + "fields: {email: M}\n"
    (fault,) = faults(tmp_path, lead=text)
    assert fault == "lead.yaml:4:7: role: there is no role 'leed' (did you mean 'lead'?)"


def test_keys_that_are_lacking_hide_nothing_else(tmp_path: Path) -> None:
    assert faults(tmp_path, lead="kind: mapping\nrole: lead\nfields: {emial: M}\n") == [
        "lead.yaml:1:1: needs the key `provider`",
        "lead.yaml:1:1: needs the key `object`",
        "lead.yaml:3:10: fields.emial: a person has no field 'emial'; declare it in fields.yaml or choose another"
        " (did you mean 'email'?)",
    ]


def test_a_part_is_mapped_once(tmp_path: Path) -> None:
    lines = "fields:\n" + "".join(
        f"  {name}: {{field: N, as: split_name{part}}}\n"
        for name, part in (("first_name", ", part: first"), ("middle_name", ", part: first"), ("last_name", ""))
    )
    assert faults(tmp_path, lead=HEAD + lines) == [
        "lead.yaml:7:49: fields.middle_name.part: the part 'first' of 'N' already fills first_name",
        "lead.yaml:8:14: fields.last_name: must name one of the parts salutation, first, middle, last, suffix",
    ]


def test_one_column_is_split_one_way(tmp_path: Path) -> None:
    lines = (
        "fields:\n"
        "  first_name: {field: N, as: split_name, part: first, order: last_first}\n"
        "  last_name: {field: N, as: split_name, part: last}\n"
    )
    assert faults(tmp_path, lead=HEAD + lines) == [
        "lead.yaml:7:14: fields.last_name: splits 'N' otherwise than first_name does;"
        " give both the same options and `write`"
    ]


def test_on_create_travels_as_the_wire_does(tmp_path: Path) -> None:
    text = HEAD + "on_create: {A: true, B: 7, C: x, D: 0.50}\nfields: {email: M}\n"
    assert load(tmp_path, lead=text).objects[0].on_create == {"A": "true", "B": "7", "C": "x", "D": "0.50"}
    typed = text.replace("provider: csv", "provider: typed")
    assert load(tmp_path, lead=typed).objects[0].on_create == {"A": True, "B": 7, "C": "x", "D": Decimal("0.50")}


def test_every_fault_of_a_policy_at_once(tmp_path: Path) -> None:
    text = """\
kind: convert
version: 0
lead: {when: scor > 3, unless: 'record["emial"] == ""', on_converted: {stage: done, statsu: x}}
acount: {}
contact:
  match: [emial, domain]
  existing: fil_blank
  when: "score >"
  fields:
    last_name: last_nam
    email: {from: phone, existing: union}
    phone: {value: soon}
    opted_out_of_email: {from: opted_out_of_email, existing: longest}
    title: {from: title, existing: restrictive}
    shoe_size: budget
    city: {}
opportunity:
  fields:
    close_date: {value: end_of_quater}
    name: {template: "{company} - {prodct}"}
    stage: {template: "{company"}
    amount: {value: ten}
    probability: {template: "{budget}"}
carry: [activites]
dropped: [raw_frm]
"""
    assert faults(tmp_path, convert=text) == [
        "convert.yaml:2:10: version: must be at least 1",
        "convert.yaml:3:14: lead.when: unknown name 'scor' (did you mean 'score'?)",
        "convert.yaml:3:32: lead.unless: unknown name 'emial' (did you mean 'email'?)",
        "convert.yaml:3:79: lead.on_converted.stage: 'done' is none of its values (lead, prospect, customer)",
        "convert.yaml:3:93: lead.on_converted.statsu: a lead has no field 'statsu' (did you mean 'status'?)",
        "convert.yaml:4:1: acount: unknown key (did you mean 'account'?)",
        "convert.yaml:6:11: contact.match[0]: 'emial' finds no contact; known are email, phone, mobile_phone,"
        " name_and_company (did you mean 'email'?)",
        "convert.yaml:6:18: contact.match[1]: 'domain' finds no contact; known are email, phone, mobile_phone,"
        " name_and_company",
        "convert.yaml:7:13: contact.existing: must be one of fill_blank, overwrite, keep, newest, longest, union,"
        " restrictive (did you mean 'fill_blank'?)",
        "convert.yaml:8:9: contact.when: it ends too early at column 8",
        "convert.yaml:10:16: contact.fields.last_name: a lead has no field 'last_nam' (did you mean 'last_name'?)",
        "convert.yaml:11:12: contact.fields.email: email is email and cannot hold the lead's phone, a phone",
        "convert.yaml:11:36: contact.fields.email.existing: `union` joins texts and multi-selects; email is email",
        "convert.yaml:12:20: contact.fields.phone.value: is no phone: not a phone number",
        "convert.yaml:13:62: contact.fields.opted_out_of_email.existing: `longest` compares texts;"
        " opted_out_of_email is boolean",
        "convert.yaml:14:36: contact.fields.title.existing: `restrictive` is for yes or no; title is text",
        "convert.yaml:15:5: contact.fields.shoe_size: a contact has no field 'shoe_size'",
        "convert.yaml:16:11: contact.fields.city: needs exactly one of `from`, `value` and `template`",
        "convert.yaml:19:25: opportunity.fields.close_date.value: unknown moment 'end_of_quater'"
        " (did you mean 'end_of_quarter'?)",
        "convert.yaml:20:22: opportunity.fields.name.template: a lead has no field 'prodct' (did you mean 'product'?)",
        "convert.yaml:21:23: opportunity.fields.stage.template: '{' at column 1 stands alone; write {{ for a brace",
        "convert.yaml:22:21: opportunity.fields.amount.value: must be a number",
        "convert.yaml:23:29: opportunity.fields.probability.template: a template gives text; probability is decimal",
        "convert.yaml:24:9: carry[0]: must be one of activities, notes, files, campaign_members"
        " (did you mean 'activities'?)",
        "convert.yaml:25:11: dropped[0]: a lead has no field 'raw_frm' (did you mean 'raw_form'?)",
    ]


def test_a_policy_that_makes_nothing(tmp_path: Path) -> None:
    assert faults(tmp_path, convert=CONVERT) == [
        "convert.yaml:1:1: converts into nothing; give it an `account` or a `contact`"
    ]
    assert faults(tmp_path, convert=CONVERT + "abstract: true\n") == []


def test_sources_of_a_policy(tmp_path: Path) -> None:
    text = (
        CONVERT + "opportunity:\n  existing: keep\n  fields:\n    name: {template: '{company}[ - {product}]'}\n"
        "    amount: {from: budget, existing: overwrite}\n    probability: employees\n    stage: {value: Open}\n"
        "    close_date: {value: end_of_quarter}\n    created_at: {value: now}\n"
    )
    part = policy(tmp_path, text).parts["opportunity"]
    sources = {rule.target.name: rule.source for rule in part.fields}
    lead = {"company": "Acme", "budget": Decimal(3), "employees": 7}
    assert {name: source.value(lead, NOW) for name, source in sources.items()} == {
        "name": "Acme",
        "amount": Decimal(3),
        "probability": 7,
        "stage": "Open",
        "close_date": date(2026, 3, 31),
        "created_at": NOW,
    }
    assert [type(source) for source in sources.values()] == [Made, From, From, Constant, Dated, Dated]
    assert [rule.existing for rule in part.fields] == ["keep", "overwrite", "keep", "keep", "keep", "keep"]
    assert policy(tmp_path, text).carried_fields == {"company", "product", "budget", "employees"}


class TestProject:
    def test_faults_of_every_file_at_once(self, tmp_path: Path) -> None:
        found = faults(
            tmp_path,
            a="kind: mapping\n\tx: 1\n",
            b=HEAD + "fields: {emial: M}\n",
            c="kind: convrt\n",
            d="version: 1\n",
            e="kind: scoring\nrules: [{when: emial == '', points: 1, group: fit, because: x}]\n",
        )
        assert found == [
            "a.yaml:2:1: a tab cannot indent YAML; use spaces",
            "b.yaml:5:10: fields.emial: a person has no field 'emial'; declare it in fields.yaml or choose another"
            " (did you mean 'email'?)",
            "c.yaml:1:7: kind: must be one of mapping, convert, fields, scoring, stages (did you mean 'convert'?)",
            "d.yaml:1:1: kind: needs the key `kind`",
            "e.yaml:2:16: rules[0].when: unknown name 'emial' (did you mean 'email'?)",
        ]

    def test_no_folder(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError) as caught:
            load_mappings(tmp_path / "maps", {}, {})
        assert str(caught.value) == (
            f"the mappings folder {tmp_path}/maps is not there; create it, or name another as `mappings:` in"
            f" leadbridge.yaml (looked for {tmp_path}/maps)"
        )

    def test_one_scoring_and_one_fields_file(self, tmp_path: Path) -> None:
        rules = "kind: scoring\nrules: [{when: 'true', points: 1, group: fit, because: x}]\n"
        assert faults(tmp_path, a=rules, b=rules, c="kind: fields\n", d="kind: fields\n") == [
            "b.yaml:1:7: kind: a.yaml is of kind scoring already; a project has one",
            "d.yaml:1:7: kind: c.yaml is of kind fields already; a project has one",
        ]

    def test_custom_fields_can_be_mapped(self, tmp_path: Path) -> None:
        fields = "kind: fields\nperson: {shoe_size: {type: integer}}\n"
        mappings = load(tmp_path, fields=fields, lead=HEAD + "fields: {shoe_size: S}\n")
        assert mappings.objects[0].fields[0].get({"S": "43"}) == {"shoe_size": 43}
        assert mappings.catalogue.subjects["person"].fields["shoe_size"].custom

    def test_a_faulty_custom_field_is_reported_once(self, tmp_path: Path) -> None:
        fields = "kind: fields\nperson: {shoe_size: {type: intger}, hat: {type: text}}\n"
        lead = HEAD + "fields: {shoe_size: {field: S, as: integer}, hat: H, emial: M}\n"
        assert faults(tmp_path, fields=fields, lead=lead) == [
            "fields.yaml:2:28: person.shoe_size.type: must be one of text, email, phone, url, country, integer,"
            " decimal, boolean, date, datetime, choice, multi_select, reference (did you mean 'integer'?)",
            "lead.yaml:5:54: fields.emial: a person has no field 'emial'; declare it in fields.yaml or choose another"
            " (did you mean 'email'?)",
        ]

    def test_a_policy_by_its_file_name(self, tmp_path: Path) -> None:
        mappings = load(tmp_path, convert=CONVERT + "contact: {fields: {last_name: last_name}}\n")
        assert mappings.policy("convert.yaml").version == 1
        with pytest.raises(UsageError, match=r"^there is no convert policy 'x.yaml' in .*; there are: convert.yaml$"):
            mappings.policy("x.yaml")

    @pytest.mark.parametrize(("said", "written"), [("never", set()), ("always", {"M", "N", "T"})])
    def test_a_mapping_that_is_only_read_writes_no_field(self, tmp_path: Path, said: str, written: set[str]) -> None:
        """Whatever its fields say, and those of the file that it extends."""
        split = "{field: N, as: split_name, part: last, write: create}"
        base = HEAD + f"write: never\nfields: {{email: M, last_name: {split}, title: {{field: T, write: create}}}}\n"
        own = f"kind: mapping\nextends: base.yaml\nobject: own.csv\nwrite: {said}\n"
        (found,) = load(tmp_path, base=base, own=own).of("csv", "x", "own.csv")
        assert found.writable == (said == "always")
        assert {m.column for m in found.fields if m.write != "never"} == written

    def test_an_abstract_mapping_covers_nothing(self, tmp_path: Path) -> None:
        assert load(tmp_path, lead=HEAD + "abstract: true\nfields: {email: M}\n").objects == ()

    def test_mappings_of_an_object(self, tmp_path: Path) -> None:
        mappings = load(
            tmp_path,
            a=HEAD + "fields: {email: M}\n",
            b=HEAD + "connection: fair\nfields: {email: M}\n",
            c=HEAD.replace("leads.csv", "x.csv") + "fields: {email: M}\n",
        )
        assert [m.file.name for m in mappings.of("csv", "fair", "leads.csv")] == ["a.yaml", "b.yaml"]
        assert [m.file.name for m in mappings.of("csv", "web", "leads.csv")] == ["a.yaml"]
        assert mappings.of("typed", "fair", "leads.csv") == ()

    def test_other_files_are_not_read(self, tmp_path: Path) -> None:
        (tmp_path / ".schema").mkdir()
        write(tmp_path, {"README.md": "- kind\n", ".schema/x.yaml": "a: [\n", "x.yaml.bak": "a: [\n"})
        assert load(tmp_path, lead=HEAD + "fields: {email: M}\n").documents.keys() == {"lead.yaml"}
