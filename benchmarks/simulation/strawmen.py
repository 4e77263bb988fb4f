"""Two common ways to keep CRMs in step: the record edited last counts, whole; or one CRM always counts."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from benchmarks.simulation.bridge import Logged
from benchmarks.simulation.layout import CONNECTIONS, Kind, Table, table, table_of
from benchmarks.simulation.world import World
from leadbridge.errors import LeadBridgeError
from leadbridge.provider import Action, Provider, Result
from leadbridge.records import Record
from leadbridge.values import Raw

_TRIES = 3
Chooses = Callable[[Mapping[str, Record]], str]


@dataclass
class Memory:
    """What a strawman keeps from run to run: for each subject, connection -> id. Lost where a run is killed."""

    groups: dict[Kind, list[dict[str, str]]] = field(default_factory=lambda: {"account": [], "person": []})


class Strawman:
    """Matches by e-mail or name, copies whole records, tries again when a call fails."""

    def __init__(self, world: World, name: str, chooses: Chooses, *, deletes_by_any: bool) -> None:
        self.name = name
        self._world = world
        self._chooses = chooses
        self._deletes_by_any = deletes_by_any
        self._kept = Memory()

    def run(self) -> None:
        now = copy.deepcopy(self._kept)
        providers = {name: self._world.provider(name) for name in CONNECTIONS}
        kinds: tuple[Kind, ...] = ("account", "person")
        for kind in kinds:
            records = {name: _all(provider, kind) for name, provider in providers.items()}
            _group(now.groups[kind], records, kind)
            for group in list(now.groups[kind]):
                self._sync(kind, group, records, providers, now)
        self._kept = now

    def logged(self) -> Iterator[Logged]:
        """It overrules without a word."""
        return iter(())

    def _sync(
        self,
        kind: Kind,
        group: dict[str, str],
        records: Mapping[str, Mapping[str, Record]],
        providers: Mapping[str, Provider],
        now: Memory,
    ) -> None:
        there = {name: records[name][id_] for name, id_ in group.items() if id_ in records[name]}
        gone = group.keys() - there.keys()
        if not there or (gone and (self._deletes_by_any or CONNECTIONS[0] in gone)):
            for name, record in there.items():
                _write(providers[name], Action(1, "delete", record.ref.object, record.ref.id))
            now.groups[kind].remove(group)
            return
        chosen = self._chooses(there)
        values = _fields(there[chosen])
        for name in CONNECTIONS:
            at = table(name, kind)
            if at is not None and name != chosen:
                self._carry(at, group, there, _columns(at, values, chosen, now), providers[name])

    def _carry(
        self, at: Table, group: dict[str, str], there: Mapping[str, Record], values: dict[str, Raw], provider: Provider
    ) -> None:
        old = there.get(at.connection)
        if old is None:
            result = _write(provider, Action(1, "create", at.object, None, values))
            if result is not None and result.id:
                group[at.connection] = result.id
        elif any((old.values.get(column) or "") != (raw or "") for column, raw in values.items()):
            _write(provider, Action(1, "update", at.object, old.ref.id, values))


def last_writer_wins(world: World) -> Strawman:
    def latest(there: Mapping[str, Record]) -> str:
        return max(there, key=lambda name: (there[name].modified is not None, there[name].modified, name))

    return Strawman(world, "last_writer_wins", latest, deletes_by_any=True)


def fixed_winner(world: World) -> Strawman:
    def first(there: Mapping[str, Record]) -> str:
        return next(name for name in CONNECTIONS if name in there)

    return Strawman(world, "fixed_winner", first, deletes_by_any=False)


def _all(provider: Provider, kind: Kind) -> dict[str, Record]:
    at = table(provider.site.connection, kind)
    pages = provider.capture(at.object) if at else ()
    return {record.ref.id: record for page in pages for record in page.records}


def _group(groups: list[dict[str, str]], records: Mapping[str, Mapping[str, Record]], kind: Kind) -> None:
    """Put records that were never seen to those of the same e-mail address, or name."""
    keys = {_key(records[name][id_], kind): g for g in groups for name, id_ in g.items() if id_ in records[name]}
    known = {(name, id_) for group in groups for name, id_ in group.items()}
    for name, found in records.items():
        for id_, record in found.items():
            if (name, id_) in known:
                continue
            group = keys.setdefault(_key(record, kind), {})
            if name in group and group[name] in found:
                continue
            if not group:
                groups.append(group)
            group[name] = id_


def _key(record: Record, kind: Kind) -> str:
    fields = _fields(record)
    return str(fields.get("email" if kind == "person" else "name") or record.ref).strip().lower()


def _fields(record: Record) -> dict[str, Raw]:
    columns = table_of(record.ref.connection, record.ref.object).columns
    return {name: record.values.get(column) for name, column in columns.items()}


def _columns(at: Table, values: Mapping[str, Raw], chosen: str, now: Memory) -> dict[str, Raw]:
    """The chosen record's values as this table's; its account as the one that belongs to it here."""
    found = {column: values[name] for name, column in at.columns.items() if name in values and name != "account"}
    if "account" in at.columns and "account" in values:
        group = next((g for g in now.groups["account"] if g.get(chosen) == values["account"]), {})
        found[at.columns["account"]] = group.get(at.connection)
    return found


def _write(provider: Provider, action: Action) -> Result | None:
    """Tried again whatever went wrong."""
    for _ in range(_TRIES):
        try:
            (result,) = provider.write([action])
        except LeadBridgeError:
            provider.refresh()
            continue
        return result
    return None
