"""How the plugin is found."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import leadbridge_csv

ROOT = Path(__file__).parents[3]


def test_it_registers_its_provider() -> None:
    found: list[tuple[str, str]] = []
    leadbridge_csv.leadbridge_register_providers(lambda name, location: found.append((name, location)))
    assert found == [("csv", "leadbridge_csv.provider:CsvProvider")]


def test_being_found_costs_little() -> None:
    """Loading the hooks imports nothing that reads files."""
    script = "import sys, leadbridge_csv; print(*(name for name in sys.modules if name.startswith('leadbridge_csv.')))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)
    assert done.stdout.split() == []


def test_the_copied_folder_declares_the_same_entry_point() -> None:
    def entry_points(file: Path) -> dict[str, str]:
        return tomllib.loads(file.read_text(encoding="utf-8"))["project"]["entry-points"]["leadbridge"]  # type: ignore[no-any-return]

    assert entry_points(ROOT / "plugins/csv/pyproject.toml").items() <= entry_points(ROOT / "pyproject.toml").items()
