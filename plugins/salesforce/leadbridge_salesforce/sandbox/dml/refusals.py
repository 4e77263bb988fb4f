"""Why a record is not saved, in Salesforce's codes and words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Json = Any


@dataclass(frozen=True, slots=True)
class DuplicateResult:
    """What a duplicate rule found.

    Attributes:
        matched: object -> ids of the records that match.
    """

    rule: str
    object: str
    message: str
    allow_save: bool
    matching_rule: str
    matched_object: str
    matched: tuple[str, ...]


class Refused(Exception):  # noqa: N818  (an outcome of one row, not a fault of the sandbox)
    """One row that is not saved.

    Attributes:
        code: ``statusCode`` of a row in a batch, ``errorCode`` of a reply.
        status: of the HTTP reply, where the row came alone.
    """

    def __init__(
        self,
        code: str,
        message: str,
        fields: Sequence[str] = (),
        status: int = 400,
        duplicates: DuplicateResult | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.fields = tuple(fields)
        self.status = status
        self.duplicates = duplicates


def required(names: Sequence[str]) -> Refused:
    listed = ", ".join(names)
    return Refused("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{listed}]", names)


def no_such_field(object: str, name: str) -> Refused:
    return Refused("INVALID_FIELD", f"No such column '{name}' on sobject of type {object}")


def not_writable(names: Sequence[str]) -> Refused:
    listed = ", ".join(names)
    message = (
        f"Unable to create/update fields: {listed}. Please check the security settings of this field and verify "
        "that it is read/write for your profile or permission set."
    )
    return Refused("INVALID_FIELD_FOR_INSERT_UPDATE", message, names)


def id_given() -> Refused:
    return Refused("INVALID_FIELD_FOR_INSERT_UPDATE", "cannot specify Id in an insert call", ["Id"])


def deleted() -> Refused:
    return Refused("ENTITY_IS_DELETED", "entity is deleted", status=404)


def not_found() -> Refused:
    return Refused("NOT_FOUND", "The requested resource does not exist", status=404)


def cross_reference(fields: Sequence[str] = ()) -> Refused:
    return Refused("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", fields)


def converted_lead() -> Refused:
    return Refused("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")


def row_locked() -> Refused:
    return Refused("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record")


def rolled_back() -> Refused:
    message = "Record rolled back because not all records were valid and the request was using AllOrNone header"
    return Refused("ALL_OR_NONE_OPERATION_ROLLED_BACK", message)
