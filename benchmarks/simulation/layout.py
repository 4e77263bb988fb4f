"""The three CRMs: what they call things, and what they do to values. The mappings of LeadBridge say the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from leadbridge.provider import FieldDescription, ObjectDescription
from leadbridge.records import Ref
from leadbridge.values import Raw

Kind = Literal["account", "person"]


@dataclass(frozen=True, slots=True)
class Table:
    """
    Attributes:
        columns: field -> column; ``tag`` tells whom a record is about, is never edited, and is seen by every tool.
    """

    connection: str
    object: str
    kind: Kind
    columns: Mapping[str, str]

    def ref(self, id_: str) -> Ref:
        return Ref(self.connection, self.object, id_)


CONNECTIONS: Final = ("alpha", "beta", "gamma")
_ALPHA = {"tag": "Tag", "email": "Email", "name": "LastName", "phone": "Phone", "city": "City", "out": "OptedOut"}
_BETA = {"tag": "tag", "email": "email", "name": "lastname", "phone": "phone", "city": "city", "out": "optout"}
_GAMMA = {"tag": "nr", "email": "mail", "name": "surname", "city": "town", "out": "nomail"}
TABLES: Final = (
    Table("alpha", "Account", "account", {"tag": "Tag", "name": "Name", "city": "BillingCity"}),
    Table("alpha", "Contact", "person", {**_ALPHA, "account": "AccountId"}),
    Table("beta", "companies", "account", {"tag": "tag", "name": "name", "city": "city"}),
    Table("beta", "contacts", "person", {**_BETA, "account": "company"}),
    Table("gamma", "people", "person", _GAMMA),
)
EDITED: Final[Mapping[Kind, tuple[str, ...]]] = {
    "account": ("name", "city"),
    "person": ("email", "name", "phone", "city", "out"),
}
"""What people edit."""


def table(connection: str, kind: Kind) -> Table | None:
    return next((t for t in TABLES if (t.connection, t.kind) == (connection, kind)), None)


def table_of(connection: str, object_: str) -> Table:
    return next(t for t in TABLES if (t.connection, t.object) == (connection, object_))


def describe(connection: str) -> Iterator[ObjectDescription]:
    for one in TABLES:
        if one.connection == connection:
            fields = tuple(FieldDescription(column) for column in one.columns.values())
            yield ObjectDescription(one.object, fields, writable=True)


def stored(connection: str, column: str, raw: Raw) -> Raw:
    """Beta keeps e-mail addresses in lower case."""
    return raw.lower() if (connection, column) == ("beta", "email") and isinstance(raw, str) else raw


def meaning(field: str, raw: Raw) -> Raw:
    """What a value says, however it is written; all kinds of nothing are blank."""
    if raw is None or raw == "" or not isinstance(raw, str | bool | int):
        return ""
    if field == "email":
        return str(raw).strip().lower()
    if field == "phone":
        return "".join(filter(str.isdigit, str(raw)))[-10:]
    return raw.strip() if isinstance(raw, str) else raw
