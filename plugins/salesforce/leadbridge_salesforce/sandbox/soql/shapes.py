"""What a row of a query's result looks like: which of its values goes where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select

Sql = ColumnElement[Any]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value. ``kind`` is the field's type; a compound address has one index for each of its ``parts``."""

    kind: str
    indexes: tuple[int, ...]
    parts: tuple[str, ...] = ()
    labels: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Nested:
    """The records of a child relationship; ``id`` is where the parent's id stands in the row."""

    id: int
    children: Children


@dataclass(slots=True)
class Branch:
    """A record: its own values, its parents, its children, each under its key and in the order of the query.

    Attributes:
        type: what ``attributes`` says; None for a parent that may be of several objects, whose record is a ``Name``.
        id: where its id stands; None for rows of aggregates.
    """

    type: str | None
    id: int | None
    members: dict[str, Leaf | Branch | Nested] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Children:
    """A subquery, ready to be run for a page of parents.

    Attributes:
        rows: selects the columns, then the ``parent``'s id, then the row's ``place`` among its siblings, from 1 on.
        first: the place of the first row that is wanted; ``last`` that of the last, None for all.
    """

    rows: Select[Any]
    parent: Sql
    first: int
    last: int | None
    shape: Branch


@dataclass(frozen=True, slots=True)
class Compiled:
    """A query, ready to be run.

    Attributes:
        keys: selects the ids of all rows, in order; None for aggregates and ``COUNT()``.
        rows: selects the columns: of all rows for aggregates, else to be narrowed to some ids by ``id``.
        shape: what a row looks like; None for ``COUNT()``.
        object: the name of the object that is queried.
    """

    keys: Select[Any] | None
    rows: Select[Any]
    id: Sql
    shape: Branch | None
    object: str


def leaves(branch: Branch, prefix: str = "") -> Sequence[tuple[str, Leaf]]:
    """Every value of a row under its dotted name, as a flat table wants it; subqueries have no place there."""
    found: list[tuple[str, Leaf]] = []
    for key, member in branch.members.items():
        if isinstance(member, Leaf):
            found.append((prefix + key, member))
        elif isinstance(member, Branch):
            found.extend(leaves(member, f"{prefix}{key}."))
    return found
