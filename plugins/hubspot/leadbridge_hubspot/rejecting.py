"""What a single row cannot do: HubSpot's codes and categories as rejects, in one table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from leadbridge.records import Ref, Reject
from leadbridge_hubspot.failures import Said


class _Meaning(NamedTuple):
    code: str
    remedy: str


_GONE: Final = _Meaning("gone", "it is captured as gone next time, or as merged")
_DUPLICATE: Final = _Meaning("duplicate", "it is matched when it is captured; or merge the two in HubSpot")
_REQUIRED: Final = _Meaning("required", "map the property, or give it a value")
_INVALID: Final = _Meaning("invalid", "correct the value, or map the property by its type")
_READ_ONLY: Final = _Meaning("not_writable", "map it `write: never`")

MEANINGS: Final[Mapping[str, _Meaning]] = {
    "OBJECT_NOT_FOUND": _GONE,
    "CONFLICT": _DUPLICATE,
    "OBJECT_ALREADY_EXISTS": _DUPLICATE,
    "CONTACT_EXISTS": _DUPLICATE,
    "MISSING_REQUIRED_PROPERTY": _REQUIRED,
    "MISSING_CONDITIONAL_REQUIRED_PROPERTY": _REQUIRED,
    "REQUIRED_FIELD": _REQUIRED,
    "PROPERTY_DOESNT_EXIST": _Meaning("not_writable", "run `leadbridge check`: the property is gone, or misspelt"),
    "READ_ONLY_VALUE": _READ_ONLY,
    "INVALID_OPTION": _Meaning("unknown_value", "add the option in HubSpot, or map the value"),
    "INVALID_EMAIL": _Meaning("invalid", "correct the address"),
    "INVALID_OWNER_ID": _Meaning("owner", "name an active owner, by the id in the list of owners"),
    "INVALID_DATE": _INVALID,
    "INVALID_INTEGER": _INVALID,
    "INVALID_LONG": _INVALID,
    "INVALID_NUMERIC": _INVALID,
    "INVALID_BOOLEAN": _INVALID,
    "VALUE_TOO_LONG": _Meaning("too_long", "shorten the value"),
    "VALIDATION_ERROR": _Meaning("validation", "correct the value; the reason names it"),
    "MISSING_SCOPES": _Meaning("forbidden", "grant the app the scope that the reason names"),
}


def rejected(error: Said, source: str, at: Ref | None = None) -> Reject:
    """``at``: of a create, its connection and object, for a record that stands in its way."""
    rival = None if at is None or error.existing is None else Ref(at.connection, at.object, error.existing)
    if error.existing is not None:
        code, remedy = _DUPLICATE
    else:
        code, remedy = MEANINGS.get(error.code, _Meaning(error.code.lower() or "refused", "look at the record"))
    reason = f"HubSpot answered {error.code}: {error.message[:500]}"
    return Reject(code, reason, remedy, source, error.named, rival=rival)
