"""What a record's going means for the golden record: judged once, by default left to a person."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from leadbridge.golden import Golden, Link
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.merge.standing import in_play
from leadbridge.records import Ref

DeletePolicy = Literal["park", "propagate"]
Fate = Literal["parked", "met_by_a_change", "propagated", "no_consequence"]


@dataclass(frozen=True, slots=True)
class Departure:
    """One record that went, and what follows.

    Attributes:
        fate: ``parked``: a person is asked whether to delete elsewhere; ``met_by_a_change``: somebody edited it
            elsewhere, nothing is deleted or re-created, a person is asked; ``propagated``: deletes are planned
            elsewhere; ``no_consequence``: the person is still in that connection, or nowhere else where records are
            written.
        deletes: links whose records are to be deleted.
    """

    ref: Ref
    fate: Fate
    deletes: tuple[Link, ...] = ()

    @property
    def asks(self) -> bool:
        return self.fate in {"parked", "met_by_a_change"}


@dataclass(frozen=True, slots=True)
class Departing:
    """What judging needs.

    Attributes:
        before, after: the golden record's links before and after the cycle; see ``standing.stand``.
        mappings: ref -> the mapping that covered the record.
        edited: whether a live link changed in this cycle.
        targets: connections that the job may write to.
    """

    before: Sequence[Link]
    after: Sequence[Link]
    mappings: Mapping[Ref, ObjectMapping]
    edited: bool = False
    policy: DeletePolicy = "park"
    targets: Collection[str] = field(default_factory=frozenset)


def depart(golden: Golden, scene: Departing) -> tuple[Departure, ...]:
    """Judge every live link that went in this cycle; ``golden`` is the record after the merge.

    A link that was surplus, suspended or converted has no say: its going means nothing for the person.
    """
    now = {link.id: link for link in scene.after}
    went = [old for old in scene.before if old.state == "live" and now[old.id].state == "gone"]
    return tuple(_judge(golden, old, scene) for old in sorted(went, key=lambda link: link.ref))


def returned(before: Sequence[Link], after: Sequence[Link]) -> tuple[Ref, ...]:
    """Records that were gone and are there again: what was asked about their going clears itself."""
    now = {link.id: link for link in after}
    there = {"live", "surplus", "suspended"}
    return tuple(sorted(old.ref for old in before if old.state == "gone" and now[old.id].state in there))


def _judge(golden: Golden, old: Link, scene: Departing) -> Departure:
    left = [link for link in scene.after if in_play(link) and link.state == "live"]
    elsewhere = tuple(k for k in left if k.ref.connection != old.ref.connection and not _only_read(k, scene))
    # A twin, or the contact beside the lead, is still there: the person has not left that connection.
    if any(link.ref.connection == old.ref.connection for link in left):
        return Departure(old.ref, "no_consequence")
    # Nobody else has the person, or whoever has is only read: nothing is left to decide.
    if not elsewhere:
        return Departure(old.ref, "no_consequence")
    # Golden holds what the record never got to know: whoever deleted it had not seen that.
    if scene.edited or _untold(golden, old, scene):
        return Departure(old.ref, "met_by_a_change")
    if scene.policy == "park":
        return Departure(old.ref, "parked")
    return Departure(old.ref, "propagated", tuple(link for link in elsewhere if link.ref.connection in scene.targets))


def _only_read(link: Link, scene: Departing) -> bool:
    mapping = scene.mappings.get(link.ref)
    return mapping is not None and not mapping.writable


def _untold(golden: Golden, old: Link, scene: Departing) -> bool:
    """Also where nothing was ever agreed with the record: it was linked by a person's word, and went unread."""
    mapping = scene.mappings.get(old.ref)
    return mapping is None or not old.base or bool(mapping.change(golden.values, old.base).values)
