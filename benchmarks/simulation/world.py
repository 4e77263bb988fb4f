"""Three CRMs in memory, their people, and a provider that notes in the ledger what tools do to them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.simulation.layout import CONNECTIONS, Kind, Table, describe, meaning, stored, table, table_of
from benchmarks.simulation.ledger import Kept, Ledger
from leadbridge import hookimpl
from leadbridge.extend import RegisterProviders
from leadbridge.memory import MemoryCrm, MemoryProvider, MemorySettings, memory_crm
from leadbridge.provider import Action, Page, Provider, Result, Site
from leadbridge.records import Record, Ref
from leadbridge.testing.faults import Faults, FaultyProvider
from leadbridge.values import Raw

_NOWHERE = Path()
_numbers = itertools.count()
_WORLDS: dict[str, World] = {}


class World:
    """
    Attributes:
        faults: connection -> what goes wrong with it from the next connecting on.
    """

    def __init__(self) -> None:
        self.name = f"world {next(_numbers)}"
        self.ledger = Ledger()
        self.faults: dict[str, Faults] = {}
        self.crms: dict[str, MemoryCrm] = {}
        for connection in CONNECTIONS:
            self.crms[connection] = memory_crm(self.crm(connection))
            for description in describe(connection):
                self.crms[connection].define(description)
            _WORLDS[self.crm(connection)] = self

    def crm(self, connection: str) -> str:
        return f"{self.name}: {connection}"

    # --- what people do

    def create(self, connection: str, kind: Kind, values: Mapping[str, Raw]) -> Ref | None:
        """A record of the CRM's own columns for these fields; None where it has no such table."""
        at = table(connection, kind)
        if at is None:
            return None
        crm = self.crms[connection]
        mine = {name: raw for name, raw in values.items() if name in at.columns}
        columns = {at.columns[name]: stored(connection, at.columns[name], raw) for name, raw in mine.items()}
        ref = at.ref(crm.create(at.object, {**dict.fromkeys(at.columns.values()), **columns}))
        self.ledger.records[ref] = Kept(str(values["tag"]), by_tool=False)
        for name, raw in mine.items():
            if name not in {"tag", "account"} and meaning(name, raw) != "":
                self.ledger.edit(ref, name, raw)
        return ref

    def edit(self, ref: Ref, name: str, raw: Raw) -> None:
        """Saying what is there already is no edit."""
        column = table_of(ref.connection, ref.object).columns[name]
        if self.value(ref, name) == meaning(name, raw):
            return
        self.crms[ref.connection].edit(ref.object, ref.id, {column: stored(ref.connection, column, raw)})
        self.ledger.edit(ref, name, raw)

    def delete(self, ref: Ref) -> None:
        self.crms[ref.connection].delete(ref.object, ref.id)
        self.ledger.drop(ref, deleted=True)

    def merge(self, loser: Ref, winner: Ref) -> None:
        self.crms[loser.connection].merge(loser.object, loser.id, winner.id)
        self.ledger.drop(loser, deleted=False)

    # --- what is there

    def value(self, ref: Ref, name: str) -> Raw:
        at = table_of(ref.connection, ref.object)
        return meaning(name, self.crms[ref.connection].entry(ref.object, ref.id).values.get(at.columns[name]))

    def account_tag(self, ref: Ref) -> str | None:
        """Tag of the account that a person's record names; blank for none, None for one that is not there."""
        at, accounts = table_of(ref.connection, ref.object), table(ref.connection, "account")
        if accounts is None or "account" not in at.columns:
            return ""
        named = self.value(ref, "account")
        if named == "":
            return ""
        kept = self.ledger.records.get(accounts.ref(str(named)))
        return None if kept is None or kept.gone else kept.tag

    def provider(self, connection: str) -> Provider:
        """A new connection, with the faults of the moment."""
        return Staged(Site(connection, _NOWHERE), MemorySettings(crm=self.crm(connection), page_size=7))

    def note(self, at: Table, action: Action, result: Result) -> None:
        """What was carried out in the CRM."""
        ledger, ref = self.ledger, at.ref(result.id or "")
        ledger.writes += 1
        if action.verb == "delete":
            ledger.tool_deleted(ref)
            return
        written = action.values
        if action.verb == "create":
            if ref in ledger.records:
                return  # its key was known: the record was left alone
            ledger.tool_made(ref, str(written.get(at.columns["tag"], "")))
            written = {column: written.get(column) for column in at.columns.values()}
        names = {column: name for name, column in at.columns.items()}
        for column, raw in written.items():
            if names[column] not in {"tag", "account"}:
                ledger.tool_wrote(ref, names[column], raw)


class Watched(MemoryProvider):
    """Memory; what is done to it is noted, however the caller hears of it. What a new record is not given is null."""

    def write(self, actions: Sequence[Action]) -> Sequence[Result]:
        world, results = _WORLDS[self.settings.crm], []  # type: ignore[attr-defined]  # its own settings
        for action in actions:
            at = table_of(self.site.connection, action.object)
            idle = action.verb == "update" and self._says_already(at, action)
            blank = dict.fromkeys(at.columns.values()) if action.verb == "create" else {}
            (result,) = super().write([replace(action, values={**blank, **action.values})])
            if result.state == "done":
                world.ledger.noop_writes += idle
                world.note(at, action, result)
            results.append(result)
        return results

    def _says_already(self, at: Table, action: Action) -> bool:
        record = self._read(at.ref(action.id or ""))
        names = {column: name for name, column in at.columns.items()}
        return record is not None and all(
            _same(names[column], record.values.get(column), raw) for column, raw in action.values.items()
        )


def _same(name: str, old: Raw, new: Raw) -> bool:
    """A null and a blank are two things to say."""
    return meaning(name, old) == meaning(name, new) and (meaning(name, new) != "" or old == new)


class Staged(FaultyProvider):
    """The watched memory with the world's faults; calls are counted as the tool makes them."""

    settings_model = MemorySettings
    capabilities = MemoryProvider.capabilities

    def __init__(self, site: Site, settings: MemorySettings) -> None:
        self.world = _WORLDS[settings.crm]
        super().__init__(Watched(site, settings), self.world.faults.get(site.connection, Faults()))

    def capture(self, object: str, cursor: str | None = None) -> Iterator[Page]:
        for page in super().capture(object, cursor):
            self.world.ledger.calls += 1
            yield page

    def read(self, refs: Sequence[Ref]) -> Sequence[Record | None]:
        self.world.ledger.calls += 1
        return super().read(refs)

    def write(self, actions: Sequence[Action]) -> Sequence[Result]:
        self.world.ledger.calls += 1
        return super().write(actions)


class WorldPlugin:
    @hookimpl
    def leadbridge_register_providers(self, register: RegisterProviders) -> None:
        register("world", "benchmarks.simulation.world:Staged")
