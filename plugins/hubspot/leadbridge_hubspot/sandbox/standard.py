"""The properties, pipelines and lifecycle that a new portal has, as far as leads have to do with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from leadbridge_hubspot.sandbox.objects import ACTIVITIES, KINDS
from leadbridge_hubspot.sandbox.properties import Option, Property

LIFECYCLE: Final = (
    ("subscriber", "Subscriber"),
    ("lead", "Lead"),
    ("marketingqualifiedlead", "Marketing Qualified Lead"),
    ("salesqualifiedlead", "Sales Qualified Lead"),
    ("opportunity", "Opportunity"),
    ("customer", "Customer"),
    ("evangelist", "Evangelist"),
    ("other", "Other"),
)
LEAD_STATUS: Final = (
    ("NEW", "New"),
    ("OPEN", "Open"),
    ("IN_PROGRESS", "In Progress"),
    ("OPEN_DEAL", "Open Deal"),
    ("UNQUALIFIED", "Unqualified"),
    ("ATTEMPTED_TO_CONTACT", "Attempted to Contact"),
    ("CONNECTED", "Connected"),
    ("BAD_TIMING", "Bad Timing"),
)
KEY: Final = "leadbridge_key"
LAST_ACTIVITY: Final = "notes_last_updated"


@dataclass(frozen=True, slots=True)
class Stage:
    id: str
    label: str
    closed: bool = False
    probability: str = ""


@dataclass(frozen=True, slots=True)
class Pipeline:
    id: str
    label: str
    stages: tuple[Stage, ...]

    def stage(self, id: str) -> Stage | None:
        return next((stage for stage in self.stages if stage.id == id), None)


PIPELINES: Final = {
    "deals": (
        Pipeline(
            "default",
            "Sales Pipeline",
            (
                Stage("appointmentscheduled", "Appointment Scheduled", probability="0.2"),
                Stage("qualifiedtobuy", "Qualified To Buy", probability="0.4"),
                Stage("presentationscheduled", "Presentation Scheduled", probability="0.6"),
                Stage("decisionmakerboughtin", "Decision Maker Bought-In", probability="0.8"),
                Stage("contractsent", "Contract Sent", probability="0.9"),
                Stage("closedwon", "Closed Won", True, "1.0"),
                Stage("closedlost", "Closed Lost", True, "0.0"),
            ),
        ),
        Pipeline(
            "71200001",
            "Partners",
            (
                Stage("71200011", "Introduced", probability="0.3"),
                Stage("71200012", "Signed", True, "1.0"),
                Stage("71200013", "Declined", True, "0.0"),
            ),
        ),
    ),
    "leads": (
        Pipeline(
            "lead-pipeline-id",
            "Lead Pipeline",
            (
                Stage("new-stage-id", "New"),
                Stage("attempting-stage-id", "Attempting"),
                Stage("connected-stage-id", "Connected"),
                Stage("qualified-stage-id", "Qualified", True),
                Stage("unqualified-stage-id", "Unqualified", True),
            ),
        ),
    ),
}
PIPELINE_PROPERTIES: Final = {"deals": ("pipeline", "dealstage"), "leads": ("hs_pipeline", "hs_pipeline_stage")}


def _options(pairs: Sequence[tuple[str, str]]) -> tuple[Option, ...]:
    return tuple(Option(value, label, order=n) for n, (value, label) in enumerate(pairs))


def _same(*values: str) -> tuple[Option, ...]:
    return _options([(value, value.replace("_", " ").capitalize()) for value in values])


def _texts(*names: str) -> tuple[Property, ...]:
    return tuple(Property(name, name.replace("hs_", "").replace("_", " ").capitalize()) for name in names)


def _choice(
    name: str, label: str, options: tuple[Option, ...], field_type: str = "select", *, fixed: bool = False
) -> Property:
    return Property(name, label, "enumeration", field_type, options=options, fixed_options=fixed)


def _typed(name: str, label: str, type: str, *, read_only: bool = False, calculated: bool = False) -> Property:
    field_type = {"number": "number", "bool": "booleancheckbox", "datetime": "date", "date": "date"}.get(type, "text")
    return Property(name, label, type, field_type, read_only=read_only, calculated=calculated)


_OWNER: Final = Property("hubspot_owner_id", "Owner", "enumeration", "select", owner=True)
_KEY: Final = Property(KEY, "LeadBridge key", unique=True, custom=True, group="leadbridge")
_LIFECYCLE: Final = _choice("lifecyclestage", "Lifecycle Stage", _options(LIFECYCLE), "radio", fixed=True)
_STATUS: Final = _choice("hs_lead_status", "Lead Status", _options(LEAD_STATUS), "radio")
_MERGED: Final = Property(
    "hs_merged_object_ids", "Merged record IDs", "enumeration", "checkbox", read_only=True, calculated=True
)
_LAST_ACTIVITY: Final = _typed(LAST_ACTIVITY, "Last Activity Date", "datetime", read_only=True, calculated=True)
_ACTIVITY: Final = (
    _typed("hs_timestamp", "Activity date", "datetime"),
    _OWNER,
    Property("hs_attachment_ids", "Attached file IDs", "string", "text"),
)

OWN: Final[dict[str, tuple[Property, ...]]] = {
    "contacts": (
        *_texts("email", "firstname", "lastname", "company", "jobtitle", "website", "address", "city", "state", "zip"),
        *_texts("country", "salutation", "fax", "industry", "message"),
        Property("phone", "Phone Number", "string", "phonenumber"),
        Property("mobilephone", "Mobile Phone Number", "string", "phonenumber"),
        Property("hs_additional_emails", "Additional email addresses", "enumeration", "checkbox", read_only=True),
        _typed("annualrevenue", "Annual Revenue", "number"),
        _typed("numemployees", "Number of Employees", "number"),
        _typed("date_of_birth", "Date of birth", "date"),
        _typed("first_contacted", "First contacted", "date"),
        _typed("closedate", "Close Date", "datetime"),
        _typed("hs_email_optout", "Unsubscribed from all email", "bool", read_only=True),
        _typed("hs_email_domain", "Email Domain", "string", read_only=True, calculated=True),
        _LAST_ACTIVITY,
        _choice("hs_language", "Preferred language", _options([("en", "English"), ("de", "German"), ("fr", "French")])),
        _choice("product_interest", "Product interest", _same("Pumps", "Valves", "Sensors"), "checkbox"),
        _LIFECYCLE,
        _STATUS,
        _OWNER,
        _MERGED,
    ),
    "companies": (
        *_texts("name", "domain", "website", "address", "city", "state", "zip", "country", "description"),
        Property("phone", "Phone Number", "string", "phonenumber"),
        _typed("annualrevenue", "Annual Revenue", "number"),
        _typed("numberofemployees", "Number of Employees", "number"),
        _LAST_ACTIVITY,
        _choice("industry", "Industry", _same("COMPUTER_SOFTWARE", "MACHINERY", "RETAIL", "CONSTRUCTION", "BANKING")),
        _LIFECYCLE,
        _STATUS,
        _OWNER,
        _MERGED,
    ),
    "deals": (
        *_texts("dealname", "description"),
        _choice("pipeline", "Pipeline", ()),
        _choice("dealstage", "Deal Stage", (), "radio"),
        _choice("dealtype", "Deal Type", _same("newbusiness", "existingbusiness"), "radio"),
        _typed("amount", "Amount", "number"),
        _typed("closedate", "Close Date", "datetime"),
        _typed("hs_is_closed", "Is Deal Closed?", "bool", read_only=True, calculated=True),
        _typed("hs_is_closed_won", "Is Closed Won", "bool", read_only=True, calculated=True),
        _typed("hs_is_closed_lost", "Is Closed Lost", "bool", read_only=True, calculated=True),
        _typed("hs_deal_stage_probability", "Deal probability", "number", read_only=True, calculated=True),
        _LAST_ACTIVITY,
        _OWNER,
        _MERGED,
    ),
    "leads": (
        *_texts("hs_lead_name"),
        _choice("hs_lead_type", "Lead Type", _same("NEW BUSINESS", "UPSELL", "RE-ATTEMPTING"), "radio"),
        _choice("hs_lead_label", "Lead Label", _same("HOT", "WARM", "COLD"), "radio"),
        _choice("hs_pipeline", "Pipeline", ()),
        _choice("hs_pipeline_stage", "Stage", ()),
        _OWNER,
    ),
    "notes": (*_ACTIVITY, Property("hs_note_body", "Note body", "string", "html")),
    "tasks": (
        *_ACTIVITY,
        *_texts("hs_task_subject", "hs_task_body", "hs_task_reminders"),
        _choice(
            "hs_task_status", "Task Status", _same("NOT_STARTED", "IN_PROGRESS", "COMPLETED", "WAITING", "DEFERRED")
        ),
        _choice("hs_task_priority", "Priority", _same("NONE", "LOW", "MEDIUM", "HIGH")),
        _choice("hs_task_type", "Task Type", _same("EMAIL", "CALL", "TODO")),
    ),
    "calls": (
        *_ACTIVITY,
        *_texts("hs_call_title", "hs_call_body", "hs_call_status", "hs_call_disposition"),
        _choice("hs_call_direction", "Call direction", _same("INBOUND", "OUTBOUND")),
        _typed("hs_call_duration", "Call duration", "number"),
    ),
    "emails": (
        *_ACTIVITY,
        *_texts("hs_email_subject", "hs_email_text", "hs_email_html", "hs_email_headers", "hs_email_status"),
        _choice("hs_email_direction", "Email direction", _same("EMAIL", "INCOMING_EMAIL", "FORWARDED_EMAIL")),
        _typed("hs_email_from_email", "Email from address", "string", read_only=True, calculated=True),
        _typed("hs_email_to_email", "Email to address", "string", read_only=True, calculated=True),
    ),
    "meetings": (
        *_ACTIVITY,
        *_texts("hs_meeting_title", "hs_meeting_body", "hs_meeting_location", "hs_meeting_outcome"),
        _typed("hs_meeting_start_time", "Start time", "datetime"),
        _typed("hs_meeting_end_time", "End time", "datetime"),
    ),
}


def standard_properties() -> dict[str, dict[str, Property]]:
    """Object -> name -> property. People and business have LeadBridge's key besides."""
    found: dict[str, dict[str, Property]] = {}
    for kind in KINDS:
        stamps = (
            _typed(kind.created, "Create Date", "datetime", read_only=True),
            _typed(kind.modified, "Last Modified Date", "datetime", read_only=True),
            _typed("hs_object_id", "Record ID", "number", read_only=True),
        )
        keyed = () if kind in ACTIVITIES else (_KEY,)
        found[kind.id] = {one.name: one for one in (*OWN[kind.name], *stamps, *keyed)}
    return found
