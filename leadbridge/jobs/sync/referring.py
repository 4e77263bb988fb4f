"""What refers to records that a run made: such a record is not removed, so that nothing names what is not there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from leadbridge.jobs.sources import Source
from leadbridge.mapping.fields import ColumnMap
from leadbridge.records import Ref


def referrers(sources: Iterable[Source], made: Collection[Ref]) -> dict[Ref, set[Ref]]:
    """Record -> those that name it now, by the fields that are mapped. Reads every object that has such fields."""
    found: dict[Ref, set[Ref]] = {}
    for source in sources:
        by_id = {ref.id: ref for ref in made if ref.connection == source.connection}
        for name, columns in _referring(source) if by_id else ():
            for page in source.provider.capture(name):
                for record in page.records:
                    for raw in (record.values.get(column) for column in columns):
                        if isinstance(raw, str | int) and str(raw) in by_id:
                            found.setdefault(by_id[str(raw)], set()).add(record.ref)
    return found


def _referring(source: Source) -> Iterator[tuple[str, list[str]]]:
    for one in source.described:
        maps = [m for mapping in source.mappings(one.name) for m in mapping.fields if isinstance(m, ColumnMap)]
        columns = [m.column for m in maps if m.target.type == "reference"]
        if columns:
            yield one.name, columns
