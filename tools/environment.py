"""Virtual environments for what must stay apart from the project's own: peers of benchmarks, the built wheel."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path


def make_environment(folder: Path, *requirements: str) -> Path:
    """Make the environment anew and install; with uv where there is one, else with venv and pip.

    Args:
        requirements: as pip takes them: names, paths, or ``--requirement`` and a file.

    Returns:
        The environment's folder of programs.

    Raises:
        CalledProcessError: something could not be installed; the installer has said what.
    """
    programs = folder / ("Scripts" if sys.platform == "win32" else "bin")
    python = str(programs / "python")
    uv = shutil.which("uv")
    if uv:
        run(uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(folder))
        run(uv, "pip", "install", "--quiet", "--python", python, *requirements)
    else:
        run(sys.executable, "-m", "venv", "--clear", str(folder))
        run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements)
    return programs


def run(*command: str, cwd: Path | None = None) -> str:
    """Run it and give what it printed. Raises CalledProcessError where it fails."""
    done = subprocess.run(command, cwd=cwd, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603  (own commands)
    return done.stdout
