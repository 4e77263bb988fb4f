"""From what a connection says of an object to a proposed mapping: which column is which field, and how it is read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from leadbridge.mapping.suggest.matching import WHOLE_NAME, Matches, match
from leadbridge.mapping.suggest.reading import Read, Reader, has_decimal_comma
from leadbridge.provider import ObjectDescription, Wire
from leadbridge.subjects.model import Subject
from leadbridge.transforms.spec import TransformSpec, UnreadableError

LEAST_READABLE: Final = 0.5
"""A column fewer of whose samples make sense is not mapped: its name misled."""

_READ_ONLY: Final = frozenset({"created_at", "modified_at", "last_activity_at", "converted_at", "consent_at"})
"""Stamps that the CRM sets itself."""

_SHAPES: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    ("e-mail addresses", re.compile(r"\s*[^@\s]+@[^@\s]+\.[^@\s]+\s*")),
    ("web addresses", re.compile(r"\s*(?:https?://|www\.)\S+\s*", re.I)),
    ("moments", re.compile(r"\s*\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}[T ]+\d{1,2}:\d{2}.*", re.DOTALL)),
    ("dates", re.compile(r"\s*\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\s*")),
    ("phone numbers", re.compile(r"\s*(?:\+|00|\()[\d ()/.-]{6,}\s*")),
    ("numbers", re.compile(r"\s*[-+]?[\d.,' ]*\d\s*%?\s*")),
    ("yes or no", re.compile(r"\s*(?:y|n|yes|no|true|false|ja|nein|oui|non|s[ií])\s*", re.I)),
)
_NO_NAMES: Final = frozenset({"e-mail addresses", "web addresses", "moments", "dates", "phone numbers"})
"""Shapes that no column's name has."""

_BY_SHAPE: Final[Mapping[str, str]] = {
    "e-mail addresses": "email",
    "web addresses": "website",
    "phone numbers": "phone",
}


@dataclass(frozen=True, slots=True)
class Mapped:
    """One canonical field and the column that fills it. ``part`` names the part of a column that is split."""

    field: str
    column: str
    read: Read
    part: str | None = None
    write: str | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a mapping of an object could say.

    Attributes:
        left: columns that nothing fits -> what their samples look like, never a sample itself.
        headless: whether the columns' names look like a record, so that the header is probably missing.
    """

    object: str
    key: str | None
    fields: tuple[Mapped, ...]
    left: Mapping[str, str]
    headless: bool = False


def propose(
    described: ObjectDescription, subject: Subject, transforms: Mapping[str, TransformSpec], wire: Wire
) -> Proposal:
    columns = [found.name for found in described.fields if found.readable]
    samples = {column: _telling(described.samples.get(column, ())) for column in columns}
    matches = match(columns, subject)
    _by_shape(matches, columns, samples, subject)
    reader = _reader(matches, samples, transforms, wire)
    mapped = [m for column in columns for m in _mapped(column, matches.fields.get(column), samples, subject, reader)]
    left = {
        column: _why_left(column, matches.fields.get(column), samples, subject, reader)
        for column in columns
        if column not in {m.column for m in mapped}
    }
    order = {name: number for number, name in enumerate(subject.fields)}
    headless = any(shape_of((column,)) in _NO_NAMES for column in columns)
    key = described.key if described.key in {m.column for m in mapped} else None  # lint warns of one that is not mapped
    return Proposal(described.name, key, tuple(sorted(mapped, key=lambda m: order[m.field])), left, headless)


def _telling(samples: Sequence[str]) -> tuple[str, ...]:
    return tuple(sample for sample in samples if sample.strip())


def shape_of(samples: Sequence[str]) -> str:
    """What samples look like, in words that hold none of them."""
    if not samples:
        return "empty"
    for name, pattern in _SHAPES:
        if all(pattern.fullmatch(sample) for sample in samples):
            return name
    return f"text, up to {max(map(len, samples))} characters"


def _by_shape(matches: Matches, columns: Sequence[str], samples: Mapping[str, Sequence[str]], subject: Subject) -> None:
    """An unnamed column of addresses or numbers is taken for what is still missing."""
    for column in columns:
        name = _BY_SHAPE.get(shape_of(samples[column]))
        if name is None or name not in subject.fields or column in matches.fields:
            continue
        if name not in matches.fields.values():
            matches.fields[column] = name


def _reader(
    matches: Matches, samples: Mapping[str, Sequence[str]], transforms: Mapping[str, TransformSpec], wire: Wire
) -> Reader:
    by_field = {name: samples[column] for column, name in matches.fields.items()}
    numbers = (by_field.get(name, ()) for name in ("budget", "annual_revenue", "amount", "employees"))
    return Reader(
        transforms,
        wire,
        matches.language,
        _countries(by_field.get("country", ()), transforms, wire),
        any(has_decimal_comma(found) for found in numbers),
    )


def _countries(samples: Sequence[str], transforms: Mapping[str, TransformSpec], wire: Wire) -> tuple[str, ...]:
    """The countries that the samples name, the most frequent first."""
    spec = transforms.get("country")
    if spec is None:
        return ()
    decode: Callable[[str], object] = spec.build(spec.options(), wire).decode
    counted: Counter[str] = Counter()
    for sample in samples:
        try:
            value = decode(sample)
        except UnreadableError:
            continue
        if isinstance(value, str) and value:
            counted[value] += 1
    return tuple(country for country, _ in sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def _why_left(
    column: str, name: str | None, samples: Mapping[str, Sequence[str]], subject: Subject, reader: Reader
) -> str:
    shape = shape_of(samples[column])
    if name is None:
        return shape
    share = reader.best(subject.fields[name], subject.name, samples[column]).share
    return f"{shape}; `{name}` by its name, but it reads only {share:.0%} of the samples"


def _mapped(
    column: str, name: str | None, samples: Mapping[str, Sequence[str]], subject: Subject, reader: Reader
) -> list[Mapped]:
    if name is None:
        return []
    if name == WHOLE_NAME:
        split = Read("split_name")
        return [Mapped("first_name", column, split, "first"), Mapped("last_name", column, split, "last")]
    read = reader.best(subject.fields[name], subject.name, samples[column])
    if read.share < LEAST_READABLE:
        return []
    return [Mapped(name, column, read, write="never" if name in _READ_ONLY else None)]
