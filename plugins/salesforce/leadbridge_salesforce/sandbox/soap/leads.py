"""convertLead: its elements as requests, and outcomes as its results. SOAP API guide, convertLead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from leadbridge_salesforce.sandbox.convert.converter import Converter
from leadbridge_salesforce.sandbox.convert.request import MAX_LEADS, Converted, LeadConvert, Wishes
from leadbridge_salesforce.sandbox.dml.refusals import DuplicateResult, Refused
from leadbridge_salesforce.sandbox.soap.asking import Operation
from leadbridge_salesforce.sandbox.soap.envelope import PARTNER, XSI, Element, Result, elements, local

_TEXTS: Final = {
    "leadId": "lead_id",
    "convertedStatus": "converted_status",
    "accountId": "account_id",
    "contactId": "contact_id",
    "opportunityId": "opportunity_id",
    "opportunityName": "opportunity_name",
    "ownerId": "owner_id",
}
_FLAGS: Final = {
    "doNotCreateOpportunity": "do_not_create_opportunity",
    "overwriteLeadSource": "overwrite_lead_source",
    "sendNotificationEmail": "send_notification_email",
}
_RESERVED: Final = frozenset(
    {"accountRecord", "contactRecord", "opportunityRecord", "bypassAccountDedupeCheck", "bypassContactDedupeCheck"}
    | {"relatedPersonAccountId", "relatedPersonAccountRecord"}
)
_TRUE: Final = frozenset({"true", "1"})
_FALSE: Final = frozenset({"false", "0", ""})


def convert_lead(asked: Operation) -> Sequence[Result]:
    """One result for each lead, in the order of the requests.

    Raises:
        Refused: the whole call, for more leads than one takes, and for elements that have no place there.
    """
    manner = asked.manner()
    wishes = Wishes(allow_save=manner.allow_duplicates, truncate=manner.truncate)
    converter = Converter(asked.org, asked.org.convert_settings, asked.call, wishes)
    outcomes = converter.convert(requests_in(asked.envelope.operation))
    return [_result(outcome, name_failed=asked.org.switches.failed_lead_id) for outcome in outcomes]


def requests_in(operation: Element) -> list[LeadConvert]:
    """The leads of a call, with their elements in any order, as Salesforce takes them. Raises Refused."""
    found = list(elements(operation))
    for one in found:
        if local(one) != "leadConverts":
            raise _misplaced(one)
    if len(found) > MAX_LEADS:
        message = f"the maximum number of leads that can be converted in one call is {MAX_LEADS}"
        raise Refused("EXCEEDED_LEAD_CONVERT_LIMIT", message)
    return [_request(one) for one in found]


def _request(given: Element) -> LeadConvert:
    texts: dict[str, str] = {}
    flags: dict[str, bool] = {}
    reserved: list[str] = []
    for one in elements(given):
        name, said = local(one), _said(one)
        if name in _TEXTS:
            texts[_TEXTS[name]] = said
        elif name in _FLAGS:
            flags[_FLAGS[name]] = _flag(said)
        elif name in _RESERVED:
            reserved += [name] if len(one) or said.lower() not in _FALSE else []
        else:
            raise _misplaced(one)
    return LeadConvert(**texts, **flags, reserved=tuple(reserved))  # type: ignore[arg-type]


def _said(one: Element) -> str:
    return "" if one.get(f"{{{XSI}}}nil") in _TRUE else (one.text or "").strip()


def _flag(said: str) -> bool:
    if said not in _TRUE | _FALSE:
        raise Refused("soapenv:Client", f"'{said}' is not a valid value for the type xsd:boolean")
    return said in _TRUE


def _misplaced(one: Element) -> Refused:
    return Refused("soapenv:Client", f"Element {{{PARTNER}}}{local(one)} invalid at this location")


def _result(outcome: Converted, *, name_failed: bool) -> Result:
    """Orgs were seen to leave the lead's id out where its conversion failed: results go by their place."""
    refused = outcome.refused
    return {
        "accountId": outcome.account_id or None,
        "contactId": outcome.contact_id or None,
        **({"errors": _errors(refused)} if refused else {}),
        "leadId": (outcome.lead_id or None) if refused is None or name_failed else None,
        "opportunityId": outcome.opportunity_id or None,
        "success": refused is None,
    }


def _errors(refused: Refused) -> Result:
    said = {"fields": list(refused.fields), "message": refused.message, "statusCode": refused.code}
    if refused.duplicates is None:
        return said
    return {"@type": "DuplicateError", **said, "duplicateResult": _duplicates(refused.duplicates)}


def _duplicates(found: DuplicateResult) -> Result:
    records = [
        {"matchConfidence": "100.0", "record": {"type": found.matched_object, "Id": key}} for key in found.matched
    ]
    match = {
        "entityType": found.matched_object,
        "matchEngine": "ExactMatchEngine",
        "matchRecords": records,
        "rule": found.matching_rule,
        "size": len(found.matched),
        "success": True,
    }
    return {
        "allowSave": found.allow_save,
        "duplicateRule": found.rule,
        "duplicateRuleEntityType": found.object,
        "errorMessage": found.message,
        "matchResults": [match],
    }
