"""A project of two CSV tables to measure runs of a job in: leads as they come, and a table of clean ones."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from benchmarks.data import FOLDER, leads
from benchmarks.measure import Cost, run

JOB = "import"
ONE_PERCENT = 100
HERE = Path(__file__).parent
CONFIG = f"""\
mappings: mappings/
connections:
  fair: {{provider: csv, path: fair/, key: E-mail}}
  crm: {{provider: csv, path: crm/, key: id}}
jobs:
  {JOB}: {{sync: [fair, crm], direction: one_way, roles: [lead]}}
"""
CLEAN = (
    "first_name",
    "last_name",
    "email",
    "phone",
    "company",
    "website",
    "country",
    "city",
    "postal_code",
    "employees",
    "budget",
    "status",
    "opted_out_of_email",
    "registered_on",
    "description",
)
"""Columns of the table that is written, each named as its field."""


def make(rows: int, name: str) -> Path:
    """A project with this many leads that were never imported."""
    folder = FOLDER / "projects" / f"{name}-{rows}"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(HERE / "mappings", folder / "mappings")
    first = (folder / "mappings" / "leads.yaml").read_text(encoding="utf-8")
    (folder / "mappings" / "leads.yaml").write_text(_restricted(first, "fair"), encoding="utf-8")
    lines = "\n".join(f"  {field}: {field}" for field in CLEAN)
    clean = f"kind: mapping\nprovider: csv\nobject: leads.csv\nrole: lead\nfields:\n{lines}\n"
    (folder / "mappings" / "clean.yaml").write_text(_restricted(clean, "crm"), encoding="utf-8")
    (folder / "leadbridge.yaml").write_text(CONFIG, encoding="utf-8")
    for connection in ("fair", "crm"):
        (folder / connection).mkdir()
    shutil.copyfile(leads(rows), folder / "fair" / "leads.csv")
    (folder / "crm" / "leads.csv").write_text(",".join(("id", *CLEAN)) + "\n", encoding="utf-8")
    return folder


def imported(rows: int, name: str) -> Path:
    """The same after its first import."""
    folder = make(rows, name)
    first_import_of(folder)
    return folder


def first_import_of(folder: Path) -> Cost:
    """Plan, and carry it out: a first plan is approved by a person, so these are two commands."""
    return run(_leadbridge("plan", JOB, "--limit", "0"), folder) + run(_leadbridge("apply", "--yes"), folder)


def change(folder: Path, file: Path) -> None:
    """These are the leads from now on."""
    shutil.copyfile(file, folder / "fair" / "leads.csv")


def sync() -> tuple[str, ...]:
    """A later run, as a schedule does it."""
    return _leadbridge("sync", JOB, "--yes")


def _restricted(mapping: str, connection: str) -> str:
    return mapping.replace("provider: csv\n", f"provider: csv\nconnection: {connection}\n")


def _leadbridge(*words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "leadbridge", *words)
