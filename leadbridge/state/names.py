"""Field names as small numbers: millions of rows repeat a few hundred names, which would be half of the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from leadbridge.golden import Held
from leadbridge.state import codec, schema
from leadbridge.values import Raw, Value


@dataclass(frozen=True, slots=True)
class _Layout:
    """How mappings with the same names in the same order are packed: by number. Most rows share a few of these."""

    names: tuple[str, ...]
    numbers: tuple[int, ...]


class _Numbers(dict[str, int]):
    """Name -> number; a new name gets the next number, in the transaction that needs it first."""

    def __init__(self, names: Names) -> None:
        super().__init__()
        self.names = names

    def __missing__(self, name: str) -> int:
        return self.names.add(name)


class Names:
    """The names that one transaction sees. A rollback takes new ones back, so nothing is kept beyond it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._texts: dict[int, str] = {}
        self._numbers = _Numbers(self)
        for number, name in connection.execute(select(schema.names.c.id, schema.names.c.name)):
            self._texts[number] = name
            self._numbers[name] = number
        self._next = max(self._texts, default=0) + 1
        self._layouts: dict[tuple[str, ...], _Layout] = {}

    def add(self, name: str) -> int:
        number, self._next = self._next, self._next + 1
        self._connection.execute(insert(schema.names), {"id": number, "name": name})
        self._texts[number] = name
        self._numbers[name] = number
        return number

    def pack(self, values: Mapping[str, Raw] | Mapping[str, Value]) -> str:
        """Equal mappings give equal texts. Raises ValueError for MISSING."""
        return codec.dumps(self._flat(values))

    def pack_known(self, values: Mapping[str, Raw]) -> str | None:
        """Like :meth:`pack`, where all names are known already; None where one is not, so that no row has the text."""
        if not self._numbers.keys() >= values.keys():
            return None
        return self.pack(values)

    def unpack(self, text: str) -> dict[str, Any]:
        return self._mapping(codec.loads(text))

    def pack_held(self, fields: Mapping[str, Held]) -> str:
        """Fields grouped by what most of them share: ``[[origin, run, values], ...]``, behind it a stamp and what they
        show, if any.
        """
        groups: dict[tuple[str, int, datetime | None, int], dict[str, Any]] = {}
        for name, held in fields.items():
            groups.setdefault((held.origin, held.run, held.stamp, held.shows), {})[name] = held.value
        packed = [
            [origin, run, self._flat(values), *((stamp, shows) if shows else () if stamp is None else (stamp,))]
            for (origin, run, stamp, shows), values in groups.items()
        ]
        return codec.dumps(packed)

    def unpack_held(self, text: str) -> dict[str, Held]:
        found: dict[str, Held] = {}
        for origin, run, items, *more in codec.loads(text):
            stamp = codec.revive(more[0]) if more else None
            shows = more[1] if len(more) > 1 else 0
            for name, value in self._mapping(items).items():
                found[name] = Held(value, origin, run, stamp, shows)
        return found

    def _flat(self, values: Mapping[str, Any]) -> list[Any]:
        """By ascending number of the name, so that equal mappings give equal lists."""
        given = tuple(values)
        layout = self._layouts.get(given)
        if layout is None:
            numbered = sorted((self._numbers[name], name) for name in given)
            layout = _Layout(tuple(name for _, name in numbered), tuple(number for number, _ in numbered))
            self._layouts[given] = layout
        return codec.interleaved(layout.numbers, map(values.__getitem__, layout.names))

    def _mapping(self, items: list[Any]) -> dict[str, Any]:
        numbers, values = codec.separated(items)
        return dict(zip(map(self._texts.__getitem__, numbers), values, strict=True))
