"""A project folder with CSV files in it, and a connection to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from leadbridge_csv.provider import CsvProvider
from leadbridge_csv.settings import CsvSettings

from leadbridge.provider import Action, Gone, Page, Result, Site
from leadbridge.records import Record, Reject


@dataclass
class Captured:
    """One capture, read to its end."""

    pages: list[Page]

    @property
    def records(self) -> list[Record]:
        return [record for page in self.pages for record in page.records]

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [dict(record.values) for record in self.records]

    @property
    def ids(self) -> list[str]:
        return [record.ref.id for record in self.records]

    @property
    def rejects(self) -> list[Reject]:
        return [reject for page in self.pages for reject in page.rejects]

    @property
    def codes(self) -> list[tuple[str, str]]:
        return [(reject.code, reject.source) for reject in self.rejects]

    @property
    def gone(self) -> list[str]:
        return [gone.ref.id for page in self.pages for gone in page.gone]

    @property
    def proofs(self) -> list[Gone]:
        return [gone for page in self.pages for gone in page.gone]

    @property
    def last(self) -> Page:
        return self.pages[-1]

    @property
    def cursor(self) -> str:
        assert self.last.cursor is not None
        return self.last.cursor


@dataclass
class Workspace:
    folder: Path
    providers: list[CsvProvider] = field(default_factory=list)

    def put(self, name: str, data: bytes | str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    def connect(self, path: str = "a.csv", **settings: Any) -> CsvProvider:
        provider = CsvProvider(Site("crm", self.folder), CsvSettings(path=path, **settings))
        self.providers.append(provider)
        return provider

    def capture(
        self, path: str = "a.csv", cursor: str | None = None, object: str | None = None, **settings: Any
    ) -> Captured:
        name = object or Path(path).name
        return Captured(list(self.connect(path, **settings).capture(name, cursor)))

    def write(self, *actions: Action, path: str = "a.csv", **settings: Any) -> list[Result]:
        provider = self.connect(path, **settings)
        provider.begin()
        results = provider.write(actions)
        provider.commit()
        return list(results)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    folder = tmp_path / "project"
    folder.mkdir()
    workspace = Workspace(folder)
    yield workspace
    for provider in workspace.providers:
        provider.close()
