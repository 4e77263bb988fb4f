"""The activity: something done or to be done with people. One subject for tasks, calls, e-mails, meetings and notes.

Salesforce holds them as Task and Event, HubSpot as one object per kind.
"""

from __future__ import annotations

from leadbridge.subjects.model import Field, Subject

_SUBJECTS = ("tasks.hs_task_subject", "calls.hs_call_title", "emails.hs_email_subject", "meetings.hs_meeting_title")
_BODIES = (
    "tasks.hs_task_body",
    "calls.hs_call_body",
    "emails.hs_email_text",
    "meetings.hs_meeting_body",
    "notes.hs_note_body",
)
_STATES = ("tasks.hs_task_status", "calls.hs_call_status", "meetings.hs_meeting_outcome")


def _both(name: str) -> tuple[str, ...]:
    return (f"Task.{name}", f"Event.{name}")


def _each(name: str) -> tuple[str, ...]:
    return tuple(f"{kind}.{name}" for kind in ("tasks", "calls", "emails", "meetings", "notes"))


_FIELDS = (
    Field(
        "kind",
        "choice",
        "What it is.",
        None,
        ("Task.TaskSubtype",),
        ("tasks.hs_task_type",),
        ("task", "call", "email", "meeting", "note"),
    ),
    Field("subject", "text", "What it is about, in a line.", 255, _both("Subject"), _SUBJECTS),
    Field("body", "text", "What was said or is to be done.", 32_000, _both("Description"), _BODIES),
    Field("status", "text", "How far it has got.", 255, ("Task.Status",), _STATES),
    Field("priority", "text", "How urgent it is.", 255, ("Task.Priority",), ("tasks.hs_task_priority",)),
    Field("due_on", "date", "The day it is due.", None, ("Task.ActivityDate",), ("tasks.hs_timestamp",)),
    Field(
        "starts_at",
        "datetime",
        "When it begins, or took place.",
        None,
        ("Event.StartDateTime",),
        ("meetings.hs_meeting_start_time", "calls.hs_timestamp"),
    ),
    Field("ends_at", "datetime", "When it ends.", None, ("Event.EndDateTime",), ("meetings.hs_meeting_end_time",)),
    Field(
        "seconds",
        "integer",
        "How long it lasts; HubSpot counts milliseconds.",
        None,
        ("Task.CallDurationInSeconds",),
        ("calls.hs_call_duration",),
    ),
    Field(
        "completed_at",
        "datetime",
        "When it was done.",
        None,
        ("Task.CompletedDateTime",),
        ("tasks.hs_task_completion_date",),
    ),
    Field("person", "reference", "Whom it is with.", None, _both("WhoId"), _each("associations.contact")),
    Field(
        "organisation",
        "reference",
        "The organisation that it concerns.",
        None,
        _both("WhatId"),
        _each("associations.company"),
    ),
    Field(
        "opportunity",
        "reference",
        "The opportunity that it concerns.",
        None,
        _both("WhatId"),
        _each("associations.deal"),
    ),
    Field("owner", "reference", "Who does it.", None, _both("OwnerId"), ("tasks.hubspot_owner_id",)),
    Field("created_at", "datetime", "When the record was made.", None, _both("CreatedDate"), ("tasks.hs_createdate",)),
    Field(
        "modified_at",
        "datetime",
        "When the record last changed.",
        None,
        _both("LastModifiedDate"),
        ("tasks.hs_lastmodifieddate",),
    ),
)

ACTIVITY = Subject.of("activity", "Something done, or to be done, with people.", ("activity",), _FIELDS)
