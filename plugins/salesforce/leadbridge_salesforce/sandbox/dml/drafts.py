"""Rows on their way into the store, and how they are to be saved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from leadbridge.sandbox import Call
from leadbridge_salesforce.sandbox.dml.refusals import Refused
from leadbridge_salesforce.sandbox.schema import ObjectSchema
from leadbridge_salesforce.sandbox.store import Row, Stored

Given = Mapping[str, Any]
"""A record as a client sends it: field -> value, relationship -> the external id of a parent."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a request wants its rows saved.

    Attributes:
        stamp: when the rows say that they were saved.
        user: who saves.
        assign: whether assignment rules run: the active one, none, or the one with this id.
        allow_duplicates: duplicate rules that only alert let the row pass.
        truncate: text that is too long is cut.
        validate: validation rules run.
        check_duplicates: duplicate rules run.
        internal: the platform itself writes, such as a conversion does: read-only fields and converted leads too.
    """

    call: Call
    stamp: str
    user: str
    assign: bool | str = False
    allow_duplicates: bool = False
    truncate: bool = False
    validate: bool = True
    check_duplicates: bool = True
    internal: bool = False


@dataclass(frozen=True, slots=True)
class Saved:
    """The outcome of one row. ``id`` is None where it was refused before it had one."""

    id: str | None
    created: bool = False
    refused: Refused | None = None


@dataclass(slots=True)
class Draft:
    """One row: what was given, what it was before, what it becomes.

    Attributes:
        before: the record as it is; None for one that is being made.
        changes: what the client set, as columns hold it.
        after: the whole record as it will be.
    """

    schema: ObjectSchema
    given: Given
    before: Row | None = None
    changes: dict[str, Stored] = field(default_factory=dict)
    after: dict[str, Stored] = field(default_factory=dict)
    refused: Refused | None = None

    @property
    def id(self) -> str | None:
        found = self.after.get("Id") or (self.before or {}).get("Id")
        return str(found) if found else None

    def touches(self, names: Iterable[str]) -> bool:
        """Whether one of these fields gets another value, or its first."""
        return any(self.after.get(name) != (self.before or {}).get(name) for name in names)

    def value(self, name: str) -> str | None:
        found = self.after.get(name)
        return None if found is None else str(found)


def standing(drafts: Iterable[Draft]) -> Iterator[Draft]:
    """Those that nothing has refused so far."""
    return (draft for draft in drafts if draft.refused is None)


def each(drafts: Iterable[Draft], step: Callable[[Draft], None]) -> None:
    """Take every standing draft a step further; one that the step refuses goes no further, the others do."""
    for draft in standing(drafts):
        try:
            step(draft)
        except Refused as refused:
            draft.refused = refused
