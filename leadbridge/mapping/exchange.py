"""A convert policy beside a CRM's own file of what its conversion copies: in the CRM's fields, and what differs.

Pure: the file's content comes in as a table, and a table is what comes out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from leadbridge.conversions import ConversionFile, Copied
from leadbridge.mapping.fields import ColumnMap
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.mapping.policy import ConvertPolicy, From, PolicyField


@dataclass(frozen=True, slots=True)
class Unsaid:
    """A rule of the policy that has no counterpart in the CRM's fields, and why."""

    role: str
    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """A policy in the fields of one CRM."""

    copied: Copied
    unsaid: tuple[Unsaid, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that the policy and the CRM fill differently.

    Attributes:
        kind: ``policy``: only the policy fills it; ``crm``: only the CRM does; ``source``: each from another field.
        policy, crm: the lead's field that each takes, or None.
        standard: whether the CRM's part is its own standard mapping, which no file can change.
    """

    kind: Literal["policy", "crm", "source"]
    role: str
    field: str
    policy: str | None
    crm: str | None
    standard: bool


def columns(mappings: Sequence[ObjectMapping]) -> dict[str, str]:
    """Canonical field -> provider field that holds it and nothing else."""
    maps = (one for mapping in mappings for one in mapping.fields if isinstance(one, ColumnMap))
    found: dict[str, str] = {}
    for one in maps:
        found.setdefault(one.target.name, one.column)
    return found


def spoken(policy: ConvertPolicy, mappings: Sequence[ObjectMapping], file: ConversionFile) -> Spoken:
    """The policy in the CRM's fields, by the mappings of the file's objects."""
    lead = columns([one for one in mappings if one.object == file.lead])
    copied: dict[str, dict[str, str]] = {}
    unsaid: list[Unsaid] = []
    for role, object_ in file.objects.items():
        target = columns([one for one in mappings if (one.object, one.role) == (object_, role)])
        part = policy.parts.get(role)
        for rule in part.fields if part else ():
            said = _said(rule, lead, target, object_, file.lead)
            if isinstance(said, str):
                unsaid.append(Unsaid(role, rule.target.name, said))
            else:
                copied.setdefault(role, {})[said[0]] = said[1]
    return Spoken(copied, tuple(unsaid))


def _said(
    rule: PolicyField, lead: Mapping[str, str], target: Mapping[str, str], object_: str, lead_object: str
) -> tuple[str, str] | str:
    """The record's field and the lead's, or why there are none."""
    if not isinstance(rule.source, From):
        return "is no copy of a field of the lead"
    if rule.target.name not in target:
        return f"has no field of its own in {object_}"
    if rule.source.field not in lead:
        return f"is taken from {rule.source.field!r}, which has no field of its own in {lead_object}"
    return target[rule.target.name], lead[rule.source.field]


def exported(said: Spoken, file: ConversionFile) -> tuple[dict[str, dict[str, str]], list[Unsaid]]:
    """What the file is to hold, and what of the policy neither it nor the CRM's standard can say."""
    held: dict[str, dict[str, str]] = {}
    beyond = list(said.unsaid)
    for role, fields in said.copied.items():
        for field, source in fields.items():
            if file.can_hold(role, field, source):
                held.setdefault(role, {})[field] = source
            elif file.standard.get(role, {}).get(field) != source:
                beyond.append(Unsaid(role, field, f"is copied from {source}, which its file cannot say"))
    return held, beyond


def differences(said: Spoken, crm: Copied, file: ConversionFile) -> Iterator[Difference]:
    """Policy and CRM as sets: what the file says and what the CRM copies by itself, against what the policy says."""
    for role in file.objects:
        standard = file.standard.get(role, {})
        theirs = {**standard, **crm.get(role, {})}
        ours = said.copied.get(role, {})
        for field in sorted({*theirs, *ours}):
            policy, own = ours.get(field), theirs.get(field)
            if policy != own:
                kind: Literal["policy", "crm", "source"] = (
                    "policy" if own is None else "crm" if policy is None else "source"
                )
                by_itself = own is not None and field not in crm.get(role, {})
                yield Difference(kind, role, field, policy, own, by_itself)
