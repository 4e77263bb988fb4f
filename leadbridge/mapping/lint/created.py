"""What a new record gets by ``on_create``, against what its connection says of the fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from leadbridge.files.check import suggest
from leadbridge.files.document import Path_
from leadbridge.mapping.constants import of_kind
from leadbridge.mapping.lint.finding import Finding, Seen
from leadbridge.mapping.valuemap import spell
from leadbridge.provider import FieldDescription, ObjectDescription

_NUMBERS: Final = frozenset({"integer", "decimal"})
_DAYS: Final = frozenset({"date", "datetime"})
HOLDS: Final[Mapping[str, frozenset[str]]] = {
    **dict.fromkeys(("int", "integer", "long", "double", "number", "currency", "percent"), _NUMBERS),
    **dict.fromkeys(("bool", "boolean", "checkbox"), frozenset({"boolean"})),
    **dict.fromkeys(("date", "datetime"), _DAYS),
}
"""CRMs' words for types that hold no free text -> the canonical types that can be written there as they are."""
_SEPARATOR: Final = ";"  # between the values of one field that holds several, in Salesforce and HubSpot


@dataclass(frozen=True, slots=True)
class Receiver:
    """A provider field that one mapping writes.

    Attributes:
        allowed: the values of its list that a new record may hold, where these are fewer.
    """

    seen: Seen
    found: FieldDescription
    allowed: tuple[str, ...] | None

    def misplaced(self, at: Path_, what: str, written: str) -> Iterator[Finding]:
        """A value for a restricted list, where it is not in it; ``what`` begins the sentence: what is written."""
        options = self.found.options or ()
        if written not in options:
            message = f"{what}, which is none of the values of {self.found.name!r}"
            yield self.seen.error("option_unknown", at, message, suggest(written, options))
        elif self.allowed is not None and written not in self.allowed:
            message = f"{what}, which a new record may not hold in {self.found.name!r}; its record type has "
            yield self.seen.warning("option_not_allowed", at, message + (", ".join(map(repr, self.allowed)) or "none"))

    def constant(self, text: str) -> Iterator[Finding]:
        """What new records get by ``on_create``."""
        found, at = self.found, ("on_create", self.found.name)
        if not found.writable:
            yield self.seen.error("read_only", at, f"{found.name!r} cannot be written; leave it out here", key=True)
        elif found.options is not None and text:
            whole = text in found.options
            for part in [text] if whole else [one.strip() for one in text.split(_SEPARATOR)]:
                yield from self.misplaced(at, f"a new record gets {part!r}", part)
        elif found.length is not None and len(text) > found.length:
            message = f"has {len(text):,} characters, of which {found.name!r} holds {found.length:,}"
            yield self.seen.error("too_long", at, message)
        elif text and not of_kind(text, HOLDS.get(found.type.lower())):
            yield self.seen.error("type_clash", at, f"{found.name!r} holds {found.type}, which {text!r} is not")


def check_created(
    seen: Seen, described: ObjectDescription, narrowed: Mapping[str, tuple[str, ...]]
) -> Iterator[Finding]:
    """Of fields that the object has; ``narrowed`` as in ``Connected``, of this mapping alone."""
    for name, raw in seen.mapping.on_create.items():
        found = described.field(name)
        if found is not None and described.writable:
            yield from Receiver(seen, found, narrowed.get(name)).constant(spell(raw))
