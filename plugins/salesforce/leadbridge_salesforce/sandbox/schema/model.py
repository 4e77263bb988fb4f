"""What an org holds: its objects, their fields, and how they refer to each other. Plain frozen records.

Names are the API names. Look-ups ignore case, as Salesforce does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

FieldType = Literal[
    "id",
    "string",
    "textarea",
    "email",
    "phone",
    "url",
    "picklist",
    "multipicklist",
    "boolean",
    "int",
    "double",
    "currency",
    "percent",
    "date",
    "datetime",
    "reference",
    "address",
]

TEXTS: frozenset[FieldType] = frozenset({"string", "textarea", "email", "phone", "url", "picklist", "multipicklist"})
NUMBERS: frozenset[FieldType] = frozenset({"int", "double", "currency", "percent"})


@dataclass(frozen=True, slots=True)
class PicklistValue:
    """``value`` is the API name, which is stored; ``label`` is what people see."""

    value: str
    label: str
    active: bool = True
    default: bool = False


@dataclass(frozen=True, slots=True)
class FieldSchema:
    """One field.

    Attributes:
        length: characters that a text holds; 0 for other types.
        precision: digits of a number in all, ``scale`` of them behind the point.
        default: the value that a record is created with where none is given.
        defaulted_on_create: Salesforce fills the field in, from ``default`` or by a rule of its own.
        id_lookup: upsert accepts the field as a key, though it is no external id.
        restricted: a picklist that takes its active values only.
        reference_to: the objects that a reference may point to; several make it polymorphic.
        relationship_name: what a query calls the parent record (``Owner`` for ``OwnerId``).
        child_relationship: what a query on the parent calls these records (``Contacts``); None where it cannot.
        cascade: the record is deleted with its parent.
        compound: the compound field that this one is a part of (``MailingAddress``).
        calculated: worked out by Salesforce; never written by a client.
        name_field: the record's name, which searches and look-ups show.
    """

    name: str
    label: str
    type: FieldType
    length: int = 0
    precision: int = 0
    scale: int = 0
    nillable: bool = True
    createable: bool = True
    updateable: bool = True
    defaulted_on_create: bool = False
    default: str | int | float | bool | None = None
    unique: bool = False
    external_id: bool = False
    id_lookup: bool = False
    case_sensitive: bool = False
    filterable: bool = True
    sortable: bool = True
    groupable: bool = True
    calculated: bool = False
    picklist: tuple[PicklistValue, ...] = ()
    restricted: bool = False
    reference_to: tuple[str, ...] = ()
    relationship_name: str | None = None
    child_relationship: str | None = None
    cascade: bool = False
    compound: str | None = None
    name_field: bool = False
    permissionable: bool = True

    @property
    def custom(self) -> bool:
        return self.name.endswith("__c")

    @property
    def stored(self) -> bool:
        """Whether the field has a column of its own; a compound address is read from its parts."""
        return self.type != "address"

    @property
    def required(self) -> bool:
        """Whether a record cannot be created without a value for it."""
        return self.createable and not self.nillable and not self.defaulted_on_create


@dataclass(frozen=True, slots=True)
class RecordTypeSchema:
    """A record type. ``picklists`` narrows a picklist field to the values that are legal under it.

    ``defaults`` are the values that blank picklists get in a record created with this type.
    """

    developer_name: str
    label: str
    default: bool = False
    active: bool = True
    picklists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChildRelationship:
    """Records of ``child`` whose ``field`` points to the parent."""

    name: str | None
    child: str
    field: str
    cascade: bool


@dataclass(frozen=True)
class ObjectSchema:
    """One object. ``key_prefix`` are the first three characters of its records' ids."""

    name: str
    label: str
    label_plural: str
    key_prefix: str
    fields: tuple[FieldSchema, ...]
    record_types: tuple[RecordTypeSchema, ...] = ()
    createable: bool = True
    updateable: bool = True
    deletable: bool = True
    mergeable: bool = False
    replicateable: bool = True

    @property
    def custom(self) -> bool:
        return self.name.endswith("__c")

    @cached_property
    def by_name(self) -> Mapping[str, FieldSchema]:
        """Lower-case name -> field."""
        return {f.name.lower(): f for f in self.fields}

    @cached_property
    def by_relationship(self) -> Mapping[str, FieldSchema]:
        """Lower-case relationship name -> the reference field behind it."""
        return {f.relationship_name.lower(): f for f in self.fields if f.relationship_name}

    @cached_property
    def name_field(self) -> FieldSchema | None:
        return next((f for f in self.fields if f.name_field), None)

    def field(self, name: str) -> FieldSchema | None:
        return self.by_name.get(name.lower())

    def has(self, name: str) -> bool:
        return name.lower() in self.by_name

    def with_field(self, added: FieldSchema) -> ObjectSchema:
        """The object with a field more; a field of the same name is replaced."""
        return replace(self, fields=(*self.without({added.name}).fields, added))

    def without(self, names: Collection[str]) -> ObjectSchema:
        gone = {name.lower() for name in names}
        return replace(self, fields=tuple(f for f in self.fields if f.name.lower() not in gone))

    def locking(self, names: Collection[str]) -> ObjectSchema:
        """The object with these fields, in lower case, for reading only."""
        fields = (replace(f, createable=False, updateable=False) if f.name.lower() in names else f for f in self.fields)
        return replace(self, fields=tuple(fields))


@dataclass(frozen=True)
class OrgSchema:
    """All objects of an org, or those that one user sees."""

    objects: tuple[ObjectSchema, ...]

    @cached_property
    def by_name(self) -> Mapping[str, ObjectSchema]:
        """Lower-case name -> object."""
        return {o.name.lower(): o for o in self.objects}

    @cached_property
    def by_prefix(self) -> Mapping[str, ObjectSchema]:
        return {o.key_prefix: o for o in self.objects}

    def object(self, name: str) -> ObjectSchema | None:
        return self.by_name.get(name.lower())

    def children(self, parent: str) -> tuple[ChildRelationship, ...]:
        """What points to records of this object, in the order of the schema."""
        return tuple(self._children(parent))

    def child(self, parent: str, relationship: str) -> ChildRelationship | None:
        """The child relationship that a sub-query names."""
        wanted = relationship.lower()
        return next((c for c in self._children(parent) if c.name and c.name.lower() == wanted), None)

    def with_object(self, changed: ObjectSchema) -> OrgSchema:
        """The org with this object in the place of the one of its name, or added."""
        if self.object(changed.name) is None:
            return OrgSchema((*self.objects, changed))
        return OrgSchema(tuple(changed if o.name == changed.name else o for o in self.objects))

    def hiding(self, fields: Mapping[str, Collection[str]], objects: Collection[str] = ()) -> OrgSchema:
        """What is left where these fields (object -> names) and whole objects cannot be seen."""
        hidden = {name.lower(): names for name, names in fields.items()}
        gone = {name.lower() for name in objects}
        seen = (o for o in self.objects if o.name.lower() not in gone)
        return OrgSchema(tuple(o.without(hidden[o.name.lower()]) if o.name.lower() in hidden else o for o in seen))

    def _children(self, parent: str) -> Iterator[ChildRelationship]:
        wanted = parent.lower()
        for child in self.objects:
            for f in child.fields:
                if wanted in {name.lower() for name in f.reference_to}:
                    yield ChildRelationship(f.child_relationship, child.name, f.name, f.cascade)
