"""What restricted picklists take under a record type, by the User Interface API: one call for each, and kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from leadbridge.errors import ConnectionFailedError
from leadbridge.values import Raw, is_absent
from leadbridge_salesforce.client import Client
from leadbridge_salesforce.failures import NotThereError, SchemaError
from leadbridge_salesforce.schema import Schema

_SHORT: Final = 15  # characters of an id without its check characters


class Picklists:
    """Of one connection."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {}

    def under(self, schema: Schema, named: Raw) -> Mapping[str, tuple[str, ...]]:
        """Provider field -> its values, of those that have fewer under the record type of a new record.

        ``named`` is its id, or absent; nothing is told of one that the user may not give.
        """
        short = "" if is_absent(named) else str(named)[:_SHORT]
        type_ = next((one for one in schema.record_types if one.startswith(short)), None)
        if type_ is None:
            return {}
        if (schema.name, type_) not in self._known:
            self._known[schema.name, type_] = self._asked(schema, type_)
        return self._known[schema.name, type_]

    def _asked(self, schema: Schema, type_: str) -> dict[str, tuple[str, ...]]:
        try:
            body = self._client.get(f"ui-api/object-info/{schema.name}/picklist-values/{type_}")
        except (NotThereError, SchemaError):  # an object that the User Interface API does not know
            return {}
        try:
            found = {str(name): _values(one) for name, one in body["picklistFieldValues"].items()}
        except (KeyError, TypeError, AttributeError) as error:
            reason = f"connection {self._client.connection!r}: Salesforce's list of picklist values lacks {error}"
            raise ConnectionFailedError(self._client.connection, reason) from None
        known = {name: field.options for name, field in schema.fields.items() if field.options is not None}
        return {name: values for name, values in found.items() if name in known and set(values) < set(known[name])}


def _values(body: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(one["value"]) for one in body["values"])
