"""``mappings/fields.yaml``: fields that a team adds to the standard subjects, each declared once with its type."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Final, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Described

from leadbridge.subjects.model import Catalogue, Field

TypeName = Literal[
    "text",
    "email",
    "phone",
    "url",
    "country",
    "integer",
    "decimal",
    "boolean",
    "date",
    "datetime",
    "choice",
    "multi_select",
    "reference",
]

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_LIMITED: Final = frozenset({"text", "email", "phone", "url"})
_LISTED: Final = frozenset({"choice", "multi_select"})
_WORDS_OF_CONDITIONS: Final = frozenset(
    {
        *("as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in", "let", "loop"),
        *("namespace", "null", "package", "return", "true", "var", "void", "while", "record", "now", "today"),
    }
)
"""Names that a condition or a policy would take for something else: CEL's reserved words, and ours."""


class CustomField(BaseModel):
    """One field of a team's own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: Annotated[TypeName, Described(description="What the field may hold.")]
    doc: Annotated[str, Described(description="What it means, in one line.")] = ""
    length: Annotated[int | None, Described(ge=1, description="Longest text in characters.")] = None
    choices: Annotated[
        tuple[str, ...] | None, Described(min_length=1, description="The values of a choice or multi-select.")
    ] = None


_Fields = Annotated[Mapping[str, CustomField], Described(description="Name to field.")]


class FieldsFile(BaseModel):
    """The whole file: per subject, the fields added to it. An unknown subject is an unknown key."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["fields"]
    person: _Fields = {}
    organisation: _Fields = {}
    opportunity: _Fields = {}
    activity: _Fields = {}
    user: _Fields = {}
    queue: _Fields = {}
    campaign: _Fields = {}
    campaign_member: _Fields = {}

    def by_subject(self) -> Mapping[str, Mapping[str, CustomField]]:
        """Subject -> its added fields, without the subjects that have none."""
        every = {
            "person": self.person,
            "organisation": self.organisation,
            "opportunity": self.opportunity,
            "activity": self.activity,
            "user": self.user,
            "queue": self.queue,
            "campaign": self.campaign,
            "campaign_member": self.campaign_member,
        }
        return {subject: fields for subject, fields in every.items() if fields}


class Problem(NamedTuple):
    """Something wrong at a place of the file, for the caller to turn into a fault with a position.

    ``at_key`` tells that the key at ``path`` is wrong, not the value behind it.
    """

    path: tuple[str | int, ...]
    message: str
    suggestion: str | None = None
    at_key: bool = False


def check_fields(file: FieldsFile, catalogue: Catalogue) -> list[Problem]:
    """What is wrong with the declared fields beyond their form, in the order of the file's subjects."""
    return [
        problem
        for subject, fields in file.by_subject().items()
        for name, declared in fields.items()
        for problem in (
            *_name_problems((subject, name), name, catalogue.subjects[subject].fields),
            *_type_problems((subject, name), declared),
        )
    ]


def with_custom_fields(catalogue: Catalogue, file: FieldsFile) -> Catalogue:
    """The catalogue with the file's fields added; :func:`check_fields` must have found no problem."""
    subjects = dict(catalogue.subjects)
    for subject, fields in file.by_subject().items():
        added = [
            Field(name, declared.type, declared.doc, declared.length, choices=declared.choices, custom=True)
            for name, declared in fields.items()
        ]
        subjects[subject] = subjects[subject].with_fields(added)
    return Catalogue(subjects)


def reserved(name: str) -> bool:
    """Whether conditions or policies would take the name for something else."""
    return name in _WORDS_OF_CONDITIONS


def _name_problems(path: tuple[str, str], name: str, standard: Mapping[str, Field]) -> Iterator[Problem]:
    if not _NAME.fullmatch(name):
        better = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
        yield Problem(
            path,
            "a field's name starts with a letter and has only small letters, digits and underscores",
            better if _NAME.fullmatch(better) else None,
            at_key=True,
        )
    elif name in standard:
        yield Problem(path, f"{path[0]} has a standard field of this name; leave it out here and map it", at_key=True)
    elif reserved(name):
        yield Problem(path, "this word means something else in conditions and policies", f"{name}_value", at_key=True)


def _type_problems(path: tuple[str, str], declared: CustomField) -> Iterator[Problem]:
    if declared.choices is not None and declared.type not in _LISTED:
        yield Problem((*path, "choices"), f"only a choice or multi_select has choices, not a {declared.type}")
    if declared.length is not None and declared.type not in _LIMITED:
        yield Problem((*path, "length"), f"only a text, email, phone or url has a length, not a {declared.type}")
    for number, choice in enumerate(declared.choices or ()):
        if not choice.strip():
            yield Problem((*path, "choices", number), "a choice cannot be blank")
        elif choice in (declared.choices or ())[:number]:
            yield Problem((*path, "choices", number), f"{choice!r} stands here twice")
