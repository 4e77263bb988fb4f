"""Lines put into a file: where they go, and that nothing else changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from leadbridge.errors import UsageError
from leadbridge.files.document import Path_, load_text
from leadbridge.files.inserting import insert

TEXT = """\
# head
kind: convert
contact:
  match: [email]
  fields:
    email: email   # theirs

    # and the name
    name: {from: name}
    tags:
      - a
      - b

# what follows
carry: [notes]
"""


def put(text: str, path: Path_, *lines: str) -> str:
    made = insert(text, load_text(text, Path("x.yaml")), path, lines)
    load_text(made, Path("x.yaml"))
    return made


def test_at_the_end_of_a_block() -> None:
    expected = TEXT.replace("      - b\n", "      - b\n    new: old\n    more: old\n")
    assert put(TEXT, ("contact", "fields"), "new: old", "more: old") == expected


def test_at_the_end_of_the_file() -> None:
    assert put(TEXT, (), "version: 2") == TEXT + "version: 2\n"


def test_with_the_keys_that_lead_there() -> None:
    made = put(TEXT, ("account", "fields"), "name: company")
    assert made == TEXT + "account:\n  fields:\n    name: company\n"


def test_under_a_key_with_nothing_behind_it() -> None:
    made = put(
        "kind: fields\nperson:\n# x: {type: text}\norganisation:\n  a: {type: text}\n", ("person",), "b: {type: text}"
    )
    assert load_text(made, Path("x.yaml")).data["person"] == {"b": {"type": "text"}}
    assert "# x: {type: text}" in made


def test_a_last_line_without_an_end() -> None:
    assert put("a: 1\nb:\n  c: 2", ("b",), "d: 3") == "a: 1\nb:\n  c: 2\n  d: 3\n"


@pytest.mark.parametrize("text", ["kind: x\nfields: {a: b}\n", "kind: x\nfields: {\n  a: b}\n"])
def test_a_mapping_in_braces_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="write it as a block"):
        put(text, ("fields",), "c: d")
