"""What a single row cannot do: Salesforce's status codes as rejects, in one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from leadbridge.records import Ref, Reject
from leadbridge_salesforce.failures import RETRY, Said


class _Meaning(NamedTuple):
    code: str
    remedy: str


_GONE: Final = _Meaning("gone", "it is captured as gone next time")
_OWNER: Final = _Meaning("owner", "name an active user, or a queue that may own such records")
_ACCESS: Final = _Meaning("forbidden", "give the connection's user access to the record or field")
_AUTOMATION: Final = _Meaning("automation", "look at the flow or trigger that the reason names, in Salesforce")
_BUSY: Final = _Meaning("busy", "retry it when less is going on in the org")

MEANINGS: Final[Mapping[str, _Meaning]] = {
    **dict.fromkeys(RETRY, _BUSY),
    **dict.fromkeys(("ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY", "NOT_FOUND", "MALFORMED_ID"), _GONE),
    **dict.fromkeys(("INVALID_OWNER", "INACTIVE_OWNER_OR_USER", "OP_WITH_INVALID_USER_TYPE_EXCEPTION"), _OWNER),
    **dict.fromkeys(
        ("INSUFFICIENT_ACCESS_OR_READONLY", "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", "INSUFFICIENT_ACCESS"),
        _ACCESS,
    ),
    **dict.fromkeys(
        ("CANNOT_EXECUTE_FLOW_TRIGGER", "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "APEX_ERROR", "UNKNOWN_EXCEPTION"),
        _AUTOMATION,
    ),
    "CANNOT_UPDATE_CONVERTED_LEAD": _Meaning("converted", "its contact took over; nothing is to be done"),
    "DELETE_FAILED": _Meaning("referred", "other records refer to it; remove those first"),
    "DUPLICATES_DETECTED": _Meaning(
        "duplicate", "say who it is: leadbridge reviews; or set `allow_duplicates`, if the rule only alerts"
    ),
    "DUPLICATE_VALUE": _Meaning("not_unique", "another record has this value already"),
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": _Meaning("validation", "correct the value, or the validation rule"),
    "FIELD_FILTER_VALIDATION_EXCEPTION": _Meaning("validation", "the lookup's filter does not allow this record"),
    "FIELD_INTEGRITY_EXCEPTION": _Meaning("validation", "correct the value; the reason names the field"),
    "INVALID_EMAIL_ADDRESS": _Meaning("invalid", "correct the address"),
    "INVALID_FIELD": _Meaning(
        "invalid_field", "let the connection's user see the field again, or take it out of the mapping; then retry"
    ),
    "INVALID_FIELD_FOR_INSERT_UPDATE": _Meaning("not_writable", "map the field `write: never`"),
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": _Meaning("unknown_value", "add the value in Salesforce, or map it"),
    "INVALID_STATUS": _Meaning("status", "name a converted status that the lead's process has"),
    "INVALID_TYPE_ON_FIELD_IN_RECORD": _Meaning("invalid", "map the field by its type"),
    "NUMBER_OUTSIDE_VALID_RANGE": _Meaning("out_of_range", "correct the number"),
    "REQUIRED_FIELD_MISSING": _Meaning("required", "map the field, or give it a value"),
    "STRING_TOO_LONG": _Meaning("too_long", "shorten the value"),
    "UNAVAILABLE_RECORDTYPE_EXCEPTION": _Meaning("record_type", "give the user a default record type of the object"),
}


def rejected(error: Said, source: str, matched: Sequence[Ref] = ()) -> Reject:
    """Of the first error of a row. ``matched`` are the records that a duplicate rule found, the likeliest first."""
    code, remedy = MEANINGS.get(error.code, _Meaning(error.code.lower() or "refused", "look at the record"))
    found = f"; it found {', '.join(f'{ref.object} {ref.id}' for ref in matched)}" if matched else ""
    reason = f"Salesforce answered {error.code}: {error.message[:500]}{found}"
    field = error.fields[0] if error.fields else ""
    return Reject(code, reason, remedy, source, field, rival=next(iter(matched), None))


def matched_records(body: object, connection: str) -> tuple[Ref, ...]:
    """The records that a duplicate rule names.

    The key of the result is misspelt in what Salesforce sends, and spelt right in what it documents.
    """
    first = body[0] if isinstance(body, list) and body else body
    if not isinstance(first, Mapping):
        return ()
    result = first.get("duplicateResut") or first.get("duplicateResult") or {}
    return tuple(_records(result, connection))


def _records(result: Mapping[str, Any], connection: str) -> list[Ref]:
    found = []
    for match in result.get("matchResults") or ():
        for one in match.get("matchRecords") or ():
            record = one.get("record") or {}
            kind = (record.get("attributes") or {}).get("type") or match.get("entityType") or "record"
            if record.get("Id"):
                found.append(Ref(connection, str(kind), str(record["Id"])))
    return found
