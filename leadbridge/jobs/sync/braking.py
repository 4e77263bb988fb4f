"""What the brakes look at, gathered from the plan, the state and the connections."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace

from leadbridge.jobs.sources import Source as OpenSource
from leadbridge.jobs.sync import prints
from leadbridge.jobs.sync.gathering import Gathered
from leadbridge.jobs.sync.planning import Counted
from leadbridge.jobs.sync.scene import Scene
from leadbridge.mapping.columns import watched
from leadbridge.plan.brakes import FALL, FROM, Facts, Limits, Scope, Side, Source
from leadbridge.records import Ref
from leadbridge.state import connections, links, plans
from leadbridge.state.model import ConnectionRow, ObjectKey
from leadbridge.state.transactions import Snapshot, Transaction


def limits_of(scene: Scene) -> Limits:
    brakes = scene.job.brakes
    return Limits(brakes.delete, brakes.update, brakes.create, brakes.convert, brakes.group)


def facts_of(snapshot: Snapshot, scene: Scene, gathered: Gathered, counted: Counted, group: int) -> Facts:
    """``group``: records in the largest group of duplicates."""
    known = connections.get(snapshot, scene.job.sync)
    return Facts(
        job=scene.name,
        sides=tuple(_sides(snapshot, scene, counted)),
        sources=tuple(_sources(known, gathered)),
        scopes=(*lost_scopes(scene, {name: row.columns for name, row in known.items()}), *_left_scopes(gathered)),
        canaries=_missing_canaries(scene),
        group=group,
        group_rows=(counted.group_row,) if counted.group_row else (),
        first=is_first(snapshot, scene.name),
    )


def changed_mappings(snapshot: Snapshot, scene: Scene) -> dict[str, frozenset[str]]:
    """Connection -> mapping files, or keys of the job, that are not as they were in the last run."""
    known = connections.get(snapshot, scene.job.sync)
    found: dict[str, frozenset[str]] = {}
    for connection, now in prints.mapping_prints(scene).items():
        was = json.loads(known[connection].mapping or "{}") if connection in known else {}
        found[connection] = frozenset(name for name, print_ in now.items() if was.get(name, print_) != print_)
    return found


def is_first(snapshot: Snapshot, job: str) -> bool:
    """Whether no plan of the job that writes was approved yet."""
    taken = (p for p in plans.latest(snapshot, job, 1_000) if p.state in {"approved", "applied"})
    return not any(planned for plan in taken for _, _, planned, _ in json.loads(plan.summary)["sides"])


def remember(tx: Transaction, scene: Scene, seen: Mapping[str, Mapping[str, int]]) -> None:
    """Connections as they are now, for the brakes of later runs. What other jobs use of them stays known."""
    known = connections.get(tx, scene.job.sync)
    mappings, visible = prints.mapping_prints(scene), prints.scope(scene)
    rows = []
    for source in scene.sources:
        name = source.connection
        old = known.get(name, ConnectionRow(name, source.provider_name))
        says = {**json.loads(old.mapping or "{}"), **mappings[name]}
        cols = {**old.columns, **{at: _still_wanted(source, at, old, found) for at, found in visible[name].items()}}
        rows.append(
            replace(
                old, mapping=json.dumps(says, sort_keys=True), columns=cols, seen={**old.seen, **seen.get(name, {})}
            )
        )
    connections.put(tx, rows)


def _still_wanted(source: OpenSource, name: str, old: ConnectionRow, visible: list[str]) -> tuple[str, ...]:
    """What is seen, and what is mapped and not seen any more: a brake that was lifted once stops the next run again."""
    return tuple(sorted({*visible, *(set(old.columns.get(name, ())) & _watched(source, name))}))


def do_not_miss(tx: Transaction, removed: Mapping[ObjectKey, int]) -> None:
    """Records that were removed from here are none that a later run misses."""
    known = connections.get(tx, {connection for connection, _ in removed})
    linked = {(c, name): n for (c, name, state), n in links.counts(tx).items() if state == "live"}
    for (connection, name), number in removed.items():
        row = known.get(connection)
        if row is not None and name in row.seen:
            left = max(row.seen[name] - number, min(row.seen[name], linked.get((connection, name), 0)))
            known[connection] = replace(row, seen={**row.seen, name: left})
    connections.put(tx, list(known.values()))


def lost_scopes(scene: Scene, before: Mapping[str, Mapping[str, tuple[str, ...] | list[str]]]) -> Iterator[Scope]:
    """What connections no longer show of what is still mapped."""
    for source in scene.sources:
        lost: list[str] = []
        absent = {one.name for one in source.described if one.absent}
        seen = {one.name: {f.name for f in one.fields if f.readable} for one in source.described}
        for name, fields in before.get(source.connection, {}).items():
            mapped = _watched(source, name)
            if name in absent:
                continue
            if mapped and name not in seen:
                lost.append(name)
            elif mapped and fields and not seen[name]:
                lost.append(f"any field of {name}")
            else:
                lost += [f"{name}.{field}" for field in fields if field in mapped and field not in seen[name]]
        if lost:
            yield Scope(source.connection, tuple(lost))


def _left_scopes(gathered: Gathered) -> Iterator[Scope]:
    """Many records of an object that are not what the settings leave of it any more."""
    for (connection, name), left in gathered.left.items():
        if left.linked >= FROM and left.number > left.linked * FALL:
            lost = f"{left.number:,} of {left.linked:,} linked {name} among the {left.limit}"
            yield Scope(connection, (lost,))


def _watched(source: OpenSource, name: str) -> frozenset[str]:
    return frozenset().union(*(watched(mapping) for mapping in source.mappings(name)))


def _sides(snapshot: Snapshot, scene: Scene, counted: Counted) -> Iterator[Side]:
    """Shares are of the linked records of objects in which the job takes part."""
    mine = {(source.connection, name) for source in scene.sources for name in source.objects(scene.roles)}
    linked: dict[str, int] = {}
    for (connection, name, state), number in links.counts(snapshot).items():
        if state in {"live", "surplus"} and (connection, name) in mine:
            linked[connection] = linked.get(connection, 0) + number
    for name in scene.job.sync:
        if name in counted.writes:
            yield Side(name, linked.get(name, 0), counted.writes[name], counted.shown[name])


def _sources(known: Mapping[str, ConnectionRow], gathered: Gathered) -> Iterator[Source]:
    for connection, name in sorted(gathered.complete):
        before = known[connection].seen.get(name) if connection in known else None
        yield Source(connection, name, before, gathered.seen.get((connection, name), 0))


def _missing_canaries(scene: Scene) -> dict[str, str]:
    missing: dict[str, str] = {}
    for source in scene.sources:
        id_ = scene.job.brakes.canary.get(source.connection)
        if id_ is not None and source.provider.capabilities.read_back:
            refs = [Ref(source.connection, name, id_) for name in source.objects(scene.roles)]
            if all(record is None for record in source.provider.read(refs)):
                missing[source.connection] = id_
    return missing
