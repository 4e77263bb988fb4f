"""Memory stays small, however long a cell or a file is. Each capture runs in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

STATUS = Path("/proc/self/status")
SCRIPT = """
import json, re, sys
from pathlib import Path
from leadbridge.provider import Site
from leadbridge_csv.provider import CsvProvider
from leadbridge_csv.settings import CsvSettings

def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024

before, ids, rejects = peak(), [], []
provider = CsvProvider(Site("crm", Path(sys.argv[1])), CsvSettings(path="a.csv", key="Id"))
if sys.argv[2:]:
    columns = [field.name for field in provider.describe()[0].fields]
    print(json.dumps({"megabytes": peak() - before, "columns": columns}))
    sys.exit()
for page in provider.capture("a.csv"):
    ids = [record.ref.id for record in page.records] or ids
    rejects.extend([reject.code, reject.source] for reject in page.rejects)
print(json.dumps({"megabytes": peak() - before, "seen": page.seen, "last": ids[-1], "rejects": rejects}))
"""

pytestmark = pytest.mark.skipif(not STATUS.exists(), reason="the peak of memory is read from /proc")


def capture(folder: Path, parts: Iterable[bytes]) -> dict[str, Any]:
    with (folder / "a.csv").open("wb") as file:
        file.write(b"Id,Name\n")
        file.writelines(parts)
    return run(folder)


def run(folder: Path, *arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-c", SCRIPT, str(folder), *arguments]
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    assert done.stderr == ""
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("unit", [b"x", b"one,two,three," * 6 + b"four\n"], ids=["one line", "many lines"])
def test_a_hundred_megabytes_in_one_cell(tmp_path: Path, unit: bytes) -> None:
    cell = unit * ((1 << 20) // len(unit))
    found = capture(tmp_path, [b'1,Ada\n2,"', *[cell] * 100, b'"\n3,Cy\n'])
    assert (found["seen"], found["last"]) == (2, "3")
    assert found["rejects"] == [["cell_too_long", "a.csv:3"]]
    assert found["megabytes"] < 60


def test_a_header_whose_quote_is_left_open_before_millions_of_short_lines(tmp_path: Path) -> None:
    """A line takes more memory than its characters."""
    with (tmp_path / "a.csv").open("wb") as file:
        file.write(b'Id,"Name\n')
        file.writelines([b"x\n" * (1 << 20)] * 4)
    found = run(tmp_path, "describe")
    assert found["columns"] == ["Id", "Name"]
    assert found["megabytes"] < 100


def test_two_hundred_thousand_rows(tmp_path: Path) -> None:
    """A few dozen bytes per row are kept: what tells a changed row, and its key."""
    found = capture(tmp_path, (b"%d,%s\n" % (n, b"Ada Lovelace " * 8) for n in range(200_000)))
    assert (found["seen"], found["rejects"]) == (200_000, [])
    assert found["megabytes"] < 60
