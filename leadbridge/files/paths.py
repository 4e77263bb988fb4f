"""Paths that files name, kept inside a folder."""

from __future__ import annotations

from pathlib import Path

from leadbridge.errors import UsageError


def inside(folder: Path, path: str | Path) -> Path:
    """The absolute path, a relative one from the folder, symbolic links followed. It need not exist.

    Raises :class:`UsageError` where it leads out of the folder, the project's, or can be no path at all.
    """
    folder = folder.resolve()
    try:
        target = (folder / path).resolve()
    except (OSError, RuntimeError, ValueError) as error:  # a loop of links; a NUL in the name
        raise UsageError(f"{str(path)!r} is no usable path") from error
    if not target.is_relative_to(folder):
        raise UsageError(
            f"{str(path)!r} leaves the project folder {folder};"
            " move what it names into the folder and write its path from there"
        )
    return target
