"""An object mapping, compiled: one object of a CRM as one role of a subject, both ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from leadbridge.conditions import Condition, ConditionError
from leadbridge.mapping.fields import ColumnMap, ConstantMap, FieldMap, is_blank
from leadbridge.mapping.model import ExampleSpec
from leadbridge.provider import Wire
from leadbridge.records import Captured, Record, Reject
from leadbridge.subjects.model import Field, Subject
from leadbridge.transforms.spec import UnreadableError
from leadbridge.values import BLANK, MISSING, Raw, Value

Read = tuple[str, str, Callable[[Raw], Value]]


@dataclass(frozen=True, slots=True)
class FieldError:
    """A provider value that could not be read, and the canonical fields that lack it."""

    names: str
    column: str
    raw: Raw
    cause: UnreadableError


@dataclass(frozen=True, slots=True)
class Changed:
    """Provider fields to write, and those that cannot be written."""

    values: dict[str, Raw]
    rejects: tuple[Reject, ...] = ()


@dataclass(frozen=True, slots=True)
class ObjectMapping:
    """One mapping file, ready for use.

    Attributes:
        file: the mapping file, as shown to users.
        connection: the only connection it is for, or None for all of the provider.
        key: the provider field that identifies a record to people, or None.
        fields: its field maps, in the order of the file.
        when, unless: which records of the object it covers, on provider fields.
        on_create: provider fields that a new record gets.
        tests: the file's own examples.
        wire: how the provider's raw values travel.
        writable: whether its records may be made, changed and deleted; where not, none of its fields is written either.
        constants: canonical fields that are the same for every record of the object.
        written: canonical fields that a record is told, if only as it is made.
        one_to_one: whether every canonical field is one column, or a constant, and filled by one entry.
    """

    file: Path
    provider: str
    connection: str | None
    object: str
    role: str
    subject: Subject
    fields: tuple[FieldMap, ...]
    key: str | None = None
    when: Condition | None = None
    unless: Condition | None = None
    on_create: Mapping[str, Raw] = field(default_factory=dict)
    tests: tuple[ExampleSpec, ...] = ()
    wire: Wire = "text"
    writable: bool = True
    _columns: tuple[Read, ...] = field(init=False, repr=False)
    _others: tuple[FieldMap, ...] = field(init=False, repr=False)
    _created: tuple[tuple[FieldMap, str], ...] = field(init=False, repr=False)
    constants: frozenset[str] = field(init=False, repr=False)
    written: frozenset[str] = field(init=False, repr=False)
    one_to_one: bool = field(init=False, repr=False)

    def __post_init__(self) -> None:
        columns = tuple((m.target.name, m.column, m.codec.decode) for m in self.fields if isinstance(m, ColumnMap))
        object.__setattr__(self, "_columns", columns)
        object.__setattr__(self, "_others", tuple(m for m in self.fields if not isinstance(m, ColumnMap)))
        created = tuple((m, m.column) for m in self.fields if m.column is not None and m.write != "never")
        object.__setattr__(self, "_created", created)
        object.__setattr__(self, "written", frozenset(target.name for m, _ in created for target in m.targets))
        names = [target.name for target in self.targets]
        constants = frozenset(m.target.name for m in self.fields if isinstance(m, ConstantMap))
        object.__setattr__(self, "constants", constants)
        alone = len(columns) + len(constants) == len(self.fields) and len(set(names)) == len(names)
        object.__setattr__(self, "one_to_one", alone)

    def serves(self, provider: str, connection: str, object: str) -> bool:
        """Whether it maps this object of this connection."""
        return (self.provider, self.object) == (provider, object) and self.connection in {None, connection}

    @property
    def targets(self) -> tuple[Field, ...]:
        """The canonical fields that it fills."""
        return tuple(target for fieldmap in self.fields for target in fieldmap.targets)

    def fieldmap(self, name: str) -> FieldMap | None:
        """The entry that fills a canonical field; None where there is none."""
        return next((one for one in self.fields if any(target.name == name for target in one.targets)), None)

    def covers(self, values: Mapping[str, Raw]) -> bool:
        """Whether it covers a record with these provider values. Raises ConditionError where a condition errs."""
        if self.when is not None and not self.when.includes(values):
            return False
        return self.unless is None or not self.unless.excludes(values)

    def surely_covers(self, values: Mapping[str, Raw]) -> bool:
        """The same; a condition that errs covers nothing."""
        try:
            return self.covers(values)
        except ConditionError:
            return False

    def get(self, record: Record) -> Captured:
        """The record in canonical values; a field that cannot be read is a reject, the row goes on."""
        errors: list[FieldError] = []
        values = self._read(record.values, errors)
        rejects = tuple(_read_reject(record, error) for error in errors)
        return Captured(record, self.subject.name, self.role, values, rejects)

    def read(self, values: Mapping[str, Raw]) -> dict[str, Value]:
        """Provider values in canonical ones; fields that are missing or cannot be read are left out."""
        return self._read(values, [])

    def _read(self, values: Mapping[str, Raw], errors: list[FieldError]) -> dict[str, Value]:
        out: dict[str, Value] = {}
        for name, column, decode in self._columns:
            raw = values.get(column, MISSING)
            if is_blank(raw):
                if raw is not MISSING:
                    out[name] = None if raw is None else BLANK
                continue
            try:
                value = decode(raw)
            except UnreadableError as error:
                errors.append(FieldError(name, column, raw, error))
            else:
                if value is not MISSING:
                    out[name] = value
        for fieldmap in self._others:
            try:
                out.update(fieldmap.get(values))
            except UnreadableError as error:
                errors.append(_error(fieldmap, values, error))
        return out

    def same(self, column: str, left: Raw, right: Raw) -> bool:
        """Whether two raw values of a provider field mean the same."""
        if left == right and isinstance(left, bool) == isinstance(right, bool):
            return True
        one, other = self.read({column: left}), self.read({column: right})
        kinds = {target.name: target.kind for m in self.fields if m.column == column for target in m.targets}
        mine = {name: value for name, value in one.items() if name in kinds}
        return bool(mine) and all(n in other and kinds[n].equivalent(value, other[n]) for n, value in mine.items())

    def change(self, golden: Mapping[str, Value], old: Mapping[str, Raw]) -> Changed:
        """The provider fields of an existing record that must change, with the raw values to send.

        A field that the record does not carry, that golden has no value for, or whose old value cannot be read, is
        left alone; one whose golden value cannot be written is a reject, the others go on.
        """
        changes: dict[str, Raw] = {}
        rejects: list[Reject] = []
        for fieldmap in self.fields:
            column = fieldmap.column
            if column is None or fieldmap.write != "always" or column not in old:
                continue
            try:
                now = fieldmap.put(golden, old[column])
            except UnreadableError as error:
                rejects.append(_write_reject(self, fieldmap, error))
                continue
            if now is not MISSING and now is not old[column]:
                changes[column] = now
        return Changed(changes, tuple(rejects))

    def put(self, golden: Mapping[str, Value], old: Mapping[str, Raw]) -> dict[str, Raw]:
        """What :meth:`change` finds, without its rejects."""
        return self.change(golden, old).values

    def create(self, golden: Mapping[str, Value]) -> Changed:
        """The provider fields of a new record; absent values are not sent, one that cannot be written is a reject."""
        values: dict[str, Raw] = {}
        rejects: list[Reject] = []
        for fieldmap, column in self._created:
            try:
                raw = fieldmap.new(golden)
            except UnreadableError as error:
                rejects.append(_write_reject(self, fieldmap, error))
                continue
            if raw is not MISSING and not is_blank(raw):
                values[column] = raw
        return Changed({**values, **self.on_create}, tuple(rejects))


def _error(fieldmap: FieldMap, values: Mapping[str, Raw], error: UnreadableError) -> FieldError:
    column = fieldmap.column or ""
    return FieldError(_names(fieldmap), column, values.get(column, MISSING), error)


def _names(fieldmap: FieldMap) -> str:
    return ", ".join(target.name for target in fieldmap.targets)


def _read_reject(record: Record, error: FieldError) -> Reject:
    return Reject(
        code=error.cause.code,
        reason=f"{error.names}: {error.cause}",
        remedy=f"correct {error.column!r} in the source, or how the mapping reads {error.names}",
        source=record.source or str(record.ref),
        provider_field=error.column,
        raw={error.column: error.raw},
    )


def _write_reject(mapping: ObjectMapping, fieldmap: FieldMap, error: UnreadableError) -> Reject:
    return Reject(
        code=error.code,
        reason=f"{_names(fieldmap)} cannot be written to {mapping.object}: {error}",
        remedy=f"correct the value, or {_names(fieldmap)} in {mapping.file.name}",
        provider_field=fieldmap.column or "",
    )
