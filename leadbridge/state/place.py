"""Where the state's file is, from the ``state:`` of a project's configuration."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from leadbridge.errors import UsageError
from leadbridge.files.paths import inside
from leadbridge.state.errors import StateError

_SQLITE: Final = "sqlite:///"


def locate(url: str, folder: Path) -> Path:
    """The file that a ``sqlite:///`` address means, relative ones from the project folder and never outside it.

    Raises UsageError where the address is of another kind or leads elsewhere. An address may hold a password: it is
    not quoted.
    """
    if not url.startswith(_SQLITE):
        raise UsageError(
            "state: only SQLite is supported as yet; write sqlite:///.leadbridge/state.db, or a path like it"
        )
    path = url.removeprefix(_SQLITE)
    if not path or path == ":memory:" or "?" in path:
        raise UsageError("state: sqlite:/// must be followed by the path of a file, without options")
    file = inside(folder, path)
    if file.is_dir() or file == folder.resolve():
        raise UsageError(f"state: {path!r} is a folder; name a file in it, such as {path.rstrip('/')}/state.db")
    return file


def prepare(file: Path) -> None:
    """Make the file and the folders above it where they are not there, for nobody but their owner.

    Beforehand, because SQLite would make them readable for others; its journals take the file's mode.
    """
    try:
        for folder in reversed([above for above in file.parents if not above.exists()]):
            folder.mkdir(mode=0o700, exist_ok=True)
        os.close(os.open(file, os.O_CREAT | os.O_RDONLY, 0o600))
    except OSError as error:
        raise StateError(f"the state {file} cannot be opened: {error.strerror or error}") from error


def free_name(file: Path, word: str) -> Path:
    """A name beside the file that is not taken: ``state.db.replaced``, then ``state.db.replaced-2``."""
    first = file.with_name(f"{file.name}.{word}")
    number, name = 1, first
    while name.exists():
        number += 1
        name = first.with_name(f"{first.name}-{number}")
    return name
