"""What is left of a document whose shape has faults, so that the rest of it can be checked for its meaning as well."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from leadbridge.errors import Fault
from leadbridge.files.branches import Finding, settle
from leadbridge.files.check import collect
from leadbridge.files.document import Document, Path_, dotted

M = TypeVar("M", bound=BaseModel)

_ROUNDS: Final = 3
"""Taking a part out may leave its parent lacking a key, which is then taken out too."""


@dataclass(frozen=True, slots=True)
class Salvage(Generic[M]):
    """A document as far as it has the right shape.

    Attributes:
        made: the model of what is left; None where too little is.
        document: without the parts that are wrong.
        lost: the paths of these parts.
    """

    made: M | None
    document: Document
    lost: tuple[Path_, ...] = ()

    def news(self, faults: Iterable[Fault]) -> list[Fault]:
        """The faults that do not merely follow from a part having been taken out."""
        lost = [dotted(path) for path in self.lost]
        return [fault for fault in faults if not any(_related(fault.path, path) for path in lost)]


def salvage(
    document: Document, model: type[M], faults: list[Fault], stand_in: Mapping[str, Any] | None = None
) -> Salvage[M]:
    """Check a document against its shape; what is wrong is added to ``faults`` and left out of the result.

    ``stand_in`` has values for keys that the file must have, for the check of the rest where it lacks one.
    """
    made = collect(document, model, faults)
    if made is not None:
        return Salvage(made, document)
    lost: list[Path_] = []
    base = Document(document.file, dict(stand_in or {}), {})
    lost += [(key,) for key in base.data if key not in document.data]
    left = Document.merged(base, document)
    for _ in range(_ROUNDS):
        paths = _faulty(left, model)
        if not paths or () in paths:
            break
        lost += paths
        left = Document.merged(base, left.without(paths))
    return Salvage(_made(left, model), left, tuple(lost))


def _made(document: Document, model: type[M]) -> M | None:
    try:
        return model.model_validate(document.data)
    except ValidationError:
        return None


def _faulty(document: Document, model: type[BaseModel]) -> list[Path_]:
    """The parts to take out: a list whole, where an item is wrong; the parent, where it lacks a key."""
    try:
        model.model_validate(document.data)
    except ValidationError as error:
        found = settle(Finding.of(line, document.data) for line in error.errors(include_url=False))
        return [_whole(finding.path[:-1] if finding.kind == "missing" else finding.path) for finding in found]
    return []


def _whole(path: Path_) -> Path_:
    first = next((number for number, step in enumerate(path) if isinstance(step, int)), len(path))
    return path[:first]


def _related(one: str, other: str) -> bool:
    """Whether two paths are the same, or one lies above the other."""
    return one == other or not one or one.startswith((f"{other}.", f"{other}[")) or other.startswith(f"{one}.")
