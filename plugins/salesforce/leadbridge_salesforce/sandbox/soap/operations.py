"""The operations of the partner endpoint that need a session."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from leadbridge_salesforce.sandbox import ids
from leadbridge_salesforce.sandbox.convert.converter import Converter
from leadbridge_salesforce.sandbox.convert.settings import STANDARD_SETTINGS, ConvertSettings
from leadbridge_salesforce.sandbox.dml.merging import Merge, merge
from leadbridge_salesforce.sandbox.dml.refusals import Refused
from leadbridge_salesforce.sandbox.org import Org
from leadbridge_salesforce.sandbox.soap.convert_lead import requests, results, wishes
from leadbridge_salesforce.sandbox.soap.endpoint import Operation, Spoken
from leadbridge_salesforce.sandbox.soap.envelope import Element, Node, SoapFault

MAX_MERGES: Final = 200
"""Merge requests of one call; SOAP API guide, merge."""

_RECORD: Final = frozenset({"type", "Id", "fieldsToNull"})


class Operations:
    """What an org does when it is called.

    Attributes:
        settings: the org's mapping of custom fields, which an administrator may change.
    """

    def __init__(self, org: Org) -> None:
        self._org = org
        self.settings: ConvertSettings = STANDARD_SETTINGS

    def by_name(self) -> Mapping[str, Operation]:
        return {
            "convertLead": self.convert_lead,
            "getServerTimestamp": self.server_timestamp,
            "getUserInfo": self.user_info,
            "merge": self.merge,
        }

    def convert_lead(self, spoken: Spoken) -> Node:
        """One LeadConvertResult for each LeadConvert. Raises SoapFault."""
        wanted = requests(spoken.message.call)
        converter = Converter(self._org, self.settings, spoken.call, wishes(spoken.message))
        return results(converter.convert(wanted), name_failed=self._org.switches.failed_lead_id)

    def server_timestamp(self, spoken: Spoken) -> Node:
        return {"timestamp": self._org.now().replace("+0000", "Z")}

    def user_info(self, spoken: Spoken) -> Node:
        user = self._org.store.get("User", self._org.user) or {}
        return {
            "organizationId": self._org.id,
            "userEmail": str(user.get("Email") or ""),
            "userFullName": str(user.get("Name") or ""),
            "userId": self._org.user,
            "userName": str(user.get("Username") or ""),
        }

    def merge(self, spoken: Spoken) -> Node:
        """One MergeResult for each MergeRequest. Raises SoapFault."""
        wanted = spoken.message.call.children
        if len(wanted) > MAX_MERGES:
            raise SoapFault("EXCEEDED_ID_LIMIT", f"the maximum number of merge requests in one call is {MAX_MERGES}")
        return [self._merged(request, spoken) for request in wanted]

    def _merged(self, request: Element, spoken: Spoken) -> Node:
        try:
            asked = _merge(request)
            done = merge(self._org, asked, self._org.manner(spoken.call))
        except Refused as refused:
            errors: Node = {
                "fields": list(refused.fields),
                "message": refused.message,
                "statusCode": refused.code,
            }
            return {"errors": errors, "id": None, "success": False}
        return {
            "id": done.id,
            "mergedRecordIds": list(done.losers),
            "success": True,
            "updatedRelatedIds": list(done.moved),
        }


def _merge(request: Element) -> Merge:
    """The merge that an element asks for. Raises Refused for ids that are none."""
    master = request.child("masterRecord")
    if master is None:
        raise SoapFault("Client", "masterRecord is missing")
    values: dict[str, str | None] = {e.name: e.text or None for e in master.children if e.name not in _RECORD}
    values |= {str(e.text): None for e in master.all("fieldsToNull")}
    losers = tuple(_id(e.text) for e in request.all("recordToMergeIds"))
    return Merge(master.value("type") or "", _id(master.value("Id")), losers, values)


def _id(text: str | None) -> str:
    found = ids.normal(text or "")
    if found is None:
        raise Refused("MALFORMED_ID", f"bad id {text}")
    return found
