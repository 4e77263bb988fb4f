"""A field that names another record, such as the owner, names it by the id of one CRM; in another it has another."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from leadbridge.values import MISSING, Value

NOT_KNOWN: Final = "kept out: the record that is named is not known there"
NOT_ASKED: Final = "kept out here: `leadbridge plan` looks up who that is there"


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """
    Attributes:
        fields: those that name records of a subject that is mapped; all others are the same text everywhere.
        ids: (field, connection, id there) -> connection -> the id of the same user, queue or other record there.
        why: what keeps a field out that nobody knows there.
    """

    fields: Collection[str] = frozenset()
    ids: Mapping[tuple[str, str, str], Mapping[str, str]] = field(default_factory=dict)
    why: str = NOT_KNOWN

    def read(self, name: str, value: Value, here: str, there: str) -> Value:
        """A field's value of one connection in another; MISSING where nobody knows who that is."""
        if name not in self.fields or here == there:
            return value
        return self.ids.get((name, here, str(value)), {}).get(there, MISSING)


NOWHERE: Final = Elsewhere()
"""Nothing is known of other connections."""
