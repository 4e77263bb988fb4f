"""The rules that an org's administrator writes: validation, assignment, duplicates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import cel

from leadbridge_salesforce.sandbox.schema import ObjectSchema
from leadbridge_salesforce.sandbox.store import Row


@dataclass(frozen=True, slots=True)
class Formula:
    """A condition on a record, in CEL over its fields; blank ones are ``null``."""

    source: str
    _program: Any = field(repr=False, compare=False)

    def holds(self, row: Row, schema: ObjectSchema) -> bool:
        """Whether it is true. One that cannot be told, such as a comparison with null, is not."""
        try:
            return self._program.execute(_readable(row, schema)) is True
        except (TypeError, ValueError, KeyError):
            return False


def formula(source: str) -> Formula:
    """Raises ValueError where the source is no CEL."""
    return Formula(source, cel.compile(source))


def _readable(row: Row, schema: ObjectSchema) -> dict[str, Any]:
    types = {f.name: f.type for f in schema.fields}
    return {name: bool(value) if types.get(name) == "boolean" else value for name, value in row.items()}


@dataclass(frozen=True, slots=True)
class ValidationRule:
    """A record for which ``refuses`` holds is not saved."""

    name: str
    object: str
    refuses: Formula
    message: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class AssignmentRule:
    """Who gets a new record: the owner of the first entry that holds. At most one rule of an object is active."""

    id: str
    object: str
    entries: tuple[tuple[Formula, str], ...]
    active: bool = True


@dataclass(frozen=True, slots=True)
class DuplicateRule:
    """What happens to a record that resembles another one.

    Attributes:
        compares: field of the record -> field of the object ``matches``; all must be filled in and equal.
        action: ``alert`` refuses too, unless the caller allows the save; ``block`` always refuses.
    """

    name: str
    object: str
    matches: str
    compares: Mapping[str, str]
    action: Literal["alert", "block"] = "alert"
    on_edit: bool = True
    message: str = "You're creating a duplicate record. We recommend you use an existing record instead."


@dataclass(slots=True)
class Rules:
    """The rules that are in force."""

    validation: list[ValidationRule] = field(default_factory=list)
    assignment: list[AssignmentRule] = field(default_factory=list)
    duplicates: list[DuplicateRule] = field(default_factory=list)


def standard_duplicate_rules() -> list[DuplicateRule]:
    """What a new org has: leads and contacts by e-mail address, accounts by name and town, with an alert."""
    email = {"Email": "Email"}
    return [
        DuplicateRule("Standard_Lead_Duplicate_Rule", "Lead", "Lead", email),
        DuplicateRule("Standard_Lead_Duplicate_Rule", "Lead", "Contact", email),
        DuplicateRule("Standard_Contact_Duplicate_Rule", "Contact", "Contact", email),
        DuplicateRule(
            "Standard_Account_Duplicate_Rule", "Account", "Account", {"Name": "Name", "BillingCity": "BillingCity"}
        ),
    ]
