from __future__ import annotations

from typing import get_args

import pytest
from pydantic import ValidationError

from leadbridge.subjects import STANDARD, TYPES, Field
from leadbridge.subjects.custom import FieldsFile, Problem, TypeName, check_fields, with_custom_fields


def fields_file(**subjects: object) -> FieldsFile:
    return FieldsFile.model_validate({"kind": "fields", **subjects})


def test_declared_fields_join_the_standard_ones():
    file = fields_file(
        person={
            "favourite_colour": {"type": "choice", "choices": ["red", "green"], "doc": "What they like."},
            "shoe_size": {"type": "decimal"},
            "nickname": {"type": "text", "length": 40},
        },
        organisation={"tier": {"type": "text"}},
    )
    assert check_fields(file, STANDARD) == []
    catalogue = with_custom_fields(STANDARD, file)
    person = catalogue.subjects["person"].fields
    assert person["favourite_colour"] == Field(
        "favourite_colour", "choice", "What they like.", choices=("red", "green"), custom=True
    )
    assert person["nickname"].length == 40
    assert "last_name" in person
    assert catalogue.subjects["organisation"].fields["tier"].custom
    assert "nickname" not in STANDARD.subjects["person"].fields


@pytest.mark.parametrize(
    ("name", "message", "suggestion"),
    [
        (
            "Shoe Size",
            "a field's name starts with a letter and has only small letters, digits and underscores",
            "shoe_size",
        ),
        ("9lives", "a field's name starts with a letter and has only small letters, digits and underscores", None),
        ("größe", "a field's name starts with a letter and has only small letters, digits and underscores", "gr_e"),
        ("email", "person has a standard field of this name; leave it out here and map it", None),
        ("record", "this word means something else in conditions and policies", "record_value"),
        ("in", "this word means something else in conditions and policies", "in_value"),
    ],
)
def test_a_name_that_cannot_be_used_is_named_with_a_better_one(name: str, message: str, suggestion: str | None):
    problems = check_fields(fields_file(person={name: {"type": "text"}}), STANDARD)
    assert problems == [Problem(("person", name), message, suggestion, at_key=True)]


@pytest.mark.parametrize(
    ("declared", "where", "message"),
    [
        (
            {"type": "text", "choices": ["a"]},
            ("choices",),
            "only a choice or multi_select has choices, not a text",
        ),
        (
            {"type": "decimal", "length": 4},
            ("length",),
            "only a text, email, phone or url has a length, not a decimal",
        ),
        ({"type": "choice", "choices": ["a", "b", "a"]}, ("choices", 2), "'a' stands here twice"),
        ({"type": "multi_select", "choices": ["a", " "]}, ("choices", 1), "a choice cannot be blank"),
    ],
)
def test_a_type_that_does_not_fit_its_settings_is_a_problem(declared: object, where: tuple, message: str):
    problems = check_fields(fields_file(person={"shoe": declared}), STANDARD)
    assert problems == [Problem(("person", "shoe", *where), message)]


def test_every_problem_is_told_at_once():
    file = fields_file(
        person={"email": {"type": "text"}, "a b": {"type": "decimal", "length": 2}},
        campaign={"name": {"type": "text"}},
    )
    assert [p.path for p in check_fields(file, STANDARD)] == [
        ("person", "email"),
        ("person", "a b"),
        ("person", "a b", "length"),
        ("campaign", "name"),
    ]


@pytest.mark.parametrize(
    ("file", "where"),
    [
        ({"persons": {"a": {"type": "text"}}}, ("persons",)),
        ({"person": {"a": {"type": "texts"}}}, ("person", "a", "type")),
        ({"person": {"a": {"type": "text", "lenght": 1}}}, ("person", "a", "lenght")),
        ({"person": {"a": {"type": "text", "length": 0}}}, ("person", "a", "length")),
        ({"person": {"a": {"type": "choice", "choices": []}}}, ("person", "a", "choices")),
    ],
)
def test_form_faults_point_at_their_place(file: dict, where: tuple):
    with pytest.raises(ValidationError) as caught:
        fields_file(**file)
    assert [error["loc"] for error in caught.value.errors()] == [where]


def test_the_file_knows_every_type_and_every_subject():
    assert get_args(TypeName) == tuple(TYPES)
    assert set(FieldsFile.model_fields) - {"kind"} == set(STANDARD.subjects)
    every = fields_file(**{subject: {"extra": {"type": "text"}} for subject in STANDARD.subjects})
    assert set(every.by_subject()) == set(STANDARD.subjects)
