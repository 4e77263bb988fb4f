"""The starter mappings that ``leadbridge init`` copies."""

from __future__ import annotations

from pathlib import Path

PATTERNS = ("*.yaml", "README.md", ".schema/*.json")


def starter_folder() -> Path:
    """Where they are: packed beside the code in a wheel, at the top of a checkout otherwise.

    An editable install applies no ``force-include``, so the wheel's folder is not there.
    """
    package = Path(__file__).parent
    packed = package / "starters"
    return packed if packed.is_dir() else package.parent / "mappings"


def starter_files() -> dict[Path, str]:
    """Path inside the mappings folder -> text, in a fixed order."""
    folder = starter_folder()
    paths = sorted(path for pattern in PATTERNS for path in folder.glob(pattern))
    return {path.relative_to(folder): path.read_text(encoding="utf-8") for path in paths}
