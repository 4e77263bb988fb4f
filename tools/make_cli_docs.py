"""Writes docs/cli.md: the help of every command of LeadBridge's own. ``python -m tools.make_cli_docs``"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from leadbridge.cli.app import COMMANDS, command

FILE = Path(__file__).parent.parent / "docs" / "cli.md"
WIDTH = 100
INTRODUCTION = """\
# The commands

What each command says of itself with `--help`. This page is made by `make docs`; exit statuses are in the
[README](../README.md#exit-statuses)."""


def page() -> str:
    """The whole page, in Markdown; commands that plugins add are no part of it."""
    root = command()
    return "\n\n".join((INTRODUCTION, *_sections(root, _context(root, "leadbridge", None)))) + "\n"


def _sections(group: Any, context: Any) -> Iterator[str]:
    yield f"## {context.command_path}\n\n```text\n{group.get_help(context).strip()}\n```"
    top = context.parent is None
    for name in group.list_commands(context) if hasattr(group, "list_commands") else ():
        if not top or name in COMMANDS:
            found = group.get_command(context, name)
            yield from _sections(found, _context(found, name, context))


def _context(found: Any, name: str, parent: Any) -> Any:
    widths = {"terminal_width": WIDTH, "max_content_width": WIDTH}
    return found.context_class(found, info_name=name, parent=parent, **{**found.context_settings, **widths})


if __name__ == "__main__":
    FILE.write_text(page(), encoding="utf-8", newline="\n")
