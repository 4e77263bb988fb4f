"""A document against a pydantic shape: every fault at once, where it stands, in plain words."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError

from leadbridge.errors import Fault, FileFaults
from leadbridge.files.branches import Finding, settle
from leadbridge.files.document import Document
from leadbridge.files.marks import Path_
from leadbridge.files.shapes import keys_at
from leadbridge.files.wording import options, sentence

M = TypeVar("M", bound=BaseModel)

UNKNOWN_KEY: Final = "unknown key"

_LONGEST_COMPARED: Final = 80


def suggest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that was probably meant, or None. Upper and lower case do not matter."""
    known = {candidate.casefold(): candidate for candidate in sorted(candidates, reverse=True)}
    close = difflib.get_close_matches(word[:_LONGEST_COMPARED].casefold(), known, n=1, cutoff=0.6)
    return known[close[0]] if close else None


def check(document: Document, model: type[M], at: Path_ = ()) -> M:
    """The part of a document at a path, as the model. Raises :class:`FileFaults` with every fault."""
    faults: list[Fault] = []
    made = collect(document, model, faults, at)
    if made is None:
        raise FileFaults(faults)
    return made


def collect(document: Document, model: type[M], faults: list[Fault], at: Path_ = ()) -> M | None:
    """Like :func:`check`, with the faults added to a list; None where there were any."""
    return collect_part(document, model, document.at(at), at, faults)


def collect_part(  # noqa: PLR0913, PLR0917  (what is checked, against what, and where it stands)
    document: Document,
    model: type[M],
    data: object,
    at: Path_,
    faults: list[Fault],
    beside: type[BaseModel] | None = None,
) -> M | None:
    """As :func:`collect`, for some of the keys that stand at a path; ``beside`` knows the others, for suggestions."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        found = [Finding.of(line, data) for line in error.errors(include_url=False)]
        known = keys_at(beside, ()) if beside else set()
        faults.extend(_fault(document, model, finding, at, known) for finding in settle(found))
        return None


def _fault(document: Document, model: type[BaseModel], finding: Finding, at: Path_, beside: set[str]) -> Fault:
    path = (*at, *finding.path)
    if finding.kind == "extra_forbidden":
        present = document.at(path[:-1])
        known = keys_at(model, finding.path[:-1]) | (beside if len(finding.path) == 1 else set())
        return document.fault(path, UNKNOWN_KEY, suggest(str(path[-1]), known - set(present)), key=True)
    if finding.kind == "missing":
        return document.fault(path[:-1], f"needs the key `{path[-1]}`", key=True)
    close = suggest(finding.input, options(finding)) if isinstance(finding.input, str) else None
    return document.fault(path, sentence(finding), close or finding.suggestion, key=finding.at_key)
