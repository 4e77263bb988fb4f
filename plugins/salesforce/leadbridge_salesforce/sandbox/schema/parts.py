"""Pieces that many objects share: audit fields, addresses, owners, picklists."""

from __future__ import annotations

from leadbridge_salesforce.sandbox.schema.model import FieldSchema, PicklistValue


def values(*names: str, default: str | None = None) -> tuple[PicklistValue, ...]:
    """Picklist values whose label is their API name."""
    return tuple(PicklistValue(name, name, default=name == default) for name in names)


def checkbox(name: str, label: str, *, default: bool = False, writable: bool = True) -> FieldSchema:
    return FieldSchema(
        name,
        label,
        "boolean",
        nillable=False,
        createable=writable,
        updateable=writable,
        defaulted_on_create=True,
        default=default,
    )


def read_only(name: str, label: str, type: str, length: int = 0) -> FieldSchema:
    """A field that Salesforce fills in."""
    return FieldSchema(name, label, type, length=length, createable=False, updateable=False)  # type: ignore[arg-type]


def parent(  # noqa: PLR0913  (a reference is its target and both names of the way there)
    name: str,
    label: str,
    *targets: str,
    children: str | None = None,
    required: bool = False,
    writable: bool = True,
    reparentable: bool = True,
    cascade: bool = False,
) -> FieldSchema:
    """A reference. ``AccountId`` is queried as ``Account``, ``Sponsor__c`` as ``Sponsor__r``."""
    relationship = name.removesuffix("__c") + "__r" if name.endswith("__c") else name.removesuffix("Id")
    return FieldSchema(
        name,
        label,
        "reference",
        length=18,
        nillable=not required,
        createable=writable,
        updateable=writable and reparentable,
        reference_to=targets,
        relationship_name=relationship,
        child_relationship=children,
        cascade=cascade,
    )


def owner(*targets: str) -> FieldSchema:
    """Who a record belongs to; whoever creates it, where nobody is named."""
    return FieldSchema(
        "OwnerId",
        "Owner ID",
        "reference",
        length=18,
        nillable=False,
        defaulted_on_create=True,
        reference_to=targets or ("User",),
        relationship_name="Owner",
        permissionable=False,
    )


def record_type() -> FieldSchema:
    return FieldSchema(
        "RecordTypeId",
        "Record Type ID",
        "reference",
        length=18,
        reference_to=("RecordType",),
        relationship_name="RecordType",
        permissionable=False,
    )


def address(prefix: str, label: str, compound: str) -> tuple[FieldSchema, ...]:
    """A compound address and the parts that are written."""
    return (
        FieldSchema(f"{prefix}Street", f"{label}Street", "textarea", length=255, groupable=True, compound=compound),
        FieldSchema(f"{prefix}City", f"{label}City", "string", length=40, compound=compound),
        FieldSchema(f"{prefix}State", f"{label}State/Province", "string", length=80, compound=compound),
        FieldSchema(f"{prefix}PostalCode", f"{label}Zip/Postal Code", "string", length=20, compound=compound),
        FieldSchema(f"{prefix}Country", f"{label}Country", "string", length=80, compound=compound),
        FieldSchema(f"{prefix}Latitude", f"{label}Latitude", "double", precision=18, scale=15, compound=compound),
        FieldSchema(f"{prefix}Longitude", f"{label}Longitude", "double", precision=18, scale=15, compound=compound),
        FieldSchema(
            compound,
            f"{label}Address".strip(),
            "address",
            createable=False,
            updateable=False,
            sortable=False,
            groupable=False,
        ),
    )


def person_name() -> tuple[FieldSchema, ...]:
    """The parts of a person's name, and the name that is made of them."""
    return (
        FieldSchema(
            "LastName", "Last Name", "string", length=80, nillable=False, compound="Name", permissionable=False
        ),
        FieldSchema("FirstName", "First Name", "string", length=40, compound="Name"),
        FieldSchema(
            "Salutation",
            "Salutation",
            "picklist",
            length=40,
            compound="Name",
            picklist=values("Mr.", "Ms.", "Mrs.", "Dr.", "Prof.", "Mx."),
        ),
        FieldSchema("MiddleName", "Middle Name", "string", length=40, compound="Name"),
        FieldSchema("Suffix", "Suffix", "string", length=40, compound="Name"),
        FieldSchema(
            "Name",
            "Full Name",
            "string",
            length=121,
            nillable=False,
            createable=False,
            updateable=False,
            name_field=True,
            permissionable=False,
        ),
    )


def name(length: int, label: str = "Name") -> FieldSchema:
    """A name that is written as it is."""
    return FieldSchema(
        "Name", label, "string", length=length, nillable=False, name_field=True, permissionable=False, id_lookup=False
    )


def identity() -> FieldSchema:
    return FieldSchema(
        "Id",
        "Record ID",
        "id",
        length=18,
        nillable=False,
        createable=False,
        updateable=False,
        defaulted_on_create=True,
        id_lookup=True,
        permissionable=False,
    )


def deletion() -> FieldSchema:
    return FieldSchema(
        "IsDeleted",
        "Deleted",
        "boolean",
        nillable=False,
        createable=False,
        updateable=False,
        defaulted_on_create=True,
        default=False,
        permissionable=False,
    )


def master(object: str) -> FieldSchema:
    """The record that a merge kept in place of this one."""
    return FieldSchema(
        "MasterRecordId",
        "Master Record ID",
        "reference",
        length=18,
        createable=False,
        updateable=False,
        reference_to=(object,),
        relationship_name="MasterRecord",
        permissionable=False,
    )


def audit() -> tuple[FieldSchema, ...]:
    """Who made and last changed the record, and when."""
    return (
        _stamp("CreatedDate", "Created Date"),
        _user("CreatedById", "Created By ID", "CreatedBy"),
        _stamp("LastModifiedDate", "Last Modified Date"),
        _user("LastModifiedById", "Last Modified By ID", "LastModifiedBy"),
        _stamp("SystemModstamp", "System Modstamp"),
    )


def _stamp(name: str, label: str) -> FieldSchema:
    return FieldSchema(
        name,
        label,
        "datetime",
        nillable=False,
        createable=False,
        updateable=False,
        defaulted_on_create=True,
        groupable=False,
        permissionable=False,
    )


def _user(name: str, label: str, relationship: str) -> FieldSchema:
    return FieldSchema(
        name,
        label,
        "reference",
        length=18,
        nillable=False,
        createable=False,
        updateable=False,
        defaulted_on_create=True,
        reference_to=("User",),
        relationship_name=relationship,
        permissionable=False,
    )
