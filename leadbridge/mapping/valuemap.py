"""Value maps: the canonical values of a field against the provider's own words for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from leadbridge.transforms.spec import Codec, UnreadableError
from leadbridge.values import MISSING, Missing, Present, Raw, Value, is_present

Scalar = str | bool | int | Decimal
Unknown = Literal["reject", "keep", "missing"]


def spell(raw: Raw) -> str:
    """How a provider value is compared: as text, trimmed; booleans as ``true`` and ``false``."""
    return str(raw).lower() if isinstance(raw, bool) else str(raw).strip()


@dataclass(frozen=True, slots=True)
class ValueMap:
    """Reads every provider value listed, writes the first of each canonical value's list.

    Reading is exact first, then without regard to case where that leaves one answer.
    """

    written: Mapping[Present, Scalar]
    exact: Mapping[str, Present]
    folded: Mapping[str, Present]
    unknown: Unknown

    def read(self, raw: Raw) -> Present | Missing:
        """Raises UnreadableError where the value is not listed and must not pass."""
        spelt = spell(raw)
        known = self.exact.get(spelt, MISSING)
        if known is MISSING:
            known = self.folded.get(spelt.casefold(), MISSING)
        if known is not MISSING or self.unknown == "missing":
            return known
        if self.unknown == "keep":
            return spelt
        raise UnreadableError("unknown_value", "the mapping's `values` do not name this value")

    def write(self, value: Present) -> Scalar:
        """Raises UnreadableError where the mapping has no provider value for it."""
        found = self.written.get(value)
        if found is not None:
            return found
        if self.unknown == "keep" and isinstance(value, str):
            return value
        raise UnreadableError("unknown_value", "the mapping's `values` have no provider value for it")


def build(
    pairs: Sequence[tuple[Present, Sequence[Scalar]]], reads: Mapping[str, Present], unknown: Unknown
) -> ValueMap:
    """A map from canonical values with their provider values, in the order of the file."""
    exact: dict[str, Present] = dict(reads)
    for value, spellings in pairs:
        for spelling in spellings:
            exact.setdefault(spell(spelling), value)
    answers: dict[str, set[Present]] = {}
    for spelt, value in exact.items():
        answers.setdefault(spelt.casefold(), set()).add(value)
    folded = {spelt: values.pop() for spelt, values in answers.items() if len(values) == 1}
    return ValueMap({value: spellings[0] for value, spellings in pairs}, exact, folded, unknown)


def ambiguous(pairs: Sequence[tuple[Present, Sequence[Scalar]]], reads: Mapping[str, Present]) -> list[str]:
    """Provider values that stand under several canonical ones without a word in ``reads``."""
    owners: dict[str, list[Present]] = {}
    for value, spellings in pairs:
        for spelling in spellings:
            owners.setdefault(spell(spelling), []).append(value)
    return [spelt for spelt, values in owners.items() if len(values) > 1 and spelt not in reads]


def single_codec(values: ValueMap, text_wire: bool) -> Codec:
    """One provider value, one canonical value."""

    def encode(value: Present) -> Raw:
        written = values.write(value)
        return spell(written) if text_wire else written

    return Codec(decode=values.read, encode=encode)


def multiple_codec(values: ValueMap, items: Codec) -> Codec:
    """A multi-select: ``items`` splits and joins, the map translates each item."""

    def decode(raw: Raw) -> Value:
        split = items.decode(raw)
        parts = split if isinstance(split, tuple) else (split,)
        return tuple(str(value) for value in map(values.read, map(str, parts)) if value is not MISSING)

    def encode(value: Present) -> Raw:
        parts = value if isinstance(value, tuple) else (value,)
        return items.encode(tuple(spell(values.write(part)) for part in parts))

    return Codec(decode=decode, encode=encode)


def choice_codec(codec: Codec, choices: Sequence[str]) -> Codec:
    """The codec of a field with a list of values: what it reads must be one of them."""
    allowed = frozenset(choices)

    def decode(raw: Raw) -> Value:
        value = codec.decode(raw)
        items = value if isinstance(value, tuple) else (value,)
        if not all(item in allowed for item in items if is_present(item)):
            raise UnreadableError("unknown_value", f"is none of the field's values ({', '.join(choices)})")
        return value

    return Codec(decode=decode, encode=codec.encode)
