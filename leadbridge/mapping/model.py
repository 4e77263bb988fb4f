"""The shapes of the files people write: object mappings and convert policies. Meaning is checked elsewhere.

Field descriptions are the text of the JSON Schema and of ``mappings/README.md``; a test holds that every key is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

Scalar = str | bool | int | Decimal
Existing = Literal["fill_blank", "overwrite", "keep", "newest", "longest", "union", "restrictive"]
Carried = Literal["activities", "notes", "files", "campaign_members"]


class Shape(BaseModel):
    """A mapping of known keys; anything else is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, strict=True)


class Extendable(Shape):
    """Keys that every file has that can build upon another."""

    extends: str | None = Field(
        None, description="A file of the same kind in this folder that this one builds upon; keys here win."
    )
    lock: list[str] = Field(
        default_factory=list,
        description="Paths (`fields.email`, `lead.when`) that a file extending this one may not set.",
    )
    abstract: bool = Field(False, description="Only there to be extended: it covers no records itself.")


@dataclass(frozen=True, slots=True)
class Short:
    """Lets ``x: name`` stand for ``x: {key: name}``, in files and in their JSON Schema."""

    key: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._expand, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [{"type": "string"}, handler(schema)]}

    def _expand(self, value: Any) -> Any:
        return {self.key: value} if isinstance(value, str) else value


class FieldSpec(Shape):
    """How one canonical field is read and written. Keys that are not listed here are options of the transform."""

    model_config = ConfigDict(extra="allow", frozen=True, populate_by_name=True, strict=True)

    field: str | None = Field(None, description="The provider field (column, property) that holds it.")
    as_: str | None = Field(
        None, alias="as", description="The transform that reads and writes it; by default that of the field's type."
    )
    part: str | None = Field(None, description="Which part, where the transform splits one provider field in several.")
    values: dict[str, Scalar | list[Scalar]] | None = Field(
        None, description="Canonical value: provider value, or a list of them: all are read, the first is written."
    )
    reads: dict[str, str] | None = Field(
        None, description="Provider value: canonical value, where `values` names one provider value more than once."
    )
    unknown: Literal["reject", "keep", "missing"] = Field(
        "reject",
        description="A provider value that `values` does not name: `reject` the field and report it, `keep` it as it "
        "is, or treat it as `missing` without a word.",
    )
    write: Literal["always", "create", "never"] = Field(
        "always", description="When it is written: `always`, only on `create`, or `never`."
    )
    value: Scalar | None = Field(None, description="A constant that every record has; never written.")
    template: str | None = Field(
        None, description="Text made of provider fields, `{First} {Last}[ ({Title})]`; never written."
    )


class ExampleSpec(Shape):
    """An example that ``leadbridge mappings test`` checks."""

    from_: dict[str, Scalar | None] = Field(alias="from", description="Provider fields of a record.")
    gives: dict[str, Scalar | list[str] | None] = Field(description="Canonical fields that it must give.")


class MappingFile(Extendable):
    """One object of a CRM as one role of a subject, both ways."""

    kind: Literal["mapping"] = Field(description="What this file is.")
    provider: str = Field(description="The provider that reads the object (`csv`, ...).")
    connection: str | None = Field(None, description="The only connection it is for; without it, all of the provider.")
    object: str = Field(description="The CRM's name for the records; for a CSV connection the last part of its path.")
    role: str = Field(description="What such a record is: `lead`, `contact`, `account`, `opportunity`, ...")
    when: str | None = Field(None, description="CEL on provider fields: only these records are covered.")
    unless: str | None = Field(None, description="CEL on provider fields: these are not covered, nor undecided ones.")
    on_create: dict[str, Scalar] = Field(
        default_factory=dict, description="Provider fields that a new record gets; they must satisfy `when`."
    )
    key: str | None = Field(
        None, description="The provider field that identifies a record to people, such as an e-mail."
    )
    write: Literal["always", "never"] = Field(
        "always",
        description="`never`: its records are only read. They are matched and linked and give values; none is made, "
        "changed or deleted, whatever its fields say.",
    )
    fields: dict[str, Annotated[FieldSpec, Short("field")]] = Field(
        description="Canonical field: provider field, or a mapping of the keys below."
    )
    tests: list[ExampleSpec] = Field(
        default_factory=list, description="Examples: `from` a record, `gives` these values."
    )


class LeadSpec(Shape):
    """Which leads are converted, and how a managed conversion closes them."""

    when: str | None = Field(None, description="CEL on the lead's fields: these are converted.")
    unless: str | None = Field(None, description="CEL on the lead's fields: these are not, nor undecided ones.")
    on_converted: dict[str, Scalar] = Field(
        default_factory=dict, description="Canonical fields that the lead gets once it is converted."
    )
    ids: dict[Literal["account", "contact", "opportunity", "prospect"], str] = Field(
        default_factory=dict,
        description="Role: the lead's text field that gets the id of the record that it became in another CRM.",
    )


class TargetSpec(Shape):
    """Where the value of one target field comes from: exactly one of `from`, `value`, `template`."""

    from_: str | None = Field(None, alias="from", description="The lead's field that it is taken from.")
    value: Scalar | None = Field(
        None, description="A constant; for dates also a moment: `now`, `today`, `end_of_quarter`, `today + 30d`."
    )
    template: str | None = Field(None, description="Text made of the lead's fields, `{company}[ - {product}]`.")
    existing: Existing | None = Field(None, description="What to do where the record already has a value.")


class PartSpec(Shape):
    """What a lead becomes in one role."""

    match: list[str] = Field(default_factory=list, description="Keys that find an existing record, in this order.")
    existing: Existing = Field(
        "fill_blank", description="For fields that do not say it themselves: what to do where there is a value already."
    )
    when: str | None = Field(None, description="CEL on the lead's fields: only then is this record made.")
    fields: dict[str, Annotated[TargetSpec, Short("from_")]] = Field(
        default_factory=dict, description="Target field: the lead's field, or a mapping of the keys below."
    )


class ConvertFile(Extendable):
    """The convert policy: what a lead becomes, the same in every CRM."""

    kind: Literal["convert"] = Field(description="What this file is.")
    version: int = Field(description="Counted up by people when the policy changes; shown in every plan.", ge=1)
    mode: Literal["managed", "native"] | None = Field(
        None,
        description="Who converts: the CRM by itself (`native`), or LeadBridge (`managed`); without it the CRM where "
        "it can. A job's own `mode` counts more.",
    )
    lead: LeadSpec = Field(default_factory=LeadSpec, description="Which leads, and how they are closed.")
    account: PartSpec | None = Field(None, description="The organisation that the lead works for.")
    contact: PartSpec | None = Field(None, description="The person's record once there is a relationship.")
    opportunity: PartSpec | None = Field(None, description="The possible sale.")
    prospect: PartSpec | None = Field(None, description="Why and when the lead was qualified.")
    carry: list[Carried] = Field(default_factory=list, description="What goes along from the lead.")
    dropped: list[str] = Field(
        default_factory=list,
        description="The lead's fields that are lost on purpose; one neither mapped nor here is a fault.",
    )

    @property
    def parts(self) -> dict[str, PartSpec]:
        """The parts that the policy has, by role, in the order in which records are made."""
        named = {"account": self.account, "contact": self.contact, "opportunity": self.opportunity}
        return {role: part for role, part in {**named, "prospect": self.prospect}.items() if part is not None}
