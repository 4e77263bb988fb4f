"""The two laws of a mapping, tried on its fields with many values.

1. ``put(get(x), x)`` is ``x``: what was only read is not rewritten.
2. ``encode(get(put(g, x)))`` says the same as ``encode(g)``: what is written reads back as what was meant.

Values that a field cannot read, or golden values that it has no provider value for, are no part of its laws: they
are rejected, row by row.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from leadbridge.mapping.constants import typed
from leadbridge.mapping.fields import ColumnMap, PartsMap
from leadbridge.mapping.laws.samples import RAW_STRANGERS, RAW_TYPED, Chance, canonical, name_part
from leadbridge.mapping.lint.finding import Finding, Seen
from leadbridge.mapping.valuemap import spell
from leadbridge.subjects.model import Field
from leadbridge.transforms.spec import UnreadableError
from leadbridge.values import BLANK, MISSING, Present, Raw, Value, is_absent

Golden = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Broken:
    """An example that breaks a law. The smaller its text, the better it explains."""

    code: str
    text: str


def check_laws(seen: Seen, examples: int = 200, seed: int = 0) -> Iterator[Finding]:
    """One finding per field and law broken, with the smallest example found."""
    for fieldmap in seen.mapping.fields:
        if fieldmap.write == "never" or not isinstance(fieldmap, ColumnMap | PartsMap):
            continue
        name = fieldmap.targets[0].name
        chance = random.Random(f"{seed} {seen.mapping.file.name} {name}")  # noqa: S311  (repeatable, nothing secret)
        trial = Trial(seen, fieldmap, chance, examples)
        smallest: dict[str, Broken] = {}
        for broken in trial.broken():
            best = smallest.setdefault(broken.code, broken)
            if len(broken.text) < len(best.text):
                smallest[broken.code] = broken
        for code, broken in sorted(smallest.items()):
            yield seen.error(code, ("fields", name), broken.text, key=True)


@dataclass(frozen=True, slots=True)
class Trial:
    """One field map and the values to try it with."""

    seen: Seen
    fieldmap: ColumnMap | PartsMap
    chance: Chance
    examples: int

    def broken(self) -> Iterator[Broken]:
        raws = list(itertools.islice(self.raws(), self.examples))
        for raw in raws:
            yield from self.first_law(raw)
        for golden in itertools.islice(self.goldens(), self.examples):
            yield from self.second_law(golden, MISSING)
            yield from self.second_law(golden, self.chance.choice(raws))

    def first_law(self, raw: Raw) -> Iterator[Broken]:
        column = self.fieldmap.column
        try:
            golden = self.fieldmap.get({column: raw})
        except UnreadableError:
            return
        try:
            now = self.fieldmap.put(golden, raw)
        except UnreadableError as error:
            yield Broken("law_1", f"reads {_shown(raw)}, which it cannot write: {error}")
            return
        if now is not MISSING and not _same(now, raw):
            yield Broken("law_1", f"writes {_shown(now)} over {_shown(raw)}, which was only read")

    def second_law(self, golden: Golden, raw: Raw) -> Iterator[Broken]:
        try:
            meant = self._encode(golden)
        except UnreadableError:
            return
        now = meant
        try:
            now = self.fieldmap.put(golden, raw)
            back = self._read(now)
            again = self._encode(back)
        except UnreadableError as error:
            if now is not raw:  # what stood there and could not be read was left alone: the field abstains
                yield Broken(
                    "law_2", f"writes {_shown_all(golden)} as {_shown(now)}, which does not come back: {error}"
                )
            return
        if back and not self._says_same(again, meant):
            said, heard = _shown_all(golden), _shown_all(back)
            yield Broken("law_2", f"writes {said} as {_shown(now)}, which reads back as {heard}")

    def _says_same(self, one: Raw, other: Raw) -> bool:
        """Whether two raw values are the same, or read alike."""
        if _same(one, other):
            return True
        left, right = self._read(one), self._read(other)
        return all(
            field.kind.equivalent(left.get(field.name), right.get(field.name)) for field in self.fieldmap.targets
        )

    def _abstains(self, raw: Raw) -> bool:
        """Whether the field is left alone where this raw value stands: it cannot be read, or is let pass unread."""
        try:
            return not self._read(raw)
        except UnreadableError:
            return True

    def _encode(self, golden: Golden) -> Raw:
        if isinstance(self.fieldmap, PartsMap):
            return self.fieldmap.encode(golden)
        return self.fieldmap.encode(golden.get(self.fieldmap.target.name, MISSING))

    def _read(self, raw: Raw) -> Golden:
        return self.fieldmap.get({self.fieldmap.column: raw})

    def goldens(self) -> Iterator[Golden]:
        """Endless golden values of all the fields that it fills, absent ones among them."""
        fields = self.fieldmap.targets
        yield {field.name: BLANK for field in fields}
        if isinstance(self.fieldmap, PartsMap):
            while True:
                yield {field.name: name_part(self.chance) for field in fields}
        for value in canonical(fields[0], self._listed(fields[0]), self.chance):
            yield {fields[0].name: value}

    def raws(self) -> Iterator[Raw]:
        """Endless raw values that the provider field can hold."""
        yield from (raw for raw in self._first_raws() if self._holds(raw))
        for golden in self.goldens():
            yield from (raw for raw in self._written(golden) if self._holds(raw))

    def _first_raws(self) -> Iterator[Raw]:
        for spelling in self._spellings():
            yield from (spelling, spelling.upper(), spelling.lower(), f" {spelling} ")
        if self.fieldmap.wire == "typed":
            yield from RAW_TYPED
        yield from RAW_STRANGERS

    def _written(self, golden: Golden) -> Iterator[Raw]:
        """How golden would be written, and how a person might have."""
        try:
            raw = self._encode(golden)
        except UnreadableError:
            return
        yield raw
        if isinstance(raw, str) and raw:
            yield from (f" {raw}", raw.upper(), raw.lower(), f"{raw}\n")

    def _spellings(self) -> Iterator[str]:
        spec = self.seen.spec(self.fieldmap.targets[0].name)
        for listed in (spec.values or {}).values():
            yield from map(spell, listed if isinstance(listed, list) else [listed])
        yield from spec.reads or {}

    def _listed(self, field: Field) -> tuple[Present, ...] | None:
        """All values that the field can have, where the mapping or the field's type lists them."""
        spec = self.seen.spec(field.name)
        names = list(spec.values) if spec.values is not None and spec.unknown != "keep" else field.choices
        if names is None:
            return None
        values = (typed(name, field) for name in names)
        return tuple(value[0] if isinstance(value, tuple) else value for value in values)

    def _holds(self, raw: Raw) -> bool:
        """A field that is written cut to a length holds nothing longer."""
        longest = (self.seen.spec(self.fieldmap.targets[0].name).model_extra or {}).get("truncate")
        return longest is None or not isinstance(raw, str) or len(raw) <= longest


def _same(now: Raw, raw: Raw) -> bool:
    return now is raw or (type(now) is type(raw) and now == raw)


def _shown(value: Raw | Value) -> str:
    """A generated value for a person to read."""
    if value is MISSING or value is None:
        return "a missing value" if value is MISSING else "null"
    if is_absent(value):
        return "blank"
    return repr(value) if isinstance(value, str | tuple) else str(value)


def _shown_all(values: Golden) -> str:
    return ", ".join(_shown(value) for value in values.values()) or "nothing"
