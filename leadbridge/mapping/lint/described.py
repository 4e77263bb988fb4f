"""A mapping against what its connection says of the object: names, lengths, writability, lists of values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from leadbridge.files.check import suggest
from leadbridge.files.document import Path_
from leadbridge.mapping.constants import typed
from leadbridge.mapping.fields import ColumnMap, FieldMap, PartsMap, TemplateMap
from leadbridge.mapping.lint.created import HOLDS, Receiver, check_created
from leadbridge.mapping.lint.finding import Connected, Finding, Seen, names_of
from leadbridge.mapping.valuemap import spell
from leadbridge.provider import FieldDescription, ObjectDescription
from leadbridge.transforms.spec import UnreadableError


def check_connection(seen: Seen, connections: Mapping[str, Connected]) -> Iterator[Finding]:
    """The connection that a mapping names, and the object at each connection that it serves."""
    wanted = seen.mapping.connection
    if wanted is not None and wanted not in connections:
        message = f"there is no connection {wanted!r} in leadbridge.yaml"
        yield seen.error("unknown_connection", ("connection",), message, suggest(wanted, connections))
        return
    if wanted is not None and connections[wanted].provider != seen.mapping.provider:
        message = f"{wanted!r} is a connection of {connections[wanted].provider!r}"
        yield seen.error("wrong_provider", ("connection",), message)
        return
    yield from _objects(seen, connections)


def _objects(seen: Seen, connections: Mapping[str, Connected]) -> Iterator[Finding]:
    mapping = seen.mapping
    served = {
        name: connected
        for name, connected in connections.items()
        if connected.provider == mapping.provider and mapping.connection in {None, name}
    }
    found = False
    for name, connected in served.items():
        narrowed = connected.narrowed.get(mapping.file.name, {})
        for described in connected.objects or ():
            if described.name == mapping.object:
                found = True
                yield from compare(seen, name, described, narrowed)
    if served and not found and all(connected.objects is not None for connected in served.values()):
        known = [described.name for connected in served.values() for described in connected.objects or ()]
        message = f"{' and '.join(served)} {'has' if len(served) == 1 else 'have'} no object {mapping.object!r}"
        yield seen.error("unknown_object", ("object",), message, suggest(mapping.object, known))


def compare(
    seen: Seen, connection: str, described: ObjectDescription, narrowed: Mapping[str, tuple[str, ...]]
) -> Iterator[Finding]:
    """One mapping with one described object; ``narrowed`` as in :class:`Connected`, of this mapping alone."""
    yield from _Comparison(seen, connection, described, narrowed).findings()


@dataclass(frozen=True, slots=True)
class _Comparison:
    """One mapping with one described object."""

    seen: Seen
    connection: str
    described: ObjectDescription
    narrowed: Mapping[str, tuple[str, ...]]

    def findings(self) -> Iterator[Finding]:
        if self.described.absent:
            message = f"connection {self.connection!r} holds nothing of {self.described.name!r} now; what its mapping "
            yield self.seen.warning("absent", ("object",), message + "names cannot be compared")
            return
        if not self.described.fields:
            yield self.seen.error("no_fields", ("object",), without_fields(self.described.name, self.connection))
            return
        for at, name, is_key in self._named():
            if self.described.field(name) is None:
                yield self._unknown(at, name, is_key)
        for fieldmap in self.seen.mapping.fields:
            found = self.described.field(fieldmap.column or "")
            if found is not None:
                yield from self._field(fieldmap, found)
        yield from check_created(self.seen, self.described, self.narrowed)
        yield from self._required()

    def _unknown(self, at: Path_, name: str, is_key: bool) -> Finding:
        message = f"{self.described.name!r} of connection {self.connection!r} has no field {name!r}"
        close = suggest(name, (f.name for f in self.described.fields))
        if close is not None and at[0] in {"when", "unless"} and not (close.isascii() and close.isidentifier()):
            close = f'record["{close}"]'  # the only way to name it in a condition
        return self.seen.error("unknown_provider_field", at, message, close, key=is_key)

    def _named(self) -> Iterator[tuple[Path_, str, bool]]:
        """Every provider field that the file names: where, which, and whether it is a key there."""
        mapping = self.seen.mapping
        for condition, path in ((mapping.when, "when"), (mapping.unless, "unless")):
            yield from (((path,), name, False) for name in sorted(names_of(condition)))
        yield from ((("on_create", name), name, True) for name in mapping.on_create)
        if mapping.key is not None:
            yield ("key",), mapping.key, False
        for fieldmap in mapping.fields:
            yield from self._columns(fieldmap)

    def _columns(self, fieldmap: FieldMap) -> Iterator[tuple[Path_, str, bool]]:
        first = fieldmap.targets[0].name
        if fieldmap.column is not None:
            yield self.seen.column_at(first), fieldmap.column, False
        if isinstance(fieldmap, TemplateMap):
            yield from ((("fields", first, "template"), name, False) for name in sorted(fieldmap.template.names))

    def _field(self, fieldmap: FieldMap, found: FieldDescription) -> Iterator[Finding]:
        if fieldmap.write != "never":
            yield from self._writing(fieldmap, found)
        if isinstance(fieldmap, ColumnMap) and found.options is not None:
            yield from self._options(fieldmap, found, found.options)

    def _writing(self, fieldmap: FieldMap, found: FieldDescription) -> Iterator[Finding]:
        target = fieldmap.targets[0]
        at = self.seen.column_at(target.name)
        if self.described.writable and not found.writable:
            yield self.seen.error("read_only", at, f"{found.name!r} cannot be written; map it `write: never`")
        longest = _longest(fieldmap)
        if longest is not None and found.length is not None and longest > found.length:
            message = f"{target.name} may have {longest:,} characters, of which {found.name!r} holds {found.length:,}"
            yield self.seen.warning("too_long", at, message)
        holds = HOLDS.get(found.type.lower())
        valued = self.seen.spec(target.name).values is not None
        if holds is not None and not valued and (isinstance(fieldmap, PartsMap) or target.type not in holds):
            message = f"{found.name!r} holds {found.type}, which is no place for {target.name}, {target.type}"
            yield self.seen.warning("type_clash", at, message)

    def _options(self, fieldmap: ColumnMap, found: FieldDescription, options: tuple[str, ...]) -> Iterator[Finding]:
        """A restricted list: what is written must be in it, and all that is in it must be readable."""
        name = fieldmap.target.name
        values = self.seen.spec(name).values
        at: Path_ = ("fields", name, "values") if values is not None else self.seen.column_at(name)
        unread = [option for option in options if not _readable(fieldmap, option)]
        if unread:
            listed = ", ".join(repr(option) for option in unread)
            message = f"{found.name!r} can hold {listed}, which {name} cannot read; name {_them(unread)} in `values`"
            yield self.seen.error("option_unread", at, message)
        if fieldmap.write == "never":
            return
        receiver = Receiver(self.seen, found, self.narrowed.get(found.name))
        for canonical in values or fieldmap.target.choices or ():
            written = spell(fieldmap.encode(typed(canonical, fieldmap.target)))
            here: Path_ = ("fields", name, "values", canonical) if values is not None else at
            what = f"{canonical!r} is written as {written!r}"
            yield from receiver.misplaced(here, what, written)

    def _required(self) -> Iterator[Finding]:
        given = set(self.seen.writers()) | set(self.seen.mapping.on_create)
        if not self.described.writable or not given:
            return
        for found in self.described.fields:
            if found.required and found.writable and found.name not in given | {self.described.key or ""}:
                message = f"a new record needs {found.name!r}; map it, or say in `on_create` what it gets"
                yield self.seen.warning("required_unmapped", ("fields",), message, key=True)


def without_fields(object: str, connection: str) -> str:
    """One sentence for an object that tells of no field at all, as a file without a header."""
    return f"{object!r} of connection {connection!r} is empty: it has no header, so no fields; fill it first"


def _them(items: list[str]) -> str:
    return "it" if len(items) == 1 else "them"


def _longest(fieldmap: FieldMap) -> int | None:
    """Characters that may have to be written; None where nothing limits the canonical fields."""
    lengths = [target.length for target in fieldmap.targets]
    return None if None in lengths else sum(length or 0 for length in lengths) + len(lengths) - 1


def _readable(fieldmap: ColumnMap, option: str) -> bool:
    try:
        fieldmap.read(option)
    except UnreadableError:
        return False
    return True
