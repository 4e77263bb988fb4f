"""Whom the records of a conversion name, such as their owner: as golden records, and by their records in each CRM."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from leadbridge.jobs.sync.references import References
from leadbridge.mapping.fields import ColumnMap
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.plan.book import Entry
from leadbridge.plan.elsewhere import Elsewhere
from leadbridge.records import Ref
from leadbridge.state import links
from leadbridge.state.transactions import Transaction
from leadbridge.values import MISSING, Raw


@dataclass(frozen=True, slots=True)
class Named:
    """
    Attributes:
        goldens: records of those who are named, in every connection -> their golden record.
        elsewhere: how an id of one connection reads in the others.
    """

    goldens: Mapping[Ref, int] = field(default_factory=dict)
    elsewhere: Elsewhere = field(default_factory=Elsewhere)


def named_by(tx: Transaction, references: References, entries: Iterable[Entry], present: Iterable[Ref]) -> Named:
    """Of those who are known by their links; ``present`` are the records that take part themselves."""
    said = set(_said(references, entries))
    wanted = {ref for _, _, ref in said} - set(present)
    goldens = {ref: stored.link.golden for ref, stored in links.by_refs(tx, wanted).items()}
    live: dict[int, dict[str, Ref]] = {}
    for golden, some in links.by_goldens(tx, set(goldens.values())).items():
        live[golden] = {s.link.ref.connection: s.link.ref for s in some if s.link.state == "live"}
    ids = {
        (name, connection, ref.id): {there: twin.id for there, twin in live[goldens[ref]].items()}
        for connection, name, ref in said
        if ref in goldens
    }
    twins = {twin: golden for golden, some in live.items() for twin in some.values()}
    return Named({**twins, **goldens}, Elsewhere(references.translated, ids))


def _said(references: References, entries: Iterable[Entry]) -> Iterator[tuple[str, str, Ref]]:
    """(connection, field, record that may be meant); the same owner of many records is looked up once."""
    columns: dict[str, list[tuple[str, str]]] = {}
    seen: set[tuple[str, str, str, Raw]] = set()
    for entry in entries:
        mapping, connection = entry.mapping, entry.ref.connection
        if mapping.file.name not in columns:
            columns[mapping.file.name] = list(_columns(references, mapping))
        for name, column in columns[mapping.file.name]:
            raw = entry.raws.get(column, MISSING)
            if raw is MISSING or (connection, mapping.file.name, column, raw) in seen:
                continue
            seen.add((connection, mapping.file.name, column, raw))
            for ref in references.named(connection, mapping, {column: raw}):
                yield connection, name, ref


def _columns(references: References, mapping: ObjectMapping) -> Iterator[tuple[str, str]]:
    """Field and provider field of what names other records."""
    for fieldmap in mapping.fields:
        if isinstance(fieldmap, ColumnMap) and fieldmap.target.name in references.translated:
            yield fieldmap.target.name, fieldmap.column
