"""`extends:` and `lock:`: a file laid upon another, which may forbid some of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from mapping_files import HEAD, faults, load

BASE = HEAD + "abstract: true\nwhen: Art == 'x'\nfields:\n  email: Mail\n  phone: {field: Tel, region: US}\n"
OVER = "kind: mapping\nextends: base.yaml\nobject: over.csv\n"


def columns(folder: Path, **files: str) -> dict[str, str | None]:
    (mapping,) = load(folder, **files).objects
    return {mapping.targets[i].name: m.column for i, m in enumerate(mapping.fields)}


def test_keys_of_the_file_win_and_the_rest_is_inherited(tmp_path: Path) -> None:
    over = OVER + "fields: {email: E-Mail, title: Rolle}\n"
    assert columns(tmp_path, base=BASE, over=over) == {"email": "E-Mail", "phone": "Tel", "title": "Rolle"}
    (mapping,) = load(tmp_path).objects
    assert (mapping.object, mapping.role, mapping.file.name) == ("over.csv", "lead", "over.yaml")
    assert mapping.when is not None


def test_mappings_are_merged_key_by_key(tmp_path: Path) -> None:
    (mapping,) = load(tmp_path, base=BASE, over=OVER + "fields: {phone: {field: Fon}}\n").objects
    assert mapping.fields[1].get({"Fon": "(415) 555-0100"}) == {"phone": "+14155550100"}


def test_null_takes_a_field_out(tmp_path: Path) -> None:
    assert columns(tmp_path, base=BASE, over=OVER + "fields: {phone: null}\n") == {"email": "Mail"}


def test_what_a_file_says_of_itself_is_not_inherited(tmp_path: Path) -> None:
    """Neither abstract nor tests: the file is a mapping of its own, with examples of its own."""
    base = BASE + "tests: [{from: {Mail: a@x.example}, gives: {email: a@x.example}}]\n"
    (mapping,) = load(tmp_path, base=base, over=OVER).objects
    assert mapping.tests == ()


def test_a_chain(tmp_path: Path) -> None:
    over = OVER + "abstract: true\nfields: {title: Rolle}\n"
    last = "kind: mapping\nextends: over.yaml\nobject: last.csv\nfields: {city: Ort}\n"
    assert list(columns(tmp_path, base=BASE, over=over, last=last)) == ["email", "phone", "title", "city"]


def test_a_policy_can_be_extended(tmp_path: Path) -> None:
    base = "kind: convert\nversion: 1\ncontact: {match: [email], fields: {last_name: last_name, phone: phone}}\n"
    over = "kind: convert\nextends: base.yaml\nversion: 2\ncontact: {existing: keep, fields: {phone: null}}\n"
    policies = load(tmp_path, base=base, over=over).policies
    assert [rule.target.name for rule in policies["over.yaml"].parts["contact"].fields] == ["last_name"]
    assert (policies["over.yaml"].parts["contact"].existing, policies["base.yaml"].version) == ("keep", 1)


LOCKED = BASE + "lock: [fields.email, when]\n"


@pytest.mark.parametrize(
    ("over", "fault"),
    [
        ("fields: {email: M}", "4:10: fields.email: is locked by base.yaml (set in base.yaml, line 8); leave it out"),
        (
            "fields: {email: null}",
            "4:10: fields.email: is locked by base.yaml (set in base.yaml, line 8); leave it out",
        ),
        ("when: 'true'", "4:1: when: is locked by base.yaml (set in base.yaml, line 6); leave it out"),
    ],
)
def test_a_lock_holds(tmp_path: Path, over: str, fault: str) -> None:
    assert faults(tmp_path, base=LOCKED, over=OVER + over + "\n") == [f"over.yaml:{fault}"]


def test_a_lock_holds_below_it(tmp_path: Path) -> None:
    base = BASE + "lock: [fields.phone]\n"
    (fault,) = faults(tmp_path, base=base, over=OVER + "fields: {phone: {region: DE}}\n")
    assert fault == "over.yaml:4:10: fields.phone: is locked by base.yaml (set in base.yaml, line 9); leave it out"


def test_a_lock_holds_against_what_replaces_its_parent(tmp_path: Path) -> None:
    base = BASE + "lock: [fields.phone.region]\n"
    assert faults(tmp_path, base=base, over=OVER + "fields: {phone: Fon}\n") == [
        "over.yaml:4:10: fields.phone: is locked by base.yaml (set in base.yaml, line 9); leave it out"
    ]
    assert faults(tmp_path, base=base, over=OVER + "fields: {phone: {field: Fon}}\n") == []


def test_locks_add_up(tmp_path: Path) -> None:
    over = OVER + "abstract: true\nlock: [fields.title]\nfields: {title: Rolle}\n"
    last = "kind: mapping\nextends: over.yaml\nfields: {title: T, email: M}\n"
    assert faults(tmp_path, base=LOCKED, over=over, last=last) == [
        "last.yaml:3:10: fields.title: is locked by over.yaml (set in over.yaml, line 6); leave it out",
        "last.yaml:3:20: fields.email: is locked by base.yaml (set in base.yaml, line 8); leave it out",
    ]


def test_a_lock_may_forbid_what_the_base_does_not_set(tmp_path: Path) -> None:
    base = BASE + "lock: [unless]\n"
    assert faults(tmp_path, base=base, over=OVER + "unless: 'true'\n") == [
        "over.yaml:4:1: unless: is locked by base.yaml; leave it out"
    ]


@pytest.mark.parametrize(
    ("extends", "fault"),
    [
        ("bass.yaml", "there is no file 'bass.yaml' in the mappings folder (did you mean 'base.yaml'?)"),
        ("over.yaml", "goes round in a circle: over.yaml -> over.yaml"),
        ("score.yaml", "'score.yaml' is of another kind"),
        ("7", "there is no file '7' in the mappings folder"),
    ],
)
def test_what_cannot_be_extended(tmp_path: Path, extends: str, fault: str) -> None:
    score = "kind: scoring\nrules: [{when: 'true', points: 1, group: fit, because: x}]\n"
    over = HEAD.replace("leads.csv", "over.csv") + f"extends: {extends}\nfields: {{email: M}}\n"
    found = faults(tmp_path, base=BASE, over=over, score=score)
    assert found[0] == f"over.yaml:5:10: extends: {fault}"


def test_a_circle_of_two_names_both(tmp_path: Path) -> None:
    files = {
        name: HEAD.replace("leads", name) + f"extends: {other}.yaml\nfields: {{email: M}}\n"
        for name, other in (("a", "b"), ("b", "a"))
    }
    assert faults(tmp_path, **files) == [
        "a.yaml:5:10: extends: goes round in a circle: b.yaml -> a.yaml -> b.yaml",
        "b.yaml:5:10: extends: goes round in a circle: a.yaml -> b.yaml -> a.yaml",
    ]


def test_too_deep(tmp_path: Path) -> None:
    files = {"f0": HEAD + "abstract: true\nfields: {email: M}\n"}
    files |= {f"f{n}": f"kind: mapping\nabstract: true\nextends: f{n - 1}.yaml\n" for n in range(1, 11)}
    assert "f2.yaml:3:10: extends: goes more than 8 files deep" in faults(tmp_path, **files)


def test_a_fault_of_the_base_is_reported_once_and_there(tmp_path: Path) -> None:
    base = BASE.replace("email: Mail", "emial: Mail")
    over, other = OVER, OVER.replace("over.csv", "other.csv")
    (fault,) = faults(tmp_path, base=base, over=over, other=other)
    assert fault.startswith("base.yaml:8:3: fields.emial: a person has no field 'emial'")
