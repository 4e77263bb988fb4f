"""Where a connection lives; part of the provider contract, and imported from there."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from leadbridge.errors import UsageError
from leadbridge.files.paths import inside
from leadbridge.pacing import Pacer


@dataclass(frozen=True, slots=True)
class Site:
    """Where a connection lives.

    Attributes:
        folder: the project's, which the connection's paths may not leave.
        pacer: keeps limits that all processes of the project share; None where each keeps them alone.
    """

    connection: str
    folder: Path
    pacer: Pacer | None = field(default=None, compare=False, repr=False)

    def resolve(self, path: str | Path) -> Path:
        """The absolute path that a setting means, relative ones from the project folder, symbolic links followed.

        The path need not exist and may hold wildcards. Raises :class:`UsageError` where it leaves the folder.
        """
        try:
            return inside(self.folder, path)
        except UsageError as error:
            raise UsageError(f"connection {self.connection!r}: {error}") from error
