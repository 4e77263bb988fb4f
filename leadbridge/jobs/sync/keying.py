"""The keys by which a subject is found again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from leadbridge.golden import Golden
from leadbridge.matching.keys import BATCH_KEYS, PERSON, keys_of
from leadbridge.merge.viewing import LINKED, organisation_of
from leadbridge.state.model import GoldenKey
from leadbridge.values import Value


def golden_keys(subject: str, values: Mapping[str, Value]) -> Iterator[GoldenKey]:
    for key in keys_of(subject, values, BATCH_KEYS.get(subject, ())):
        kind, _, text = key.partition(":")
        yield GoldenKey(subject, kind, text)


def kept_keys(golden: Golden) -> list[GoldenKey]:
    """All keys that a golden record is kept under: those by which it is found again, and the organisation's."""
    found = list(golden_keys(golden.subject, golden.values))
    linked = organisation_of(golden) if golden.subject == PERSON else 0
    return [*found, GoldenKey(golden.subject, LINKED, str(linked))] if linked else found
