"""Keyed files: a row whose key was edited looks like one row that vanished and one that came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from leadbridge.golden import Link
from leadbridge.mapping.fields import is_blank
from leadbridge.records import Record, Ref
from leadbridge.values import MISSING, Raw

Columns = tuple[str, ...]
Row = tuple[tuple[str, Raw], ...]


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Rows that vanished and rows that came, all otherwise equal: a person must say which became which."""

    vanished: tuple[Ref, ...]
    appeared: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class Rekeys:
    """``moved``: old ref -> new ref; the link follows, and its bases with it."""

    moved: Mapping[Ref, Ref]
    ambiguous: tuple[Ambiguous, ...] = ()


def rekeys(vanished: Iterable[Link], appeared: Iterable[Record], key: str) -> Rekeys:
    """Edited keys among the rows of one object of a keyed file; ``key`` is its key column.

    ``vanished`` are links whose rows a complete scan no longer found, ``appeared`` rows without a link. One and one
    with equal values in every column that has a base, the key aside, are a re-key; several are a question; rows that
    say nothing beside the key prove nothing.
    """
    came = sorted(appeared, key=lambda record: record.ref)
    moved: dict[Ref, Ref] = {}
    ambiguous: list[Ambiguous] = []
    came_by: dict[Columns, dict[Row, list[Ref]]] = {}
    for (columns, row), links in sorted(_alike(vanished, key).items(), key=lambda item: item[1][0].ref):
        if columns not in came_by:
            came_by[columns] = _by_row(came, columns)
        equal = came_by[columns].get(row, [])
        if len(links) == 1 and len(equal) == 1:
            moved[links[0].ref] = equal[0]
        elif equal:
            ambiguous.append(Ambiguous(tuple(link.ref for link in links), tuple(equal)))
    return _without_rivals(moved, ambiguous)


def _alike(vanished: Iterable[Link], key: str) -> dict[tuple[Columns, Row], list[Link]]:
    """Vanished links by their columns and values, those that say something beside the key."""
    found: dict[tuple[Columns, Row], list[Link]] = {}
    for link in sorted(vanished, key=lambda link: link.ref):
        columns = tuple(sorted(column for column in link.base if column != key))
        if not all(is_blank(link.base[column]) for column in columns):
            found.setdefault((columns, _row(columns, link.base)), []).append(link)
    return found


def _by_row(records: Iterable[Record], columns: Columns) -> dict[Row, list[Ref]]:
    found: dict[Row, list[Ref]] = {}
    for record in records:
        found.setdefault(_row(columns, record.values), []).append(record.ref)
    return found


def _row(columns: Columns, values: Mapping[str, Raw]) -> Row:
    """Values with their types, which tell 0 from False."""
    return tuple((type(raw := values.get(column, MISSING)).__name__, raw) for column in columns)


def _without_rivals(moved: Mapping[Ref, Ref], ambiguous: Sequence[Ambiguous]) -> Rekeys:
    """A new row that two vanished ones could have become belongs to neither until a person says so."""
    claims: dict[Ref, list[Ref]] = {}
    for old, new in moved.items():
        claims.setdefault(new, []).append(old)
    rivals = [Ambiguous(tuple(sorted(olds)), (new,)) for new, olds in claims.items() if len(olds) > 1]
    asked = {ref for question in (*ambiguous, *rivals) for ref in question.appeared}
    settled = {old: new for old, new in moved.items() if new not in asked}
    rivals += [Ambiguous((old,), (new,)) for old, new in moved.items() if new in asked and len(claims[new]) == 1]
    return Rekeys(settled, tuple(sorted((*ambiguous, *rivals), key=lambda question: question.vanished)))
