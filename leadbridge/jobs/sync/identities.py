"""What is found out of who is who, and how questions about records are written down."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, field

from leadbridge.merge.succession import Succession
from leadbridge.plan.sync_rows import Asked
from leadbridge.records import Ref


@dataclass(slots=True)
class Identities:
    """What identifying found, besides whose turn it is, which is in the state.

    Attributes:
        united: golden record -> those that become part of it.
        asked: golden record -> questions about who it is, to be asked with its turn.
        open: golden records for which nothing is made until a question is answered.
        moved: record -> what it is called now: its key was edited.
        group: records in the largest group, and the golden record where it stands.
    """

    succession: Succession = field(default_factory=Succession)
    united: dict[int, tuple[int, ...]] = field(default_factory=dict)
    asked: dict[int, tuple[Asked, ...]] = field(default_factory=dict)
    open: set[int] = field(default_factory=set)
    moved: dict[Ref, Ref] = field(default_factory=dict)
    group: tuple[int, int] = (1, 0)

    @property
    def heirs(self) -> dict[int, int]:
        """Golden record -> the one that it becomes part of."""
        return {number: keep for keep, some in self.united.items() for number in some}


def body_of(refs: Collection[Ref], why: str = "") -> str:
    """A question about records, as its text in the state."""
    return json.dumps({"refs": [[r.connection, r.object, r.id] for r in sorted(refs)], "why": why}, ensure_ascii=True)


def refs_of(body: str) -> frozenset[Ref]:
    """The records that a question is about."""
    return frozenset(Ref(*parts) for parts in json.loads(body)["refs"])
