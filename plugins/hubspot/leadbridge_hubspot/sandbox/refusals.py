"""Why HubSpot does not do what it was asked, in its categories and words."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """One value that is not valid."""

    name: str
    code: str
    message: str


class Refused(Exception):  # noqa: N818  (an outcome of one row, not a fault of the sandbox)
    """A request, or one input of a batch, that is refused.

    Attributes:
        errors: details, each with ``message``, ``code`` and ``context``.
        context: what a batch tells beside it, such as ``ids``.
    """

    def __init__(  # noqa: PLR0913  (the fields of HubSpot's own body)
        self,
        status: int,
        category: str,
        message: str,
        *,
        errors: Sequence[Mapping[str, Any]] = (),
        context: Mapping[str, Sequence[str]] | None = None,
        sub_category: str = "",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.category = category
        self.message = message
        self.errors = tuple(errors)
        self.context = dict(context or {})
        self.sub_category = sub_category


def invalid(message: str, code: str = "", property: str = "", sub_category: str = "") -> Refused:
    detail = {"message": message, "code": code, "context": {"propertyName": [property]} if property else {}}
    errors = [detail] if code else []
    return Refused(400, "VALIDATION_ERROR", message, errors=errors, sub_category=sub_category)


def invalid_values(faults: Sequence[Fault], portal: int) -> Refused:
    """Every value that is wrong, as JSON within the message and as a list beside it."""
    told = [
        {
            "isValid": False,
            "message": fault.message,
            "error": fault.code,
            "name": fault.name,
            "localizedErrorMessage": fault.message,
            "portalId": portal,
        }
        for fault in faults
    ]
    errors = [{"message": f.message, "code": f.code, "context": {"propertyName": [f.name]}} for f in faults]
    return Refused(400, "VALIDATION_ERROR", f"Property values were not valid: {json.dumps(told)}", errors=errors)


def no_such_object() -> Refused:
    return Refused(404, "OBJECT_NOT_FOUND", "resource not found")


def missing_objects(singular: str, ids: Sequence[str]) -> Refused:
    """The one error of a batch in which some ids are unknown, however many they are."""
    message = f"Could not get some {singular} objects, they may be deleted or not exist. Check that ids are valid."
    return Refused(404, "OBJECT_NOT_FOUND", message, context={"ids": list(ids)})


def already_exists(what: str, id: int) -> Refused:
    return Refused(409, "CONFLICT", f"{what} already exists. Existing ID: {id}")


def no_token() -> Refused:
    message = "Authentication credentials not found. This API supports OAuth 2.0 authentication."
    return Refused(401, "INVALID_AUTHENTICATION", message)


def expired_token() -> Refused:
    return Refused(401, "EXPIRED_AUTHENTICATION", "The OAuth token used to make this call expired.")
