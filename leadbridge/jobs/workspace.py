"""All that a command starts from: plugins, the project and its mappings, read once and checked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from leadbridge.errors import FileFaults
from leadbridge.jobs.sources import Source
from leadbridge.mapping.project import Mappings, load_mappings
from leadbridge.plugins import Plugins, load_plugins
from leadbridge.project import Project, load_project
from leadbridge.provider import FieldDescription, ObjectDescription
from leadbridge.records import Reject
from leadbridge.scoring import RuleScorer
from leadbridge.state import connections
from leadbridge.state.store import Store

_SEE_RECORDS: Final = ("leadbridge_capture", "leadbridge_score")
"""Hooks whose plugins may look at provider fields that no mapping reads."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """A project, ready for jobs.

    Attributes:
        scorer: the project's scoring rules, which stand among the plugins; None without a scoring file.
        now: the time of the run, aware UTC.
    """

    project: Project
    mappings: Mappings
    plugins: Plugins
    scorer: RuleScorer | None
    now: datetime

    @property
    def scoring_rejects(self) -> tuple[Reject, ...]:
        """Records on which a scoring rule failed so far."""
        return tuple(self.scorer.rejects) if self.scorer else ()

    @contextmanager
    def open(self, names: Sequence[str], store: Store | None = None) -> Iterator[tuple[Source, ...]]:
        """These connections, open, in this order; closed again whatever happens.

        What is mapped and gone, though ``store`` knows that the last run saw it, is no fault of a mapping: brakes deal
        with it.

        Raises:
            UsageError: there is no such connection.
            FileFaults: a mapping does not fit what its connection holds.
            ConnectionFailedError: a connection cannot be read.
        """
        known = {} if store is None else _known(store, names)
        with ExitStack() as stack:
            sources = tuple(self._open(name, known.get(name, {}), stack) for name in dict.fromkeys(names))
            self._check(sources)
            yield sources

    def _open(self, name: str, known: Mapping[str, Collection[str]], stack: ExitStack) -> Source:
        connection = self.project.config.connection(name)
        provider = self.project.open(name)
        stack.callback(provider.close)
        source = Source(name, connection.provider, provider, tuple(provider.describe()), self.mappings, known)
        if not self.plugins.hooked(_SEE_RECORDS, besides=self.scorer):
            provider.wants(source.wanted())
        return source

    def _check(self, sources: Sequence[Source]) -> None:
        from leadbridge.mapping.lint import Connected
        from leadbridge.mapping.lint.described import check_connection
        from leadbridge.mapping.lint.finding import seen

        described = {source.connection: [_with_known(one, source) for one in source.described] for source in sources}
        connections = {
            name: Connected(connection.provider, described.get(name))
            for name, connection in self.project.config.connections.items()
        }
        findings = (finding for one in seen(self.mappings) for finding in check_connection(one, connections))
        faults = [f.fault for f in findings if f.level == "error" and f.code != "unknown_object"]
        if faults:
            raise FileFaults(faults)


def _known(store: Store, names: Sequence[str]) -> Mapping[str, Mapping[str, Collection[str]]]:
    """Connection -> object -> provider fields that the last run saw."""
    with store.read() as snapshot:
        return {name: row.columns for name, row in connections.get(snapshot, names).items()}


def _with_known(described: ObjectDescription, source: Source) -> ObjectDescription:
    """With the fields that the last run saw and that are gone."""
    seen = {field.name for field in described.fields}
    gone = [name for name in source.known.get(described.name, ()) if name not in seen]
    return replace(described, fields=(*described.fields, *map(FieldDescription, gone))) if gone else described


def load_workspace(config: Path | None, plugins: Plugins | None = None) -> Workspace:
    """Read ``leadbridge.yaml`` and the mappings folder; without ``plugins`` all that are installed.

    Raises:
        UsageError: something is not there.
        FileFaults: all that is wrong in the files.
    """
    now = datetime.now(UTC)
    plugins = plugins or load_plugins()
    project = load_project(config, plugins)
    wires = {c.provider: c.type.capabilities.wire for c in project.config.connections.values()}
    wires |= {name: plugins.provider(name).capabilities.wire for name in plugins.providers if name not in wires}
    mappings = load_mappings(project.config.mappings, plugins.transforms, wires)
    scorer = None if mappings.scoring is None else RuleScorer(mappings.scoring, now)
    if scorer is not None:
        plugins.include(scorer)
    return Workspace(project, mappings, plugins, scorer, now)
