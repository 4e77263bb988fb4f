"""What a provider says of its objects and fields; part of the provider contract, and imported from there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class FieldDescription:
    """A provider field as the CRM describes it.

    Attributes:
        type: the provider's own word for the type, for messages.
        length: longest text in characters, or None where the CRM sets no limit.
        options: values of a restricted picklist, else None.
        automated: whether the CRM also sets it by itself, by what happens to other records: it may differ from what a
            new record got without anybody having edited that.
    """

    name: str
    label: str = ""
    type: str = "text"
    length: int | None = None
    readable: bool = True
    writable: bool = True
    required: bool = False
    options: tuple[str, ...] | None = None
    automated: bool = False


@dataclass(frozen=True, slots=True)
class ObjectDescription:
    """An object that the connection can see.

    Attributes:
        key: the provider field that identifies a record to people (a CSV file's key column), or None.
        writable: whether records can be created and updated.
        updates: whether records that are there can be changed as well; what is only appended to cannot.
        limit: what the settings leave of its records, such as ``members of list 42``; blank where they leave all. A
            change of it is a change of the filter; see :meth:`leadbridge.provider.Provider.outside`.
        absent: whether nothing of it is there now, as of an inbox between two deliveries; it has no fields then.
        samples: a few raw values per field, for header suggestions; personal data, never logged.
    """

    name: str
    fields: tuple[FieldDescription, ...]
    key: str | None = None
    writable: bool = False
    updates: bool = True
    limit: str = ""
    absent: bool = False
    samples: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def field(self, name: str) -> FieldDescription | None:
        return next((f for f in self.fields if f.name == name), None)
