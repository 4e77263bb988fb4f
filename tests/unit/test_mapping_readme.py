"""``mappings/README.md`` is the language on one page: nothing that can be written may be missing from it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from leadbridge.config.jobs import Brakes, ConvertJob, Precedence, SyncJob
from leadbridge.config.load import ConfigFile
from leadbridge.files.document import load_text
from leadbridge.files.shapes import key_of
from leadbridge.mapping.laws import check_mappings
from leadbridge.mapping.lint.policies import NEED_NOT_BE_CARRIED, NEEDED
from leadbridge.mapping.model import (
    Carried,
    ConvertFile,
    ExampleSpec,
    Existing,
    FieldSpec,
    LeadSpec,
    MappingFile,
    PartSpec,
    TargetSpec,
)
from leadbridge.mapping.project import KINDS, load_mappings
from leadbridge.mapping.stages import StagesFile
from leadbridge.matching import MATCH_KEYS
from leadbridge.moments import WORDS
from leadbridge.scoring.model import CapSpec, RatingSpec, RuleSpec, ScoringFile
from leadbridge.starters import starter_folder
from leadbridge.subjects import STANDARD, TYPES
from leadbridge.subjects.custom import CustomField, FieldsFile
from leadbridge.transforms.defaults import builtin_transforms

TEXT = (starter_folder() / "README.md").read_text(encoding="utf-8")
TRANSFORMS = {spec.name: spec for spec in builtin_transforms()}

MODELS: dict[str, tuple[type[BaseModel], ...]] = {
    "A mapping": (MappingFile, FieldSpec, ExampleSpec),
    "The convert policy": (ConvertFile, LeadSpec, PartSpec, TargetSpec),
    "Custom fields": (FieldsFile, CustomField),
    "Stages": (StagesFile,),
    "Scoring": (ScoringFile, CapSpec, RuleSpec, RatingSpec),
    "leadbridge.yaml": (ConfigFile, ConvertJob, SyncJob, Brakes, Precedence),
}


def section(title: str) -> str:
    """The text under a heading of the second level."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", TEXT, re.M | re.S)
    assert found is not None, f"README.md has no section {title!r}"
    return found[1]


def coded(text: str) -> set[str]:
    """Words in code style outside blocks, and the keys and words inside such code."""
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.S))
    return {word for span in spans for word in (span, *re.findall(r"[\w%]+", span))}


def keys() -> Iterator[tuple[str, str]]:
    for title, models in MODELS.items():
        for model in models:
            for name in model.model_fields:
                yield title, key_of(name, model)


@pytest.mark.parametrize(("title", "key"), sorted(set(keys())))
def test_every_key_is_documented(title: str, key: str) -> None:
    assert key in coded(section(title))


@pytest.mark.parametrize("name", TRANSFORMS)
def test_every_transform_and_option_is_documented(name: str) -> None:
    row = next((line for line in section("Transforms").splitlines() if line.startswith(f"| `{name}` |")), "")
    fills = row.split("|")[2].strip() if row else ""
    assert fills == ", ".join(TRANSFORMS[name].gives)
    assert set(TRANSFORMS[name].options.model_fields) <= coded(row)


def test_every_word_of_a_closed_list_is_documented() -> None:
    assert set(WORDS) | set("dwmqy") <= coded(section("The convert policy"))
    assert set(get_args(Existing)) | set(get_args(Carried)) <= coded(section("The convert policy"))
    assert {key for keys in MATCH_KEYS.values() for key in keys} <= coded(section("The convert policy"))
    assert {word for words in NEEDED.values() for word in words} <= coded(section("The convert policy"))
    assert set(NEED_NOT_BE_CARRIED) <= coded(section("The convert policy"))
    assert set(STANDARD.roles) <= coded(section("A mapping"))
    assert set(TYPES) | set(STANDARD.subjects) <= coded(section("Custom fields"))
    assert set(KINDS) <= coded(TEXT)
    assert {"{{", "}}", "[[", "]]", "{field}", "[section]"} <= coded(section("Templates"))


def blocks() -> list[tuple[str, str]]:
    found = re.findall(r"```yaml\n(.*?)```", TEXT, re.S)
    return [(kind[1], text) for text in found if (kind := re.match(r"kind: (\w+)", text)) is not None]


def test_the_examples_are_whole_and_right(tmp_path: Path) -> None:
    """Every example can be loaded as it stands."""
    for number, (kind, text) in enumerate(blocks()):
        (tmp_path / f"{kind}{number}.yaml").write_text(text, encoding="utf-8")
    mappings = load_mappings(tmp_path, TRANSFORMS, {"csv": "text"})
    assert [mapping.object for mapping in mappings.objects] == ["fair-*.csv"]
    assert len(mappings.policies) == 1
    assert mappings.scoring is not None
    assert {kind for kind, _ in blocks()} == set(KINDS)
    assert check_mappings(mappings, examples=50) == []


def test_every_example_that_is_yaml_is_yaml() -> None:
    for text in re.findall(r"```yaml\n(.*?)```", TEXT, re.S):
        assert load_text(text, Path("README.md")).data
