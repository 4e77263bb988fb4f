"""What the user of the API sees: objects and fields can be withdrawn at any moment."""

from __future__ import annotations

from leadbridge_salesforce.sandbox.schema import OrgSchema


class Access:
    """What is hidden. Everything else is seen."""

    def __init__(self) -> None:
        self._fields: dict[str, set[str]] = {}
        self._read_only: dict[str, set[str]] = {}
        self._objects: set[str] = set()
        self.version = 0
        """Counts the changes."""

    def hide_field(self, object: str, name: str) -> None:
        self._fields.setdefault(object.lower(), set()).add(name.lower())
        self.version += 1

    def show_field(self, object: str, name: str) -> None:
        self._fields.get(object.lower(), set()).discard(name.lower())
        self._read_only.get(object.lower(), set()).discard(name.lower())
        self.version += 1

    def lock_field(self, object: str, name: str) -> None:
        """The field is still read, but written no more."""
        self._read_only.setdefault(object.lower(), set()).add(name.lower())
        self.version += 1

    def hide_object(self, object: str) -> None:
        self._objects.add(object.lower())
        self.version += 1

    def show_object(self, object: str) -> None:
        self._objects.discard(object.lower())
        self.version += 1

    def seen(self, whole: OrgSchema) -> OrgSchema:
        """The org as the user sees it."""
        org = whole.hiding(self._fields, self._objects)
        for name, locked in self._read_only.items():
            if locked and (found := org.object(name)):
                org = org.with_object(found.locking(locked))
        return org
