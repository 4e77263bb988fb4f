"""Files that commands write: in UTF-8, and over nothing unless asked to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from leadbridge.errors import UsageError


@contextmanager
def written(file: Path, *, force: bool | None = None) -> Iterator[TextIO]:
    """The file, open to be written. Raises UsageError where it is there already, or cannot be written.

    Args:
        force: whether it may be there; None where the command has no ``--force``.
    """
    if file.exists() and not force:
        remedy = "" if force is None else ", or add --force"
        raise UsageError(f"{file} is there already; name a file that is not{remedy}")
    there = file.is_file() and not file.is_symlink()
    fresh = file.with_name(f".{file.name}.new") if there else file  # what is there stays until all is written
    try:
        with fresh.open("w", encoding="utf-8", newline="") as out:
            yield out
        if fresh != file:
            fresh.replace(file)
    except OSError as error:
        if fresh != file:
            fresh.unlink(missing_ok=True)
        raise UsageError(f"{file} cannot be written: {error.strerror or error}") from error
