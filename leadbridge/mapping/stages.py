"""Stages of a person, and the moves between them that are legal: a file of kind ``stages`` in the mappings folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, Literal

from pydantic import Field

from leadbridge.errors import Fault
from leadbridge.files.check import suggest
from leadbridge.files.document import Document
from leadbridge.files.salvage import salvage
from leadbridge.mapping.model import Shape
from leadbridge.subjects.model import Catalogue
from leadbridge.values import Value, is_absent

STAGE: Final = "stage"
"""The person's field that holds the stage."""

NEEDED: Final = ("lead", "prospect", "customer")


class StagesFile(Shape):
    """The stages that a person goes through, and the moves between them."""

    kind: Literal["stages"] = Field(description="What this file is.")
    stages: list[str] = Field(
        description="The stages in their order; lead, prospect and customer are among them. A person begins anywhere."
    )
    moves: dict[str, list[str]] = Field(
        default_factory=dict,
        description="Stage: the stages that may follow it. Without `moves` each stage leads to the next one only.",
    )


@dataclass(frozen=True, slots=True)
class Stages:
    """The stages in their order, and which may follow which.

    Attributes:
        moves: stage -> the stages that may follow; one that is not there is the last.
    """

    order: tuple[str, ...]
    moves: Mapping[str, tuple[str, ...]]

    @classmethod
    def in_a_row(cls, order: Sequence[str]) -> Stages:
        """Each stage leads to the next one only."""
        return cls(tuple(order), {stage: (follower,) for stage, follower in pairwise(order)})

    def illegal(self, before: Value, after: Value) -> str | None:
        """Why a person may not go from the one to the other; None where they may.

        Whoever has no stage yet may get any; a stage that is known is not taken away again.
        """
        if is_absent(before) or before == after:
            return None
        if is_absent(after):
            return f"a stage is not taken away again, and {before} is known"
        followers = self.moves.get(str(before), ())
        if after in followers:
            return None
        may_follow = f"only {' or '.join(followers)} may follow" if followers else "it is a last stage"
        return f"{before} -> {after} is no legal move: {may_follow}"

    def barred(self, before: Value, after: Value) -> str | None:
        """The same for a conversion, which moves nobody back: a customer stays one."""
        why = self.illegal(before, after)
        if why is None and before in self.order and after in self.order:
            back = self.order.index(str(after)) < self.order.index(str(before))
            return f"{before} is further on than {after}" if back else None
        return why

    def allows(self, before: Value, after: Value) -> bool:
        return self.illegal(before, after) is None


DEFAULT: Final = Stages.in_a_row(NEEDED)
"""Where a project says nothing of stages."""


def compile_stages(document: Document, faults: list[Fault]) -> Stages | None:
    """The stages, as far as they can be told; None where they cannot. What is wrong is added to ``faults``."""
    found = salvage(document, StagesFile, faults, {"stages": []})
    if found.made is None or not found.made.stages:
        if found.made is not None and not found.lost:
            faults.append(document.fault(("stages",), f"needs the stages, among them {_and(NEEDED)}"))
        return None
    faults.extend(found.news(_faults(found.document, found.made)))
    return _compile(found.made)


def _compile(file: StagesFile) -> Stages:
    if not file.moves:
        return Stages.in_a_row(file.stages)
    return Stages(tuple(file.stages), {stage: tuple(followers) for stage, followers in file.moves.items()})


def _faults(document: Document, file: StagesFile) -> Iterator[Fault]:
    yield from _names(document, file)
    yield from _moves(document, file)
    stages = _compile(file)
    reached = _reached(stages)
    for number, stage in enumerate(file.stages):
        if stage not in reached:
            message = f"no moves lead from {stages.order[0]!r} to {stage!r}"
            yield document.fault(("stages", number), message)


def _names(document: Document, file: StagesFile) -> Iterator[Fault]:
    for number, stage in enumerate(file.stages):
        if not stage.strip():
            yield document.fault(("stages", number), "a stage cannot be blank")
        elif stage in file.stages[:number]:
            yield document.fault(("stages", number), f"{stage!r} stands here twice")
    for stage in NEEDED:
        if stage not in file.stages:
            yield document.fault(("stages",), f"{stage!r} must be among them, as {_and(NEEDED)} are everywhere")


def _moves(document: Document, file: StagesFile) -> Iterator[Fault]:
    for stage, followers in file.moves.items():
        if stage not in file.stages:
            message = f"there is no stage {stage!r}"
            yield document.fault(("moves", stage), message, suggest(stage, file.stages), key=True)
        for number, follower in enumerate(followers):
            at = ("moves", stage, number)
            if follower not in file.stages:
                yield document.fault(at, f"there is no stage {follower!r}", suggest(follower, file.stages))
            elif follower == stage:
                yield document.fault(at, "a stage does not follow itself")


def _reached(stages: Stages) -> frozenset[str]:
    """The stages to which moves lead from the first, itself among them."""
    reached, open_ = {stages.order[0]}, [stages.order[0]]
    while open_:
        fresh = set(stages.moves.get(open_.pop(), ())) - reached
        reached |= fresh
        open_ += sorted(fresh)
    return frozenset(reached)


def with_stages(catalogue: Catalogue, stages: Stages) -> Catalogue:
    """The catalogue, with these stages as the choices of a person's stage."""
    person = catalogue.subjects["person"]
    field = replace(person.fields[STAGE], choices=stages.order)
    return Catalogue({**catalogue.subjects, "person": person.with_fields([field])})


def _and(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}"
