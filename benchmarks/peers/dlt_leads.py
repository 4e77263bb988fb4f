"""dlt loads the rows of one CSV file into DuckDB, every column text, merged by e-mail: ``dlt_leads.py FILE FOLDER``."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"

import dlt
from dlt.common.pipeline import LoadInfo

BATCH = 5_000


def main() -> None:
    file, folder = Path(sys.argv[1]), Path(sys.argv[2])
    pipeline = dlt.pipeline(
        "leads",
        pipelines_dir=str(folder / "pipelines"),
        destination=dlt.destinations.duckdb(str(folder / "leads.duckdb")),
        dataset_name="crm",
    )
    loaded: LoadInfo = pipeline.run(_batches(file), table_name="leads", write_disposition="merge", primary_key="E-mail")
    loaded.raise_on_failed_jobs()


def _batches(file: Path) -> Iterator[list[dict[str, Any]]]:
    """In lists, as its own manual advises for speed."""
    with file.open(encoding="utf-8", newline="") as stream:
        batch = []
        for row in csv.DictReader(stream, delimiter=";"):
            batch.append(row)
            if len(batch) == BATCH:
                yield batch
                batch = []
        if batch:
            yield batch


if __name__ == "__main__":
    main()
