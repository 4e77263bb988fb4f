"""Checks of convert policies: nothing that a lead holds may be lost unawares, and what is made must be whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from leadbridge.conditions import Condition
from leadbridge.files.document import Path_
from leadbridge.mapping.lint.finding import Finding, Place, Seen, names_of
from leadbridge.mapping.policy import LEAD_ROLES, ConvertPolicy, From, Part
from leadbridge.mapping.project import Mappings
from leadbridge.scoring.score import NOW
from leadbridge.subjects.model import Subject

_ASKED: Final = re.compile(r"\bhas\(\s*record\.(\w+)\s*\)")

NEED_NOT_BE_CARRIED: Final[Mapping[str, str]] = {
    "stage": "says how far the lead got; `on_converted` sets it",
    "status": "says how far the work on the lead got; `on_converted` sets it",
    "created_at": "the stamp of the lead's own record; the new records get theirs",
    "modified_at": "the stamp of the lead's own record; the new records get theirs",
    "last_activity_at": "follows from the activities, which `carry` takes along",
    "converted_at": "set by the conversion itself",
    "source_lead": "set by the conversion itself",
    "organisation": "set by the conversion itself: the account that it finds or makes",
    "opportunity": "set by the conversion itself: the one that it makes",
}
"""Lead fields that a policy may leave out without listing them as dropped, and why."""

NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "account": ("name",),
    "contact": ("last_name",),
    "opportunity": ("name", "stage", "close_date"),
}
"""What no CRM makes a record without (Salesforce: required fields of Account, Contact, Opportunity)."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What leads can hold in this project.

    Attributes:
        by: lead field -> the first mapping file that fills it.
        scored: whether there is a scoring file, so that the computed fields have values.
    """

    by: Mapping[str, str]
    scored: bool
    lead: Subject

    @classmethod
    def of(cls, mappings: Mappings, all_seen: Sequence[Seen]) -> Filled:
        by: dict[str, str] = {}
        for seen in all_seen:
            if seen.mapping.role in LEAD_ROLES:
                for target in seen.mapping.targets:
                    by.setdefault(target.name, seen.mapping.file.name)
        return cls(by, mappings.scoring is not None, mappings.catalogue.subjects["person"])

    def missing(self, place: Place, at: Path_, condition: Condition | None) -> Iterator[Finding]:
        """The names of a condition that no mapping of leads fills and LeadBridge does not reckon.

        One that is asked for with `has(record.name)` may be missing.
        """
        if condition is None:
            return
        for name in sorted(asked_for(condition) - set(self.by)):
            known = self.lead.fields.get(name)
            if known is None or not (known.computed or name == "rating"):
                message = f"asks for {name!r}, which no mapping of leads fills, so it stays undecided"
                yield place.warning("unfilled_name", at, message)
            elif not self.scored:
                message = f"asks for {name!r}, which needs a scoring file (`kind: scoring`), and there is none"
                yield place.warning("unscored", at, message)


def asked_for(condition: Condition | None) -> set[str]:
    """The fields without which a condition may stay undecided; not those that it asks for with `has(record.name)`."""
    return set() if condition is None else names_of(condition) - set(_ASKED.findall(condition.source)) - {NOW}


def check_policies(mappings: Mappings, all_seen: Sequence[Seen]) -> Iterator[Finding]:
    filled = Filled.of(mappings, all_seen)
    for name, policy in mappings.policies.items():
        check = _PolicyCheck(Place(mappings.documents[name]), policy, filled)
        yield from check.lost()
        yield from check.dropped_in_vain()
        yield from check.needed()
        yield from check.conditions()


@dataclass(frozen=True, slots=True)
class _PolicyCheck:
    """One policy against the lead fields that the project's mappings fill."""

    place: Place
    policy: ConvertPolicy
    filled: Filled

    def lost(self) -> Iterator[Finding]:
        kept = self.policy.carried_fields | self.policy.dropped | frozenset(NEED_NOT_BE_CARRIED)
        kept |= frozenset(self.policy.ids.values())
        for name, file in sorted(self.filled.by.items()):
            if name not in kept and not self.filled.lead.fields[name].computed:
                message = f"the lead's {name!r}, which {file} fills, is neither mapped nor listed as dropped"
                yield self.place.error("lead_field_lost", ("dropped",), message, key=True)

    def dropped_in_vain(self) -> Iterator[Finding]:
        for name in sorted(self.policy.dropped & self.policy.carried_fields):
            message = f"{name!r} is mapped above, so it is not dropped; take it out here or there"
            yield self.place.warning("dropped_but_mapped", self.place.list_item(("dropped",), name), message)

    def needed(self) -> Iterator[Finding]:
        for role, part in self.policy.parts.items():
            rules = {rule.target.name: rule for rule in part.fields}
            for name in NEEDED.get(role, ()):
                if name not in rules:
                    message = f"an {role}" if role[0] in "ao" else f"a {role}"
                    at: Path_ = (role, "fields")
                    yield self.place.error(
                        "needed_unfilled", at, f"{message} cannot be made without {name!r}", key=True
                    )
                elif isinstance(rules[name].source, From):
                    yield from self._unfilled(role, part, name, rules[name].source.names)

    def _unfilled(self, role: str, part: Part, name: str, sources: frozenset[str]) -> Iterator[Finding]:
        for source in sorted(sources - set(self.filled.by)):
            message = f"no mapping of leads fills {source!r}, and {role}s cannot be made without {name!r}"
            yield self.place.warning("needed_unfilled", (part.role, "fields", name), message)

    def conditions(self) -> Iterator[Finding]:
        """A condition on a field that nothing fills is never decided, so no lead would pass it."""
        policy = self.policy
        asked: list[tuple[Path_, Condition | None]] = [
            (("lead", "when"), policy.when),
            (("lead", "unless"), policy.unless),
            *(((role, "when"), part.when) for role, part in policy.parts.items()),
        ]
        for at, condition in asked:
            yield from self.filled.missing(self.place, at, condition)
