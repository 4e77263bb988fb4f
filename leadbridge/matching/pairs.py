"""Candidate pairs: records that share a key. How they are found never depends on the order of the batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, pairwise
from typing import Final

from leadbridge.extend import Pair
from leadbridge.matching.keys import BATCH_KEYS, keys_of, kind_of, text_of
from leadbridge.matching.normal import fold
from leadbridge.records import Captured, Ref

LARGEST: Final = 50
"""Records that share one key and are still compared each with each; beyond it, n records give n - 1 pairs."""


def candidate_pairs(batch: Iterable[Captured]) -> tuple[Pair, ...]:
    """Every two records of one subject that share a key, with the kinds of all keys they share; sorted by refs.

    A key that very many records share (a switchboard's number, an ``info@`` address) says little: there each record
    is compared with the next of the same name, and each name with the next, so that no work grows with the square.
    """
    records = {record.ref: record for record in batch}
    shared: dict[tuple[Ref, Ref], set[str]] = {}
    for key, block in _blocks(records.values()).items():
        for left, right in _within(block):
            shared.setdefault((left.ref, right.ref), set()).add(kind_of(key[1]))
    ordered = sorted(shared.items(), key=lambda item: item[0])
    return tuple(Pair(records[left], records[right], tuple(sorted(kinds))) for (left, right), kinds in ordered)


def _blocks(records: Iterable[Captured]) -> dict[tuple[str, str], list[Captured]]:
    blocks: dict[tuple[str, str], list[Captured]] = {}
    for record in records:
        for key in keys_of(record.subject, record.values, BATCH_KEYS.get(record.subject, ())):
            blocks.setdefault((record.subject, key), []).append(record)
    return blocks


def _within(block: Sequence[Captured]) -> Iterator[tuple[Captured, Captured]]:
    """Pairs with the smaller ref first."""
    if len(block) <= LARGEST:
        return combinations(sorted(block, key=lambda record: record.ref), 2)
    chained = pairwise(sorted(block, key=lambda record: (_name(record), record.ref)))
    return ((a, b) if a.ref < b.ref else (b, a) for a, b in chained)


def _name(record: Captured) -> tuple[str, ...]:
    return tuple(fold(text_of(record.values, name)) for name in ("last_name", "first_name", "name"))
