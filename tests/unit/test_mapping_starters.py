"""The starters: they load, lint clean and keep the laws; their schemas are true; a wheel and a checkout find them."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from mapping_files import TRANSFORMS, WIRES

import leadbridge
from leadbridge import starters
from leadbridge.files.document import load
from leadbridge.mapping.laws import check_mappings
from leadbridge.mapping.lint import lint
from leadbridge.mapping.project import load_mappings
from leadbridge.mapping.schema import KINDS, Known, json_schema
from leadbridge.plugins import load_plugins
from leadbridge.starters import starter_files, starter_folder
from leadbridge.subjects import STANDARD

ROOT = Path(leadbridge.__file__).parent.parent
FILES = {name: text for name, text in starter_files().items() if name.suffix == ".yaml"}


def test_what_init_copies() -> None:
    assert [path.as_posix() for path in starter_files()] == [
        ".schema/convert.json",
        ".schema/fields.json",
        ".schema/mapping.json",
        ".schema/project.json",
        ".schema/scoring.json",
        ".schema/stages.json",
        "README.md",
        "convert.yaml",
        "csv.accounts.yaml",
        "csv.contacts.yaml",
        "csv.leads.yaml",
        "fields.yaml",
        "scoring.yaml",
        "stages.yaml",
    ]


def test_they_load_lint_clean_and_keep_the_laws() -> None:
    mappings = load_mappings(starter_folder(), TRANSFORMS, WIRES)
    assert [(m.object, m.role, m.writable) for m in mappings.objects] == [
        ("accounts.csv", "account", True),
        ("contacts.csv", "contact", True),
        ("leads.csv", "lead", True),
        ("calls", "activity", False),
        ("companies", "account", True),
        ("contacts", "lead", True),
        ("contacts", "contact", True),
        ("deals", "opportunity", True),
        ("emails", "activity", False),
        ("leads", "prospect", True),
        ("meetings", "activity", False),
        ("notes", "activity", False),
        ("owners", "user", False),
        ("tasks", "activity", False),
        ("Account", "account", True),
        ("CampaignMember", "campaign_member", False),
        ("CampaignMember", "campaign_member", True),
        ("Campaign", "campaign", True),
        ("Contact", "contact", True),
        ("Event", "activity", False),
        ("Lead", "lead", True),
        ("Opportunity", "opportunity", True),
        ("Group", "queue", False),
        ("Task", "activity", True),
        ("User", "user", False),
    ]
    assert [m.file.name for m in mappings.objects if not m.tests] == []
    assert (list(mappings.policies), mappings.scoring is not None) == (["convert.yaml"], True)
    assert lint(mappings) == []
    assert check_mappings(mappings, examples=100) == []


def test_the_policy_has_a_place_for_every_field_that_a_lead_file_can_fill(tmp_path: Path) -> None:
    """So that whatever ``mappings suggest`` finds in a file, the starter policy does not lose it."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    fields = [name for name, field in STANDARD.subjects["person"].fields.items() if not field.computed]
    lines = "".join(f"  {name}: Column {number}\n" for number, name in enumerate(fields))
    (tmp_path / "csv.leads.yaml").write_text(
        f"kind: mapping\nprovider: csv\nobject: leads.csv\nrole: lead\nfields:\n{lines}", encoding="utf-8"
    )
    found = lint(load_mappings(tmp_path, TRANSFORMS, WIRES))
    assert [one.fault.message for one in found if one.level == "error"] == []


def test_they_can_be_extended(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(
        "kind: mapping\nextends: csv.leads.yaml\nobject: mine.csv\nfields: {email: E-Mail}\n", encoding="utf-8"
    )
    mappings = load_mappings(tmp_path, TRANSFORMS, WIRES)
    (mine,) = mappings.of("csv", "x", "mine.csv")
    assert mine.fields[0].column == "E-Mail"
    assert [one.code for one in lint(mappings)] == ["key_unmapped"]


@pytest.mark.parametrize("name", FILES, ids=str)
def test_the_first_line_is_for_the_editor(name: Path) -> None:
    kind = load(starter_folder() / name).data["kind"]
    assert FILES[name].splitlines()[0] == f"# yaml-language-server: $schema=.schema/{kind}.json"


@pytest.mark.parametrize("kind", KINDS)
def test_shipped_schemas_are_true(kind: str) -> None:
    """Mend with: leadbridge mappings schema --out mappings/.schema"""
    plugins = load_plugins()
    settings = {name: plugins.provider(name).settings_model for name in ("csv", "hubspot", "memory", "salesforce")}
    made = json_schema(kind, Known(STANDARD, TRANSFORMS, settings))
    assert json.loads((starter_folder() / ".schema" / f"{kind}.json").read_text(encoding="utf-8")) == made


def test_a_checkout_and_a_wheel_find_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An editable install applies no force-include; a wheel packs the folder beside the code."""
    monkeypatch.setattr(starters, "__file__", str(tmp_path / "leadbridge" / "starters.py"))
    assert starters.starter_folder() == tmp_path / "mappings"
    (tmp_path / "leadbridge" / "starters").mkdir(parents=True)
    assert starters.starter_folder() == tmp_path / "leadbridge" / "starters"


@pytest.mark.skipif(not (ROOT / "pyproject.toml").is_file(), reason="needs a checkout")
def test_the_wheel_packs_them_there() -> None:
    built = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"]
    assert built["wheel"]["force-include"]["mappings"] == "leadbridge/starters"
    assert "/mappings" in built["sdist"]["include"]
