"""Operations on records: merge, delete, undelete, emptyRecycleBin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from leadbridge_salesforce.sandbox import ids
from leadbridge_salesforce.sandbox.dml.deleting import delete as delete_rows
from leadbridge_salesforce.sandbox.dml.deleting import erase
from leadbridge_salesforce.sandbox.dml.deleting import undelete as undelete_rows
from leadbridge_salesforce.sandbox.dml.drafts import Saved
from leadbridge_salesforce.sandbox.dml.merging import Merge
from leadbridge_salesforce.sandbox.dml.merging import merge as merge_rows
from leadbridge_salesforce.sandbox.dml.refusals import Refused, not_found
from leadbridge_salesforce.sandbox.soap.asking import Operation
from leadbridge_salesforce.sandbox.soap.envelope import PARTNER, XSI, Element, Result, elements, local, text

MOST = 200


def merge(asked: Operation) -> Sequence[Result]:
    """Each request by itself; one that fails leaves its records as they were."""
    told = list(elements(asked.envelope.operation))
    stray = next((local(one) for one in told if local(one) != "request"), None)
    if stray is not None:
        raise Refused("soapenv:Client", f"Element {{{PARTNER}}}{stray} invalid at this location")
    return [_merged(asked, request) for request in told]


def delete(asked: Operation) -> Sequence[Result]:
    return [_row(saved) for saved in delete_rows(asked.org, _ids(asked), asked.manner())]


def undelete(asked: Operation) -> Sequence[Result]:
    return [_row(saved) for saved in undelete_rows(asked.org, _ids(asked), asked.manner())]


def empty_bin(asked: Operation) -> Sequence[Result]:
    return [_row(_erased(asked, key)) for key in _ids(asked)]


def _merged(asked: Operation, request: Element) -> Result:
    master = next(elements(request, "masterRecord"), None)
    losers = tuple(ids.normal(one.text or "") or "" for one in elements(request, "recordToMergeIds"))
    if master is None:
        raise Refused("REQUIRED_FIELD_MISSING", "masterRecord is required")
    try:
        wanted = Merge(text(master, "type"), ids.normal(text(master, "Id")) or "", losers, _values(master))
        merged = merge_rows(asked.org, wanted, asked.manner())
    except Refused as refused:
        return {"errors": _error(refused), "id": None, "success": False}
    return {
        "id": merged.id,
        "mergedRecordIds": list(merged.losers),
        "success": True,
        "updatedRelatedIds": list(merged.moved),
    }


def _values(record: Element) -> dict[str, Any]:
    """The fields of an sObject: absent ones are left alone, those named in ``fieldsToNull`` are made null."""
    found: dict[str, Any] = {}
    for one in elements(record):
        if local(one) == "fieldsToNull":
            found[str(one.text)] = None
        elif local(one) not in {"type", "Id"} and one.get(f"{{{XSI}}}nil") != "true":
            found[local(one)] = one.text
    return found


def _erased(asked: Operation, key: str) -> Saved:
    schema = asked.org.seen.by_prefix.get(key[:3])
    row = asked.org.store.get(schema.name, key) if schema else None
    if schema is None or row is None or not row.get("IsDeleted"):
        return Saved(key, refused=not_found())
    erase(asked.org, schema.name, [key])
    return Saved(key)


def _ids(asked: Operation) -> list[str]:
    found = [one.text or "" for one in elements(asked.envelope.operation) if local(one).lower() == "ids"]
    if len(found) > MOST:
        raise Refused(
            "EXCEEDED_ID_LIMIT", f"record limit reached. cannot submit more than {MOST} records in this operation"
        )
    return [ids.normal(one) or one for one in found]


def _row(saved: Saved) -> Result:
    if saved.refused:
        return {"errors": _error(saved.refused), "id": saved.id, "success": False}
    return {"id": saved.id, "success": True}


def _error(refused: Refused) -> Result:
    return {"fields": list(refused.fields), "message": refused.message, "statusCode": refused.code}
