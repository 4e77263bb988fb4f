"""What a lead becomes, field by field. Pure: records in, values out.

The rule of merging: into a record that is there only what is empty is filled; overwriteLeadSource is the one exception.
Source: SOAP API guide, convertLead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from leadbridge_salesforce.sandbox.convert.request import LeadConvert
from leadbridge_salesforce.sandbox.convert.settings import ConvertSettings
from leadbridge_salesforce.sandbox.convert.table import (
    ACCOUNT,
    CONTACT,
    OPPORTUNITY,
    PERSON,
    SOURCE_TO_ACCOUNT,
    STANDARD,
)
from leadbridge_salesforce.sandbox.dml.refusals import Refused
from leadbridge_salesforce.sandbox.schema import FieldSchema, OrgSchema
from leadbridge_salesforce.sandbox.schema.model import TEXTS
from leadbridge_salesforce.sandbox.soql.spans import fiscal_quarter_end
from leadbridge_salesforce.sandbox.store import Row, Stored

Values = Mapping[str, Stored]


@dataclass(frozen=True, slots=True)
class Standing:
    """The lead, the records it is to be merged into, and the campaign it joined last.

    ``person_accounts`` tells whether accounts of this org may be people.
    """

    lead: Row
    person_accounts: bool = False
    account: Row | None = None
    contact: Row | None = None
    opportunity: Row | None = None
    campaign: str | None = None

    @property
    def person(self) -> bool:
        """Whether the account is, or is to be, the person: a lead without a company makes one, where they exist."""
        if self.account is not None:
            return bool(self.account.get("IsPersonAccount"))
        return self.person_accounts and self.lead["Company"] is None


@dataclass(frozen=True, slots=True)
class Habits:
    """Where orgs differ, or nobody knows for sure; the names are those of the sandbox's switches.

    ``stage`` is the stage that a new opportunity has by default.
    """

    today: date
    fiscal_start: int
    stage: str
    source_to_account: bool
    custom_mapping_by_api: bool
    custom_defaults: bool
    blank_absent_picklist: bool


@dataclass(frozen=True, slots=True)
class Decider:
    """Decides for one org."""

    org: OrgSchema
    settings: ConvertSettings
    habits: Habits

    def account(self, standing: Standing, owner: str) -> Values:
        """The values of the new account, or those that the present one is filled up with."""
        values = self._copied(ACCOUNT, standing.lead, standing.account)
        return values if standing.account else {**self._undefaulted(ACCOUNT), **values, "OwnerId": owner}

    def person(self, standing: Standing, owner: str) -> Values:
        """The same of an account that is the person."""
        lead, there = standing.lead, standing.account
        copied = {rule.account: lead[rule.lead] for rule in PERSON if lead[rule.lead] is not None}
        if there is not None:
            return {**self._copied(ACCOUNT, lead, there), **_filling(copied, there)}
        return {**self.account(standing, owner), **copied, "Name": lead["Name"], "IsPersonAccount": 1}

    def contact(self, standing: Standing, request: LeadConvert, owner: str, account: str) -> Values:
        """The same of the contact."""
        values = self._copied(CONTACT, standing.lead, standing.contact)
        if standing.contact is None:
            return {**self._undefaulted(CONTACT), **values, "OwnerId": owner, "AccountId": account}
        source = standing.lead["LeadSource"]
        return {**values, "LeadSource": source} if request.overwrite_lead_source and source else values

    def opportunity(self, standing: Standing, request: LeadConvert, owner: str, account: str) -> Values:
        """The same of the opportunity."""
        values = self._copied(OPPORTUNITY, standing.lead, standing.opportunity)
        linked = {"AccountId": account, "CampaignId": standing.campaign}
        if standing.opportunity is not None:
            return {**values, **_filling(linked, standing.opportunity)}
        made = {
            "Name": request.opportunity_name or standing.lead["Company"] or standing.lead["Name"],
            "StageName": self.habits.stage,
            "CloseDate": fiscal_quarter_end(self.habits.today, self.habits.fiscal_start).isoformat(),
            "OwnerId": owner,
        }
        return {**self._undefaulted(OPPORTUNITY), **values, **linked, **made}

    def _copied(self, object: str, lead: Row, there: Row | None) -> Values:
        copied = {target: value for target, value in self._sources(object, lead) if value is not None}
        return _filling(copied, there) if there is not None else copied

    def _sources(self, object: str, lead: Row) -> Iterator[tuple[str, Stored]]:
        rules = (*STANDARD, SOURCE_TO_ACCOUNT) if self.habits.source_to_account else STANDARD
        for rule in rules:
            if target := rule.target(object):
                yield target, lead[rule.lead]
        if self.habits.custom_mapping_by_api:
            schema = self.org.by_name[object.lower()]
            for source, name in self.settings.pairs(object):
                found = schema.field(name)
                if found is not None:
                    yield found.name, self._fitting(found, lead.get(source))

    def _fitting(self, field: FieldSchema, value: Stored) -> Stored:
        """A custom value as its target takes it: cut to its length, and nothing where a picklist does not have it."""
        if value is None or field.type not in TEXTS:
            return value
        text = str(value)
        if field.type == "picklist" and field.restricted and text not in {v.value for v in field.picklist if v.active}:
            if self.habits.blank_absent_picklist:
                return None
            message = f"bad value for restricted picklist field: {text}"
            raise Refused("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, [field.name])
        return text[: field.length] if field.length else text

    def _undefaulted(self, object: str) -> Values:
        """Nothing, for each custom field whose default value a conversion does not apply."""
        if self.habits.custom_defaults:
            return {}
        fields = (f for f in self.org.by_name[object.lower()].fields if f.custom)
        return {f.name: 0 if f.type == "boolean" else None for f in fields if f.default is not None or _chosen(f)}


def _chosen(field: FieldSchema) -> bool:
    return any(value.default for value in field.picklist)


def _filling(values: Values, there: Row) -> Values:
    """What is empty in the record that is there. A checkbox never is."""
    return {name: value for name, value in values.items() if there[name] is None and value is not None}
