"""What a CRM's own conversion copies, taken into the project's files: custom fields, mappings and the convert policy.

Pure: gives the lines to put into each file. What the files say already is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from leadbridge.conversions import ConversionFile, Copied
from leadbridge.files.document import Path_
from leadbridge.mapping.exchange import columns
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.mapping.policy import ConvertPolicy
from leadbridge.mapping.project import Mappings
from leadbridge.provider import FieldDescription
from leadbridge.subjects.custom import reserved

_TYPES: Final[Mapping[str, str | None]] = {
    **dict.fromkeys(("boolean", "checkbox", "bool"), "boolean"),
    **dict.fromkeys(("int", "integer", "long"), "integer"),
    **dict.fromkeys(("double", "currency", "percent", "number"), "decimal"),
    **dict.fromkeys(("date", "datetime", "email", "phone", "url", "reference"), None),
    "multipicklist": "multi_select",
}
"""CRMs' words for types -> canonical types; None: the same word."""

Described = Mapping[tuple[str, str], FieldDescription]
"""(object, provider field) -> what a connection says of it."""


@dataclass(slots=True)
class Additions:
    """
    Attributes:
        lines: file name -> path of the mapping in it -> lines to put there.
        taken: fields that the policy copies from now on, as (role, provider field, the lead's).
        left: sentences about what was not taken, and why.
    """

    lines: dict[str, dict[Path_, list[str]]] = field(default_factory=dict)
    taken: list[tuple[str, str, str]] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def add(self, file: str, path: Path_, line: str) -> None:
        self.lines.setdefault(file, {}).setdefault(path, []).append(line)


class Adopter:
    """Takes in one file, for one policy and the mappings of one provider."""

    def __init__(
        self, mappings: Mappings, policy: ConvertPolicy, served: Sequence[ObjectMapping], described: Described
    ) -> None:
        self._policy = policy
        declared = (name for name, document in mappings.documents.items() if document.data["kind"] == "fields")
        self._declares = next(declared, "fields.yaml")
        self._served = served
        self._described = described
        self._names = {name: set(subject.fields) for name, subject in mappings.catalogue.subjects.items()}
        self._columns: dict[str, dict[str, str]] = {}  # mapping file -> canonical field -> provider field
        self._said = {r: {rule.target.name for rule in part.fields} for r, part in policy.parts.items()}
        self.additions = Additions()

    def adopt(self, copied: Copied, file: ConversionFile) -> Additions:
        lead = self._mapping(file.lead, "lead")
        for role, fields in copied.items():
            target = self._mapping(file.objects[role], role)
            part = self._policy.parts.get(role)
            if lead is None or target is None or part is None:
                self._leave(role, fields, file, lead, target)
                continue
            for name, source in fields.items():
                self._take(role, (target, name), (lead, source))
        return self.additions

    def _mapping(self, object_: str, role: str) -> ObjectMapping | None:
        return next((one for one in self._served if (one.object, one.role) == (object_, role)), None)

    def _leave(
        self,
        role: str,
        fields: Mapping[str, str],
        file: ConversionFile,
        lead: ObjectMapping | None,
        target: ObjectMapping | None,
    ) -> None:
        if lead is None or target is None:
            reason = f"no mapping of {file.lead if lead is None else file.objects[role]} is in the folder"
        else:
            reason = f"{self._policy.name} makes no {role}"
        self.additions.left.append(f"{len(fields)} of {file.objects[role]}: {reason}")

    def _take(self, role: str, target: tuple[ObjectMapping, str], source: tuple[ObjectMapping, str]) -> None:
        from_ = self._canonical(*source)
        to = self._canonical(*target, like=from_)
        if to in self._said[role]:
            rule = next((r for r in self._policy.parts[role].fields if r.target.name == to), None)
            if rule is None or rule.source.names != {from_}:
                self.additions.left.append(f"{target[0].object}.{target[1]}: the policy fills {to} already, otherwise")
            return
        self._said[role].add(to)
        self.additions.add(self._policy.name, (role, "fields"), f"{to}: {from_}")
        self.additions.taken.append((role, target[1], source[1]))

    def _canonical(self, mapping: ObjectMapping, column: str, like: str = "") -> str:
        """The canonical field that the mapping reads from a provider field; else one is declared and mapped."""
        file = mapping.file.name
        known = self._columns.setdefault(file, columns([mapping]))
        found = next((name for name, held in known.items() if held == column), None)
        if found is not None:
            return found
        name = self._new_name(mapping, column, like, known)
        known[name] = column
        self.additions.add(file, ("fields",), f"{name}: {column}")
        return name

    def _new_name(self, mapping: ObjectMapping, column: str, like: str, known: Mapping[str, str]) -> str:
        """One for the lead and its contact, where the file copies between them."""
        subject = mapping.subject
        names = self._names[subject.name]
        if like in names and like not in known and subject.name == "person":
            return like
        name = _snake(column)
        if name in names or reserved(name):
            name = next(n for i in range(2, 1_000) if (n := f"{name}_{i}") not in names)
        names.add(name)
        described = self._described.get((mapping.object, column))
        self.additions.add(self._declares, (subject.name,), f"{name}: {{type: {_type(described)}}}")
        return name


def _snake(column: str) -> str:
    name = re.sub(r"__c$", "", column)
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    name = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    return name if name[:1].isalpha() else f"field_{name}".rstrip("_")


def _type(described: FieldDescription | None) -> str:
    if described is None:
        return "text"
    word = described.type.lower()
    return (_TYPES[word] or word) if word in _TYPES else "text"
