"""Makes benchmarks/.venv for the peers."""

from __future__ import annotations

from pathlib import Path

from tools.environment import make_environment

HERE = Path(__file__).parent


def main() -> None:
    make_environment(HERE / ".venv", "--requirement", str(HERE / "requirements.txt"))
    (HERE / ".venv" / ".ready").touch()


if __name__ == "__main__":
    main()
