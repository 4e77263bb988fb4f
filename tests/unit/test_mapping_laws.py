"""``mappings test``: the laws find what breaks them, with the smallest example; examples say what they gave."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from pathlib import Path

import pytest
from mapping_files import HEAD, TRANSFORMS, TYPED, WIRES, load, write

from leadbridge.mapping.laws import check_mappings
from leadbridge.mapping.project import load_mappings
from leadbridge.provider import Wire
from leadbridge.transforms.spec import Codec, Options, PartsCodec, TransformSpec, UnreadableError
from leadbridge.values import Present, Raw


def broken(folder: Path, *specs: TransformSpec, seed: int = 0) -> list[str]:
    mappings = load_mappings(folder, TRANSFORMS | {spec.name: spec for spec in specs}, WIRES)
    found = check_mappings(mappings, examples=100, seed=seed)
    return [f"{one.code} {one}".replace(f"{folder.as_posix()}/", "") for one in found]


def faulty(decode: object, encode: object) -> TransformSpec:
    def build(options: Options, wire: Wire) -> Codec:
        return Codec(decode, encode)  # type: ignore[arg-type]

    return TransformSpec("odd", ("text",), Options, build, "")


TITLE = f"{HEAD}fields:\n  email: M\n  title: {{field: T, as: odd}}\n"


def unreadable(raw: Raw) -> str:
    raise UnreadableError("odd", "nothing can be read")


def digits(raw: Raw) -> str:
    if not str(raw).isalpha():
        raise UnreadableError("odd", "only letters")
    return str(raw)


@pytest.mark.parametrize(
    ("spec", "found"),
    [
        (faulty(str, str), []),
        (faulty(str, lambda v: str(v)[:3]), []),  # less is written than is known, and that reads back
        (
            faulty(unreadable, str),
            ["law_2 lead.yaml:7:3: fields.title: writes 'a' as 'a', which does not come back: nothing can be read"],
        ),
        (faulty(digits, digits), []),  # what cannot be read, or written, is rejected row by row: no part of the laws
        (
            faulty(str, lambda v: f"{v}!"),
            ["law_2 lead.yaml:7:3: fields.title: writes 'a' as 'a!', which reads back as 'a!'"],
        ),
        (
            faulty(lambda r: str(r)[::-1], str),
            ["law_2 lead.yaml:7:3: fields.title: writes '-5' as '-5', which reads back as '5-'"],
        ),
        (
            faulty(digits, lambda v: f"{v}1"),
            ["law_2 lead.yaml:7:3: fields.title: writes 'a' as 'a1', which does not come back: only letters"],
        ),
    ],
)
def test_a_transform_is_tried(tmp_path: Path, spec: TransformSpec, found: list[str]) -> None:
    write(tmp_path, {"lead.yaml": TITLE})
    assert broken(tmp_path, spec) == found


def test_a_value_that_changes_each_time_it_is_read(tmp_path: Path) -> None:
    write(tmp_path, {"lead.yaml": TITLE})
    counter = itertools.count()
    found = broken(tmp_path, faulty(lambda raw: f"{raw}{next(counter)}", str))
    assert found[0].startswith("law_1 lead.yaml:7:3: fields.title: writes ")
    assert found[0].endswith("which was only read")


def test_a_split_that_does_not_come_back(tmp_path: Path) -> None:
    def build(options: Options, wire: Wire) -> PartsCodec:
        return PartsCodec(("a", "b"), lambda raw: {"a": str(raw)[:1], "b": str(raw)[1:]}, _reversed)

    lines = "fields:\n  title: {field: T, as: odd, part: a}\n  city: {field: T, as: odd, part: b}\n"
    write(tmp_path, {"lead.yaml": HEAD + lines})
    (found,) = broken(tmp_path, TransformSpec("odd", ("text",), Options, build, ""))
    assert found.startswith("law_2 lead.yaml:6:3: fields.title: writes ")


def _reversed(parts: Mapping[str, Present]) -> str:
    return f"{parts.get('b', '')}{parts.get('a', '')}"


def test_fields_that_are_never_written_have_no_laws(tmp_path: Path) -> None:
    write(tmp_path, {"lead.yaml": TITLE.replace("as: odd", "as: odd, write: never")})
    assert broken(tmp_path, faulty(str, lambda v: f"{v}!")) == []


def test_the_same_seed_gives_the_same_answer(tmp_path: Path) -> None:
    write(tmp_path, {"lead.yaml": TITLE})
    spec = faulty(lambda raw: str(raw).replace("q", "k"), lambda v: str(v).replace("k", "q") + "?")
    assert broken(tmp_path, spec, seed=7) == broken(tmp_path, spec, seed=7) != []


EXAMPLES = """\
fields:
  email: M
  budget: {field: B, locale: de_DE}
  created_at: {field: C, day_first: true}
  do_not_call: {field: D, true_words: [ja], false_words: [nein]}
  topics: {field: T, values: {tea: Tee, rum: Rum}}
tests:
"""


class TestExamples:
    def check(self, folder: Path, tests: str, head: str = HEAD) -> list[str]:
        fields = "kind: fields\nperson: {topics: {type: multi_select, choices: [tea, rum]}}\n"
        mappings = load(folder, fields=fields, lead=f"{head}{EXAMPLES}  - {tests}\n")
        return [str(one).replace(f"{folder.as_posix()}/", "") for one in check_mappings(mappings, examples=1)]

    @pytest.mark.parametrize(
        "tests",
        [
            "{from: {M: ' Ada@X.example '}, gives: {email: ada@x.example}}",
            "{from: {M: x}, gives: {}}",
            "{from: {M: x, B: ''}, gives: {email: null, budget: null, created_at: null}}",
            "{from: {B: '1.234,50'}, gives: {budget: 1234.5}}",
            "{from: {B: 7}, gives: {budget: 7}}",
            "{from: {C: 01/02/2026}, gives: {created_at: 2026-02-01}}",
            "{from: {D: ja}, gives: {do_not_call: true}}",
            "{from: {D: nein}, gives: {do_not_call: false}}",
            "{from: {T: Tee;Rum}, gives: {topics: [tea, rum]}}",
            "{from: {T: Tee}, gives: {topics: tea}}",
        ],
    )
    def test_that_hold(self, tmp_path: Path, tests: str) -> None:
        assert self.check(tmp_path, tests) == []

    @pytest.mark.parametrize(
        ("tests", "found"),
        [
            ("{from: {M: a@x.example}, gives: {email: b@x.example}}", "gives 'a@x.example', not 'b@x.example'"),
            (
                "{from: {M: a}, gives: {email: b@x.example}}",
                "nothing (email: not an e-mail address), not 'b@x.example'",
            ),
            ("{from: {}, gives: {email: b@x.example}}", "gives nothing, not 'b@x.example'"),
            ("{from: {B: '0'}, gives: {budget: null}}", "gives 0, not nothing"),
            ("{from: {D: nein}, gives: {do_not_call: null}}", "gives false, not nothing"),
            ("{from: {M: a@x.example}, gives: {email: [a]}}", "is a list, and email is email"),
            ("{from: {B: 1}, gives: {budget: much}}", "must be a number"),
            ("{from: {T: Tee;Rum}, gives: {topics: [rum, tea]}}", "gives tea, rum, not rum, tea"),
            ("{from: {T: Tee}, gives: {topics: [gin]}}", "'gin' is none of its values (tea, rum)"),
            ("{from: {M: x}, gives: {emial: x}}", "this mapping does not fill it (did you mean 'email'?)"),
        ],
    )
    def test_that_do_not(self, tmp_path: Path, tests: str, found: str) -> None:
        (only,) = self.check(tmp_path, tests)
        assert only.startswith("lead.yaml:12:")
        assert only.endswith(found)

    def test_scalars_travel_as_the_wire_does(self, tmp_path: Path) -> None:
        """On a text wire true in an example is the text; on a typed one it is the boolean."""
        assert self.check(tmp_path, "{from: {D: true}, gives: {do_not_call: true}}", TYPED) == []
        (found,) = self.check(tmp_path, "{from: {D: true}, gives: {do_not_call: true}}")
        assert "neither true nor false" in found
