"""Why a lead is not converted: one check for each rule, in the order in which they are made.

Codes and, where they were seen, messages are Salesforce's. Which code stands for which mistake in a combination of
contact, account and opportunity is nowhere documented; the nearest one is used.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from leadbridge_salesforce.sandbox import ids
from leadbridge_salesforce.sandbox.convert.request import LeadConvert
from leadbridge_salesforce.sandbox.dml.refusals import Refused, converted_lead, cross_reference
from leadbridge_salesforce.sandbox.org import Org
from leadbridge_salesforce.sandbox.store import Row

MAX_NAME: Final = 80
"""Characters of opportunityName by the SOAP API guide; the field itself takes more."""

Check = Callable[[Org, LeadConvert, Row], None]


def found(org: Org, object: str, id: str, field: str) -> Row:
    """A record that a request names. Raises Refused where it is not there, deleted, or of another object."""
    whole = ids.normal(id)
    if whole is None:
        raise Refused("MALFORMED_ID", f"bad id {id}", [field])
    if whole[:3] != org.store.schema.by_name[object.lower()].key_prefix:
        raise cross_reference([field])
    row = org.store.get(object, whole)
    if row is None:
        raise cross_reference([field])
    if row.get("IsDeleted"):
        raise Refused("ENTITY_IS_DELETED", "entity is deleted", [field])
    return row


def check(org: Org, request: LeadConvert, lead: Row) -> None:
    """Hold a request against all rules.

    Raises:
        Refused: the first rule that it breaks.
    """
    for one in CHECKS:
        one(org, request, lead)


def _reserved(org: Org, request: LeadConvert, lead: Row) -> None:
    if request.reserved:
        raise Refused("INVALID_FIELD", f"{request.reserved[0]} is reserved for internal use", request.reserved)


def _not_converted(org: Org, request: LeadConvert, lead: Row) -> None:
    if lead["IsConverted"] and not org.switches.convert_twice:
        raise converted_lead()


def _flags(org: Org, request: LeadConvert, lead: Row) -> None:
    if request.do_not_create_opportunity and (request.opportunity_name or request.opportunity_id):
        message = (
            "One or more leads couldn't be converted. If doNotCreateOpportunity is true, opportunityName and"
            " opportunityId must be null."
        )
        raise Refused("INVALID_FIELD", message, ["Id"])
    if request.opportunity_name and request.opportunity_id:
        raise Refused("INVALID_FIELD", "opportunityName and opportunityId cannot both be given", ["Id"])
    if org.switches.short_opportunity_names and len(request.opportunity_name) > MAX_NAME:
        message = f"Opportunity Name: data value too large: {request.opportunity_name} (max length={MAX_NAME})"
        raise Refused("STRING_TOO_LONG", message, ["opportunityName"])
    if request.contact_id and not request.account_id:
        raise Refused("INVALID_FIELD", "accountId must be given together with contactId", ["accountId"])
    if request.overwrite_lead_source and not request.contact_id:
        raise Refused("INVALID_FIELD", "overwriteLeadSource needs a contactId", ["contactId"])


def _status(org: Org, request: LeadConvert, lead: Row) -> None:
    if converted_status(org, request.converted_status, lead) is None:
        raise Refused("INVALID_STATUS", f"invalid convertedStatus: {request.converted_status}", ["convertedStatus"])


def converted_status(org: Org, named: str, lead: Row) -> str | None:
    """The API name of a status that a lead may be converted to; None where this is none for it."""
    for row in org.store.where("LeadStatus", {"IsConverted": 1}):
        names = {row["ApiName"], row["MasterLabel"]} if org.switches.label_as_status else {row["ApiName"]}
        if named in names:
            return str(row["ApiName"]) if _in_process(org, str(row["ApiName"]), lead) else None
    return None


def _in_process(org: Org, status: str, lead: Row) -> bool:
    kind = org.record_types.get(str(lead.get("RecordTypeId")))
    allowed = kind.picklists.get("Status") if kind else None
    return allowed is None or status in allowed


def _owner(org: Org, request: LeadConvert, lead: Row) -> None:
    if not request.owner_id:
        if str(lead["OwnerId"]).startswith(_prefix(org, "Group")):
            raise Refused("INVALID_OWNER", "The lead is owned by a queue: ownerId must be given", ["OwnerId"])
        user = org.store.get("User", str(lead["OwnerId"]))
    elif request.owner_id.startswith(_prefix(org, "Group")):
        raise Refused("INVALID_OWNER", "A queue cannot own converted records", ["OwnerId"])
    else:
        user = found(org, "User", request.owner_id, "OwnerId")
    if user is not None and not user["IsActive"]:
        raise Refused("INACTIVE_OWNER_OR_USER", "operation performed with inactive user as owner", ["OwnerId"])
    if user is not None and user.get("UserType") == "CsnOnly":
        message = "The owner's license does not allow owning these records"
        raise Refused("OP_WITH_INVALID_USER_TYPE_EXCEPTION", message, ["OwnerId"])


def _prefix(org: Org, object: str) -> str:
    return org.store.schema.by_name[object.lower()].key_prefix


def _targets(org: Org, request: LeadConvert, lead: Row) -> None:
    row = found(org, "Account", request.account_id, "accountId") if request.account_id else None
    if row is not None and row.get("IsPersonAccount") and request.contact_id:
        raise Refused("INVALID_FIELD", "contactId cannot be given together with a person account", ["contactId"])
    account = row["Id"] if row is not None else None
    if request.contact_id and found(org, "Contact", request.contact_id, "contactId")["AccountId"] != account:
        raise Refused("INVALID_CROSS_REFERENCE_KEY", "The contact does not belong to the account", ["contactId"])
    if request.opportunity_id:
        its = found(org, "Opportunity", request.opportunity_id, "opportunityId")["AccountId"]
        if its is not None and its != account:
            raise cross_reference(["opportunityId"])


CHECKS: Final[tuple[Check, ...]] = (_reserved, _not_converted, _flags, _status, _owner, _targets)
