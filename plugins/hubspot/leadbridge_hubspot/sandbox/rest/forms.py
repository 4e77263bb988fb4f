"""Form submissions: somebody leaves their address, and becomes a contact, or is one already."""

from __future__ import annotations

from typing import Any, Final

from leadbridge_hubspot.sandbox.crm.keys import found
from leadbridge_hubspot.sandbox.crm.saving import create, update
from leadbridge_hubspot.sandbox.objects import CONTACTS
from leadbridge_hubspot.sandbox.refusals import Refused
from leadbridge_hubspot.sandbox.rest.answers import Answer
from leadbridge_hubspot.sandbox.rest.asking import Asked

FORM: Final = "0f0e0d0c-0b0a-4908-8706-050403020100"
"""The one form of the portal; it has every property of a contact."""
_FIELDS: Final = 1000
_MONTH: Final = 31 * 86_400_000


def submit(asked: Asked) -> Answer:
    """A new contact is a lead, unless the form says otherwise."""
    if asked.parts["portal"] != str(asked.portal.id) or asked.parts["form"] != FORM:
        raise Refused(404, "OBJECT_NOT_FOUND", "Form not found")
    given = _fields(asked)
    address = str(given.get("email", ""))
    key = found(asked.portal, CONTACTS, address, "email") if address else None
    if key is None:
        create(asked.portal, CONTACTS, {"lifecyclestage": "lead", **given})
    else:
        update(asked.portal, CONTACTS, key, {name: value for name, value in given.items() if name != "email"})
    return Answer(200, {"inlineMessage": "Thanks for submitting the form."})


def _fields(asked: Asked) -> dict[str, Any]:
    told = asked.json()
    fields = told.get("fields")
    if not isinstance(fields, list) or not fields or len(fields) > _FIELDS:
        raise _invalid(f"fields must be a list of 1 to {_FIELDS}", "MAX_NUMBER_OF_SUBMITTED_VALUES_EXCEEDED")
    submitted = str(told.get("submittedAt") or asked.portal.now())
    if not submitted.isdigit() or int(submitted) < asked.portal.now() - _MONTH:
        raise _invalid("submittedAt must be within the last month", "INVALID_METADATA")
    wrong = [one for one in fields if not isinstance(one, dict) or one.get("objectTypeId", CONTACTS.id) != CONTACTS.id]
    if wrong:
        raise _invalid("The form has fields of contacts only", "FIELD_NOT_IN_FORM_DEFINITION")
    return {str(one.get("name")): one.get("value", "") for one in fields}


def _invalid(message: str, code: str) -> Refused:
    return Refused(400, "VALIDATION_ERROR", message, errors=[{"message": message, "errorType": code}])
