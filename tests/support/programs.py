"""Programs of others, run as they are."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path


def run(command: Sequence[str | Path], env: Mapping[str, str]) -> str:
    """A program's output; what it complained of where it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        env={**os.environ, **env},
        check=False,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout
