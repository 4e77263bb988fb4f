"""A project: the folder of its ``leadbridge.yaml``, and what that says."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from leadbridge.config import Config, Providers, load_config
from leadbridge.errors import UsageError
from leadbridge.pacing import Pacer
from leadbridge.provider import Provider

FILE: Final = "leadbridge.yaml"
VARIABLE: Final = "LEADBRIDGE_CONFIG"


@dataclass(frozen=True, slots=True)
class Project:
    """A project folder with its configuration. Paths in its files start from the folder and stay inside."""

    folder: Path
    config: Config

    def open(self, connection: str) -> Provider:
        """The provider of a connection, its secrets resolved; the caller closes it.

        Raises UsageError where there is no such connection, FileFaults where its settings cannot be completed.
        """
        configured = self.config.connection(connection)
        return configured.open(self.folder, None if configured.type.capabilities.local else self._pacer())

    def _pacer(self) -> Pacer:
        """Limits of accounts are kept together with all processes that use the project's state."""
        from leadbridge.state.place import locate
        from leadbridge.state.windows import SharedPacer

        return SharedPacer(locate(self.config.state, self.folder))


def find_project(config: Path | None, environ: Mapping[str, str] | None = None, start: Path | None = None) -> Path:
    """The configuration file: the one given, else the one in ``LEADBRIDGE_CONFIG``, else the nearest upwards.

    Args:
        config: what ``--config`` says: a file, or a folder that holds ``leadbridge.yaml``.
        environ: environment variables; by default those of the process.
        start: the folder to start from; by default the working directory.

    Raises:
        UsageError: there is none; says each place that was looked at, in order.
    """
    surroundings = os.environ if environ is None else environ
    folder = (start or Path.cwd()).absolute()
    if config is not None:
        return _named(folder / config, "--config")
    if surroundings.get(VARIABLE):
        return _named(folder / surroundings[VARIABLE], VARIABLE)
    for place in (folder, *folder.parents):
        if (place / FILE).is_file():
            return place / FILE
    raise UsageError(
        f"there is no {FILE}: --config is not given, {VARIABLE} is not set, and it is neither in {folder} nor in a"
        " folder above; start a project with: leadbridge init"
    )


def _named(path: Path, source: str) -> Path:
    file = path / FILE if path.is_dir() else path
    if not file.is_file():
        raise UsageError(f"{source} names {file}, which is not there; correct it, or start a project there")
    return file


def load_project(config: Path | None, providers: Providers, roles: Collection[str] | None = None) -> Project:
    """Find and read a project.

    Args:
        config: what ``--config`` says, or None.
        roles: the roles that jobs can name; by default the standard ones.

    Raises:
        UsageError: there is no configuration, or it cannot be read.
        FileFaults: all that is wrong in it.
    """
    from leadbridge.subjects import STANDARD

    file = find_project(config)
    known = STANDARD.roles if roles is None else roles
    return Project(folder=file.parent.resolve(), config=load_config(file, providers, known))
