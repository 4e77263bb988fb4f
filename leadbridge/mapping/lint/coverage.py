"""Which records a mapping covers: new ones must be covered, and no record by two mappings of one object."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

from leadbridge.conditions import Condition, ConditionError
from leadbridge.mapping.lint.finding import Finding, Seen, names_of
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.values import MISSING, Raw

_LITERAL: Final = re.compile(r'"([^"\\]*)"|\'([^\'\\]*)\'|(?<![\w.])(\d+(?:\.\d+)?)|\b(true|false)\b')
_STRANGER: Final = "something else"
_MOST_SAMPLES: Final = 4000


def check_new_records(seen: Seen) -> Iterator[Finding]:
    """A record that LeadBridge makes must be covered by the mapping that made it."""
    mapping = seen.mapping
    if mapping.on_create and not mapping.writable:
        message = "the mapping says `write: never`, so no record is made; take one of the two out"
        yield seen.error("on_create_unwritten", ("on_create",), message, key=True)
        return
    if not seen.writers() and not mapping.on_create:
        return
    if mapping.when is not None:
        yield from _when(seen, mapping.when)
    if mapping.unless is not None:
        yield from _unless(seen, mapping.unless)


def _when(seen: Seen, when: Condition) -> Iterator[Finding]:
    try:
        decided = when.decide(seen.mapping.on_create)
    except ConditionError as error:
        yield seen.error("on_create_outside", ("on_create",), f"`when` errs on it: {error}", key=True)
        return
    if decided is True or (decided is None and _written(seen, when)):
        return
    if seen.mapping.on_create:
        message = "a new record with these values is not covered by `when`"
        yield seen.error("on_create_outside", ("on_create",), message, key=True)
    else:
        message = "a new record would not be covered; say in `on_create` what it gets"
        yield seen.warning("on_create_missing", ("when",), message)


def _unless(seen: Seen, unless: Condition) -> Iterator[Finding]:
    try:
        decided = unless.decide(seen.mapping.on_create)
    except ConditionError as error:
        yield seen.error("on_create_outside", ("on_create",), f"`unless` errs on it: {error}", key=True)
        return
    if decided is True:
        yield seen.error("on_create_outside", ("on_create",), "`unless` excludes a record with these values", key=True)
    elif decided is None and not _written(seen, unless):
        message = "is undecided for a new record, which is then not covered; say in `on_create` what it gets"
        yield seen.warning("on_create_missing", ("unless",), message)


def _written(seen: Seen, condition: Condition) -> bool:
    """Whether a field that the condition asks for is written from golden, so that it decides record by record."""
    return bool(names_of(condition) & set(seen.writers()))


def check_overlaps(all_seen: Sequence[Seen]) -> Iterator[Finding]:
    """Two mappings of one object must exclude each other, or a record would have two roles at once."""
    for first, second in itertools.combinations(all_seen, 2):
        if not _share_object(first.mapping, second.mapping):
            continue
        both = _covered_by_both(first.mapping, second.mapping)
        if both is None:
            continue
        shown = ", ".join(f"{name} {_quoted(value)}" for name, value in sorted(both.items()))
        which = f"a record with {shown}" if shown else "every record, or one with nothing in it"
        message = (
            f"{first.mapping.file.name} covers {which} too; give both a `when` that leaves out the other's records"
        )
        yield second.error("overlap", ("when",) if second.mapping.when else ("object",), message)


def _quoted(value: Raw) -> str:
    return repr(value) if isinstance(value, str) else str(value).lower()


def _share_object(first: ObjectMapping, second: ObjectMapping) -> bool:
    connections = {first.connection, second.connection}
    return (first.provider, first.object) == (second.provider, second.object) and (
        len(connections) == 1 or None in connections
    )


def _covered_by_both(first: ObjectMapping, second: ObjectMapping) -> Mapping[str, Raw] | None:
    """A record that both cover, looked for among records made of the constants in their conditions."""
    conditions = [first.when, first.unless, second.when, second.unless]
    names = sorted(names_of(*conditions))
    constants = sorted({c for condition in conditions if condition for c in _constants(condition.source)}, key=repr)
    for values in _samples(names, [MISSING, _STRANGER, *constants]):
        if first.surely_covers(values) and second.surely_covers(values):
            return values
    return None


def _samples(names: Sequence[str], choices: Sequence[Raw]) -> Iterator[dict[str, Raw]]:
    if len(choices) ** len(names) <= _MOST_SAMPLES:
        rows: Iterator[tuple[Raw, ...]] = itertools.product(choices, repeat=len(names))
    else:
        chance = random.Random(0)  # noqa: S311  (a fixed sample, nothing secret)
        rows = (tuple(chance.choice(choices) for _ in names) for _ in range(_MOST_SAMPLES))
    for row in rows:
        yield {name: value for name, value in zip(names, row, strict=True) if value is not MISSING}


def _constants(source: str) -> Iterator[Raw]:
    """The constants of a condition, numbers with their neighbours, each also as text."""
    for double, single, number, word in _LITERAL.findall(source):
        if word:
            yield from (word == "true", word)
        elif number:
            exact = Decimal(number)
            for near in (exact - 1, exact, exact + 1):
                yield from (int(near) if near == near.to_integral_value() else near, str(near))
        else:
            yield double or single
