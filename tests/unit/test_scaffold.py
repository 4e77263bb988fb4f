"""A generated plugin: its names, what is refused, and that it passes lint and its own contract test as it is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from leadbridge.errors import UsageError
from leadbridge.scaffold import Names, generate, names


@pytest.mark.parametrize(
    ("word", "name", "distribution", "module", "title"),
    [
        ("my-crm", "my-crm", "leadbridge-my-crm", "leadbridge_my_crm", "MyCrm"),
        (" My_CRM ", "my-crm", "leadbridge-my-crm", "leadbridge_my_crm", "MyCrm"),
        ("leadbridge-zoho", "zoho", "leadbridge-zoho", "leadbridge_zoho", "Zoho"),
        ("v2-3", "v2-3", "leadbridge-v2-3", "leadbridge_v2_3", "V23"),
    ],
)
def test_one_name_in_all_spellings(word: str, name: str, distribution: str, module: str, title: str) -> None:
    made = names(word)
    assert (made.name, made.distribution, made.module, made.title) == (name, distribution, module, title)


@pytest.mark.parametrize("word", ["", "-", "7up", "my crm", "a--b", "a-", "../x", "crm/x", "крм", "a" * 41, "$name"])
def test_a_bad_name(word: str) -> None:
    with pytest.raises(UsageError) as error:
        names(word)
    assert str(error.value) == (
        f"{word!r} cannot name a plugin; take up to 40 of a-z, 0-9 and single hyphens, "
        "beginning with a letter, such as my-crm"
    )


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UsageError) as error:
        generate(Names("acme"), tmp_path)
    assert str(error.value) == f"{tmp_path} is there and not empty; name another folder with --dir"
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "acme").write_text("mine")
    with pytest.raises(UsageError, match="acme is there and not empty"):
        generate(Names("acme"), tmp_path / "acme")
    with pytest.raises(UsageError) as error:
        generate(Names("acme"), tmp_path / "acme" / "below")
    assert str(error.value).startswith(f"{tmp_path / 'acme' / 'below'} cannot be written: ")


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    files = generate(Names("acme"), tmp_path)
    assert sorted(path.relative_to(tmp_path).as_posix() for path in files) == [
        "README.md",
        "leadbridge_acme/__init__.py",
        "leadbridge_acme/provider.py",
        "pyproject.toml",
        "tests/test_contract.py",
    ]
    assert not any("$" in path.read_text(encoding="utf-8") for path in files)


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *arguments], cwd=folder, capture_output=True, text=True, check=False)


def test_it_passes_its_contract_as_generated(tmp_path: Path) -> None:
    generate(Names("acme"), tmp_path)
    done = run(tmp_path, "pytest", "-q", "-p", "no:cacheprovider")
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout


def test_its_contract_is_not_empty_praise(tmp_path: Path) -> None:
    """A fault put into the generated provider is found by the generated test."""
    generate(Names("acme"), tmp_path)
    provider = tmp_path / "leadbridge_acme" / "provider.py"
    text = provider.read_text(encoding="utf-8")
    assert 'if row["id"] in seen:' in text
    provider.write_text(text.replace("records.append(read)", "records += [read, read]"), encoding="utf-8")
    done = run(tmp_path, "pytest", "-q", "-p", "no:cacheprovider")
    assert done.returncode == 1
    assert "test_capture_gives_every_record_once" in done.stdout


def test_it_passes_lint_as_generated(tmp_path: Path) -> None:
    generate(Names("acme"), tmp_path)
    project = Path(__file__).parents[2] / "pyproject.toml"
    for verb in (["check"], ["format", "--check"]):
        done = run(tmp_path, "ruff", *verb, "--no-cache", "--config", str(project), ".")
        assert done.returncode == 0, done.stdout
