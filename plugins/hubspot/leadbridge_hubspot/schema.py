"""What HubSpot says of an object's properties: asked for once, and kept as long as the connection is open."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from leadbridge.errors import ConnectionFailedError, LeadBridgeError, UsageError
from leadbridge.provider import FieldDescription, ObjectDescription
from leadbridge_hubspot import validations
from leadbridge_hubspot.client import Client
from leadbridge_hubspot.failures import BadRequestError, NotThereError, ScopeError
from leadbridge_hubspot.objects import OWNERS, Kind, Reference, kind
from leadbridge_hubspot.validations import Rule

ID: Final = "hs_object_id"
MERGED: Final = "hs_merged_object_ids"
LIFECYCLE: Final = "lifecyclestage"
_TEXT: Final = 65_536  # characters
_MULTIPLE: Final = frozenset({"checkbox"})
_OWNER_FIELDS: Final = ("id", "email", "firstName", "lastName", "userId", "createdAt", "updatedAt")


@dataclass(frozen=True, slots=True)
class Property:
    """A property, or with ``reference`` an association that is shown as one.

    Attributes:
        type: HubSpot's own word.
        multiple: whether it holds several options, with semicolons between.
        options: values of an enumeration, in their order; None where they are not told or not restricted.
        writable: whether the API takes values for it.
        rules: the account's own validations that can be checked before a write.
    """

    name: str
    label: str
    type: str
    multiple: bool = False
    options: tuple[str, ...] | None = None
    writable: bool = False
    unique: bool = False
    required: bool = False
    reference: Reference | None = None
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Schema:
    """An object with its properties, in HubSpot's order, and the associations that are shown as fields behind them."""

    name: str
    kind: Kind
    fields: Mapping[str, Property]

    @property
    def properties(self) -> tuple[str, ...]:
        """What to ask for."""
        return tuple(name for name, field in self.fields.items() if field.reference is None)

    def narrowed(self, wanted: Collection[str]) -> Schema:
        """With these fields only, and those that tell what a record is, when it changed, and what went into it."""
        kept = {ID, MERGED, self.kind.modified, *wanted}
        return replace(self, fields={name: field for name, field in self.fields.items() if name in kept})

    @property
    def references(self) -> tuple[Reference, ...]:
        return tuple(field.reference for field in self.fields.values() if field.reference is not None)


class Schemas:
    """The objects of one connection, described when first asked for."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: dict[str, Schema] = {}

    def get(self, name: str) -> Schema:
        """Raises UsageError where the connection has no such object."""
        if name not in self._known:
            self._known[name] = _owners() if name == OWNERS else self._described(name)
        return self._known[name]

    def known(self, name: str) -> Schema | None:
        """What is known of it without asking."""
        return self._known.get(name)

    def visible(self, names: Iterable[str]) -> Iterator[Schema]:
        """Those of the objects that there are and that the token may see.

        Raises ScopeError, which names the scope, for contacts, and for objects that the connection names itself.
        """
        settings = self._client.settings
        needed = settings.objects if "objects" in settings.model_fields_set else ("contacts",)
        for name in names:
            try:
                yield self.get(name)
            except UsageError:
                continue
            except ScopeError:
                if name in needed:
                    raise

    def forget(self, name: str) -> None:
        self._known.pop(name, None)

    def _described(self, name: str) -> Schema:
        kind_ = kind(name)
        if name not in self._client.settings.objects:
            raise self._unknown(name)
        try:
            found = self._client.properties(kind_.type_id)
            rules = validations.read(self._client, kind_.type_id)
        except (NotThereError, BadRequestError):
            raise self._unknown(name) from None
        fields = {
            field.name: replace(field, rules=rules.get(field.name, ()))
            for field in (_property(self._client.connection, one) for one in found)
        }
        if not fields:
            raise self._unknown(name)
        return Schema(name, kind_, fields | self._pipelines(kind_, fields) | _references(kind_))

    def _pipelines(self, kind_: Kind, fields: Mapping[str, Property]) -> dict[str, Property]:
        """Pipeline and stage take the ids that the account has now, wherever their own options end."""
        if kind_.pipeline is None or not set(kind_.pipeline) <= set(fields):
            return {}
        pipelines = self._client.pipelines(kind_.type_id)
        stages = [str(stage["id"]) for one in pipelines for stage in one.get("stages") or ()]
        options = ([str(one["id"]) for one in pipelines], stages)
        named = zip(kind_.pipeline, options, strict=True)
        return {name: replace(fields[name], options=tuple(dict.fromkeys(ids)) or None) for name, ids in named}

    def _unknown(self, name: str) -> LeadBridgeError:
        has = ", ".join(self._client.settings.objects)
        return UsageError(
            f"connection {self._client.connection} has no object {name!r}; its `objects` are {has}, "
            "and the account and the token's scopes must have them, too"
        )


def _property(connection: str, body: Mapping[str, Any]) -> Property:
    """Raises ConnectionFailedError where the reply is no description."""
    try:
        name, type_ = str(body["name"]), str(body["type"])
    except (KeyError, TypeError):
        reason = f"connection {connection!r}: HubSpot's description of a property lacks its name or type"
        raise ConnectionFailedError(connection, reason) from None
    limits = body.get("modificationMetadata") or {}
    return Property(
        name=name,
        label=str(body.get("label") or ""),
        type=type_,
        multiple=type_ == "enumeration" and body.get("fieldType") in _MULTIPLE,
        options=_options(body) if type_ == "enumeration" else None,
        writable=not (limits.get("readOnlyValue") or body.get("calculated") or name == ID),
        unique=bool(body.get("hasUniqueValue")),
    )


def _options(body: Mapping[str, Any]) -> tuple[str, ...] | None:
    """None where they are kept elsewhere: those of owners, say."""
    if body.get("externalOptions"):
        return None
    options = sorted(body.get("options") or (), key=lambda one: one.get("displayOrder") or 0)
    return tuple(str(one["value"]) for one in options) or None


def _references(kind_: Kind) -> dict[str, Property]:
    return {
        one.name: Property(one.name, one.to, "association", writable=True, required=one.required, reference=one)
        for one in kind_.references
    }


def _owners() -> Schema:
    return Schema(OWNERS, kind(OWNERS), {name: Property(name, name, "string") for name in _OWNER_FIELDS})


def described(schema: Schema) -> ObjectDescription:
    """In the words of the provider contract."""
    owners = schema.name == OWNERS
    fields = tuple(_description(field) for field in schema.fields.values())
    return ObjectDescription(schema.name, fields, key="id" if owners else ID, writable=not owners, updates=not owners)


def _description(field: Property) -> FieldDescription:
    return FieldDescription(
        field.name,
        field.label,
        field.type,
        length=_TEXT if field.type == "string" else None,
        writable=field.writable,
        required=field.required,
        options=field.options,
        automated=field.name == LIFECYCLE,  # deals move it, and companies that of their contacts
    )
