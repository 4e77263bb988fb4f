"""Two commands started at the same moment, as real processes, while somebody edits the files."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest
from syncing import CONFIG, make_sync_project

ROUNDS = 2
PAIRS = [("sync", "sync"), ("sync", "verify")]
EXPECTED = {0, 1, 3, 4, 5}
"""Done, with news, stopped by a brake, a file that was edited just then, busy: never a fault of the program."""


@contextmanager
def an_editor(*files: Path) -> Iterator[None]:
    """Somebody who saves in place, by renaming, and by cutting the file off and writing it anew, again and again."""
    ended = threading.Event()

    def edit() -> None:
        random = Random(7)  # noqa: S311  (nobody guesses what is edited)
        while not ended.wait(random.random() / 10):
            file = random.choice(files)
            text = file.read_text().replace("Head", f"Head{random.randrange(10)}", 1)
            how = random.choice(["in place", "renamed", "cut off"])
            if how == "renamed":
                fresh = file.with_suffix(".saved")
                fresh.write_text(text)
                fresh.replace(file)
                continue
            if how == "cut off":
                file.write_text(text[: len(text) // 2])
            file.write_text(text)

    thread = threading.Thread(target=edit)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def start(folder: Path, command: str) -> subprocess.Popen[str]:
    writes = ["--yes", "--override", "delete", "--override", "fall", "--override", "empty", "--override", "scope"]
    arguments = [command, "people", *(writes if command == "sync" else []), "--json"]
    return subprocess.Popen(
        [sys.executable, "-m", "leadbridge", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_nothing_but_what_can_be_expected_happens(tmp_path: Path, pair: tuple[str, str]) -> None:
    rows = "".join(f"C{n},Dee{n},Ray,dee{n}@acme.example,Head,no,\n" for n in range(200))
    config = CONFIG.replace("first: prefer}", "first: prefer, brakes: {create: 1000, update: 1000}}")
    make_sync_project(tmp_path, leadbridge_yaml=config, contacts_csv="id,first,last,email,title,out,note\n" + rows)
    for command in (["plan", "people"], ["apply", "--yes"]):
        subprocess.run([sys.executable, "-m", "leadbridge", *command], cwd=tmp_path, check=True, capture_output=True)
    with an_editor(tmp_path / "crm/contacts.csv", tmp_path / "shop/people.csv"):
        for _ in range(ROUNDS):
            processes = [start(tmp_path, command) for command in pair]
            for process in processes:
                out, err = process.communicate(timeout=120)
                assert process.returncode in EXPECTED, (process.returncode, out, err)
                assert isinstance(json.loads(out), dict)
    calm = start(tmp_path, "sync")
    out, err = calm.communicate(timeout=120)
    assert calm.returncode in {0, 1, 3}, (out, err)
