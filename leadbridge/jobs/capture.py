"""Capture: objects of connections are read page by page through their mappings, as a stream of batches."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from leadbridge.conditions import ConditionError
from leadbridge.jobs.sources import Source
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.plugins import Plugins
from leadbridge.provider import Page
from leadbridge.records import Captured, Record, Ref, Reject


@dataclass(frozen=True, slots=True)
class Batch:
    """One page, read through its mappings.

    Attributes:
        rejects: rows that could not be read, and fields of rows that went on without them.
        read: rows of the page, rejected ones included.
        uncovered: rows that no mapping covers; they are nobody's business here, and only counted.
        converted: records that are leads no more, as the CRM itself tells; some of ``captured``.
    """

    connection: str
    object: str
    captured: tuple[Captured, ...]
    rejects: tuple[Reject, ...]
    read: int
    uncovered: int
    converted: frozenset[Ref] = frozenset()


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of one object's rows. ``rejected`` counts rows, ``fields`` fields of rows that went on."""

    connection: str
    object: str
    read: int = 0
    captured: int = 0
    uncovered: int = 0
    rejected: int = 0
    fields: int = 0

    def plus(self, batch: Batch) -> Tally:
        fields = sum(len(record.rejects) for record in batch.captured)
        return Tally(
            self.connection,
            self.object,
            self.read + batch.read,
            self.captured + len(batch.captured),
            self.uncovered + batch.uncovered,
            self.rejected + len(batch.rejects) - fields,
            self.fields + fields,
        )


@dataclass(frozen=True, slots=True)
class Capture:
    """Everything that was captured, for jobs that must see it whole."""

    records: tuple[Captured, ...]
    rejects: tuple[Reject, ...]
    tallies: tuple[Tally, ...]


def capture_all(
    sources: Sequence[Source], plugins: Plugins, roles: Collection[str], watch: Callable[[str, int], None]
) -> Capture:
    """All records of these roles but leads that their CRM has converted. ``watch`` is told what is read, in rows."""
    records: list[Captured] = []
    rejects: list[Reject] = []
    tallies: dict[tuple[str, str], Tally] = {}
    for batch in capture(sources, plugins, roles):
        records += (record for record in batch.captured if record.ref not in batch.converted)
        rejects += batch.rejects
        at = batch.connection, batch.object
        tallies[at] = tallies.get(at, Tally(*at)).plus(batch)
        watch(batch.connection, tallies[at].read)
    return Capture(tuple(records), tuple(rejects), tuple(tallies.values()))


def capture(sources: Sequence[Source], plugins: Plugins, roles: Collection[str]) -> Iterator[Batch]:
    """Batches of records of these roles, source by source, object by object; memory does not grow with them.

    Raises:
        LeadBridgeError: a connection cannot be read, or a plugin fails. What was yielded before stands.
    """
    for source in sources:
        for name in source.objects(roles):
            for page in source.provider.capture(name):
                yield _batch(source, name, page, roles, plugins)


def _batch(source: Source, name: str, page: Page, roles: Collection[str], plugins: Plugins) -> Batch:
    mappings = source.mappings(name)
    captured: list[Captured] = []
    rejects = list(page.rejects)
    uncovered = 0
    for record in page.records:
        mapping = covering(record, mappings)
        if isinstance(mapping, Reject):
            rejects.append(mapping)
        elif mapping is None:
            uncovered += 1
        elif mapping.role in roles:
            captured.append(mapping.get(record))
    kept = tuple(plugins.enrich(captured))
    rejects += [reject for record in kept for reject in record.rejects]
    converted = frozenset(one.lead for one in page.converted)
    read = len(page.records) + len(page.rejects)
    return Batch(source.connection, name, kept, tuple(rejects), read, uncovered, converted)


def covering(record: Record, mappings: Sequence[ObjectMapping]) -> ObjectMapping | Reject | None:
    """The one mapping that covers the record, None where none does, a reject where it cannot be told."""
    try:
        covering = [mapping for mapping in mappings if mapping.covers(record.values)]
    except ConditionError as error:
        return _reject(record, "condition", str(error), "guard the condition, for example with has(record.field)")
    if len(covering) > 1:
        files = " and ".join(mapping.file.name for mapping in covering)
        remedy = "narrow their `when` so that they exclude each other"
        return _reject(record, "overlapping_mappings", f"{files} both cover this row", remedy)
    return covering[0] if covering else None


def _reject(record: Record, code: str, reason: str, remedy: str) -> Reject:
    return Reject(code, reason, remedy, record.source or str(record.ref), raw=record.values)
