"""An inbox after a lost reply: rows that were appended are found, so that nobody appends them again."""

from __future__ import annotations

from pathlib import Path

from leadbridge_csv.provider import CsvProvider
from leadbridge_csv.settings import CsvSettings

from leadbridge.provider import Action, Site


def inbox(folder: Path, text: str = "Name,City\nAda,London\n") -> CsvProvider:
    (folder / "inbox.csv").write_text(text, encoding="utf-8")
    return CsvProvider(Site("fair", folder), CsvSettings(path="inbox.csv"))


def create(number: int, name: str) -> Action:
    return Action(number, "create", "inbox.csv", values={"Name": name})


def append(provider: CsvProvider, *actions: Action) -> dict[int, str | None]:
    provider.begin()
    results = provider.write(actions)
    provider.commit()
    return {result.number: result.id for result in results}


def test_rows_that_were_appended_are_found_under_the_ids_that_they_got(tmp_path: Path) -> None:
    provider = inbox(tmp_path)
    rows = create(1, "Grace"), create(2, "Alan"), create(3, "Grace")
    made = append(provider, *rows)
    assert list(provider.find(rows)) == [made[1], made[2], made[3]]


def test_rows_that_never_arrived_are_not_found(tmp_path: Path) -> None:
    provider = inbox(tmp_path)
    append(provider, create(1, "Grace"))
    assert [found is None for found in provider.find([create(1, "Grace"), create(2, "Grace"), create(3, "Alan")])] == [
        True,
        False,
        True,
    ]


def test_only_a_table_keeps_keys_unique(tmp_path: Path) -> None:
    table = CsvProvider(Site("crm", tmp_path), CsvSettings(path="inbox.csv", key="Name"))
    assert (inbox(tmp_path).capabilities.upsert_by_key, table.capabilities.upsert_by_key) == (False, True)
