"""A small world for merge tests: text fields, one mapping per connection, links with bases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from leadbridge.golden import Golden, Held, Link
from leadbridge.mapping.fields import ColumnMap, Write
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.merge.model import FieldPolicy, Side
from leadbridge.records import Ref
from leadbridge.subjects.model import Field, Subject
from leadbridge.transforms.spec import Codec
from leadbridge.values import Present, Raw, Value

FIELDS = {
    name: Field(name, kind, name)
    for name, kind in {"phone": "text", "city": "text", "tags": "multi_select", "opted_out": "boolean"}.items()
}
COMPANY = {name: Field(name, "text", name) for name in ("company", "industry")}
COMPANY["organisation"] = Field("organisation", "reference", "organisation")
PERSON = Subject("person", "a person", ("lead", "contact"), {**FIELDS, **COMPANY})
ORDER = ("sf", "hs", "web")
PREFER = {"default": FieldPolicy("prefer", ORDER)}


def _plain(raw: Raw) -> Value:
    return tuple(raw) if isinstance(raw, list | tuple) else raw  # type: ignore[return-value]


def mapping(connection: str, *names: str, write: Write = "always") -> ObjectMapping:
    def encode(value: Present) -> Raw:
        return value  # type: ignore[return-value]

    fields = tuple(
        ColumnMap(PERSON.fields[name], f"{connection}_{name}", Codec(_plain, encode), "typed", write=write)
        for name in names or FIELDS
    )
    return ObjectMapping(Path(f"{connection}.yaml"), "memory", connection, "Lead", "lead", PERSON, fields)


def columns(connection: str, values: Mapping[str, Raw]) -> dict[str, Raw]:
    return {f"{connection}_{name}": value for name, value in values.items()}


def side(
    connection: str,
    base: Mapping[str, Raw] | None = None,
    now: Mapping[str, Raw] | None = None,
    *,
    guarded: frozenset[str] = frozenset(),
    number: int = 0,
    names: Sequence[str] = (),
) -> Side:
    """A link of a connection; ``base`` None is a first contact, ``now`` None was not captured."""
    number = number or ORDER.index(connection) + 1
    ref = Ref(connection, "Lead", str(number))
    link = Link(number, 1, ref, "lead", base=columns(connection, base or {}), age=number)
    captured = None if now is None else columns(connection, {**(base or {}), **now})
    return Side(link, mapping(connection, *names), captured, guarded)


def golden(**values: Value | tuple[Value, str]) -> Golden:
    """A golden record; a pair is a value and its origin, a lone value comes from sf."""
    held = {
        name: Held(*value) if isinstance(value, tuple) and len(value) == 2 else Held(value, "sf")
        for name, value in values.items()
    }
    return Golden(1, "person", held)
