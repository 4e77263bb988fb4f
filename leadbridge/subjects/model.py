"""What a canonical field and a subject are; the standard ones stand beside this file, one subject each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from leadbridge.subjects.types import TYPES, FieldType
from leadbridge.values import Value, is_present


@dataclass(frozen=True, slots=True)
class Field:
    """A canonical field of a subject.

    Attributes:
        type: name of a :class:`FieldType`.
        doc: what it means, one line.
        length: longest text in characters, or None.
        salesforce, hubspot: the CRMs' twins (``Lead.FirstName``, ``contacts.firstname``); empty where there is none.
        choices: the standard values of a choice or multi-select; None where a mapping or the team names them.
        custom: declared in ``mappings/fields.yaml``.
        computed: LeadBridge sets it (score, grade); a mapping may write it to a CRM, a lead file need not bring it.
    """

    name: str
    type: str
    doc: str
    length: int | None = None
    salesforce: tuple[str, ...] = ()
    hubspot: tuple[str, ...] = ()
    choices: tuple[str, ...] | None = None
    custom: bool = False
    computed: bool = False

    @property
    def kind(self) -> FieldType:
        return TYPES[self.type]


@dataclass(frozen=True, slots=True)
class Subject:
    """What a golden record is about, the roles that hold it, and its fields by name."""

    name: str
    doc: str
    roles: tuple[str, ...]
    fields: Mapping[str, Field] = field(default_factory=dict)

    @classmethod
    def of(cls, name: str, doc: str, roles: tuple[str, ...], fields: Iterable[Field]) -> Subject:
        """A subject from its fields in the order in which people should see them; a name given twice is refused."""
        by_name: dict[str, Field] = {}
        for given in fields:
            if given.name in by_name:
                raise ValueError(f"{name} has two fields named {given.name}")
            by_name[given.name] = given
        return cls(name, doc, roles, by_name)

    def with_fields(self, more: Iterable[Field]) -> Subject:
        """The subject with further fields; a name that is taken is replaced (callers check first)."""
        return Subject(self.name, self.doc, self.roles, {**self.fields, **{f.name: f for f in more}})


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All subjects of a project, standard and custom fields together."""

    subjects: Mapping[str, Subject]

    def of_role(self, role: str) -> Subject | None:
        """The subject that a role is a view on (``lead`` -> person), or None for an unknown role."""
        return next((s for s in self.subjects.values() if role in s.roles), None)

    @property
    def roles(self) -> tuple[str, ...]:
        return tuple(role for subject in self.subjects.values() for role in subject.roles)


def check_value(field: Field, value: Value) -> str | None:
    """What is wrong with a canonical value for this field, in words that follow its name; None where nothing is.

    The value itself is never part of the words.
    """
    if not is_present(value):
        return None
    if not field.kind.accepts(value):
        return f"is not of type {field.type}"
    if field.length is not None and isinstance(value, str) and len(value) > field.length:
        return f"is {len(value):,} characters long; {field.length:,} fit"
    if field.choices is not None and not set(value if isinstance(value, tuple) else (value,)) <= set(field.choices):
        return f"must be one of {', '.join(field.choices)}"
    return None
