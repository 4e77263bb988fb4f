"""LeadBridge as a contestant: its real jobs, on a project and a state of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, get_args

from benchmarks.simulation.layout import CONNECTIONS, TABLES, Table, meaning
from benchmarks.simulation.world import World, WorldPlugin
from leadbridge.jobs.sync import api
from leadbridge.jobs.workspace import load_workspace
from leadbridge.plan.brakes import BrakeName
from leadbridge.plugins import load_plugins
from leadbridge.state import conflicts, goldens
from leadbridge.values import Raw

Logged = tuple[str, str, Raw]
"""Tag, field and meaning of a value that was overruled, and can be restored."""

_BRAKES: Final[tuple[BrakeName, ...]] = get_args(BrakeName)
_FIELDS: Final = {
    "tag": "description",
    "email": "email",
    "name": "last_name",
    "phone": "{field: %s, as: phone, region: US}",
    "city": "city",
    "out": "opted_out_of_email",
    "account": "organisation",
}


class LeadBridge:
    name = "leadbridge"

    def __init__(self, world: World, folder: Path, deletes: str) -> None:
        self._folder = folder
        self._plugins = load_plugins([WorldPlugin()])
        (folder / "mappings").mkdir(parents=True)
        for table in TABLES:
            (folder / "mappings" / f"{table.connection}.{table.object}.yaml").write_text(_mapping(table))
        (folder / "leadbridge.yaml").write_text(_config(world, deletes), encoding="utf-8")

    def run(self) -> None:
        """As a process of its own would: nothing is carried over but what the state keeps."""
        workspace = load_workspace(self._folder, self._plugins)
        with api.open_state(workspace) as store:
            done = api.sync(workspace, store, "people", lambda plan: True, _BRAKES, lambda step, rows: None)
        for failure in done.failed.values():
            raise failure

    def logged(self) -> Iterator[Logged]:
        workspace = load_workspace(self._folder, self._plugins)
        with api.open_state(workspace) as store, store.read() as snapshot:
            rows = conflicts.page(snapshot, limit=1_000_000)
            loaded = goldens.load(snapshot, {row.golden for row in rows})
        for row in rows:
            tag = loaded[row.golden].golden.value("description") if row.golden in loaded else ""
            name = _name(str(tag), row.field)
            yield from ((str(tag), name, meaning(name, loser.value)) for loser in row.losers)  # type: ignore[arg-type]


def _name(tag: str, field: str) -> str:
    if tag.startswith("account") and field == "name":
        return "name"
    return next((name for name, mine in _FIELDS.items() if mine == field), "phone" if field == "phone" else field)


def _mapping(table: Table) -> str:
    role = "contact" if table.kind == "person" else "account"
    head = f"kind: mapping\nprovider: world\nconnection: {table.connection}\nobject: {table.object}\nrole: {role}\n"
    return head + "fields:\n" + "".join(_field(table, name, column) for name, column in table.columns.items())


def _field(table: Table, name: str, column: str) -> str:
    if table.kind == "account" and name == "name":
        return f"  name: {column}\n"
    if name == "phone":
        return f"  phone: {_FIELDS[name] % column}\n"
    return f"  {_FIELDS[name]}: {column}\n"


def _config(world: World, deletes: str) -> str:
    lines = [f"  {name}: {{provider: world, crm: {world.crm(name)!r}, page_size: 7}}" for name in CONNECTIONS]
    job = f"  people: {{sync: [{', '.join(CONNECTIONS)}], first: prefer, deletes: {deletes}}}"
    return "\n".join(["connections:", *lines, "jobs:", job, ""])
