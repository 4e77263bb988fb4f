"""Documents against shapes: every fault at once, in plain words, without the noise of unions."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from leadbridge.errors import FileFaults
from leadbridge.files.check import check, suggest
from leadbridge.files.document import load_text


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Spec(Shape):
    field: str
    as_: str = Field("", alias="as")
    unknown: Literal["reject", "keep"] = "keep"


class Circle(Shape):
    type: Literal["circle"]
    radius: int


class Square(Shape):
    type: Literal["square"]
    side: int


class SuggestingError(ValueError):
    suggestion = "lead"


class File(Shape):
    fields: dict[str, str | Spec] = Field(default_factory=dict)
    specs: tuple[Spec, ...] = ()
    count: int = 0
    share: Decimal = Decimal(0)
    flag: bool = False
    shape: Annotated[Circle | Square, Field(discriminator="type")] | None = None
    size: Annotated[int, Field(ge=1, le=5)] = 1
    one: Spec | None = None
    words: Annotated[list[str], Field(max_length=2)] = []
    code: Annotated[str, Field(min_length=1, max_length=3, pattern="^[a-z]*$")] = "a"
    token: SecretStr = SecretStr("")
    scalar: str | bool | Decimal | list[str] = ""
    role: str = "lead"

    @field_validator("token", "role")
    @classmethod
    def _known(cls, value: Any) -> Any:
        if value not in ("lead", SecretStr("")):
            text = value.get_secret_value() if isinstance(value, SecretStr) else value
            raise SuggestingError(f"unknown value {text}")
        return value


def faults(text: str, model: type[BaseModel] = File) -> list[str]:
    with pytest.raises(FileFaults) as caught:
        check(load_text(text, Path("f.yaml")), model)
    return [str(fault).removeprefix("f.yaml:") for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("feilds: {}", "1:1: feilds: unknown key (did you mean 'fields'?)"),
        ("nothing_like_it: 1", "1:1: nothing_like_it: unknown key"),
        ("fields: {a: {field: A, aas: x}}", "1:24: fields.a.aas: unknown key (did you mean 'as'?)"),
        ("specs:\n  - {field: A}\n  - {field: B, ass: x}", "3:16: specs[1].ass: unknown key (did you mean 'as'?)"),
        ("one:\n  as: x", "1:1: one: needs the key `field`"),
        ("specs:\n  - as: x", "2:5: specs[0]: needs the key `field`"),
        ("fields: {a: {as: x}}", "1:10: fields.a: needs the key `field`"),
        ("fields: {a: [x]}", "1:13: fields.a: must be text or a mapping"),
        ("fields: [x]", "1:9: fields: must be a mapping"),
        ("one: x", "1:6: one: must be a mapping"),
        ("one: {field: 5}", "1:14: one.field: must be text (put it in quotes)"),
        ("one: {field: [a]}", "1:14: one.field: must be text"),
        ("one: {field: x, unknown: rejct}", "1:26: one.unknown: must be one of reject, keep (did you mean 'reject'?)"),
        ("count: many", "1:8: count: must be a whole number"),
        ("count: 1.5", "1:8: count: must be a whole number"),
        ("share: much", "1:8: share: must be a number"),
        ("flag: perhaps", "1:7: flag: must be true or false"),
        ("words: x", "1:8: words: must be a list"),
        ("words: [a, b, c]", "1:8: words: must hold at most 2 items"),
        ("words: [a, {b: c}]", "1:12: words[1]: must be text"),
        ("size: 9", "1:7: size: must be at most 5"),
        ("size: 0", "1:7: size: must be at least 1"),
        ("code: ''", "1:7: code: must not be blank"),
        ("code: abcd", "1:7: code: must have at most 3 characters"),
        ("code: A", "1:7: code: must match ^[a-z]*$"),
        ("shape: {type: circel, radius: 1}", "1:8: shape: must be one of circle, square"),
        ("shape: {radius: 1}", "1:8: shape: needs the key `type`"),
        ("shape: {type: circle}", "1:1: shape: needs the key `radius`"),
        ("scalar: {a: 1}", "1:9: scalar: must be text, true or false, a number or a list"),
        ("scalar: [{a: 1}]", "1:10: scalar[0]: must be text"),
        ("role: led", "1:7: role: unknown value led (did you mean 'lead'?)"),
        ("token: hunter2", "1:8: token: is not valid"),
    ],
)
def test_one_fault_in_plain_words(text: str, expected: str) -> None:
    assert faults(text) == [expected]


def test_every_fault_at_once() -> None:
    text = "feilds: 1\ncount: x\nspecs:\n  - {as: 1, unknown: no}\n  - 3\nsize: 9\n"
    assert faults(text) == [
        "1:1: feilds: unknown key (did you mean 'fields'?)",
        "2:8: count: must be a whole number",
        "4:5: specs[0]: needs the key `field`",
        "4:10: specs[0].as: must be text (put it in quotes)",
        "4:22: specs[0].unknown: must be one of reject, keep",
        "5:5: specs[1]: must be a mapping",
        "6:7: size: must be at most 5",
    ]


def test_strict_shapes_read_the_same_words() -> None:
    class Strict(BaseModel):
        model_config = ConfigDict(strict=True)
        value: str | bool | int | Decimal | None = None
        amount: Decimal = Decimal(0)
        on: bool = False

    assert faults("value: [x]\namount: text\non: yes\n", Strict) == [
        "1:8: value: must be text, true or false, a whole number or a number",
        "2:9: amount: must be a number",
        "3:5: on: must be true or false",
    ]


def test_a_part_of_a_document() -> None:
    document = load_text("a:\n  b: {field: x}\n  c: {feild: x}\n", Path("f.yaml"))
    assert check(document, Spec, ("a", "b")).field == "x"
    with pytest.raises(FileFaults) as caught:
        check(document, Spec, ("a", "c"))
    assert [str(fault) for fault in caught.value.faults] == [
        "f.yaml:3:3: a.c: needs the key `field`",
        "f.yaml:3:7: a.c.feild: unknown key (did you mean 'field'?)",
    ]


def test_long_names_are_clipped() -> None:
    assert faults("x" * 500 + ": 1") == [f"1:1: {'x' * 39}…: unknown key"]


@pytest.mark.parametrize(
    ("word", "expected"), [("Emial", "email"), ("phon", "phone"), ("zzz", None), ("", None), ("e" * 100_000, None)]
)
def test_suggestions(word: str, expected: str | None) -> None:
    assert suggest(word, ["email", "phone", "city"]) == expected
