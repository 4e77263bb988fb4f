"""The contract that every provider passes, for a table with a key. This file is the template for yours."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from leadbridge_csv.provider import CsvProvider
from leadbridge_csv.settings import CsvSettings

from leadbridge.provider import Site
from leadbridge.testing import Harness, ProviderContract
from leadbridge.values import Raw


class CsvHarness(Harness):
    """A file that a person edits in a spreadsheet."""

    object = "people.csv"
    field = "Company"
    distinct: Mapping[str, tuple[Raw, ...]] = {"Company": ("", "0", "false", " ")}

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / self.object
        self._save([])

    def connect(self) -> CsvProvider:
        return CsvProvider(Site("crm", self._folder), CsvSettings(path=self.object, key="Email"))

    def sample(self, number: int) -> dict[str, Raw]:
        return {"Email": f"ada{number}@x.example", "Company": f"Ada {number}, Ltd"}

    def create(self, values: Mapping[str, Raw]) -> str:
        self._save([*self._rows(), [str(values["Email"]), str(values["Company"])]])
        return str(values["Email"])

    def edit(self, id: str, values: Mapping[str, Raw]) -> None:
        self._save([[email, str(values["Company"]) if email == id else company] for email, company in self._rows()])

    def delete(self, id: str) -> None:
        self._save([row for row in self._rows() if row[0] != id])

    def spoil(self) -> bool:
        with self._path.open("a", encoding="utf-8", newline="") as file:
            file.write("one cell too many,for,this table\n")
        return True

    def _rows(self) -> list[list[str]]:
        with self._path.open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))[1:]

    def _save(self, rows: list[list[str]]) -> None:
        with self._path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([["Email", "Company"], *rows])


class TestCsv(ProviderContract):
    def make(self, tmp_path: Path) -> CsvHarness:
        return CsvHarness(tmp_path)
