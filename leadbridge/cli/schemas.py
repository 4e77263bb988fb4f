"""What ``leadbridge mappings schema`` knows of a project, and the files that it writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from leadbridge.errors import UsageError

if TYPE_CHECKING:
    from leadbridge.mapping.schema import Known


def known_to(config: Path | None, *, project_needed: bool) -> tuple[Known, Path]:
    """What schemas can name, and the mappings folder; the standard fields alone where there is no project."""
    from leadbridge.mapping.project import load_catalogue
    from leadbridge.mapping.schema import Known
    from leadbridge.plugins import load_plugins
    from leadbridge.project import find_project, load_project
    from leadbridge.subjects import STANDARD

    catalogue, folder, plugins = STANDARD, Path(), load_plugins()
    try:
        find_project(config)
    except UsageError:
        if project_needed or config is not None:
            raise
    else:
        folder = load_project(config, plugins).config.mappings
        catalogue = load_catalogue(folder)
    settings = {name: plugins.provider(name).settings_model for name in sorted(plugins.providers)}
    return Known(catalogue, plugins.transforms, settings), folder


def text_of(schema: dict[str, object]) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


def write_files(files: dict[Path, str]) -> None:
    try:
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror or error}; choose another --out") from error
