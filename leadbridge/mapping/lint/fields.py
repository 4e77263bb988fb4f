"""Checks of one mapping's fields, which need nothing but its file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from leadbridge.files.check import suggest
from leadbridge.mapping.constants import typed
from leadbridge.mapping.fields import ColumnMap, FieldMap
from leadbridge.mapping.lint.finding import Finding, Seen, names_of
from leadbridge.mapping.model import Scalar
from leadbridge.mapping.valuemap import spell
from leadbridge.templates import as_text
from leadbridge.transforms.spec import UnreadableError
from leadbridge.values import Raw, is_present


def check_fields(seen: Seen) -> Iterator[Finding]:
    yield from _doubly_written(seen)
    yield from _overruled(seen)
    yield from _key(seen)
    for fieldmap in seen.mapping.fields:
        if isinstance(fieldmap, ColumnMap) and seen.spec(fieldmap.target.name).values is not None:
            yield from _value_map(seen, fieldmap)
    yield from _examples(seen)


def _doubly_written(seen: Seen) -> Iterator[Finding]:
    for column, names in seen.writers().items():
        for name in names[1:]:
            message = f"{column!r} is written by {names[0]!r} too; give one of them `write: never`"
            yield seen.error("doubly_written", seen.column_at(name), message)


def _overruled(seen: Seen) -> Iterator[Finding]:
    """A constant for new records in a provider field that is mapped as well."""
    asked = names_of(seen.mapping.when, seen.mapping.unless)
    for fieldmap in seen.mapping.fields:
        column = fieldmap.column
        if column is None or column not in seen.mapping.on_create:
            continue
        name = fieldmap.targets[0].name
        if not _reads(fieldmap, {column: seen.mapping.on_create[column]}):
            message = f"{name!r} cannot read this value back; add it to the field's `values`, or choose another"
            yield seen.error("on_create_unreadable", ("on_create", column), message)
        elif fieldmap.write != "never" and column not in asked:
            message = (
                f"new records get this instead of the value of {name!r}; leave it out here, or map it `write: never`"
            )
            yield seen.warning("on_create_overrules", ("on_create", column), message, key=True)


def _reads(fieldmap: FieldMap, values: Mapping[str, Raw]) -> bool:
    try:
        fieldmap.get(values)
    except UnreadableError:
        return False
    return True


def _key(seen: Seen) -> Iterator[Finding]:
    key = seen.mapping.key
    columns = {fieldmap.column for fieldmap in seen.mapping.fields if fieldmap.column is not None}
    if key is not None and key not in columns:
        message = f"no field maps {key!r}, by which records are told apart"
        yield seen.warning("key_unmapped", ("key",), message, suggest(key, columns))


def _value_map(seen: Seen, fieldmap: ColumnMap) -> Iterator[Finding]:
    name = fieldmap.target.name
    spec = seen.spec(name)
    mapped = fieldmap.target.kind
    written = {canonical: _listed(spellings) for canonical, spellings in (spec.values or {}).items()}
    for canonical, spellings in written.items():
        yield from _not_read_back(seen, fieldmap, canonical, spellings)
    known = {spell(raw) for spellings in written.values() for raw in spellings}
    for spelling, canonical in (spec.reads or {}).items():
        at = ("fields", name, "reads", spelling)
        if spell(spelling) not in known:
            message = "`values` do not name this provider value"
            yield seen.warning("reads_stranger", at, message, suggest(spelling, known), key=True)
        if canonical not in written:
            message = f"{canonical!r} is read but cannot be written; name it in `values`"
            yield seen.error("reads_unwritable", at, message, suggest(canonical, written))
    if spec.unknown == "keep" and mapped.name in {"choice", "multi_select"} and fieldmap.target.choices is not None:
        message = f"lets in values that {name} does not have; use `reject` or `missing`"
        yield seen.warning("keeps_strangers", ("fields", name, "unknown"), message)


def _listed(spellings: Scalar | list[Scalar]) -> list[Scalar]:
    return spellings if isinstance(spellings, list) else [spellings]


def _not_read_back(seen: Seen, fieldmap: ColumnMap, name: str, spellings: list[Scalar]) -> Iterator[Finding]:
    """A canonical value whose provider value reads as another one: written, it would come back changed."""
    value = typed(name, fieldmap.target)
    back = fieldmap.read(fieldmap.encode(value))
    if not is_present(back) or fieldmap.target.kind.equivalent(value, back):
        return
    at = ("fields", fieldmap.target.name, "values", name)
    message = f"is written as {spell(spellings[0])!r}, which reads as {as_text(back)!r}; write it as a value of its own"
    yield seen.error("not_read_back", at, message, key=True)


def _examples(seen: Seen) -> Iterator[Finding]:
    """An example may only name what the mapping fills."""
    filled = [target.name for target in seen.mapping.targets]
    for number, example in enumerate(seen.file.tests):
        for name in example.gives:
            if name not in filled:
                at = ("tests", number, "gives", name)
                yield seen.error("unknown_field", at, "this mapping does not fill it", suggest(name, filled), key=True)
