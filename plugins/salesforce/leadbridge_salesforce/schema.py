"""What Salesforce says of its objects (``describe``): asked for once, and kept as long as the connection is open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import requests

from leadbridge.errors import ConnectionFailedError, LeadBridgeError, UsageError
from leadbridge.provider import FieldDescription, ObjectDescription
from leadbridge_salesforce.client import TOGETHER, Client, Json
from leadbridge_salesforce.failures import NotThereError, SchemaError

_COMPOUND: Final = frozenset({"address", "location", "base64", "complexvalue", "anyType", "json"})
"""Types without a value of their own: their parts are fields, too, or they are files."""
_UNSTEADY: Final = frozenset({"LastViewedDate", "LastReferencedDate", "UserRecordAccessId"})
"""Different for everybody who looks, and by looking."""
_IDENTIFIER: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_LIMITED: Final = frozenset({"string", "textarea", "email", "phone", "url", "encryptedstring", "combobox"})
"""Types whose length is one of text; of a picklist it says nothing of use."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field as the user behind the connection sees it; one hidden by field-level security is not there.

    Attributes:
        options: active values of a restricted picklist, else None.
        references: objects that a lookup can point at.
        relationship: the name by which SOQL reaches the record that a lookup points at, or None.
    """

    name: str
    label: str
    type: str
    length: int
    createable: bool
    updateable: bool
    required: bool
    filterable: bool
    unique: bool
    external_id: bool
    options: tuple[str, ...] | None
    references: tuple[str, ...]
    relationship: str | None
    scale: int

    @property
    def writable(self) -> bool:
        return self.createable or self.updateable

    @property
    def holds(self) -> int | None:
        """The longest text in characters; None where nothing limits it."""
        return self.length if self.length and self.type in _LIMITED else None


@dataclass(frozen=True, slots=True)
class Schema:
    """An object with the fields that have values of their own, in Salesforce's order.

    Attributes:
        record_types: ids of those that the user may give a record; the default one comes first.
    """

    name: str
    label: str
    fields: Mapping[str, Field]
    createable: bool
    updateable: bool
    deletable: bool
    record_types: tuple[str, ...] = ()

    def has(self, *names: str) -> bool:
        return all(name in self.fields for name in names)

    @property
    def stamp(self) -> str | None:
        """The field by which changes are found; None where the object has none that can be filtered by."""
        usable = (n for n in ("SystemModstamp", "LastModifiedDate") if n in self.fields and self.fields[n].filterable)
        return next(usable, None)


class Schemas:
    """The objects of one connection, described when first asked for."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: dict[str, Schema] = {}
        self._absent: set[str] = set()

    def get(self, name: str) -> Schema:
        """Raises UsageError where the connection has no such object."""
        if name not in self._known:
            self._known[name] = self._described(name)
        return self._known[name]

    def known(self, name: str) -> Schema | None:
        """What is known of it without asking."""
        return self._known.get(name)

    def visible(self, names: Iterable[str]) -> Iterator[Schema]:
        """Those of the objects that the connection can see; what is not known yet is asked for together."""
        wanted = list(names)
        self.together(wanted)
        for name in wanted:
            try:
                if name not in self._absent:
                    yield self.get(name)
            except UsageError:
                continue

    def together(self, names: Sequence[str], also: Sequence[str] = ()) -> list[tuple[int, Json]]:
        """Describe what is not known yet of these objects, in as few calls as can be; what is not there is noted.

        Gives status and body of the other reads, which are asked for in the same calls.
        """
        known = {*self._known, *self._absent}
        unknown = [name for name in dict.fromkeys(names) if name not in known and _IDENTIFIER.fullmatch(name)]
        if len(unknown) + len(also) < 2 and not also:
            return []
        paths = [*(_path(name) for name in unknown), *also]
        parts = (paths[at : at + TOGETHER] for at in range(0, len(paths), TOGETHER))
        answers = [answer for part in parts for answer in self._client.get_all(part)]
        for name, (status, body) in zip(unknown, answers, strict=False):
            if status == requests.codes.ok:
                self._known[name] = parse(body, self._client.connection)
            elif status == requests.codes.not_found:
                self._absent.add(name)
        return answers[len(unknown) :]

    def forget(self, name: str) -> None:
        self._known.pop(name, None)

    def _described(self, name: str) -> Schema:
        if not _IDENTIFIER.fullmatch(name):
            raise self._unknown(name)
        try:
            found = self._client.get(_path(name))
        except (SchemaError, NotThereError):
            raise self._unknown(name) from None
        return parse(found, self._client.connection)

    def _unknown(self, name: str) -> LeadBridgeError:
        return UsageError(
            f"connection {self._client.connection} has no object {name!r} that its user can see; check the API name and"
            " the user's permissions"
        )


def _path(name: str) -> str:
    return f"sobjects/{name}/describe"


def parse(body: Mapping[str, Any], connection: str) -> Schema:
    """Raises ConnectionFailedError where the reply is no description."""
    try:
        fields = [
            _field(one) for one in body["fields"] if one["type"] not in _COMPOUND and one["name"] not in _UNSTEADY
        ]
        return Schema(
            str(body["name"]),
            str(body.get("label", "")),
            {field.name: field for field in fields if _IDENTIFIER.fullmatch(field.name)},
            bool(body.get("createable")),
            bool(body.get("updateable")),
            bool(body.get("deletable")),
            _record_types(body),
        )
    except (KeyError, TypeError) as error:
        reason = f"connection {connection!r}: Salesforce's description of an object lacks {error}"
        raise ConnectionFailedError(connection, reason) from None


def _record_types(body: Mapping[str, Any]) -> tuple[str, ...]:
    """None where there is only the master, which narrows nothing."""
    usable = [one for one in body.get("recordTypeInfos") or () if one.get("available")]
    usable.sort(key=lambda one: not one.get("defaultRecordTypeMapping"))
    return tuple(str(one["recordTypeId"]) for one in usable) if any(not one.get("master") for one in usable) else ()


def _field(body: Mapping[str, Any]) -> Field:
    createable = bool(body["createable"])
    return Field(
        name=str(body["name"]),
        label=str(body.get("label", "")),
        type=str(body["type"]),
        length=int(body.get("length") or 0),
        createable=createable,
        updateable=bool(body["updateable"]),
        required=createable and not body["nillable"] and not body.get("defaultedOnCreate"),
        filterable=bool(body.get("filterable", True)),
        unique=bool(body.get("unique")),
        external_id=bool(body.get("externalId")),
        options=_options(body),
        references=tuple(body.get("referenceTo") or ()),
        relationship=body.get("relationshipName"),
        scale=int(body.get("scale") or 0),
    )


def _options(body: Mapping[str, Any]) -> tuple[str, ...] | None:
    if not body.get("restrictedPicklist"):
        return None
    values = dict.fromkeys(str(one["value"]) for one in body.get("picklistValues") or () if one.get("active", True))
    return tuple(values) or None


def described(schema: Schema) -> ObjectDescription:
    """In the words of the provider contract."""
    return ObjectDescription(
        schema.name,
        tuple(_description(field) for field in schema.fields.values()),
        key="Id",
        writable=schema.createable,
        updates=schema.updateable,
    )


def _description(field: Field) -> FieldDescription:
    return FieldDescription(
        field.name,
        field.label,
        field.type,
        length=field.holds,
        writable=field.writable,
        required=field.required,
        options=field.options,
    )
