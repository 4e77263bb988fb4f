"""Where a mapping does not fit what its connection holds, field by field: what lint finds, without its positions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from leadbridge.mapping.diff.model import Reason, Side
from leadbridge.mapping.fields import FieldMap
from leadbridge.mapping.lint.described import compare
from leadbridge.mapping.lint.finding import Finding, Seen

_SHARED: Final = {"unknown_provider_field": "{} has no such field", "read_only": "{} lets nobody write it"}


@dataclass(frozen=True, slots=True)
class Misfits:
    """
    Attributes:
        seen: the mapping.
        found: canonical field, the first where several share a provider field -> findings.
    """

    seen: Seen
    found: Mapping[str, tuple[Finding, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, side: Side, seen: Seen) -> Misfits:
        """None are found where the object was not described."""
        described = side.described(seen.mapping.object)
        if described is None or not described.fields:
            return cls(seen)
        found: dict[str, tuple[Finding, ...]] = {}
        narrowed = side.narrowed.get(seen.mapping.file.name, {})
        for finding in compare(seen, side.connection, described, narrowed):
            words = finding.fault.path.split(".")
            if words[0] == "fields" and len(words) > 1:
                found[words[1]] = (*found.get(words[1], ()), finding)
        return cls(seen, found)

    @property
    def object(self) -> str:
        """The CRM's name for the records."""
        return self.seen.mapping.object

    def reasons(self, fieldmap: FieldMap, codes: Collection[str]) -> list[Reason]:
        """Of these kinds."""
        findings = self.found.get(fieldmap.targets[0].name, ())
        return [Reason(one.code, self._words(one)) for one in findings if one.code in codes]

    def _words(self, finding: Finding) -> str:
        """The same for all fields, where their names are all that differs."""
        return _SHARED.get(finding.code, "").format(self.object) or finding.fault.message
