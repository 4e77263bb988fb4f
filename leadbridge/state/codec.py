"""Values as compact JSON text and back, exactly: ``0``, ``False``, ``""`` and null stay apart, Decimals keep digits.

In the place of a value a JSON array is a multi-select and a JSON object of one key is a type that JSON lacks: ``n`` a
Decimal, ``d`` a date, ``t`` a datetime in UTC. The place decides, not the spelling, so no field name and no text can be
taken for one. A MISSING value has no text: leave its field out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from leadbridge.values import Raw, Value

_PLAIN: Final = frozenset({str, int, bool, float, type(None)})


def _tagged(value: object) -> dict[str, str]:
    """What ``json`` calls for a type it does not know."""
    if isinstance(value, Decimal):
        return {"n": str(value)}
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a datetime without a time zone cannot be kept")
        return {"t": value.astimezone(UTC).replace(tzinfo=None).isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    raise ValueError(f"a {type(value).__name__} cannot be kept as a value; a missing one is left out")


_compact = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, default=_tagged).encode
_escaped = json.JSONEncoder(separators=(",", ":"), ensure_ascii=True, default=_tagged).encode


def dumps(structure: object) -> str:
    """Any JSON structure, with values in it. Raises ValueError for MISSING and for what is no value."""
    text = _compact(structure)
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair: no database takes it unescaped
        return _escaped(structure)
    return text


loads = json.loads
"""The plain JSON structure; :func:`revive` what stands in the place of a value."""


def revive(value: Any) -> Any:
    """The value that a part of a :func:`loads` stands for."""
    if value.__class__ in _PLAIN:
        return value
    if isinstance(value, list):
        return tuple(value)
    ((tag, text),) = value.items()
    return _REVIVE[tag](text)


_REVIVE: Final[Mapping[str, Callable[[str], Any]]] = {
    "n": Decimal,
    "d": date.fromisoformat,
    "t": lambda text: datetime.fromisoformat(text).replace(tzinfo=UTC),
}


def revived(values: Mapping[str, Any]) -> dict[str, Any]:
    """Field -> value, of an object of a :func:`loads` that holds values."""
    return {name: value if value.__class__ in _PLAIN else revive(value) for name, value in values.items()}


def encode(values: Mapping[str, Value] | Mapping[str, Raw]) -> str:
    """Field -> value, with the names in it; for what leaves the state or is hashed."""
    return dumps(dict(values))


def decode(text: str) -> dict[str, Any]:
    """The opposite of :func:`encode`."""
    return revived(loads(text))


def interleaved(numbers: Sequence[int], values: Iterable[Any]) -> list[Any]:
    """``[number, value, number, value, ...]``, to be written with :func:`dumps`."""
    found: list[Any] = [None] * (2 * len(numbers))
    found[::2], found[1::2] = numbers, values
    return found


def separated(items: list[Any]) -> tuple[list[int], list[Any]]:
    """The opposite of :func:`interleaved`, after a :func:`loads`."""
    values = items[1::2]
    if not _PLAIN.issuperset(map(type, values)):
        values = [revive(value) for value in values]
    return items[::2], values
