"""Which files a connection's path means, and the objects they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from leadbridge.errors import ConnectionFailedError, UsageError
from leadbridge.provider import Site

_WILDCARD = re.compile(r"[*?\[]")


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A file, and its path from the project folder for messages and record sources."""

    path: Path
    label: str


class Objects:
    """A folder holds an object per ``*.csv`` file; a file or a glob is one object, named by its last component."""

    def __init__(self, site: Site, path: str) -> None:
        self._site = site
        self._path = path
        self._folder = site.folder.resolve()
        self._target = site.resolve(path)
        parts = Path(path).parts
        if _WILDCARD.search(path) and ".." in parts:
            raise UsageError(
                f"connection {site.connection!r}: {path!r} has both wildcards and '..'; write it without '..'"
            )

    def names(self) -> Sequence[str]:
        """In their order. Raises ConnectionFailedError where the path leads nowhere."""
        if self._is_folder():
            return [file.path.name for file in self._tables()]
        return [self._single]

    def files(self, object: str) -> Sequence[CsvFile]:
        """The object's files in the order of their names; of a glob there may be none.

        Raises UsageError for an object that this connection cannot have, ConnectionFailedError for one that is missing.
        """
        self.check(object)
        if self._is_glob():
            return self._matches()
        path = self._target / object if self._is_folder() else self._target
        if not path.exists():
            raise self._missing(self._site.resolve(path))
        return [self._file(path)]

    def check(self, object: str) -> None:
        """Raises UsageError for a name that this connection cannot have, whatever files there are now."""
        if self._is_folder() and object.lower().endswith(".csv") and Path(object).name == object:
            return
        if not self._is_folder() and object == self._single:
            return
        known = self.names()
        raise UsageError(
            f"connection {self._site.connection!r} has no object {object!r}; {self._path!r} holds: "
            f"{', '.join(known) or 'no .csv file'}"
        )

    def writable(self) -> bool:
        """A glob is for reading only: which of its files a row belongs to, nobody said."""
        return not self._is_glob()

    @property
    def _single(self) -> str:
        return Path(self._path).name

    def _is_folder(self) -> bool:
        return self._target.is_dir() or self._path.endswith(("/", "\\"))

    def _is_glob(self) -> bool:
        return bool(_WILDCARD.search(self._path)) and not self._target.exists()

    def _tables(self) -> Sequence[CsvFile]:
        if not self._target.is_dir():
            raise self._missing(self._target)
        return self._sorted(path for path in self._listing("*") if path.suffix.lower() == ".csv")

    def _matches(self) -> Sequence[CsvFile]:
        return self._sorted(self._listing(self._target.relative_to(self._folder).as_posix()))

    def _listing(self, pattern: str) -> list[Path]:
        base = self._target if self._is_folder() else self._folder
        try:
            found = list(base.glob(pattern))
        except (OSError, ValueError) as error:
            raise UsageError(
                f"connection {self._site.connection!r}: {self._path!r} cannot be searched: {error}"
            ) from error
        return [path for path in found if path.is_file() and (path.name[0] != "." or self._single.startswith("."))]

    def _sorted(self, paths: Iterable[Path]) -> Sequence[CsvFile]:
        return sorted(map(self._file, paths), key=lambda file: file.label)

    def _file(self, path: Path) -> CsvFile:
        """Raises UsageError where a symbolic link leads out of the project folder."""
        self._site.resolve(path)
        return CsvFile(path, path.relative_to(self._folder).as_posix())

    def _missing(self, path: Path) -> ConnectionFailedError:
        connection = self._site.connection
        return ConnectionFailedError(
            connection,
            f"connection {connection!r}: {path.relative_to(self._folder).as_posix()} is not there"
            f" (looked in {self._folder}); put it there, or correct path",
        )
