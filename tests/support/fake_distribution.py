"""Distributions as an installer leaves them: modules and metadata in a folder that stands on ``sys.path``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent


def install(site: Path, name: str, version: str, plugins: Mapping[str, str], modules: Mapping[str, str]) -> None:
    """Put a distribution into the folder: entry point -> location, module -> its text."""
    info = site / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", encoding="utf-8")
    lines = ["[leadbridge]", *(f"{plugin} = {location}" for plugin, location in plugins.items())]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for module, text in modules.items():
        (site / f"{module}.py").write_text(dedent(text), encoding="utf-8")
