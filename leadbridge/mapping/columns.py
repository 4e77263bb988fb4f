"""The provider fields that a mapping has to do with."""

from __future__ import annotations

from leadbridge.condition_source import RECORD
from leadbridge.conditions import Condition
from leadbridge.mapping.fields import TemplateMap
from leadbridge.mapping.lint.finding import names_of
from leadbridge.mapping.objects import ObjectMapping


def watched(mapping: ObjectMapping) -> frozenset[str]:
    """The provider fields that it reads, and those by which it tells whether it covers a record."""
    return columns(mapping) | names_of(mapping.when, mapping.unless)


def columns(mapping: ObjectMapping) -> frozenset[str]:
    """The provider fields that a mapping reads."""
    found = {fieldmap.column for fieldmap in mapping.fields if fieldmap.column is not None}
    return frozenset(found.union(*(f.template.names for f in mapping.fields if isinstance(f, TemplateMap))))


def reads_whatever(*conditions: Condition | None) -> bool:
    """Whether only a record tells which of its fields a condition reads: ``record[name]``, say."""
    return any(one is not None and RECORD in one.names and one.record_names is None for one in conditions)
