"""Settings, and the two ways of naming keys."""

from __future__ import annotations

import pytest
from leadbridge_csv.settings import CsvSettings
from pydantic import ValidationError


def test_one_key_is_for_every_object() -> None:
    assert CsvSettings(path="crm/", key="Id").key_of("a.csv") == "Id"


def test_a_key_per_object() -> None:
    settings = CsvSettings(path="crm/", key={"a.csv": "Id"})
    assert (settings.key_of("a.csv"), settings.key_of("b.csv")) == ("Id", None)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"encoding": "utf-9"}, "'utf-9' is no text encoding that Python knows, such as utf-8 or cp1252"),
        ({"encoding": "base64"}, "'base64' is no text encoding that Python knows, such as utf-8 or cp1252"),
        ({"delimiter": ";;"}, "must be one character, and no line end"),
        ({"quote": "\n"}, "must be one character, and no line end"),
        ({"max_cell": 0}, "Input should be greater than or equal to 1"),
        ({"key": ""}, "String should have at least 1 character"),
        ({"path": ""}, "String should have at least 1 character"),
        ({"separator": ";"}, "Extra inputs are not permitted"),
    ],
)
def test_wrong_settings(settings: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError) as error:
        CsvSettings.model_validate({"path": "a.csv", **settings})
    assert message in str(error.value)


def test_every_setting_is_described() -> None:
    assert [name for name, field in CsvSettings.model_fields.items() if not field.description] == []
