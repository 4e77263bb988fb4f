"""Starter mappings, copied into a project's mappings folder for one connection."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leadbridge.errors import UsageError
from leadbridge.starters import FURTHER, UNASKED, Further, starter_folder, starter_mappings

if TYPE_CHECKING:
    from leadbridge.project import Project


@dataclass(frozen=True, slots=True)
class Copied:
    """
    Attributes:
        files: those that were written.
        left_out: objects that have a starter and cannot be seen.
        more: word for further starters -> objects that it would bring mappings of.
    """

    files: list[Path] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    more: dict[Further, list[str]] = field(default_factory=dict)


def copy_starters(project: Project, connection: str, objects: Collection[str], words: Collection[Further]) -> Copied:
    """The starters of the connection's provider: those asked for, and those for all where the folder has no mapping for
    this provider. What the folder maps is left alone: a starter beside it would cover the same records.

    Args:
        objects: those that the connection sees; none where it cannot say.

    Raises:
        UsageError: there are no such further starters, or the folder cannot be written.
    """
    folder, provider = project.config.mappings, project.config.connection(connection).provider
    starters = {name: (text, _said(starter_folder() / name)) for name, text in starter_mappings(provider).items()}
    _demand({_word(said) for _, said in starters.values()}, words, provider, connection)
    mapped = {said["object"] for path in folder.glob("*.yaml") if (said := _said(path)).get("provider") == provider}
    found = Copied()
    for name, (text, said) in starters.items():
        word, about = _word(said), str(said["object"])
        seen = not objects or about in objects
        wanted = word in words or (word in UNASKED and not mapped)
        if about in mapped:
            continue
        if wanted and seen:
            found.files.append(_written(folder / name, text))
        elif wanted:
            _note(found.left_out, about)
        elif seen and word is not None:
            _note(found.more.setdefault(word, []), about)
    return found


def _note(names: list[str], name: str) -> None:
    if name not in names:
        names.append(name)


def _word(said: Mapping[str, Any]) -> Further | None:
    """By which a starter is asked for; None for those that everybody gets."""
    return next((word for word, roles in FURTHER.items() if said["role"] in roles), None)


def _demand(known: Collection[Further | None], words: Collection[Further], provider: str, connection: str) -> None:
    for word in words:
        if word not in known:
            others = " or ".join(sorted(filter(None, known)))
            begin = f"begin a mapping with: leadbridge mappings suggest {connection}"
            remedy = f"there are some of {others}" if others else begin
            raise UsageError(f"there are no starters of {word} for provider {provider!r}; {remedy}")


def _written(file: Path, text: str) -> Path:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write to {file.parent}: {error.strerror or error}; make it writable") from error
    return file


def _said(file: Path) -> dict[str, Any]:
    from leadbridge.files.document import load

    data = load(file).data
    return data if isinstance(data, dict) else {}
