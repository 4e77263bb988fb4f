"""Whom the records of a conversion name, such as their owner: as golden records, and by their records in each CRM."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from leadbridge.jobs.sync.references import References
from leadbridge.mapping.fields import ColumnMap
from leadbridge.plan.book import Entry
from leadbridge.plan.elsewhere import Elsewhere
from leadbridge.records import Ref
from leadbridge.state import links
from leadbridge.state.transactions import Transaction


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
    said = {(entry.ref.connection, name, ref) for entry in entries for name, ref in _naming(references, entry)}
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


def _naming(references: References, entry: Entry) -> Iterable[tuple[str, Ref]]:
    for fieldmap in entry.mapping.fields:
        if isinstance(fieldmap, ColumnMap) and fieldmap.target.name in references.translated:
            only = {fieldmap.column: entry.raws[fieldmap.column]} if fieldmap.column in entry.raws else {}
            for ref in references.named(entry.ref.connection, entry.mapping, only):
                yield fieldmap.target.name, ref
