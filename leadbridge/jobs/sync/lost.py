"""Provider fields that the last run saw and that are gone: they abstain, and what is owed to them stays owed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from leadbridge.jobs.sources import Source
from leadbridge.mapping.fields import FieldMap, TemplateMap
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.state.model import ObjectKey


def lost_fields(sources: Iterable[Source]) -> Mapping[ObjectKey, frozenset[str]]:
    """(connection, object) -> provider fields that are gone; objects that lost none are not there."""
    found = {}
    for source in sources:
        for one in source.described:
            gone = frozenset(source.known.get(one.name, ())) - {field.name for field in one.fields if field.readable}
            if gone and not one.absent:
                found[source.connection, one.name] = gone
    return found


def without(mapping: ObjectMapping, lost: frozenset[str]) -> ObjectMapping:
    """The mapping of what is still there."""
    return replace(mapping, fields=tuple(one for one in mapping.fields if not _names(one) & lost))


def of_these(mapping: ObjectMapping, lost: frozenset[str]) -> ObjectMapping:
    """The mapping of what is gone."""
    return replace(mapping, fields=tuple(one for one in mapping.fields if _names(one) & lost))


def _names(fieldmap: FieldMap) -> frozenset[str]:
    column = frozenset({fieldmap.column} if fieldmap.column is not None else ())
    return column | fieldmap.template.names if isinstance(fieldmap, TemplateMap) else column
