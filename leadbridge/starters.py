"""The starter mappings that ``leadbridge init`` copies."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final

PATTERNS = ("*.yaml", "README.md", ".schema/*.json")


class Further(StrEnum):
    """Starter mappings that can be asked for by themselves, beside mappings that are there."""

    USERS = "users"
    ACTIVITIES = "activities"
    CAMPAIGNS = "campaigns"


FURTHER: Final[Mapping[Further, frozenset[str]]] = {
    Further.USERS: frozenset({"user", "queue"}),
    Further.ACTIVITIES: frozenset({"activity"}),
    Further.CAMPAIGNS: frozenset({"campaign", "campaign_member"}),
}
"""The roles of their records."""
UNASKED: Final[frozenset[Further | None]] = frozenset({None, Further.USERS})
"""What everybody gets who begins. A job without `roles` would write activities, and so nobody gets them unasked."""


def starter_folder() -> Path:
    """Where they are: packed beside the code in a wheel, at the top of a checkout otherwise.

    An editable install applies no ``force-include``, so the wheel's folder is not there.
    """
    package = Path(__file__).parent
    packed = package / "starters"
    return packed if packed.is_dir() else package.parent / "mappings"


def starter_files(providers: Collection[str] = ("csv",)) -> dict[Path, str]:
    """Path inside the mappings folder -> text, in a fixed order: what is for all, and the mappings of these providers.

    A mapping's file is named by its provider and its object: ``csv.leads.yaml``.
    """
    folder = starter_folder()
    paths = sorted(path for pattern in PATTERNS for path in folder.glob(pattern))
    found = {path.relative_to(folder): path for path in paths}
    return {
        name: path.read_text(encoding="utf-8") for name, path in found.items() if _provider(name) in {"", *providers}
    }


def starter_mappings(provider: str) -> dict[Path, str]:
    """The mappings of one provider alone; none where there are no starters for it."""
    return {name: text for name, text in starter_files([provider]).items() if _provider(name) == provider}


def _provider(name: Path) -> str:
    return name.stem.partition(".")[0] if name.suffix == ".yaml" and "." in name.stem else ""
