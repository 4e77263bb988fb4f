"""A project with memory CRMs and sync jobs on disk, and what a run of them does; faults and kills on request."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import delete

from leadbridge import hookimpl
from leadbridge.jobs.sync import api
from leadbridge.jobs.sync.model import Approval, PlanOutcome, RunOutcome
from leadbridge.jobs.workspace import Workspace
from leadbridge.mapping.project import load_mappings
from leadbridge.memory import MemoryCrm, MemoryProvider, MemorySettings, memory_crm
from leadbridge.plan.sync_rows import PlanRow, Settle, Write
from leadbridge.plugins import load_plugins
from leadbridge.project import load_project
from leadbridge.provider import FieldDescription, ObjectDescription, Provider, Site
from leadbridge.state import links, reviews
from leadbridge.state.schema import leases
from leadbridge.state.store import Store
from leadbridge.testing.faults import Faults, FaultyProvider
from leadbridge.values import Raw

FAULTS: dict[str, Faults] = {}
"""Name of a CRM -> what goes wrong in it from now on."""


class Troubled(MemoryProvider):
    """A memory provider behind a faulty line."""

    def __new__(cls, site: Site, settings: MemorySettings) -> Provider:  # type: ignore[misc]
        return FaultyProvider(MemoryProvider(site, settings), FAULTS.get(settings.crm, Faults()))


class MemoryPlugin:
    @hookimpl
    def leadbridge_register_providers(self, register: Any) -> None:
        register("troubled", "sync_world:Troubled")


COLUMNS = ("Email", "First", "Last", "Phone", "City", "OptedOut")
MAPPING = """\
kind: mapping
provider: troubled
connection: {connection}
object: {object}
role: {role}
{more}fields:
  email: Email
  first_name: First
  last_name: Last
  phone: Phone
  city: City
  opted_out_of_email: {{field: OptedOut, as: boolean}}
"""


def mapping(connection: str, object: str = "Lead", role: str = "lead", more: str = "") -> str:
    return MAPPING.format(connection=connection, object=object, role=role, more=more)


def nobody(what: str, rows: int) -> None:
    """Nobody watches."""


class World:
    """Three CRMs named a, b and c with an object Lead each, and a job ``people`` that syncs some of them.

    Every command opens the project and the state anew, as a new process would.
    """

    def __init__(self, folder: Path, connections: str = "ab", job: str = "first: prefer", **files: str) -> None:
        self.folder = folder
        self._stamp: list[tuple[Path, bytes]] = []
        self.connections = connections
        self.crms = {name: self._crm(name) for name in connections}
        written = {f"{name}_yaml": mapping(name) for name in connections} | files
        (folder / "mappings").mkdir(exist_ok=True)
        for name, text in written.items():
            (folder / "mappings" / name.replace("_yaml", ".yaml")).write_text(text, encoding="utf-8")
        self.configure(job)

    def configure(self, job: str = "first: prefer", **jobs: str) -> None:
        lines = ["connections:"]
        lines += [f"  {name}: {{provider: troubled, crm: '{self.folder}/{name}'}}" for name in self.connections]
        lines += ["jobs:", f"  people: {{sync: [{', '.join(self.connections)}], {job}}}"]
        lines += [f"  {name}: {{{text}}}" for name, text in jobs.items()]
        (self.folder / "leadbridge.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def _crm(self, name: str) -> MemoryCrm:
        """A CRM whose records carry all their fields, as those of most CRMs do."""
        crm = memory_crm(f"{self.folder}/{name}")
        crm.define(described("Lead"))
        bare = crm.create

        def create(object: str, values: Mapping[str, Raw], key: str | None = None) -> str:
            empty = dict.fromkeys(field.name for field in crm.objects[object].fields)
            return bare(object, {**empty, **values}, key)

        crm.create = create  # type: ignore[method-assign]
        return crm

    def __getattr__(self, name: str) -> MemoryCrm:
        try:
            return self.__dict__["crms"][name]
        except KeyError:
            raise AttributeError(name) from None

    # --- what a person does at the command line

    def workspace(self) -> Workspace:
        """Read again where a file changed."""
        files = sorted(self.folder.rglob("*.yaml"))
        stamp = [(file, file.read_bytes()) for file in files]
        if stamp != self._stamp:
            self._stamp, self._read = stamp, self._workspace()
        return self._read

    def _workspace(self) -> Workspace:
        plugins = load_plugins([MemoryPlugin()])
        project = load_project(self.folder, plugins)
        wires = {name: plugins.provider(name).capabilities.wire for name in plugins.providers}
        mappings = load_mappings(project.config.mappings, plugins.transforms, wires)
        return Workspace(project, mappings, plugins, None, datetime.now(UTC))

    def store(self) -> Store:
        return api.open_state(self.workspace())

    def plan(self, job: str = "people", *, rebaseline: bool = False) -> PlanOutcome:
        with self.store() as store:
            return api.make_plan(self.workspace(), store, job, nobody, rebaseline=rebaseline)

    def apply(self, plan: int | None = None, *overrides: Any) -> RunOutcome:
        with self.store() as store:
            return api.approve_and_apply(self.workspace(), store, plan, overrides, nobody)

    def sync(self, job: str = "people", approval: Approval = lambda _: True, *overrides: Any) -> RunOutcome:
        """In no time: nobody waits for a line that fails."""
        with self.store() as store, patch("time.sleep"):
            return api.sync(self.workspace(), store, job, approval, overrides, nobody)

    def forget_leases(self) -> None:
        """As when the time of a killed process's lease has run out."""
        with self.store() as store, store.begin() as tx:
            tx.connection.execute(delete(leases))

    def resume(self) -> RunOutcome | None:
        with self.store() as store:
            return api.resume(self.workspace(), store, nobody)

    def rows(self, plan: int | None) -> list[PlanRow]:
        with self.store() as store:
            return list(api.rows(store, plan or 0))

    def writes(self, plan: int | None) -> list[Write]:
        return [row.body for row in self.rows(plan) if isinstance(row.body, Write)]

    def settles(self, plan: int | None) -> list[Settle]:
        return [row.body for row in self.rows(plan) if isinstance(row.body, Settle)]

    def asked(self) -> list[tuple[int, str, str]]:
        """Open questions: number, kind, field."""
        with self.store() as store, store.read() as snapshot:
            return [(row.id, row.kind, row.field) for row in reviews.page(snapshot)]

    def answer(self, number: int, said: str) -> str:
        with self.store() as store:
            return api.answer_review(self.workspace(), store, number, said)

    def answer_all(self, kind: str, said: str) -> int:
        with self.store() as store:
            return api.answer_reviews(self.workspace(), store, kind, said)

    def states(self) -> dict[str, str]:
        """Ref -> state of its link."""
        with self.store() as store, store.read() as snapshot:
            found = [s for some in links.by_goldens(snapshot, range(1, 100)).values() for s in some]
        return {str(stored.link.ref): stored.link.state for stored in found}

    # --- what users see

    def lead(self, connection: str, **values: Raw) -> str:
        return self.crms[connection].create("Lead", values)

    def leads(self, connection: str) -> list[dict[str, Raw]]:
        """Without what is null."""
        found = self.crms[connection].records("Lead").values()
        return [{name: raw for name, raw in one.items() if raw is not None} for one in found]

    def only(self, connection: str) -> Mapping[str, Raw]:
        (found,) = self.leads(connection)
        return found

    def id_in(self, connection: str) -> str:
        (found,) = self.crms[connection].records("Lead")
        return found


def described(name: str, *more: str) -> ObjectDescription:
    fields = tuple(FieldDescription(column) for column in (*COLUMNS, *more))
    return ObjectDescription(name, fields, writable=True)


ADA: dict[str, Raw] = {"Email": "ada@x.example", "First": "Ada", "Last": "King", "Phone": "+493012345"}
BOB: dict[str, Raw] = {"Email": "bob@x.example", "First": "Bob", "Last": "Day", "Phone": "+493054321"}
