"""The demo's own project folder: three messy lead files, a small CRM of tables, and the mappings between them."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from leadbridge.errors import UsageError
from leadbridge.starters import starter_folder

FILES: Final = Path(__file__).parent / "files"


def copy_to(folder: Path, files: Path = FILES, starters: Sequence[str] = ()) -> None:
    """Copy a demo's files, and starter mappings by their names, into a folder that is empty or not there yet.

    Raises UsageError where something is there already, or it cannot be written.
    """
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UsageError(f"{folder} is there and not empty; the demo writes over nothing: choose another folder")
        shutil.copytree(files, folder, dirs_exist_ok=True)
        for name in starters:
            shutil.copy(starter_folder() / name, folder / "mappings" / name)
    except OSError as error:
        raise UsageError(f"cannot write to {folder}: {error.strerror or error}; choose another folder") from error
