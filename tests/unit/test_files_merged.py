"""One document laid upon another: the later wins, and everything remembers its file."""

from __future__ import annotations

from pathlib import Path

from leadbridge.files.document import Document, Mark, dotted, load_text

BASE = """\
kind: mapping
fields:
  email: Email
  phone: {field: Phone, as: phone}
tags: [a, b, c]
deep: {list: {x: 1}}
"""
OVER = """\
fields:
  phone: {as: text}
  city: City
tags:
  - z
deep: flat
"""


def merged() -> Document:
    return Document.merged(load_text(BASE, Path("base.yaml")), load_text(OVER, Path("over.yaml")))


def test_mappings_are_merged_and_everything_else_replaced() -> None:
    assert merged().data == {
        "kind": "mapping",
        "fields": {"email": "Email", "phone": {"field": "Phone", "as": "text"}, "city": "City"},
        "tags": ["z"],
        "deep": "flat",
    }


def test_every_place_keeps_its_file() -> None:
    document = merged()
    assert document.file == Path("over.yaml")
    assert document.mark(("kind",)) == Mark(Path("base.yaml"), 1, 7)
    assert document.mark(("fields", "email"), key=True) == Mark(Path("base.yaml"), 3, 3)
    assert document.mark(("fields", "phone", "field")) == Mark(Path("base.yaml"), 4, 18)
    assert document.mark(("fields", "phone", "as")) == Mark(Path("over.yaml"), 2, 15)
    assert document.mark(("fields",), key=True) == Mark(Path("over.yaml"), 1, 1)
    assert document.mark(("tags", 0)) == Mark(Path("over.yaml"), 5, 5)


def test_places_below_what_was_replaced_are_forgotten() -> None:
    document = merged()
    assert document.mark(("tags", 2)) == document.mark(("tags",)) == Mark(Path("over.yaml"), 5, 3)
    assert document.mark(("deep", "list", "x")) == Mark(Path("over.yaml"), 6, 7)


def test_the_inputs_stay_as_they_were() -> None:
    base, over = load_text(BASE, Path("base.yaml")), load_text(OVER, Path("over.yaml"))
    Document.merged(base, over).data["fields"]["phone"]["as"] = "changed"
    assert base.data == load_text(BASE, Path("base.yaml")).data
    assert over.data == load_text(OVER, Path("over.yaml")).data


def test_leaving_paths_out() -> None:
    document = load_text(BASE, Path("base.yaml")).without([("kind",), ("fields", "phone"), ("deep", "list", "x")])
    assert document.data == {"fields": {"email": "Email"}, "tags": ["a", "b", "c"], "deep": {"list": {}}}
    assert document.mark(("fields", "phone", "as")) == document.mark(("fields",))


def test_paths_as_text() -> None:
    assert dotted(("tests", 0, "from")) == "tests[0].from"
    assert dotted(("record", "Lead Origin", "x.y")) == 'record["Lead Origin"]["x.y"]'
    assert dotted(("a" * 100,)) == "a" * 39 + "…"
    assert dotted(()) == ""
