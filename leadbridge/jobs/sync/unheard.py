"""Creates of which nobody heard the end: the record that one made is recognised by what was sent.

Without that it would be taken for somebody new, and made everywhere else once more.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from leadbridge.jobs.sync.identities import Identities
from leadbridge.jobs.sync.scene import Scene
from leadbridge.jobs.sync.staged import unlinked
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.plan.row_text import row_of
from leadbridge.plan.sync_rows import Asked, Write
from leadbridge.records import Ref
from leadbridge.state import links, plans, reviews, runs
from leadbridge.state.model import ReviewRow, StagedRow
from leadbridge.state.transactions import Snapshot
from leadbridge.values import Raw

_WHY = "a record was made of which nobody heard; is it this one?"


@dataclass(frozen=True, slots=True)
class _Create:
    """``known``: one of the records that its golden record has."""

    golden: int
    known: Ref
    write: Write


def recognise(snapshot: Snapshot, scene: Scene, run: int, found: Identities) -> tuple[list[frozenset[Ref]], set[Ref]]:
    """Pairs of records that are one, and newcomers about which a person is asked.

    A newcomer that holds all that was sent is the record; one that holds half of it may be, edited meanwhile.
    """
    same: list[frozenset[Ref]] = []
    doubtful: set[Ref] = set()
    creates = list(_creates(snapshot))
    if not creates:
        return same, doubtful
    places = {(create.write.connection, create.write.object) for create in creates}
    rows = [row for row in unlinked(snapshot, run) if (row.record.ref.connection, row.record.ref.object) in places]
    for create in creates if rows else ():
        likeness = {row.record.ref: _likeness(scene, create, row) for row in rows}
        whole = [ref for ref, share in likeness.items() if share == 1]
        maybe = whole or [ref for ref, share in likeness.items() if share >= 0.5]
        if len(whole) == 1:
            same.append(frozenset({create.known, whole[0]}))
        elif maybe:
            asked = Asked("identity", tuple(sorted({create.known, *maybe})), _WHY)
            found.asked[create.golden] = (*found.asked.get(create.golden, ()), asked)
            doubtful |= set(maybe)
    return same, doubtful


def _creates(snapshot: Snapshot) -> Iterator[_Create]:
    after = 0
    while page := reviews.page(snapshot, after):
        after = page[-1].id
        for row in page:
            write = _write(snapshot, row) if row.kind == "uncertain" and row.link is None else None
            linked = links.by_goldens(snapshot, [row.golden or 0]).get(row.golden or 0) if write else None
            if write is not None and linked:
                yield _Create(row.golden or 0, linked[0].link.ref, write)


def _write(snapshot: Snapshot, asked: ReviewRow) -> Write | None:
    number, run = json.loads(asked.body).get("number"), runs.get(snapshot, asked.run)
    rows = plans.page(snapshot, run.plan, number - 1, 1) if run and run.plan and number else []
    body = row_of(rows[0].body).body if rows else None
    return body if isinstance(body, Write) else None


def _likeness(scene: Scene, create: _Create, row: StagedRow) -> float:
    """How much of what was sent the record holds, from 0 to 1."""
    ref, write = row.record.ref, create.write
    mapping = scene.mapping_of(ref, row.role, row.mapping)
    if mapping is None or (ref.connection, ref.object) != (write.connection, write.object):
        return 0
    sent = [name for name in write.values if name not in mapping.on_create]
    held = [name for name in sent if _holds(mapping, name, write.values, row.record.values)]
    return len(held) / len(sent) if sent else 0


def _holds(mapping: ObjectMapping, name: str, sent: Mapping[str, Raw], stored: Mapping[str, Raw]) -> bool:
    if name not in stored:
        return False
    kinds = {target.name: target.kind for fieldmap in mapping.fields for target in fieldmap.targets}
    one, other = mapping.read({name: sent[name]}), mapping.read({name: stored[name]})
    return all(kinds[field].equivalent(value, other.get(field)) for field, value in one.items())
