"""Converting leads: each whole or not at all, and one after the other, as partial success has it.

The order of what is written is the platform's: account, contact, opportunity, lead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from leadbridge.sandbox import Call
from leadbridge_salesforce.sandbox.convert.checks import check, converted_status, found
from leadbridge_salesforce.sandbox.convert.deciding import Decider, Habits, Standing, Values
from leadbridge_salesforce.sandbox.convert.moving import Move, latest_campaign, move
from leadbridge_salesforce.sandbox.convert.request import Converted, LeadConvert, Wishes
from leadbridge_salesforce.sandbox.convert.settings import ConvertSettings
from leadbridge_salesforce.sandbox.convert.table import ACCOUNT, CONTACT, OPPORTUNITY
from leadbridge_salesforce.sandbox.dml.drafts import Manner, Saved
from leadbridge_salesforce.sandbox.dml.refusals import Refused
from leadbridge_salesforce.sandbox.dml.saving import create, update
from leadbridge_salesforce.sandbox.org import Org
from leadbridge_salesforce.sandbox.store import Row

FAULT: Final = "convert_fails"
"""The fault that refuses one lead with the ``code``, ``message`` and ``fields`` of its detail."""


class Converter:
    """Converts the leads of one call."""

    def __init__(self, org: Org, settings: ConvertSettings, call: Call, wishes: Wishes) -> None:
        self._org = org
        self._call = call
        switches = org.switches
        own = org.manner(call, internal=True)
        self._quiet = replace(own, validate=False, check_duplicates=False)
        self._strict = replace(
            own,
            validate=switches.require_validation,
            check_duplicates=switches.require_validation or switches.duplicates_by_api,
            allow_duplicates=wishes.allow_save and not switches.require_validation,
            truncate=wishes.truncate,
        )
        self._decider = Decider(org.store.schema, settings, _habits(org))

    def convert(self, requests: Sequence[LeadConvert]) -> list[Converted]:
        """One outcome for each request, in order. A lead that is refused leaves no trace."""
        return [self._alone(request) for request in requests]

    def _alone(self, request: LeadConvert) -> Converted:
        try:
            with self._org.store.transaction():
                return self._whole(request)
        except Refused as refused:
            return Converted(request.lead_id, refused=refused)

    def _whole(self, request: LeadConvert) -> Converted:
        org = self._org
        lead = found(org, "Lead", request.lead_id, "leadId")
        check(org, request, lead)
        self._strike()
        standing = self._standing(request, lead)
        org.store.update("Lead", str(lead["Id"]), {"IsConverted": 1})  # from here on no duplicate of what it becomes
        owner = request.owner_id or str(lead["OwnerId"])
        account = self._account(standing, owner)
        contact = self._saved(CONTACT, standing.contact, self._decider.contact(standing, request, owner, account))
        if standing.person and standing.contact is None:
            _one(update(self._org, CONTACT, [(contact, {"IsPersonAccount": 1})], self._quiet))
            _one(update(self._org, ACCOUNT, [(account, {"PersonContactId": contact})], self._quiet))
        opportunity = ""
        if not request.do_not_create_opportunity:
            values = self._decider.opportunity(standing, request, owner, account)
            opportunity = self._saved(OPPORTUNITY, standing.opportunity, values)
            self._give_role(opportunity, contact)
        self._close(request, lead, Converted(str(lead["Id"]), account, contact, opportunity))
        going = Move(str(lead["Id"]), contact, opportunity or account, owner, str(lead["OwnerId"]))
        move(org, going, self._quiet)
        return Converted(str(lead["Id"]), account, contact, opportunity)

    def _account(self, standing: Standing, owner: str) -> str:
        decided = self._decider.person if standing.person else self._decider.account
        return self._saved(ACCOUNT, standing.account, decided(standing, owner))

    def _standing(self, request: LeadConvert, lead: Row) -> Standing:
        def row(object: str, id: str) -> Row | None:
            return found(self._org, object, id, object) if id else None

        account = row(ACCOUNT, request.account_id)
        own = account.get("PersonContactId") if account else None
        return Standing(
            lead,
            self._org.store.schema.by_name["account"].has("IsPersonAccount"),
            account,
            row(CONTACT, request.contact_id or str(own or "")),
            row(OPPORTUNITY, request.opportunity_id),
            latest_campaign(self._org, str(lead["Id"])),
        )

    def _saved(self, object: str, there: Row | None, values: Values) -> str:
        """The record's id, made or filled up. Raises Refused."""
        if there is None:
            return _one(create(self._org, object, [values], self._strict))
        if values:
            _one(update(self._org, object, [(str(there["Id"]), values)], self._strict))
        return str(there["Id"])

    def _give_role(self, opportunity: str, contact: str) -> None:
        """The contact's part in the opportunity, the first one as the primary."""
        if not self._org.switches.contact_role:
            return
        roles = self._org.store.where("OpportunityContactRole", {"OpportunityId": opportunity})
        if any(row["ContactId"] == contact for row in roles):
            return
        role = {"OpportunityId": opportunity, "ContactId": contact, "IsPrimary": int(not roles)}
        _one(create(self._org, "OpportunityContactRole", [role], self._quiet))

    def _close(self, request: LeadConvert, lead: Row, became: Converted) -> None:
        """Mark the lead as converted; its date has no time."""
        changes = {
            "IsConverted": 1,
            "Status": converted_status(self._org, request.converted_status, lead),
            "ConvertedDate": self._org.clock.now().date().isoformat(),
            "ConvertedAccountId": became.account_id,
            "ConvertedContactId": became.contact_id,
            "ConvertedOpportunityId": became.opportunity_id or None,
            "IsUnreadByOwner": 0,
        }
        manner: Manner = replace(self._strict, check_duplicates=False)
        _one(update(self._org, "Lead", [(str(lead["Id"]), changes)], manner))

    def _strike(self) -> None:
        fault = self._org.faults.take(FAULT, self._call)
        if fault is not None:
            told = fault.detail
            message = told.get("message", "There was an error converting the lead. Please try again")
            fields = told["fields"].split(",") if told.get("fields") else []
            raise Refused(told.get("code", "UNKNOWN_EXCEPTION"), message, fields)


def _one(outcomes: Sequence[Saved]) -> str:
    """The id of the one record that was saved. Raises Refused."""
    (saved,) = outcomes
    if saved.refused is not None:
        raise saved.refused
    return str(saved.id)


def _habits(org: Org) -> Habits:
    (about,) = org.store.where("Organization") or [{}]
    switches = org.switches
    kind = org.record_type(org.store.schema.by_name["opportunity"])
    stages = sorted(org.store.where("OpportunityStage", {"IsActive": 1}), key=lambda row: int(row["SortOrder"] or 0))
    stage = kind[1].defaults.get("StageName") if kind else None
    return Habits(
        today=org.clock.now().date(),
        fiscal_start=int(about.get("FiscalYearStartMonth") or 1),
        stage=stage or (str(stages[0]["ApiName"]) if stages else ""),
        source_to_account=switches.source_to_account,
        custom_mapping_by_api=switches.custom_mapping_by_api,
        custom_defaults=switches.custom_defaults,
        blank_absent_picklist=switches.blank_absent_picklist,
    )
