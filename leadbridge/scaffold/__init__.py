"""A new provider plugin as a folder: it installs, works, and passes its contract test as generated."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Final

from leadbridge.errors import UsageError

TEMPLATES: Final = {
    "pyproject.toml.tmpl": "pyproject.toml",
    "README.md.tmpl": "README.md",
    "init.py.tmpl": "$module/__init__.py",
    "provider.py.tmpl": "$module/provider.py",
    "test_contract.py.tmpl": "tests/test_contract.py",
}
"""Packaged template -> file in the new folder."""

_NAME = re.compile(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*")
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Names:
    """One name in the spellings that packaging, Python and people want: my-crm, leadbridge_my_crm, MyCrm."""

    name: str

    @property
    def distribution(self) -> str:
        return f"leadbridge-{self.name}"

    @property
    def module(self) -> str:
        return self.distribution.replace("-", "_")

    @property
    def title(self) -> str:
        return "".join(part.capitalize() for part in self.name.split("-"))

    def fill(self, text: str) -> str:
        return Template(text).substitute(
            name=self.name, distribution=self.distribution, module=self.module, title=self.title
        )


def names(word: str) -> Names:
    """The names that a user's word stands for. Raises UsageError where it cannot name a plugin."""
    name = word.strip().lower().removeprefix("leadbridge-").removeprefix("leadbridge_")
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        raise UsageError(
            f"{word!r} cannot name a plugin; take up to {_LONGEST} of a-z, 0-9 and single hyphens, "
            "beginning with a letter, such as my-crm"
        )
    return Names(name.replace("_", "-"))


def generate(plugin: Names, folder: Path) -> tuple[Path, ...]:
    """Write the folder; the files written. Raises UsageError where it holds something, or cannot be written."""
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UsageError(f"{folder} is there and not empty; name another folder with --dir")
        return tuple(_write(plugin, source, folder / plugin.fill(target)) for source, target in TEMPLATES.items())
    except OSError as error:
        raise UsageError(f"{folder} cannot be written: {error.strerror}; name another folder with --dir") from error


def _write(plugin: Names, source: str, target: Path) -> Path:
    text = (files(__name__) / "template" / source).read_text(encoding="utf-8")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(plugin.fill(text), encoding="utf-8", newline="\n")
    return target
