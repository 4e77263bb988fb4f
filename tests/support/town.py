"""Stories: a project on disk, CRMs in memory, people who work in them, and runs as a person starts them.

Every run opens the project and the state anew, as a process of its own would.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from leadbridge import hookimpl
from leadbridge.extend import RegisterProviders
from leadbridge.jobs.sync import api
from leadbridge.jobs.sync.model import Explained, PlanOutcome, RunOutcome
from leadbridge.jobs.workspace import Workspace, load_workspace
from leadbridge.memory import MemoryCrm, MemoryProvider, MemorySettings, memory_crm
from leadbridge.plan.brakes import BrakeName
from leadbridge.plan.sync_rows import Settle, Write
from leadbridge.plugins import load_plugins
from leadbridge.provider import Converted, FieldDescription, ObjectDescription, Page, Site
from leadbridge.records import Ref
from leadbridge.state import conflicts, erasures, rejects, reviews
from leadbridge.state.erasures import Erasure
from leadbridge.state.model import ConflictRow, RejectRow, ReviewRow
from leadbridge.state.store import Store
from leadbridge.testing.faults import Faults, FaultyProvider

NATIVE: dict[str, list[Converted]] = {}
"""CRM -> conversions by its own users that no capture has reported yet."""

FAULTS: dict[str, Faults] = {}
"""CRM -> what goes wrong from now on."""


class ConvertingMemory(MemoryProvider):
    """A memory CRM that also reports what its users converted."""

    def capture(self, object: str, cursor: str | None = None) -> Iterator[Page]:
        for page in super().capture(object, cursor):
            reported = tuple(c for c in NATIVE.get(self.settings.crm, []) if c.lead.object == object)  # type: ignore[attr-defined]
            yield replace(page, converted=(*page.converted, *reported))


class StagedProvider(FaultyProvider):
    """Memory with the faults that the story calls for."""

    settings_model = MemorySettings
    capabilities = MemoryProvider.capabilities

    def __init__(self, site: Site, settings: MemorySettings) -> None:
        super().__init__(ConvertingMemory(site, settings), FAULTS.get(settings.crm, Faults()))


class StagePlugin:
    @hookimpl
    def leadbridge_register_providers(self, register: RegisterProviders) -> None:
        register("stage", "town:StagedProvider")


def describe(object: str, columns: str, *required: str) -> ObjectDescription:
    fields = (FieldDescription(name, required=name in required) for name in columns.split())
    return ObjectDescription(object, tuple(fields), writable=True)


def nobody(step: str, rows: int) -> None:
    """Watches no progress."""


class Town:
    """
    Attributes:
        connections: name -> settings besides the provider, for those that are no CRMs in memory.
        jobs: the ``jobs:`` section of ``leadbridge.yaml``.
    """

    def __init__(self, folder: Path, jobs: str, connections: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.jobs = jobs
        self.connections = dict(connections or {})
        (folder / "mappings").mkdir(parents=True)
        self._write()

    def crm(self, name: str, *objects: ObjectDescription) -> MemoryCrm:
        """The CRM behind the connection of this name; made where it is new."""
        crm = memory_crm(self._crm(name))
        for description in objects:
            crm.define(description)
        if name not in self.connections:
            self.connections[name] = f"{{provider: stage, crm: {self._crm(name)!r}}}"
            self._write()
        return crm

    def map(self, name: str, text: str) -> None:
        """Write the mapping file of this name, or another version of it."""
        (self.folder / "mappings" / f"{name}.yaml").write_text(f"kind: mapping\n{text}", encoding="utf-8")

    def work(self, jobs: str) -> None:
        """The jobs from now on."""
        self.jobs = jobs
        self._write()

    def faults(self, name: str, faults: Faults) -> None:
        FAULTS[self._crm(name)] = faults

    def converted(self, name: str, *events: Converted) -> None:
        """What the CRM's own users converted, as its next captures report it."""
        NATIVE[self._crm(name)] = list(events)

    # --- runs

    def plan(self, job: str = "people", *, rebaseline: bool = False) -> PlanOutcome:
        with self.opened() as (workspace, store):
            return api.make_plan(workspace, store, job, nobody, rebaseline=rebaseline)

    def apply(self, plan: int | None = None, overrides: Sequence[BrakeName] = ()) -> RunOutcome:
        with self.opened() as (workspace, store):
            return api.approve_and_apply(workspace, store, plan, overrides, nobody)

    def sync(self, job: str = "people", overrides: Sequence[BrakeName] = ()) -> RunOutcome:
        """A person looks at the plan and says yes."""
        with self.opened() as (workspace, store):
            return api.sync(workspace, store, job, lambda plan: True, overrides, nobody)

    def convert(self, job: str) -> RunOutcome:
        """The same for a job that converts."""
        from leadbridge.jobs.convert.running import convert

        with self.opened() as (workspace, store):
            return convert(workspace, store, job, lambda plan: True, (), nobody)

    def resume(self) -> RunOutcome | None:
        with self.opened() as (workspace, store):
            return api.resume(workspace, store, nobody)

    def undo(self, run: int) -> RunOutcome:
        with self.opened() as (workspace, store):
            return api.undo(workspace, store, run, "yes", nobody)

    def retry(self) -> tuple[RunOutcome, ...]:
        with self.opened() as (workspace, store):
            return api.retry_rejects(workspace, store, None, "yes", nobody)

    def answer(self, review: int, answer: str) -> str:
        with self.opened() as (workspace, store):
            return api.answer_review(workspace, store, review, answer)

    def restore(self, conflict: int) -> str:
        with self.opened() as (workspace, store):
            return api.restore_conflict(workspace, store, conflict)

    def release(self, connection: str, object: str, id: str, field: str | None = None) -> int:
        with self.opened() as (_, store):
            return api.release(store, Ref(connection, object, id), field)

    def lift(self, erasure: int) -> int:
        with self.opened() as (_, store):
            return api.lift_erasure(store, erasure)

    # --- what one can see

    def erasures(self) -> list[Erasure]:
        with self.opened() as (_, store), store.read() as snapshot:
            return [erasure for erasure, _ in erasures.latest(snapshot)]

    def writes(self, plan: int) -> list[Write]:
        with self.opened() as (_, store):
            return [row.body for row in api.rows(store, plan) if isinstance(row.body, Write)]

    def settles(self, plan: int) -> list[Settle]:
        with self.opened() as (_, store):
            return [row.body for row in api.rows(store, plan) if isinstance(row.body, Settle)]

    def why(self, connection: str, object: str, id: str) -> Explained:
        with self.opened() as (workspace, store):
            return api.why(workspace, store, Ref(connection, object, id))

    def conflicts(self) -> list[ConflictRow]:
        with self.opened() as (_, store), store.read() as snapshot:
            return conflicts.page(snapshot)

    def reviews(self) -> list[ReviewRow]:
        """Those that are open."""
        with self.opened() as (_, store), store.read() as snapshot:
            return reviews.page(snapshot)

    def rejects(self) -> list[RejectRow]:
        """Those that are open."""
        with self.opened() as (_, store), store.read() as snapshot:
            return rejects.page(snapshot)

    @contextmanager
    def opened(self) -> Iterator[tuple[Workspace, Store]]:
        workspace = load_workspace(self.folder, load_plugins([StagePlugin()]))
        store = api.open_state(workspace)
        try:
            yield workspace, store
        finally:
            store.close()

    def _crm(self, name: str) -> str:
        return f"{self.folder}:{name}"

    def _write(self) -> None:
        lines = [f"  {name}: {settings}" for name, settings in self.connections.items()]
        text = "\n".join(["connections:", *lines, "jobs:", *(f"  {line}" for line in self.jobs.strip().splitlines())])
        (self.folder / "leadbridge.yaml").write_text(text + "\n", encoding="utf-8")
