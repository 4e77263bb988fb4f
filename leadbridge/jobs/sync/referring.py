"""What refers to records that a run made: such a record is not removed, so that nothing names what is not there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from leadbridge.apply.undo import Named
from leadbridge.jobs.sources import Source
from leadbridge.jobs.sync.references import holding, subjects_named
from leadbridge.mapping.fields import ColumnMap
from leadbridge.records import Ref

Naming = Mapping[str, frozenset[str]]
"""Provider field -> the objects whose records it may name."""


def referrers(sources: Iterable[Source], made: Collection[Ref]) -> dict[Ref, set[Named]]:
    """Record -> where it is named now, by the fields that are mapped. Reads every object that has such fields."""
    found: dict[Ref, set[Named]] = {}
    for source in sources:
        mine = {ref for ref in made if ref.connection == source.connection}
        for name, naming in _referring(source) if mine else ():
            for page in source.provider.unlimited(name):
                for record in page.records:
                    for ref, column in _named(source.connection, naming, record.values):
                        if ref in mine:
                            found.setdefault(ref, set()).add((record.ref, column))
    return found


def _named(connection: str, naming: Naming, values: Mapping[str, object]) -> Iterator[Named]:
    """An id is told apart by its object: two objects may use one id."""
    for column, objects in naming.items():
        raw = values.get(column)
        if isinstance(raw, str | int):
            yield from ((Ref(connection, name, str(raw)), column) for name in objects)


def _referring(source: Source) -> Iterator[tuple[str, Naming]]:
    for one in source.described:
        naming: dict[str, frozenset[str]] = {}
        for mapping in source.mappings(one.name):
            for fieldmap in mapping.fields:
                if isinstance(fieldmap, ColumnMap) and fieldmap.target.type == "reference":
                    objects = _holding(source, subjects_named(mapping.subject.name, fieldmap.target))
                    naming[fieldmap.column] = naming.get(fieldmap.column, frozenset()) | objects
        if any(naming.values()):
            yield one.name, naming


def _holding(source: Source, subjects: Collection[str]) -> frozenset[str]:
    mappings = [mapping for one in source.described for mapping in source.mappings(one.name)]
    return frozenset().union(*(holding(mappings, subject) for subject in subjects))
