"""What a lint finds, and a mapping as the checks see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from leadbridge.condition_source import RECORD
from leadbridge.conditions import Condition
from leadbridge.errors import Fault
from leadbridge.files.document import Document, Path_
from leadbridge.mapping.model import FieldSpec, MappingFile
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.mapping.project import Mappings
from leadbridge.provider import ObjectDescription

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault of meaning: the file could be read, and says something that cannot be right or may not be meant.

    Attributes:
        level: an ``error`` makes the lint fail, a ``warning`` does not.
        code: stable word for programs, such as ``doubly_written``.
    """

    fault: Fault
    level: Level
    code: str

    def __str__(self) -> str:
        place, shown = f"{self.fault.file.as_posix()}:{self.fault.line}:{self.fault.column}: ", str(self.fault)
        return shown if self.level == "error" else f"{place}warning: {shown.removeprefix(place)}"


@dataclass(frozen=True, slots=True)
class Connected:
    """A connection of the project.

    Attributes:
        objects: None where it was not described.
        narrowed: mapping file -> provider field -> the values that a record which it makes may hold, where these are
            fewer than the field has.
    """

    provider: str
    objects: Sequence[ObjectDescription] | None = None
    narrowed: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """Where findings of one document come from."""

    document: Document

    def error(
        self, code: str, path: Path_, message: str, suggestion: str | None = None, *, key: bool = False
    ) -> Finding:
        return Finding(self.document.fault(path, message, suggestion, key=key), "error", code)

    def warning(
        self, code: str, path: Path_, message: str, suggestion: str | None = None, *, key: bool = False
    ) -> Finding:
        return Finding(self.document.fault(path, message, suggestion, key=key), "warning", code)

    def list_item(self, path: Path_, item: str) -> Path_:
        """The path of an item in the list that stands at ``path``."""
        return (*path, self.document.at(path).index(item))


@dataclass(frozen=True, slots=True)
class Seen(Place):
    """A compiled mapping with the file that it was compiled from."""

    mapping: ObjectMapping
    file: MappingFile

    def spec(self, name: str) -> FieldSpec:
        """What the file says of a canonical field."""
        return self.file.fields[name]

    def column_at(self, name: str) -> Path_:
        """The path of the provider field's name, which may stand for the whole entry."""
        entry = self.document.data["fields"][name]
        return ("fields", name) if isinstance(entry, str) else ("fields", name, "field")

    def writers(self) -> Mapping[str, list[str]]:
        """Provider field -> the canonical fields that write it, in the order of the file."""
        found: dict[str, list[str]] = {}
        for fieldmap in self.mapping.fields:
            if fieldmap.column is not None and fieldmap.write != "never":
                found.setdefault(fieldmap.column, []).append(fieldmap.targets[0].name)
        return found


def seen(mappings: Mappings) -> list[Seen]:
    """Every mapping of the project with its file."""
    found = []
    for mapping in mappings.objects:
        document = mappings.documents[mapping.file.name]
        found.append(Seen(document, mapping, MappingFile.model_validate(document.data)))
    return found


def names_of(*conditions: Condition | None) -> set[str]:
    """The fields that conditions read, by name or out of ``record``."""
    given = [c for c in conditions if c is not None]
    return {name for c in given for name in (*c.names, *(c.record_names or ())) if name != RECORD}
