"""Fields that name another record: in golden records by the golden record, in each CRM by its record's id there.

A mapping as the merge uses it (*agreed*) translates them, and leaves out what tells of the record itself. A field whose
subject no mapping of the project reads is plain text, such as an owner's name in a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Final

from leadbridge.golden import Golden
from leadbridge.jobs.sync.scene import OWN, Scene
from leadbridge.mapping.columns import columns
from leadbridge.mapping.fields import ColumnMap, FieldMap
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.records import Ref
from leadbridge.subjects.model import Field
from leadbridge.transforms.spec import Codec, UnreadableError
from leadbridge.values import MISSING, Present, Raw, Value, is_present

PENDING: Final = "pending_reference"
"""Code of a reject that is none: the record that is named has no record there yet; it is told later."""

_NAMED: Final[Mapping[str, tuple[str, ...]]] = {
    "organisation": ("organisation",),
    "owner": ("user", "queue"),
    "manager": ("user",),
    "campaign": ("campaign",),
    "person": ("person",),
    "contact": ("person",),
    "source_lead": ("person",),
    "opportunity": ("opportunity",),
}


def subjects_named(subject: str, field: Field) -> tuple[str, ...]:
    """The subjects that a subject's field names; none for one that is no reference."""
    if field.type != "reference":
        return ()
    return (subject,) if field.name == "parent" else _NAMED.get(field.name, ())


def holding(mappings: Iterable[ObjectMapping], subject: str) -> frozenset[str]:
    """The objects whose records a reference to this subject may mean; no prospect's where people are held otherwise."""
    mine = [mapping for mapping in mappings if mapping.subject.name == subject]
    return frozenset(m.object for m in mine if m.role != "prospect") or frozenset(m.object for m in mine)


class References:
    """Whom ids stand for; filled before each chunk of golden records, so that memory does not grow.

    Attributes:
        translated: fields that name records of a subject that some mapping reads; ``parent`` does so always.
    """

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._goldens: dict[Ref, int] = {}
        self._ids: dict[tuple[str, int], str] = {}
        self._agreed: dict[tuple[str, str], ObjectMapping] = {}
        self._naming: dict[str, tuple[str, ...]] = {}
        self._objects: dict[tuple[str, str], tuple[str, ...]] = {}
        mapped = {mapping.subject.name for mapping in scene.workspace.mappings.objects}
        self.translated = frozenset(name for name, named in _NAMED.items() if mapped & set(named))

    def learn(self, goldens: Mapping[Ref, int], records: Mapping[tuple[str, int], Ref]) -> None:
        """Forget what was known; ``records``: (connection, golden record) -> its live record."""
        self._goldens = {**goldens, **{ref: golden for (_, golden), ref in records.items()}}
        self._ids = {at: ref.id for at, ref in records.items()}

    @property
    def ids(self) -> Mapping[tuple[str, int], str]:
        return self._ids

    def agreed(self, connection: str, mapping: ObjectMapping) -> ObjectMapping:
        at = connection, mapping.file.name
        if at not in self._agreed:
            fields = (self._translate(connection, mapping, fieldmap) for fieldmap in mapping.fields)
            self._agreed[at] = replace(mapping, fields=tuple(f for f in fields if f is not None))
        return self._agreed[at]

    def subjects(self, subject: str, field: Field) -> tuple[str, ...]:
        """The subjects that a field names; none for one that is no reference, or plain text here."""
        named = subjects_named(subject, field)
        return named if field.name == "parent" or field.name in self.translated else ()

    def named(self, connection: str, mapping: ObjectMapping, raws: Mapping[str, Raw]) -> Iterator[Ref]:
        """The refs that a record's reference fields may mean."""
        for fieldmap in mapping.fields:
            if isinstance(fieldmap, ColumnMap):
                subjects = self.subjects(mapping.subject.name, fieldmap.target)
                raw = raws.get(fieldmap.column, MISSING) if subjects else MISSING
                if isinstance(raw, str | int) and raw != "":
                    yield from self._refs(connection, subjects, str(raw))

    def goldens_in(self, subject: str, values: Mapping[str, Value]) -> dict[str, int]:
        """Reference field -> the golden record that it names."""
        if subject not in self._naming:
            fields = self._scene.subject(subject).fields
            self._naming[subject] = tuple(name for name, field in fields.items() if self.subjects(subject, field))
        said = ((name, values.get(name, MISSING)) for name in self._naming[subject])
        return {name: int(str(value)) for name, value in said if is_present(value) and str(value).isdecimal()}

    def followed(self, golden: Golden, heirs: Mapping[int, int], run: int) -> Golden:
        """The record, naming the heirs of golden records that became part of others."""
        named = self.goldens_in(golden.subject, golden.values)
        moved = {
            name: replace(golden.fields[name], value=str(heirs[number]), run=run)
            for name, number in named.items()
            if number in heirs
        }
        return replace(golden, fields={**golden.fields, **moved}) if moved else golden

    def _translate(self, connection: str, mapping: ObjectMapping, fieldmap: FieldMap) -> FieldMap | None:
        if any(target.name in OWN for target in fieldmap.targets):
            return None
        if not isinstance(fieldmap, ColumnMap):
            return fieldmap
        subjects = self.subjects(mapping.subject.name, fieldmap.target)
        if not subjects:
            return fieldmap
        codec = Codec(partial(self._decode, connection, subjects), partial(self._encode, connection))
        return replace(fieldmap, codec=codec)

    def _decode(self, connection: str, subjects: tuple[str, ...], raw: Raw) -> Value:
        found = (self._goldens.get(ref) for ref in self._refs(connection, subjects, str(raw)))
        golden = next((number for number in found if number is not None), None)
        if golden is None:
            raise UnreadableError("unknown_reference", "names a record that is not known here")
        return str(golden)

    def _encode(self, connection: str, value: Present) -> Raw:
        found = self._ids.get((connection, int(str(value)))) if str(value).isdecimal() else None
        if found is None:
            raise UnreadableError(PENDING, f"what it names has no record in {connection} yet")
        return found

    def _refs(self, connection: str, subjects: Iterable[str], id_: str) -> Iterator[Ref]:
        for subject in subjects:
            for name in self._holding(connection, subject):
                yield Ref(connection, name, id_)

    def _holding(self, connection: str, subject: str) -> tuple[str, ...]:
        """The objects of a connection that hold records of a subject."""
        at = connection, subject
        if at not in self._objects:
            configured = self._scene.workspace.project.config.connections.get(connection)
            provider = configured.provider if configured else ""
            everywhere = self._scene.workspace.mappings.objects
            mine = [mapping for mapping in everywhere if mapping.serves(provider, connection, mapping.object)]
            self._objects[at] = tuple(sorted(holding(mine, subject)))
        return self._objects[at]


def agreed_columns(mapping: ObjectMapping) -> frozenset[str]:
    """The provider fields that a base holds: all but what tells of the record itself."""
    return columns(mapping) - {f.column for f in mapping.fields if any(target.name in OWN for target in f.targets)}
