"""What Salesforce would make of a lead, told without asking it: standard and custom fields, only where empty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from leadbridge.conversions import ConvertRequest, Effect, Prediction, Snapshots
from leadbridge.records import Reject
from leadbridge.values import MISSING, Raw, is_absent
from leadbridge_salesforce.schema import Schema
from leadbridge_salesforce.standard_mapping import CARRIES, FILLED, NAMES, OBJECTS, STANDARD, UNSURE

LASTING: Final = ("a converted lead stays converted, and cannot be edited any more: Salesforce has no way back",)
NAME_LENGTH: Final = 80  # characters of convertLead's opportunityName; the field itself holds 120
_QUEUE: Final = "00G"
_CHOSEN: Final = frozenset({"picklist", "multipicklist", "boolean"})
"""Types whose fields can have a default of their own."""


@dataclass(frozen=True, slots=True)
class Status:
    """A converted status: by its API name, or by its label, which older orgs and files use."""

    name: str
    label: str


def taken_status(request: ConvertRequest, statuses: Sequence[Status]) -> str | None:
    """The status to send: the wanted one, else the org's default; None where neither is known."""
    wanted = request.wanted.get("lead", {}).get("Status")
    if not is_absent(wanted) and wanted is not MISSING:
        return next((one.name for one in statuses if wanted in {one.name, one.label}), str(wanted))
    return statuses[0].name if statuses else None


def status_refusal(request: ConvertRequest, statuses: Sequence[Status]) -> Reject | None:
    """A wanted status that is none of converted leads, where those are known; or none at all."""
    wanted = request.wanted.get("lead", {}).get("Status")
    if is_absent(wanted) or wanted is MISSING:
        if statuses:
            return None
        return Reject("status", "no status of converted leads is known", "name one in the policy's on_converted")
    if not statuses or any(wanted in {one.name, one.label} for one in statuses):
        return None
    reason = f"{wanted} is no status of a converted lead; there are: {', '.join(one.name for one in statuses)}"
    return Reject("status", reason, "correct the policy's on_converted", provider_field="Status")


def taken_owner(request: ConvertRequest, owner: str, queue_owner: str | None) -> str | None:
    """Who is to own what is made: the one whom the policy wants, else for a queue's lead the configured one."""
    for role in ("contact", "account", "opportunity"):
        wanted = request.wanted.get(role, {}).get("OwnerId")
        if isinstance(wanted, str) and wanted and not wanted.startswith(_QUEUE):
            return wanted
    return queue_owner if owner.startswith(_QUEUE) else None


def owner_refusal(request: ConvertRequest, owner: str, queue_owner: str | None) -> Reject | None:
    """A lead that a queue owns needs somebody to own what becomes of it, existing records or not."""
    if not owner.startswith(_QUEUE) or taken_owner(request, owner, queue_owner):
        return None
    reason = "the lead belongs to a queue, and Salesforce must be told who is to own what it becomes"
    return Reject("owner", reason, "give the policy an owner, or set `conversion: {queue_owner: ...}`")


def opportunity_name(request: ConvertRequest, company: object) -> str:
    """What the policy wants, else the company, as far as convertLead takes it; the rest follows as an update."""
    wanted = request.wanted.get("opportunity", {}).get("Name")
    return str(wanted or company or "")[:NAME_LENGTH].strip()


@dataclass(frozen=True, slots=True)
class Predictor:
    """All that a prediction rests on, besides the request and its records.

    Attributes:
        schemas: role, the lead's too -> description.
        custom: role -> its field -> field of the lead, by LeadConvertSettings; None where the file is not known.
        statuses: converted statuses, the org's default first; empty where they could not be read.
    """

    schemas: Mapping[str, Schema]
    custom: Mapping[str, Mapping[str, str]] | None
    statuses: Sequence[Status]
    queue_owner: str | None = None
    overwrite_lead_source: bool = False

    def predict(self, requests: Sequence[ConvertRequest], snapshots: Mapping[int, Snapshots]) -> list[Prediction]:
        """One after the other: what a request fills, a later one into the same record finds filled."""
        now: dict[tuple[str, object], Mapping[str, Raw]] = {}
        return [self._predict(request, snapshots.get(request.number, {}), now) for request in requests]

    def _predict(
        self, request: ConvertRequest, snapshots: Snapshots, now: dict[tuple[str, object], Mapping[str, Raw]]
    ) -> Prediction:
        there = dict(snapshots)
        into = self._into(request, snapshots)
        for role in OBJECTS:
            at = into.get(role) or request.shares.get(role)
            there[role] = now.get((role, at), snapshots.get(role, {}))
        reject = self._refusal(request, there, into)
        if reject:
            return Prediction(request.number, reject=reject)
        effects = tuple(self._effects(request, there, into))
        too_long = self._too_long(effects)
        if too_long:
            return Prediction(request.number, reject=too_long)
        for effect in effects:
            at = effect.id or request.shares.get(effect.role) or request.number
            now[effect.role, at] = {**there.get(effect.role, {}), **effect.values, **dict.fromkeys(effect.names, "@")}
        return Prediction(request.number, effects, CARRIES, LASTING)

    def _into(self, request: ConvertRequest, snapshots: Snapshots) -> dict[str, str]:
        """With the account of the contact that the lead goes into."""
        into = dict(request.into)
        account = snapshots.get("contact", {}).get("AccountId")
        if "contact" in into and "account" not in into and isinstance(account, str) and account:
            into["account"] = account
        return into

    def _refusal(self, request: ConvertRequest, there: Snapshots, into: Mapping[str, str]) -> Reject | None:
        lead = there.get("lead", {})
        if lead.get("IsConverted") is True:
            return Reject("converted", f"Lead {request.lead.id} was converted; what it became cannot be seen")
        status = status_refusal(request, self.statuses)
        if status is not None:
            return status
        if is_absent(lead.get("Company", "hidden")) and "account" not in into and "account" not in request.shares:
            reason = "the lead has no company, so that Salesforce would make a person account of it"
            return Reject("person_account", reason, "give the lead a company", provider_field="Company")
        if "contact" in into and "account" not in into:
            reason = "the contact that the lead is to go into has no account"
            return Reject("account", reason, "give the contact an account", provider_field="AccountId")
        return owner_refusal(request, str(lead.get("OwnerId") or ""), self.queue_owner)

    def _effects(self, request: ConvertRequest, there: Snapshots, into: Mapping[str, str]) -> Iterator[Effect]:
        """In the order in which Salesforce makes them; the lead's own last."""
        asked = {*request.makes, *into, *request.shares}
        roles = [role for role in OBJECTS if role != "opportunity" or role in asked]
        for role in roles:
            if role in into or role in request.shares:
                yield self._existing(role, there, into.get(role))
            else:
                yield self._new(role, request, there)
        yield self._lead(request, there.get("lead", {}), roles)

    def _new(self, role: str, request: ConvertRequest, there: Snapshots) -> Effect:
        lead, schema = there.get("lead", {}), self.schemas[role]
        values = self._copied(role, lead)
        if role == "opportunity":
            values["Name"] = opportunity_name(request, lead.get("Company"))
        owner = taken_owner(request, str(lead.get("OwnerId") or ""), self.queue_owner) or lead.get("OwnerId")
        if "OwnerId" in schema.fields and owner:
            values["OwnerId"] = owner
        names = {name: other for name, other in NAMES[role].items() if schema.has(name)} if role in NAMES else {}
        unsure = {
            field.name for field in schema.fields.values() if field.writable and self._may_be_filled(role, field.name)
        }
        return Effect(role, schema.name, None, True, values, names, frozenset(unsure - values.keys() - names.keys()))

    def _may_be_filled(self, role: str, name: str) -> bool:
        field = self.schemas[role].fields[name]
        return field.type in _CHOSEN or name in UNSURE[role] or (self.custom is None and name.endswith("__c"))

    def _existing(self, role: str, there: Snapshots, id_: str | None) -> Effect:
        """Only what is empty is filled. A field that the snapshot lacks cannot be seen, and is left out."""
        held, lead, schema = there.get(role, {}), there.get("lead", {}), self.schemas[role]
        empty = {name for name in schema.fields if is_absent(held.get(name, "hidden"))}
        values = {name: raw for name, raw in self._copied(role, lead).items() if name in empty and name != "Name"}
        if role == "contact" and self.overwrite_lead_source and not is_absent(lead.get("LeadSource", MISSING)):
            values["LeadSource"] = lead["LeadSource"]
        unsure = set(FILLED.get(role, ()))
        if self.custom is None:
            unsure |= {name for name in empty if name.endswith("__c") and schema.fields[name].writable}
        names = {name: other for name, other in NAMES.get(role, {}).items() if name in empty}
        return Effect(role, schema.name, id_, False, values, names, frozenset((unsure & empty) - values.keys()))

    def _lead(self, request: ConvertRequest, lead: Mapping[str, Raw], roles: Sequence[str]) -> Effect:
        schema = self.schemas["lead"]
        values: dict[str, Raw] = {"IsConverted": True}
        status = taken_status(request, self.statuses)
        if status is not None:
            values["Status"] = status
        names = {name: role for name, role in NAMES["lead"].items() if role in roles and schema.has(name)}
        unsure = {name for name in UNSURE["lead"] if schema.has(name)}
        if taken_owner(request, str(lead.get("OwnerId") or ""), self.queue_owner):
            unsure.add("OwnerId")
        return Effect("lead", schema.name, request.lead.id, False, values, names, frozenset(unsure - values.keys()))

    def _copied(self, role: str, lead: Mapping[str, Raw]) -> dict[str, Raw]:
        sources = {**STANDARD[role], **((self.custom or {}).get(role, {}))}
        fields = self.schemas[role].fields
        found = {name: lead.get(source, MISSING) for name, source in sources.items() if name in fields}
        return {name: raw for name, raw in found.items() if not is_absent(raw)}

    def _too_long(self, effects: Sequence[Effect]) -> Reject | None:
        """Salesforce refuses the lead where a copied text does not fit."""
        for effect in effects:
            fields = self.schemas[effect.role].fields if effect.role in self.schemas else {}
            for name, raw in effect.values.items():
                field = fields.get(name)
                if field is not None and field.length and isinstance(raw, str) and len(raw) > field.length:
                    reason = f"{effect.object}.{name} holds {field.length} characters, the lead's text has {len(raw)}"
                    return Reject("too_long", reason, "shorten it in the lead", provider_field=name)
        return None
