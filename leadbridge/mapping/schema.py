"""JSON Schema of the files people write, for editors: made from the shapes that check them, so that they agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, get_args

from pydantic import BaseModel

from leadbridge.config.connections import HARD_DELETE, HardDelete
from leadbridge.config.jobs import ConvertJob, SyncJob
from leadbridge.config.load import ConfigFile
from leadbridge.files.shapes import keys_at
from leadbridge.mapping.model import ConvertFile, FieldSpec, MappingFile
from leadbridge.mapping.stages import StagesFile
from leadbridge.matching import MATCH_KEYS
from leadbridge.provider import Settings
from leadbridge.scoring import ScoringFile
from leadbridge.subjects.custom import FieldsFile
from leadbridge.subjects.model import Catalogue, Subject
from leadbridge.transforms.spec import TransformSpec

Schema = dict[str, Any]

KINDS: Final[Mapping[str, type[BaseModel]]] = {
    "mapping": MappingFile,
    "convert": ConvertFile,
    "fields": FieldsFile,
    "scoring": ScoringFile,
    "stages": StagesFile,
    "project": ConfigFile,
}
"""What a schema can be had for: the kinds of files in the mappings folder, and ``leadbridge.yaml``."""

_PARTS: Final = ("account", "contact", "opportunity", "prospect")


@dataclass(frozen=True, slots=True)
class Known:
    """What the files of this project can name.

    Attributes:
        settings: provider name -> the shape of its connections' settings.
    """

    catalogue: Catalogue
    transforms: Mapping[str, TransformSpec]
    settings: Mapping[str, type[Settings]]


def json_schema(kind: str, known: Known) -> Schema:
    """The schema of one of :data:`KINDS`."""
    schema = KINDS[kind].model_json_schema(by_alias=True)
    if kind == "mapping":
        _finish_mapping(schema, known)
    elif kind == "convert":
        _finish_convert(schema, known.catalogue)
    elif kind == "project":
        _finish_project(schema, known.settings)
    return {"$schema": "http://json-schema.org/draft-07/schema#"} | schema


def _finish_mapping(schema: Schema, known: Known) -> None:
    properties = schema["properties"]
    properties["role"]["enum"] = list(known.catalogue.roles)
    fields = properties["fields"]
    named: Schema = {}
    for subject in known.catalogue.subjects.values():
        for name, described in _described(subject, fields["additionalProperties"]).items():
            named.setdefault(name, described)
    fields["properties"] = named
    _finish_field(schema["$defs"]["FieldSpec"], known.transforms)


def _described(subject: Subject, entry: Schema) -> Schema:
    """A subject's fields with their meaning, for completion; each is written as ``entry``."""
    return {name: {"description": field.doc, **entry} for name, field in subject.fields.items()}


def _finish_field(spec: Schema, transforms: Mapping[str, TransformSpec]) -> None:
    """The transforms by name, and their options beside ``as``."""
    own = sorted(keys_at(FieldSpec, ()))
    options = {name: transform.options.model_json_schema()["properties"] for name, transform in transforms.items()}
    merged: dict[str, list[Schema]] = {}
    for name, keys in options.items():
        for key, described in keys.items():
            of_transform = described | {"description": f"{name}: {described['description']}"}
            merged.setdefault(key, []).append(of_transform)
    spec["properties"]["as"]["anyOf"] = [
        {"const": name, "description": transform.doc} for name, transform in transforms.items()
    ]
    for key, ways in merged.items():
        spec["properties"][key] = ways[0] if len(ways) == 1 else {"anyOf": ways}
    spec["additionalProperties"] = False
    spec["allOf"] = [
        {
            "if": {"properties": {"as": {"const": name}}, "required": ["as"]},
            "then": {"propertyNames": {"enum": [*own, *keys]}},
        }
        for name, keys in options.items()
    ]


def _finish_convert(schema: Schema, catalogue: Catalogue) -> None:
    """Each part's own target fields and match keys."""
    entry = schema["$defs"]["PartSpec"]["properties"]["fields"]["additionalProperties"]
    for role in _PARTS:
        subject = catalogue.of_role(role)
        own: Schema = {"match": {"items": {"enum": list(MATCH_KEYS.get(role, ()))}}}
        if subject is not None:
            own["fields"] = {"properties": _described(subject, entry)}
        part = schema["properties"][role]
        schema["properties"][role] = {
            "description": part["description"],
            "allOf": [{"$ref": "#/$defs/PartSpec"}, {"properties": own}],
        }


def _finish_project(schema: Schema, settings: Mapping[str, type[Settings]]) -> None:
    definitions: Schema = {}
    jobs = [_within(model.model_json_schema(by_alias=True), definitions) for model in (SyncJob, ConvertJob)]
    connections = [
        _connection(name, _within(model.model_json_schema(by_alias=True), definitions))
        for name, model in settings.items()
    ]
    schema["properties"]["jobs"]["additionalProperties"] = {"anyOf": jobs}
    schema["properties"]["connections"]["additionalProperties"] = {"anyOf": connections} if connections else True
    schema["$defs"] = definitions


def _within(schema: Schema, definitions: Schema) -> Schema:
    """The schema as a part of another, its definitions moved there."""
    definitions.update(schema.pop("$defs", {}))
    return schema


def _connection(provider: str, settings: Schema) -> Schema:
    named: Schema = {"provider": {"const": provider, "description": "The provider that speaks to the CRM."}}
    named[HARD_DELETE] = {
        "enum": list(get_args(HardDelete)),
        "default": "delete",
        "description": "What it means that a person's record went without a tombstone: `delete`, it may have been a"
        " mistake; `erasure`, the person had a right to it: every copy goes, and none is made again.",
    }
    settings["properties"] = named | settings.get("properties", {})
    settings["required"] = ["provider", *settings.get("required", ())]
    return settings
