"""JSON Schemas say what the shapes say: shorthand, transforms with their options, fields with their meaning."""

from __future__ import annotations

import json
from typing import Any

import pytest
from mapping_files import TRANSFORMS

from leadbridge.mapping.schema import KINDS, Known, json_schema
from leadbridge.provider import Settings
from leadbridge.subjects import STANDARD


class FarSettings(Settings):
    token: str


def schema(kind: str) -> dict[str, Any]:
    return json_schema(kind, Known(STANDARD, TRANSFORMS, {"far": FarSettings}))


@pytest.mark.parametrize("kind", KINDS)
def test_every_reference_leads_somewhere(kind: str) -> None:
    whole = schema(kind)
    text = json.dumps(whole)
    references = {part.split('"')[0] for part in text.split('"$ref": "#/$defs/')[1:]}
    assert references <= set(whole.get("$defs", {}))
    assert whole["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert whole["additionalProperties"] is False


def test_a_field_may_be_written_short() -> None:
    fields = schema("mapping")["properties"]["fields"]
    assert fields["additionalProperties"]["anyOf"] == [{"type": "string"}, {"$ref": "#/$defs/FieldSpec"}]
    assert fields["properties"]["email"] == {"description": "Main e-mail address.", **fields["additionalProperties"]}


def test_transforms_are_named_with_their_options() -> None:
    spec = schema("mapping")["$defs"]["FieldSpec"]
    assert {one["const"] for one in spec["properties"]["as"]["anyOf"]} == set(TRANSFORMS)
    for name, transform in TRANSFORMS.items():
        (rule,) = [one for one in spec["allOf"] if one["if"]["properties"]["as"]["const"] == name]
        assert set(transform.options.model_fields) <= set(rule["then"]["propertyNames"]["enum"])
        assert set(transform.options.model_fields) <= set(spec["properties"])
    assert spec["additionalProperties"] is False
    assert (
        "zone"
        not in next(one for one in spec["allOf"] if one["if"]["properties"]["as"]["const"] == "phone")["then"][
            "propertyNames"
        ]["enum"]
    )


def test_roles_and_parts() -> None:
    assert schema("mapping")["properties"]["role"]["enum"] == list(STANDARD.roles)
    account = schema("convert")["properties"]["account"]["allOf"][1]["properties"]
    assert "domain" in account["fields"]["properties"]
    assert account["match"]["items"]["enum"] == ["domain", "company_name", "domain_and_name", "phone"]


def test_a_project_knows_its_providers_and_jobs() -> None:
    properties = schema("project")["properties"]
    (connection,) = properties["connections"]["additionalProperties"]["anyOf"]
    assert connection["properties"]["provider"]["const"] == "far"
    assert connection["required"] == ["provider", "token"]
    required = [job["required"] for job in properties["jobs"]["additionalProperties"]["anyOf"]]
    assert required == [["sync"], ["convert", "policy"]]
