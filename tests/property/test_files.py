"""Promises of reading files: places point at the text, and hostile text raises nothing but faults."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from leadbridge.errors import FileFaults
from leadbridge.files.document import Document, Path_, load_text

FILE = Path("f.yaml")
WORDS = st.text(alphabet="abcxyzäß €'\"#:-{}[]&*!|>%@,.0123456789", max_size=12)
KEYS = st.text(alphabet="abcdefgh_ -", min_size=1, max_size=6)
SCALARS = st.one_of(WORDS, st.integers(-(10**6), 10**6), st.booleans(), st.none())
TREES = st.recursive(
    SCALARS, lambda below: st.lists(below, max_size=4) | st.dictionaries(KEYS, below, max_size=4), max_leaves=20
)
FILES = st.dictionaries(KEYS, TREES, min_size=1, max_size=5)
SYNTAX = st.text(alphabet="ab:-?[]{}&*!|>'\"%@`#,<~ \t\n\r\\x01.\u2028\x85", max_size=60)


def dumped(data: dict[str, Any]) -> str:
    yaml, out = YAML(typ="safe", pure=True), StringIO()
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.width = 40
    yaml.dump(data, out)
    return out.getvalue()


def leaves(value: Any, path: Path_ = ()) -> Iterator[tuple[Path_, Any]]:
    if isinstance(value, dict | list) and value:
        for step, below in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(below, (*path, step))
    else:
        yield path, value


def rest_at(text: str, document: Document, path: Path_, *, key: bool = False) -> str:
    mark = document.mark(path, key=key)
    lines = text.split("\n")
    return "\n".join([lines[mark.line - 1][mark.column - 1 :], *lines[mark.line :]])


def scalar(text: str) -> Any:
    """The first value of the text, read by the library on its own."""
    event = next(e for e in YAML(typ="safe", pure=True).parse(text) if hasattr(e, "value"))
    return event.value


@settings(deadline=None, max_examples=150)
@given(FILES)
def test_what_was_written_is_read(data: dict[str, Any]) -> None:
    assert load_text(dumped(data), FILE).data == data
    assert load_text(json.dumps(data), FILE).data == data


@settings(deadline=None, max_examples=100)
@given(FILES)
def test_places_point_at_the_text_of_values_and_keys(data: dict[str, Any]) -> None:
    text = json.dumps(data, indent=1, ensure_ascii=False)  # JSON is YAML whose spelling is known
    document = load_text(text, FILE)
    for path, value in leaves(data):
        assert rest_at(text, document, path).startswith(json.dumps(value, ensure_ascii=False))
        if isinstance(path[-1], str):
            assert rest_at(text, document, path, key=True).startswith(json.dumps(path[-1], ensure_ascii=False))


@settings(deadline=None, max_examples=100)
@given(FILES)
def test_places_point_at_the_text_of_keys_in_block_style(data: dict[str, Any]) -> None:
    text = dumped(data)
    document = load_text(text, FILE)
    for path, _ in leaves(data):
        if isinstance(path[-1], str):
            assert scalar(rest_at(text, document, path, key=True).partition("\n")[0]) == path[-1]


@settings(deadline=None, max_examples=400)
@given(st.one_of(st.text(max_size=80), SYNTAX, SYNTAX.map("a: ".__add__), SYNTAX.map("a:\n  b: ".__add__)))
def test_any_text_is_read_or_refused_with_faults(text: str) -> None:
    try:
        document = load_text(text, FILE)
    except FileFaults as error:
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        assert error.faults
        assert all(1 <= fault.line <= len(lines) for fault in error.faults)
        assert all("\n" not in fault.message and fault.column >= 1 for fault in error.faults)
    else:
        assert isinstance(document.data, dict)
