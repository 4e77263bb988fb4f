"""What a canonical field and a subject are; the standard ones stand beside this file, one subject each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from leadbridge.subjects.types import TYPES, FieldType


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
