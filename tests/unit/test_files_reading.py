"""YAML that must not be taken: each kind with its exact message and place."""

from __future__ import annotations

import os
import sys
import time
from decimal import Decimal
from pathlib import Path

import pytest

from leadbridge.errors import FileFaults, UsageError
from leadbridge.files.document import LIMIT, Document, load, load_text

FILE = Path("lead.yaml")

ALIAS = "is not allowed; use `extends:` instead, or put text that begins with * in quotes"
ANCHOR = "is not allowed; use `extends:` instead, or put text that begins with & in quotes"
MERGE = "a merge key (`<<`) is not allowed; use `extends:` instead"
TAG = "a tag (`!`) is not allowed; delete it, or put the text in quotes"
TAB = "a tab cannot indent YAML; use spaces"
KEY = "a key must be text; put text that begins with { or [ in quotes"
COLON = "a `:` cannot stand here; put the text in quotes, or begin a new line"
UNFITTING = "this does not fit the lines above; check the indentation and quotes"
BRACKET = "text that begins with { or [ must stand in quotes"
CHARACTER = "text cannot begin with this character; put it in quotes"


def read(text: str) -> Document:
    return load_text(text, FILE)


def faults(text: str) -> list[str]:
    with pytest.raises(FileFaults) as caught:
        read(text)
    return [str(fault).removeprefix("lead.yaml:") for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: &x 1\nb: *x\n", [f"1:4: a: an anchor (`&x`) {ANCHOR}", f"2:4: b: an alias (`*x`) {ALIAS}"]),
        ("base: &base {a: 1}\n", [f"1:7: base: an anchor (`&base`) {ANCHOR}"]),
        ("a: *nowhere\n", [f"1:4: a: an alias (`*nowhere`) {ALIAS}"]),
        ("*x : 1\n", [f"1:1: an alias (`*x`) {ALIAS}"]),
        ("a:\n  <<: {b: 1}\n", [f"2:3: a: {MERGE}"]),
        ("a: 1\nb: 2\na: 3\n", ["3:1: a: the key stands twice; the first is in line 1"]),
        ("a:\n  b: 1\n  'b': 2\n", ["3:3: a.b: the key stands twice; the first is in line 2"]),
        ("a: {b: 1,\n  b: 2}\n", ["2:3: a.b: the key stands twice; the first is in line 1"]),
        ("a:\n\tb: 1\n", [f"2:1: {TAB}"]),
        ("a:\n  b: 1\n  \tc: 2\n", [f"3:3: {TAB}"]),
        ("a:\t1\n", ["1:3: a tab cannot stand here; use spaces"]),
        ("a: !!python/object:os.system x\n", [f"1:4: a: {TAG}"]),
        ("a: !!str 1\n", [f"1:4: a: {TAG}"]),
        ("a: !important\n", [f"1:4: a: {TAG}"]),
        ("a: !b!c x\n", [f"1:4: {TAG}"]),
        ("a: 1\n---\nb: 2\n", ["2:1: a second document starts here; a file holds exactly one"]),
        ("%YAML 1.1\n---\na: yes\n", ["1:1: a `%` directive is not allowed; delete the line"]),
        ("", ["1:1: the file is empty; expected `key: value` lines"]),
        ("# only a remark\n", ["1:1: the file is empty; expected `key: value` lines"]),
        ("---\n", ["2:1: the file is empty; expected `key: value` lines"]),
        ("- a\n- b\n", ["1:1: the file holds no mapping; expected `key: value` lines"]),
        ("text\n", ["1:1: the file holds no mapping; expected `key: value` lines"]),
        ("? [1, 2]\n: 3\n", [f"1:3: {KEY}"]),
        (": 2\n", ["1:1: a key must not be empty; write it before the `:`"]),
        ("a: b: c\n", [f"1:5: {COLON}"]),
        ("a:\n  b: 1\n c: 2\n", [f"3:2: {UNFITTING}"]),
        ("a: 'open\nb: 1\n", ["1:4: a quote is opened here and never closed"]),
        ('a: "C:\\query"\n', ["1:8: unknown escape in double quotes; use single quotes"]),
        ("a: [1, 2\nb: 3\n", ["2:2: a `[` list lacks a `,` or its `]` before this place"]),
        ("name: {company} - {product}\n", [f"1:7: {BRACKET}"]),
        ("a: @b\n", [f"1:4: {CHARACTER}"]),
        ("a: |x\n  b\n", ["1:5: nothing may follow `|` or `>` in its line, and the text below must be indented"]),
        (
            "a: 1\nb: \x07\n",
            ["2:4: the character U+0007 is not allowed in YAML; delete it, or write it as an escape in double quotes"],
        ),
    ],
)
def test_a_fault_is_one_sentence_with_its_place(text: str, expected: list[str]) -> None:
    assert faults(text) == expected


def test_an_unquoted_time_table_says_what_to_do() -> None:
    assert faults("every: */15 * * * *\n")[0] == f"1:8: every: an alias (`*/15`) {ALIAS}"


def test_all_faults_of_a_file_at_once() -> None:
    text = "a: &x 1\nb: *x\n<<: *x\nb: 2\nc: !t 4\n? [1]\n: 2\nd:\n  - &y\n  - {e: 1, e: 2}\n"
    assert faults(text) == [
        f"1:4: a: an anchor (`&x`) {ANCHOR}",
        f"2:4: b: an alias (`*x`) {ALIAS}",
        f"3:1: {MERGE}",
        f"3:5: an alias (`*x`) {ALIAS}",
        "4:1: b: the key stands twice; the first is in line 2",
        f"5:4: c: {TAG}",
        f"6:3: {KEY}",
        f"9:5: d[0]: an anchor (`&y`) {ANCHOR}",
        "10:12: d[1].e: the key stands twice; the first is in line 10",
    ]


def test_a_syntax_error_hides_no_fault_before_it() -> None:
    assert faults("a: &x 1\nb: [\n") == [
        f"1:4: a: an anchor (`&x`) {ANCHOR}",
        "3:1: a bracket or comma stands here without a value before it",
    ]


def test_plain_words_mean_what_they_say() -> None:
    text = """
        yes: yes
        on: off
        day: 2026-03-01
        count: 10
        hex: 0x1F
        octal: 0o17
        money: 1200.50
        small: 1.5e-3
        postcode: 00501
        far: .inf
        wide: 1e9999
        none: ~
        nothing:
        truth: true
        quoted: "1"
        1.0: number as a key
        ~: null as a key
        '': blank as a key
        "<<": quoted is a key like any other
    """
    assert read(text).data == {
        "yes": "yes",
        "on": "off",
        "day": "2026-03-01",
        "count": 10,
        "hex": 31,
        "octal": 15,
        "money": Decimal("1200.50"),
        "small": Decimal("0.0015"),
        "postcode": "00501",
        "far": ".inf",
        "wide": "1e9999",
        "none": None,
        "nothing": None,
        "truth": True,
        "quoted": "1",
        "1.0": "number as a key",
        "~": "null as a key",
        "": "blank as a key",
        "<<": "quoted is a key like any other",
    }
    assert str(read("a: 1.50\n").data["a"]) == "1.50"


def test_places_of_values_and_keys() -> None:
    document = read("\ufeffa:\r\n  - x\r\n  - b: y\r\n    c:\r\nd: {e: 1}\r\n")
    places = {
        (): (1, 1),
        ("a", 0): (2, 5),
        ("a", 1): (3, 5),
        ("a", 1, "b"): (3, 8),
        ("a", 1, "c"): (4, 5),
        ("d", "e"): (5, 8),
        ("d", "e", "unknown", 7): (5, 8),
        ("nowhere",): (1, 1),
    }
    assert {path: (document.mark(path).line, document.mark(path).column) for path in places} == places
    key = document.mark(("d", "e"), key=True)
    assert (key.file, key.line, key.column) == (FILE, 5, 5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: &a x\nb: [" + "*a, " * 100_000 + "]", f"1:4: a: an anchor (`&a`) {ANCHOR}"),
        ("a: [" + "[" * 100_000, "1:54: nested deeper than 50 levels, the most that is read"),
        ("a: " + "{a: " * 5000 + "}" * 5000, "1:204: nested deeper than 50 levels, the most that is read"),
        ("a: [" + "x," * 300_000 + "]", "1:99999: the file holds more than 50,000 keys and values; split it"),
        ("a: !" + "x" * 500_000, f"1:4: {TAG}"),
        ("x" * (LIMIT + 1), "1:1: the file is larger than 1024 KiB, the most that is read; split it"),
    ],
    ids=["aliases", "deep list", "deep mapping", "many values", "long tag", "large"],
)
def test_bombs_are_refused_while_they_are_read(text: str, expected: str) -> None:
    start = time.process_time()
    assert faults(text)[0] == expected
    assert time.process_time() - start < 20  # a copy of what the aliases stand for would take hours


def test_a_hundred_faults_are_enough() -> None:
    told = faults("a: [" + "*a, " * 100_000 + "]")
    assert len(told) == 101
    assert told[-2] == "1:401: the first 100 faults are shown; the rest of the file was not read"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("a: ä\n".encode("utf-16"), "1:1: the file is UTF-16; save it as UTF-8"),
        ("a: 1\nbä: ü\n".encode("latin-1"), "2:2: the file is not UTF-8; save it as UTF-8"),
        (b"x" * (LIMIT + 1), "1:1: the file is larger than 1024 KiB, the most that is read; split it"),
    ],
)
def test_files_of_another_encoding_or_too_large(tmp_path: Path, content: bytes, expected: str) -> None:
    file = tmp_path / "lead.yaml"
    file.write_bytes(content)
    with pytest.raises(FileFaults) as caught:
        load(file)
    assert str(caught.value) == f"{file}:{expected}"


def test_files_are_shown_from_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings" / "lead.yaml").write_text("a: b: c\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileFaults) as caught:
        load(tmp_path / "mappings" / "lead.yaml")
    assert str(caught.value) == f"mappings/lead.yaml:1:5: {COLON}"


def test_a_file_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError) as caught:
        load(Path("lead.yaml"))
    assert str(caught.value) == f"lead.yaml was not found; looked for {tmp_path / 'lead.yaml'}"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows says 'permission denied' of a folder")
def test_a_folder_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lead.yaml").mkdir()
    with pytest.raises(UsageError) as caught:
        load(Path("lead.yaml"))
    assert str(caught.value) == f"lead.yaml is a folder, not a file; looked for {tmp_path / 'lead.yaml'}"


def test_a_file_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, os.strerror(13))

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(UsageError) as caught:
        load(Path("lead.yaml"))
    assert str(caught.value) == f"lead.yaml cannot be read: Permission denied; looked for {tmp_path / 'lead.yaml'}"
