"""The measured work, each kind in a process of its own: ``python -m benchmarks.work KIND FILE [CURSOR_FILE]``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from leadbridge.mapping.project import load_mappings
from leadbridge.plugins import load_plugins
from leadbridge.provider import Page, Provider, Site

MAPPINGS = Path(__file__).parent / "mappings"
CONNECTION = "fair"


def normalise(file: Path) -> None:
    """Capture everything and read every field through the mapping. Raises SystemExit where rows are lost."""
    rows = rejects = 0
    mapping = _mapping(file)
    for page in _pages(file, None):
        for record in page.records:
            captured = mapping.get(record)
            rows += 1
            rejects += len(captured.rejects)
        rejects += len(page.rejects)
    _expect(rows > 0 and rejects == 0, f"{rows} rows, {rejects} rejects")


def remember(file: Path, cursor_file: Path) -> None:
    """Capture everything and keep the cursor, as the first of two runs does."""
    last = None
    for page in _pages(file, None):
        last = page.cursor or last
    cursor_file.write_text(last or "", encoding="utf-8")


def capture_changes(file: Path, cursor_file: Path) -> None:
    """Capture what changed since the cursor was kept, and read it through the mapping."""
    mapping = _mapping(file)
    seen = changed = 0
    for page in _pages(file, cursor_file.read_text(encoding="utf-8")):
        seen = page.seen
        changed += sum(1 for record in page.records if mapping.get(record).values)
    _expect(seen > 0, "no row was seen")
    sys.stderr.write(f"{seen} rows, {changed} changed\n")


def _pages(file: Path, cursor: str | None) -> Iterator[Page]:
    provider = _provider(file)
    try:
        yield from provider.capture(file.name, cursor)
    finally:
        provider.close()


def _provider(file: Path) -> Provider:
    kind = load_plugins().provider("csv")
    settings = kind.settings_model.model_validate({"path": file.name})
    return kind(Site(CONNECTION, file.parent), settings)


def _mapping(file: Path):
    loaded = load_mappings(MAPPINGS, load_plugins().transforms, {"csv": "text"})
    (mapping,) = loaded.of("csv", CONNECTION, file.name)
    return mapping


def _expect(holds: bool, found: str) -> None:
    if not holds:
        raise SystemExit(f"the measured work went wrong: {found}")


def main() -> None:
    kind, *paths = sys.argv[1:]
    {"normalise": normalise, "remember": remember, "changes": capture_changes}[kind](*map(Path, paths))


if __name__ == "__main__":
    main()
