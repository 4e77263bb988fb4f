"""Mappings folders for tests: written to disk and loaded, or the faults that come out."""

from __future__ import annotations

from pathlib import Path

from leadbridge.errors import FileFaults
from leadbridge.mapping.lint import Connected, lint
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.mapping.policy import ConvertPolicy
from leadbridge.mapping.project import Mappings, load_mappings
from leadbridge.provider import Wire
from leadbridge.records import Record, Ref
from leadbridge.transforms.defaults import builtin_transforms
from leadbridge.values import Raw

TRANSFORMS = {spec.name: spec for spec in builtin_transforms()}
WIRES: dict[str, Wire] = {"csv": "text", "typed": "typed", "salesforce": "typed", "hubspot": "text"}

HEAD = "kind: mapping\nprovider: csv\nobject: leads.csv\nrole: lead\n"
TYPED = HEAD.replace("csv\n", "typed\n", 1)


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def load(folder: Path, **files: str) -> Mappings:
    """``lead="..."`` is written to ``lead.yaml``."""
    write(folder, {f"{name}.yaml": text for name, text in files.items()})
    return load_mappings(folder, TRANSFORMS, WIRES)


def faults(folder: Path, **files: str) -> list[str]:
    """What loading says, the folder left out of the positions."""
    try:
        load(folder, **files)
    except FileFaults as error:
        return [str(fault).replace(f"{folder.as_posix()}/", "") for fault in error.faults]
    return []


def findings(folder: Path, connections: dict[str, Connected] | None = None, **files: str) -> list[str]:
    """What lint says, as ``code file:line:column: ...``."""
    found = lint(load(folder, **files), connections)
    return [f"{one.code} {one}".replace(f"{folder.as_posix()}/", "") for one in found]


def mapping(folder: Path, text: str) -> ObjectMapping:
    return load(folder, lead=text).objects[0]


def policy(folder: Path, text: str) -> ConvertPolicy:
    return load(folder, convert=text).policies["convert.yaml"]


def record(**values: Raw) -> Record:
    return Record(Ref("fair", "leads.csv", "1"), values, "leads.csv:2")
