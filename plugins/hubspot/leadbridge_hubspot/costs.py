"""How many API calls reading and writing take at most, where nothing goes wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from leadbridge.provider import Action
from leadbridge_hubspot.client import ASSOCIATIONS, BATCH
from leadbridge_hubspot.drafting import ADDRESSES, Draft, batches
from leadbridge_hubspot.objects import kind
from leadbridge_hubspot.schema import LIFECYCLE

_WRITTEN: Final[Mapping[str, int]] = {"create": 1, "update": 1, "delete": 2}
"""Calls of a batch; records that are deleted are looked for before."""
_STAGES: Final = 3
"""Besides, of a batch that moves lifecycle stages: a look whether they moved, and those that did not in two steps."""
_ASSOCIATED: Final = 3
"""And for each association that it sets: what there is, what comes, what goes."""


def reads(objects: Iterable[str]) -> int:
    """Of reading a record of each of these objects, together, with its associations."""
    return sum(_read(object_, records) for object_, records in Counter(objects).items())


def writes(actions: Iterable[Action]) -> int:
    """Of writing, and of reading back what is not deleted."""
    groups: dict[tuple[str, str], list[Action]] = {}
    for action in actions:
        groups.setdefault((action.object, action.verb), []).append(action)
    return sum(_written(object_, verb, rows) for (object_, verb), rows in groups.items())


def _read(object: str, records: int) -> int:
    return _ceil(records, BATCH) + len(kind(object).references) * _ceil(records, ASSOCIATIONS)


def _written(object: str, verb: str, rows: Sequence[Action]) -> int:
    parts = batches([_outline(action) for action in rows], BATCH)
    calls = sum(_WRITTEN[verb] + (_after(object, part) if verb == "update" else 0) for part in parts)
    return calls + (0 if verb == "delete" else _read(object, len(rows)))


def _outline(action: Action) -> Draft:
    """What decides with which others a row can be in one batch."""
    return Draft(action, {name: str(raw) for name in ADDRESSES if (raw := action.values.get(name))})


def _after(object: str, part: Sequence[Draft]) -> int:
    values = [draft.action.values for draft in part]
    names = {reference.name for reference in kind(object).references}
    staged = any(one.get(LIFECYCLE) not in {None, ""} for one in values)
    bare = any(one.keys() <= names for one in values)  # nothing but associations: looked whether the record is there
    return bare + _STAGES * staged + _ASSOCIATED * sum(any(name in one for one in values) for name in names)


def _ceil(rows: int, size: int) -> int:
    return -(-rows // size)
