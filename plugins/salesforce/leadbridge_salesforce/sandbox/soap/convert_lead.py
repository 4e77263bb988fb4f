"""The operation convertLead: its elements as requests, and outcomes as its results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from leadbridge_salesforce.sandbox.convert.request import MAX_LEADS, Converted, LeadConvert, Wishes
from leadbridge_salesforce.sandbox.dml.refusals import DuplicateResult, Refused
from leadbridge_salesforce.sandbox.soap.envelope import Element, Message, Node, SoapFault

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


def wishes(message: Message) -> Wishes:
    return Wishes(
        allow_save=message.flag("DuplicateRuleHeader", "allowSave"),
        truncate=message.flag("AllowFieldTruncationHeader", "allowFieldTruncation"),
    )


def requests(call: Element) -> list[LeadConvert]:
    """The leads of a call, in any order of their elements, as Salesforce takes them.

    Raises:
        SoapFault: an element that has no place there, or more leads than one call takes.
    """
    for child in call.children:
        if child.name != "leadConverts":
            raise _misplaced(child)
    if len(call.children) > MAX_LEADS:
        message = f"the maximum number of leads that can be converted in one call is {MAX_LEADS}"
        raise SoapFault("EXCEEDED_LEAD_CONVERT_LIMIT", message)
    return [_request(child) for child in call.children]


def _request(element: Element) -> LeadConvert:
    texts: dict[str, str] = {}
    flags: dict[str, bool] = {}
    reserved = []
    for child in element.children:
        if child.name in _TEXTS:
            texts[_TEXTS[child.name]] = child.text or ""
        elif child.name in _FLAGS:
            flags[_FLAGS[child.name]] = _boolean(child)
        elif child.name in _RESERVED:
            reserved += [child.name] if _says_something(child) else []
        else:
            raise _misplaced(child)
    return LeadConvert(**texts, **flags, reserved=tuple(reserved))  # type: ignore[arg-type]


def _boolean(element: Element) -> bool:
    if element.text not in {"true", "false", "1", "0"}:
        raise SoapFault("Client", f"'{element.text}' is not a valid value for the type xsd:boolean")
    return element.text in {"true", "1"}


def _says_something(element: Element) -> bool:
    return bool(element.children) or element.text not in {None, "", "false", "0"}


def _misplaced(element: Element) -> SoapFault:
    return SoapFault("Client", f"Element {{urn:partner.soap.sforce.com}}{element.name} invalid at this location")


def results(outcomes: Sequence[Converted], *, name_failed: bool) -> Node:
    """LeadConvertResult elements in the order of the requests.

    Args:
        name_failed: tell the lead's id also of those that failed; orgs were seen to answer nil.
    """
    return [_result(outcome, name_failed) for outcome in outcomes]


def _result(outcome: Converted, name_failed: bool) -> Node:
    failed = outcome.refused is not None
    told: dict[str, Node] = {"accountId": outcome.account_id or None, "contactId": outcome.contact_id or None}
    if outcome.refused is not None:
        told |= _errors(outcome.refused)
    told["leadId"] = (outcome.lead_id or None) if name_failed or not failed else None
    told["opportunityId"] = outcome.opportunity_id or None
    told["success"] = not failed
    return told


def _errors(refused: Refused) -> dict[str, Node]:
    said: dict[str, Node] = {"fields": list(refused.fields), "message": refused.message, "statusCode": refused.code}
    if refused.duplicates is None:
        return {"errors": said}
    return {"errors:DuplicateError": {**said, "duplicateResult": _duplicates(refused.duplicates)}}


def _duplicates(found: DuplicateResult) -> Node:
    records: Node = [
        {"matchConfidence": "100.0", "record": {"type": found.matched_object, "Id": key}} for key in found.matched
    ]
    match: Node = {
        "entityType": found.matched_object,
        "matchEngine": "ExactMatchEngine",
        "matchRecords": records,
        "rule": found.matching_rule,
        "size": str(len(found.matched)),
        "success": True,
    }
    return {
        "allowSave": found.allow_save,
        "duplicateRule": found.rule,
        "duplicateRuleEntityType": found.object,
        "errorMessage": found.message,
        "matchResults": [match],
    }
