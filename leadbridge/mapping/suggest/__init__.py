"""``leadbridge mappings suggest``: a mapping file for an object, from its header and a few samples."""

from __future__ import annotations

from collections.abc import Mapping

from leadbridge.mapping.suggest.propose import propose
from leadbridge.mapping.suggest.writing import text_of
from leadbridge.provider import ObjectDescription, Wire
from leadbridge.subjects.model import Subject
from leadbridge.transforms.spec import TransformSpec

__all__ = ["suggest_mapping"]


def suggest_mapping(
    described: ObjectDescription,
    provider: tuple[str, Wire],
    role: tuple[str, Subject],
    transforms: Mapping[str, TransformSpec],
) -> str:
    """The text of a mapping file that reads the object as the role; the same input gives the same text.

    ``provider`` is its name and wire, ``role`` the role's name and subject.
    """
    proposal = propose(described, role[1], transforms, provider[1])
    return text_of(proposal, provider[0], role[0])
