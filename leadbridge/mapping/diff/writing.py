"""Whether a connection takes a value that the policy gives, as LeadBridge would write it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from leadbridge.mapping.constants import typed
from leadbridge.mapping.diff.misfits import Misfits
from leadbridge.mapping.diff.model import Fate, Reason, Side
from leadbridge.mapping.fields import ColumnMap, FieldMap
from leadbridge.mapping.valuemap import spell
from leadbridge.transforms.spec import UnreadableError
from leadbridge.values import Present

_BARRING: Final = frozenset({"unknown_provider_field", "read_only"})
"""Findings of lint for which nothing can be written."""
_LIMITING: Final = frozenset({"too_long", "type_clash", "option_unknown", "option_not_allowed"})
"""Those for which not everything can be written."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A field that is to be written.

    Attributes:
        constant: the only value that it is ever given, or None.
        values: those that are known to come, where they are few.
        fresh: whether new records are written.
        existing: whether records that are there already are.
    """

    name: str
    constant: Present | None = None
    values: Sequence[Present] = ()
    fresh: bool = True
    existing: bool = True


@dataclass(frozen=True, slots=True)
class Writer:
    """Attributes: ``home`` with the mapping by which records are written there."""

    side: Side
    home: Misfits

    def fate(self, wanted: Wanted) -> Fate:
        mapping = self.home.seen.mapping
        found, file, object_ = mapping.fieldmap(wanted.name), mapping.file.name, mapping.object
        if found is None:
            return Fate("lost", (Reason("unmapped", f"{file} maps no field to it"),), object_)
        if found.column is None:
            return Fate("lost", (Reason("one_way", f"{file} gives it a constant or a template, not a field"),), object_)
        barred = [*self._never(found, wanted, file), *self.home.reasons(found, _BARRING)]
        barred = barred or list(self._no_value(found, wanted, file))
        if barred:
            return Fate("lost", tuple(barred), object_, found.column)
        limits = [*self._sometimes(found, wanted, file), *self._some_values(found, wanted, file)]
        if wanted.constant is None:
            limits += self.home.reasons(found, _LIMITING)
        return Fate("partly" if limits else "carried", tuple(limits), object_, found.column)

    def _never(self, found: FieldMap, wanted: Wanted, file: str) -> Iterator[Reason]:
        if found.write == "never":
            yield Reason("write_never", f"{file} says `write: never`")
        elif found.write == "create" and not wanted.fresh:
            yield Reason("create_only", f"{file} says `write: create`, and the record is there already")
        elif not wanted.fresh and not self._updates:
            yield Reason("append_only", "records that are there cannot be changed")

    @property
    def _updates(self) -> bool:
        described = self.side.described(self.home.object)
        return described is None or (described.writable and described.updates)

    def _sometimes(self, found: FieldMap, wanted: Wanted, file: str) -> Iterator[Reason]:
        if not wanted.existing or not wanted.fresh:
            return
        if found.write == "create":
            yield Reason("create_only", f"new records only: {file} says `write: create`")
        elif not self._updates:
            yield Reason("append_only", "new records only: those that are there cannot be changed")

    def _no_value(self, found: FieldMap, wanted: Wanted, file: str) -> Iterator[Reason]:
        """A constant that cannot be written."""
        if wanted.constant is None or not isinstance(found, ColumnMap):
            return
        shown = repr(spell_of(wanted.constant))
        raw = _encoded(found, wanted.constant)
        if raw is None:
            yield Reason("value_unmapped", f"{file} has no value for {shown}")
            return
        described = self.side.described(self.home.object)
        field = described.field(found.column) if described else None
        if field is None or field.options is None:
            return
        if raw not in field.options:
            yield Reason("option_unknown", f"{raw!r} is none of the values of {found.column}")
        elif raw not in self.side.narrowed.get(file, {}).get(found.column, field.options):
            yield Reason("option_not_allowed", f"{raw!r} is not among the values of {found.column} for new records")

    def _some_values(self, found: FieldMap, wanted: Wanted, file: str) -> Iterator[Reason]:
        if wanted.constant is not None or not isinstance(found, ColumnMap):
            return
        values = [*(found.target.choices or ()), *wanted.values]
        lacking = [value for value in dict.fromkeys(values) if not _can_write(found, value)]
        if lacking:
            listed = ", ".join(repr(spell_of(value)) for value in lacking)
            yield Reason("value_unmapped", f"{file} has no value for {listed}")


def spell_of(value: Present) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _can_write(found: ColumnMap, value: Present) -> bool:
    try:
        return _encoded(found, typed(spell_of(value), found.target)) is not None
    except ValueError:  # the policy carries it into a field of another kind; its own values are asked for besides
        return True


def _encoded(found: ColumnMap, value: Present) -> str | None:
    try:
        return spell(found.encode(value))
    except UnreadableError:
        return None
