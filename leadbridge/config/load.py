"""Reading ``leadbridge.yaml``: its shape, its connections, its jobs and what they name; all faults at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

from pydantic import AfterValidator, Field

from leadbridge.config.connections import Connection, Providers, collect_connection
from leadbridge.config.jobs import ConvertJob, Job, Shape, SyncJob
from leadbridge.config.references import KINDS, Known, check_names
from leadbridge.config.words import NAME
from leadbridge.errors import Fault, FileFaults, UsageError
from leadbridge.files.check import UNKNOWN_KEY, collect, suggest
from leadbridge.files.document import Document, Path_, dotted, load, shown
from leadbridge.files.paths import inside

STATES: Final = ("sqlite:///", "postgresql+psycopg://")
_SHAPES: Final[Mapping[str, type[SyncJob] | type[ConvertJob]]] = {"sync": SyncJob, "convert": ConvertJob}

T = TypeVar("T")


def _state(text: str) -> str:
    if not text.startswith(STATES):
        raise ValueError(f"must begin with {' or '.join(STATES)}")
    return text


class ConfigFile(Shape):
    """The file's own shape; what is in connections and jobs is checked one by one."""

    state: Annotated[str, AfterValidator(_state)] = Field(
        "sqlite:///.leadbridge/state.db", description="Where LeadBridge remembers; a file in the project by default."
    )
    mappings: str = Field("mappings/", description="The folder with mappings and policies, inside the project.")
    connections: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="Name: `provider` and its settings."
    )
    jobs: dict[str, dict[str, Any]] = Field(default_factory=dict, description="Name: a `sync` or a `convert` job.")


@dataclass(frozen=True, slots=True)
class Config:
    """What ``leadbridge.yaml`` says.

    Attributes:
        document: for the position of what only shows later, such as a condition that does not compile.
        state: where the state is kept; may hold a password.
        mappings: the mappings folder, absolute, inside the project folder.
    """

    document: Document = field(repr=False)
    state: str = field(repr=False)
    mappings: Path
    connections: Mapping[str, Connection]
    jobs: Mapping[str, Job]

    def connection(self, name: str) -> Connection:
        """Raises UsageError where there is none of this name."""
        return _named("connection", name, self.connections, self.document.file)

    def job(self, name: str) -> Job:
        """Raises UsageError where there is none of this name."""
        return _named("job", name, self.jobs, self.document.file)


def _named(kind: str, name: str, things: Mapping[str, T], file: Path) -> T:
    if name in things:
        return things[name]
    close = suggest(name, things)
    hint = f" (did you mean {close!r}?)" if close else ""
    raise UsageError(f"there is no {kind} {name!r} in {file}{hint}; there are: {', '.join(things) or 'none'}")


def load_config(file: Path, providers: Providers, roles: Collection[str]) -> Config:
    """Read and check the file.

    Args:
        roles: the roles that jobs can name.

    Raises:
        UsageError: the file is not there or cannot be read.
        FileFaults: all that is wrong in it.
    """
    document = load(file)
    faults: list[Fault] = []
    shape = collect(document, ConfigFile, faults)
    mappings = _mappings(document, file.absolute().parent, faults)
    written = {part: _entries(document, part, faults) for part in ("connections", "jobs")}
    found = {name: collect_connection(document, name, providers, faults) for name in written["connections"]}
    known = Known(written["connections"], roles, mappings)
    jobs = {name: _job(document, ("jobs", name), known, faults) for name in written["jobs"]}
    if faults or shape is None or mappings is None:
        raise FileFaults(faults)
    return Config(
        document=document,
        state=shape.state,
        mappings=mappings,
        connections={name: connection for name, connection in found.items() if connection is not None},
        jobs={name: job for name, job in jobs.items() if job is not None},
    )


def _mappings(document: Document, folder: Path, faults: list[Fault]) -> Path | None:
    written = document.data.get("mappings", ConfigFile.model_fields["mappings"].default)
    if not isinstance(written, str):
        return None  # a fault of the file's shape
    try:
        mappings = inside(folder, written)
    except UsageError as error:
        faults.append(document.fault(("mappings",), str(error)))
        return None
    if not mappings.is_dir():
        message = f"the folder {shown(mappings)} is not there; create it, or name another as `mappings:`"
        faults.append(document.fault(("mappings",), message))
        return None
    return mappings


def _entries(document: Document, part: str, faults: list[Fault]) -> list[str]:
    """The names under a part, those that are no names being faults."""
    entries = document.data.get(part)
    if not isinstance(entries, dict):
        return []
    message = "a name begins with a-z, followed by a-z, 0-9, - and _, 63 characters at most"
    faults.extend(document.fault((part, name), message, key=True) for name in entries if not NAME.fullmatch(name))
    return list(entries)


def _job(document: Document, at: Path_, known: Known, faults: list[Fault]) -> Job | None:
    written = document.at(at)
    if not isinstance(written, dict):
        return None  # a fault of the file's shape
    faults.extend(check_names(document, at, known))
    kinds = [kind for kind in KINDS if kind in written]
    if len(kinds) == 1:
        unfit: list[Fault] = []
        job = collect(document, _SHAPES[kinds[0]], unfit, at)
        faults.extend(_of_other_kind(document, at, kinds[0], fault) for fault in unfit)
        return job
    if kinds:
        faults.append(document.fault((*at, kinds[1]), "a job has either `sync` or `convert`, not both", key=True))
        return None
    faults.append(document.fault(at, "needs the key `sync` or `convert`", key=True))
    faults.extend(_unknown_keys(document, at))
    return None


def _of_other_kind(document: Document, at: Path_, kind: str, fault: Fault) -> Fault:
    """A key that only the other kind of job knows is not unknown, it is misplaced."""
    other = "sync" if kind == "convert" else "convert"
    for key in _SHAPES[other].model_fields.keys() - _SHAPES[kind].model_fields.keys():
        if fault.path == dotted((*at, key)):
            return document.fault((*at, key), f"belongs to a {other} job; this is a {kind} job", key=True)
    return fault


def _unknown_keys(document: Document, at: Path_) -> list[Fault]:
    """Of a job whose kind is not known."""
    known = SyncJob.model_fields.keys() | ConvertJob.model_fields.keys()
    written = document.at(at)
    unknown = [key for key in written if key not in known]
    return [document.fault((*at, key), UNKNOWN_KEY, suggest(key, known - written.keys()), key=True) for key in unknown]
