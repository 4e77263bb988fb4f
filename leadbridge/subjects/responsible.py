"""Who can own records: users and queues."""

from __future__ import annotations

from leadbridge.subjects.model import Field, Subject

_USER_FIELDS = (
    Field("name", "text", "Full name.", 121, ("User.Name",)),
    Field("first_name", "text", "Given name.", 40, ("User.FirstName",), ("owners.firstName",)),
    Field("last_name", "text", "Family name.", 80, ("User.LastName",), ("owners.lastName",)),
    Field(
        "email",
        "email",
        "E-mail address; how users of two CRMs are recognised.",
        128,
        ("User.Email",),
        ("owners.email",),
    ),
    Field("login", "text", "Name to sign in with.", 80, ("User.Username",)),
    Field("phone", "phone", "Phone number.", 40, ("User.Phone",)),
    Field("title", "text", "Job title.", 80, ("User.Title",)),
    Field("department", "text", "Department.", 80, ("User.Department",)),
    Field("time_zone", "text", "IANA name.", 64, ("User.TimeZoneSidKey",)),
    Field("language", "text", "Language of the user's screens.", 35, ("User.LanguageLocaleKey",)),
    Field(
        "is_active",
        "boolean",
        "Whether they can sign in and own records; HubSpot says archived, the reverse.",
        None,
        ("User.IsActive",),
        ("owners.archived",),
    ),
    Field("manager", "reference", "The user they report to.", None, ("User.ManagerId",)),
    Field("created_at", "datetime", "When the record was made.", None, ("User.CreatedDate",), ("owners.createdAt",)),
    Field(
        "modified_at",
        "datetime",
        "When the record last changed.",
        None,
        ("User.LastModifiedDate",),
        ("owners.updatedAt",),
    ),
)

_QUEUE_FIELDS = (
    Field("name", "text", "Name.", 40, ("Group.Name",)),
    Field("code", "text", "Name for programs.", 80, ("Group.DeveloperName",)),
    Field("email", "email", "Address that is told of new records.", 255, ("Group.Email",)),
    Field("objects", "multi_select", "The objects whose records it can hold.", None, ("QueueSobject.SobjectType",)),
    Field("created_at", "datetime", "When the record was made.", None, ("Group.CreatedDate",)),
    Field("modified_at", "datetime", "When the record last changed.", None, ("Group.LastModifiedDate",)),
)

USER = Subject.of("user", "Somebody who works in a CRM and owns records.", ("user",), _USER_FIELDS)
QUEUE = Subject.of(
    "queue", "A place where records wait until a user takes them; HubSpot has none.", ("queue",), _QUEUE_FIELDS
)
