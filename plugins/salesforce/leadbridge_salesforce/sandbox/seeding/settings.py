"""The rows without which there is no org: itself, its users and queues, statuses, stages, record types."""

from __future__ import annotations

from dataclasses import dataclass

from leadbridge_salesforce.sandbox import ids
from leadbridge_salesforce.sandbox.org import Org
from leadbridge_salesforce.sandbox.schema.picklists import LEAD_STATUSES, STAGES
from leadbridge_salesforce.sandbox.store import Stored

PEOPLE = (
    ("Integration", "LeadBridge", "integration"),
    ("Grace", "Okafor", "grace"),
    ("Mateo", "Lindqvist", "mateo"),
    ("Yuki", "Brandt", "yuki"),
)
DOMAIN = "sandbox.example"


@dataclass(frozen=True, slots=True)
class Staff:
    """Ids of who works in the org; ``left`` is a user who is no longer active."""

    sellers: tuple[str, ...]
    left: str
    queue: str


def seed_settings(org: Org) -> Staff:
    """Fill an empty org; the first user is the one that the API signs in."""
    org.id = org.store.new_id("Organization")
    profile = org.store.new_id("Profile")
    org.user = ids.made("005", 1)
    _row(org, "Profile", Id=profile, Name="Sales", UserType="Standard")
    users = tuple(_user(org, profile, person) for person in PEOPLE)
    left = _user(org, profile, ("Ines", "Gone", "ines"), active=0)
    _organization(org)
    _statuses(org)
    _stages(org)
    _record_types(org)
    _row(org, "PermissionSet", Name="LeadBridge", Label="LeadBridge")
    return Staff(users[1:], left, _queue(org))


def adopt_settings(org: Org) -> Staff:
    """Find in an org that was kept in a file what :func:`seed_settings` put there."""
    org.id = str(org.store.where("Organization")[0]["Id"])
    org.user = ids.made("005", 1)
    for schema in org.store.schema.objects:
        for kind in schema.record_types:
            named = {"SobjectType": schema.name, "DeveloperName": kind.developer_name}
            (row,) = org.store.where("RecordType", named)
            org.add_record_type(schema.name, str(row["Id"]), kind)
    users = [str(row["Id"]) for row in org.store.where("User")]
    queue = str(org.store.where("Group", {"DeveloperName": "New_Leads"})[0]["Id"])
    return Staff(tuple(users[1 : len(PEOPLE)]), users[len(PEOPLE)], queue)


def _organization(org: Org) -> None:
    _row(
        org,
        "Organization",
        Id=org.id,
        Name="Sandbox Ltd",
        Country="GB",
        OrganizationType="Enterprise Edition",
        InstanceName="SBX0",
        IsSandbox=1,
        DefaultLocaleSidKey="en_GB",
        LanguageLocaleKey="en_US",
        TimeZoneSidKey="GMT",
        FiscalYearStartMonth=1,
    )


def _statuses(org: Org) -> None:
    for order, status in enumerate(LEAD_STATUSES, 1):
        _row(
            org,
            "LeadStatus",
            MasterLabel=status.label,
            ApiName=status.api_name,
            SortOrder=order,
            IsDefault=int(status.default),
            IsConverted=int(status.converted),
        )


def _stages(org: Org) -> None:
    for order, stage in enumerate(STAGES, 1):
        _row(
            org,
            "OpportunityStage",
            MasterLabel=stage.name,
            ApiName=stage.name,
            SortOrder=order,
            IsActive=1,
            IsClosed=int(stage.closed),
            IsWon=int(stage.won),
            ForecastCategoryName=stage.forecast,
            DefaultProbability=float(stage.probability),
        )


def _record_types(org: Org) -> None:
    for schema in org.store.schema.objects:
        for kind in schema.record_types:
            key = _row(
                org,
                "RecordType",
                Name=kind.label,
                DeveloperName=kind.developer_name,
                SobjectType=schema.name,
                IsActive=int(kind.active),
            )
            org.add_record_type(schema.name, key, kind)


def _queue(org: Org) -> str:
    queue = _row(org, "Group", Name="New leads", DeveloperName="New_Leads", Type="Queue")
    _row(org, "QueueSobject", QueueId=queue, SobjectType="Lead")
    return queue


def _user(org: Org, profile: str, person: tuple[str, str, str], *, active: int = 1) -> str:
    first, last, alias = person
    return _row(
        org,
        "User",
        Username=f"{alias}@{DOMAIN}",
        FirstName=first,
        LastName=last,
        Name=f"{first} {last}",
        Email=f"{alias}@{DOMAIN}",
        Alias=alias[:8],
        IsActive=active,
        UserType="Standard",
        ProfileId=profile,
        TimeZoneSidKey="GMT",
        LocaleSidKey="en_GB",
        LanguageLocaleKey="en_US",
        EmailEncodingKey="UTF-8",
    )


def _row(org: Org, object: str, **values: Stored) -> str:
    """A row as the platform writes it: no rule looks at it."""
    schema = org.store.schema.by_name[object.lower()]
    now = org.now()
    row: dict[str, Stored] = {f.name: 0 if f.type == "boolean" else None for f in schema.fields if f.stored}
    audit = {"CreatedById": org.user, "LastModifiedById": org.user}
    audit |= dict.fromkeys(("CreatedDate", "LastModifiedDate", "SystemModstamp"), now)
    row |= {name: value for name, value in audit.items() if name in row}
    row |= values
    if "Id" not in values:
        row["Id"] = org.store.new_id(object)
    org.store.insert(object, [row])
    return str(row["Id"])
