"""Makes benchmarks/.venv for the peers, with uv where there is one."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
VENV = HERE / ".venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = HERE / "requirements.txt"


def main() -> None:
    """Raises CalledProcessError where the peers cannot be installed; what was missing has been printed by then."""
    uv = shutil.which("uv")
    if uv:
        _run(uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(VENV))
        _run(uv, "pip", "install", "--quiet", "--python", str(PYTHON), "--requirement", str(REQUIREMENTS))
    else:
        _run(sys.executable, "-m", "venv", "--clear", str(VENV))
        _run(str(PYTHON), "-m", "pip", "install", "--quiet", "--requirement", str(REQUIREMENTS))
    (VENV / ".ready").touch()


def _run(*command: str) -> None:
    subprocess.run(command, check=True)  # noqa: S603  (the commands above)


if __name__ == "__main__":
    main()
