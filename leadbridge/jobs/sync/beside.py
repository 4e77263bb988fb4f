"""Prospect records that name the lead or contact they are about, as HubSpot's Lead object does: one person with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from leadbridge.jobs.sync.scene import Scene
from leadbridge.mapping.fields import is_blank
from leadbridge.plan.book import SOURCE_LEAD
from leadbridge.plan.record_rows import ANY_WRITE, column_of
from leadbridge.records import Ref
from leadbridge.state import staging
from leadbridge.state.transactions import Snapshot

_PEOPLE = frozenset({"lead", "contact"})


def beside(snapshot: Snapshot, scene: Scene, run: int) -> list[frozenset[Ref]]:
    """Newcomers, each with the records that it may mean: ids are told apart by the objects that hold people."""
    named = dict(_columns(scene))
    found: list[frozenset[Ref]] = []
    after: Ref | None = None
    while named and (page := staging.newcomers(snapshot, run, after)):
        after = page[-1][0]
        refs = [ref for ref, role, _ in page if role == "prospect" and (ref.connection, ref.object) in named]
        for ref, row in staging.load(snapshot, run, refs).items():
            raw = row.record.values.get(named[ref.connection, ref.object])
            if not is_blank(raw):
                found += [
                    frozenset({ref, Ref(ref.connection, name, str(raw))}) for name in _people(scene, ref.connection)
                ]
    return found


def _columns(scene: Scene) -> Iterator[tuple[tuple[str, str], str]]:
    for source in scene.sources:
        for one in source.described:
            for mapping in source.mappings(one.name):
                column = column_of(mapping, SOURCE_LEAD, ANY_WRITE) if mapping.role == "prospect" else None
                if column is not None:
                    yield (source.connection, one.name), column


def _people(scene: Scene, connection: str) -> Sequence[str]:
    source = next(source for source in scene.sources if source.connection == connection)
    return source.objects(_PEOPLE)
