"""How the peers are called, each in the environment that ``make bench`` makes for them."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

from benchmarks.data import FOLDER

HERE = Path(__file__).parent
PEER_PYTHON = HERE / ".venv" / "bin" / "python"


def tap(file: Path) -> tuple[str, ...]:
    return _configured("tap_leads", file)


def tap_into_target(file: Path) -> tuple[str, ...]:
    target = _configured("target_leads", FOLDER / "target.csv")
    return ("sh", "-c", f"{shlex.join(tap(file))} | {shlex.join(target)}")


def peer(name: str, *words: object) -> tuple[str, ...]:
    return (str(PEER_PYTHON), str(HERE / "peers" / f"{name}.py"), *map(str, words))


def _configured(name: str, file: Path) -> tuple[str, ...]:
    config = FOLDER / f"{name}-{file.parent.name}.json"
    config.write_text(json.dumps({"path": str(file)}), encoding="utf-8")
    return peer(name, "--config", config)
