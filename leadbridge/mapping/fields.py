"""One field of a mapping, compiled: ``get`` reads a provider value, ``put`` writes one only where it must change.

``put(g, old)`` is ``old`` where ``old`` already says ``g``, or all of it that the provider field can hold, else
``encode(g)``; so a phone that the CRM shows in its own style is not rewritten for its own sake. Absence passes
through: missing stays missing (and abstains), null stays null, blank stays blank; a transform sees present values only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, Protocol

from leadbridge.provider import Wire
from leadbridge.subjects.model import Field
from leadbridge.templates import Template
from leadbridge.transforms.spec import Codec, PartsCodec, UnreadableError
from leadbridge.values import BLANK, MISSING, Missing, Present, Raw, Value, is_present

Write = Literal["always", "create", "never"]


class FieldMap(Protocol):
    """What the object mapping asks of each of its fields."""

    @property
    def targets(self) -> tuple[Field, ...]:
        """The canonical fields that it fills."""
        ...

    @property
    def column(self) -> str | None:
        """The provider field that it writes, or None where it is one-way."""
        ...

    @property
    def write(self) -> Write: ...

    def get(self, values: Mapping[str, Raw]) -> Mapping[str, Value]:
        """Canonical field -> value; missing ones are left out. Raises UnreadableError."""
        ...

    def put(self, golden: Mapping[str, Value], old: Raw) -> Raw:
        """The raw value that says what golden says; ``old`` itself where it already does, or cannot be read and so
        abstains; MISSING where golden has none. Raises UnreadableError where golden's value cannot be written.
        """
        ...

    def new(self, golden: Mapping[str, Value]) -> Raw:
        """What a new record gets: what :meth:`put` gives where nothing stands; what is absent need not be sent."""
        ...


def absence(raw: Raw) -> Missing | str | None:
    """The canonical absence of a raw value that is absent: missing, null or blank."""
    if raw is MISSING or raw is None:
        return raw
    return BLANK


def is_blank(raw: Raw) -> bool:
    """Missing, null, empty or only white space."""
    if isinstance(raw, str):
        return not raw or raw.isspace()
    return raw is MISSING or raw is None


def encode_absence(value: Value, wire: Wire) -> Raw:
    """How an absent value is sent: text wires know no null."""
    return BLANK if wire == "text" or value is not None else None


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """One canonical field in one provider field."""

    target: Field
    column: str
    codec: Codec
    wire: Wire
    write: Write = "always"

    @property
    def targets(self) -> tuple[Field, ...]:
        return (self.target,)

    def read(self, raw: Raw) -> Value:
        """The canonical value of one raw value. Raises UnreadableError."""
        return absence(raw) if is_blank(raw) else self.codec.decode(raw)

    def get(self, values: Mapping[str, Raw]) -> Mapping[str, Value]:
        value = self.read(values.get(self.column, MISSING))
        return {} if value is MISSING else {self.target.name: value}

    def encode(self, value: Value) -> Raw:
        """How a canonical value is sent, whatever stands there. Raises UnreadableError."""
        return self.codec.encode(value) if is_present(value) else encode_absence(value, self.wire)

    def put(self, golden: Mapping[str, Value], old: Raw) -> Raw:
        value = golden.get(self.target.name, MISSING)
        if value is MISSING:
            return MISSING
        try:
            was = self.read(old)
        except UnreadableError:
            return old
        if was is not MISSING and self.target.kind.equivalent(value, was):
            return old
        encoded = self.encode(value)
        abstains = was is MISSING and old is not MISSING
        return old if abstains or self._holds(encoded, was) else encoded

    def new(self, golden: Mapping[str, Value]) -> Raw:
        value = golden.get(self.target.name, MISSING)
        return self.codec.encode(value) if is_present(value) else MISSING

    def _holds(self, encoded: Raw, was: Value) -> bool:
        """Whether what would be sent says what stands there: of a lossy field, golden may know more."""
        return was is not MISSING and self.target.kind.equivalent(self.read(encoded), was)


@dataclass(frozen=True, slots=True)
class PartsMap:
    """Several canonical fields in one provider field, such as a name in one column."""

    parts: Mapping[str, Field]
    column: str
    codec: PartsCodec
    wire: Wire
    write: Write = "always"

    @property
    def targets(self) -> tuple[Field, ...]:
        return tuple(self.parts.values())

    def read(self, raw: Raw) -> dict[str, Value]:
        """Canonical field -> value of every mapped part; a part that the raw value lacks is blank."""
        if is_blank(raw):
            absent = absence(raw)
            return {} if absent is MISSING else {field.name: absent for field in self.parts.values()}
        found = self.codec.decode(raw)
        return {field.name: found.get(part, BLANK) for part, field in self.parts.items()}

    def get(self, values: Mapping[str, Raw]) -> Mapping[str, Value]:
        return self.read(values.get(self.column, MISSING))

    def encode(self, golden: Mapping[str, Value], beside: Mapping[str, Present] | None = None) -> Raw:
        """The parts of ``golden`` in one raw value, with parts ``beside`` them that no field is mapped to."""
        present: dict[str, Present] = {}
        for part, field in self.parts.items():
            value = golden.get(field.name, MISSING)
            if is_present(value):
                present[part] = value
        if present:
            return self.codec.encode({**(beside or {}), **present})
        nulls = all(golden.get(field.name, MISSING) is None for field in self.parts.values())
        return encode_absence(None if nulls else BLANK, self.wire)

    def put(self, golden: Mapping[str, Value], old: Raw) -> Raw:
        if all(golden.get(field.name, MISSING) is MISSING for field in self.parts.values()):
            return MISSING
        try:
            was = self.read(old)
        except UnreadableError:
            return old
        wanted = was | {
            f.name: golden[f.name] for f in self.parts.values() if golden.get(f.name, MISSING) is not MISSING
        }
        if old is MISSING:
            return self.encode(wanted)
        if self._alike(wanted, was):
            return old
        encoded = self.encode(wanted, self._unmapped(old))
        return old if self._alike(self.read(encoded), was) else encoded

    def new(self, golden: Mapping[str, Value]) -> Raw:
        return self.put(golden, MISSING)

    def _unmapped(self, raw: Raw) -> dict[str, Present]:
        """Parts of the raw value that no field is mapped to, such as a title before a name."""
        found = {} if is_blank(raw) else self.codec.decode(raw)
        return {part: value for part, value in found.items() if part not in self.parts}

    def _alike(self, left: Mapping[str, Value], right: Mapping[str, Value]) -> bool:
        names = [(field.name, field.kind) for field in self.parts.values()]
        return all(kind.equivalent(left.get(name), right.get(name)) for name, kind in names)


@dataclass(frozen=True, slots=True)
class ConstantMap:
    """A value that every record of the object has; one-way."""

    target: Field
    value: Value
    column: None = None
    write: Write = "never"

    @property
    def targets(self) -> tuple[Field, ...]:
        return (self.target,)

    def get(self, values: Mapping[str, Raw]) -> Mapping[str, Value]:
        return {self.target.name: self.value}

    def put(self, golden: Mapping[str, Value], old: Raw) -> Raw:
        return MISSING

    def new(self, golden: Mapping[str, Value]) -> Raw:
        return MISSING


@dataclass(frozen=True, slots=True)
class TemplateMap:
    """Text made of several provider fields; one-way."""

    target: Field
    template: Template
    column: None = None
    write: Write = "never"

    @property
    def targets(self) -> tuple[Field, ...]:
        return (self.target,)

    def get(self, values: Mapping[str, Raw]) -> Mapping[str, Value]:
        exact = {k: Decimal(str(v)) if isinstance(v, float) else v for k, v in values.items()}
        return {self.target.name: self.template.render(exact)}

    def put(self, golden: Mapping[str, Value], old: Raw) -> Raw:
        return MISSING

    def new(self, golden: Mapping[str, Value]) -> Raw:
        return MISSING
