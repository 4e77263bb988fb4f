"""The shapes of jobs. Field descriptions are the documentation of each key."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from leadbridge.config.cron import cron
from leadbridge.config.words import Limit, limit, span

Rule = Literal["restrictive", "newest", "fill_blank", "longest", "min", "max", "union", "ask"]
Names = Annotated[tuple[str, ...], Field(strict=False)]  # a list in the file is a tuple here, nothing else is
Cel = Annotated[str, Field(min_length=1)]


class Shape(BaseModel):
    """A mapping of known keys; anything else is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True)


class Precedence(Shape):
    """Which connection's value counts: the first of ``prefer`` that has one, or only ``owner``'s."""

    prefer: Annotated[tuple[str, ...], Field(strict=False, min_length=1)] | None = Field(
        None, description="Connections in order: the value of the first one counts."
    )
    owner: str | None = Field(None, description="The only connection whose edits count; others never write the field.")

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.prefer is None) == (self.owner is None):
            raise ValueError("needs exactly one of the keys `prefer` and `owner`")
        return self


class Brakes(Shape):
    """Limits that stop a run before it writes. What is not set has the value that the documentation gives."""

    delete: Annotated[Limit, BeforeValidator(limit, json_schema_input_type=str | int)] | None = Field(
        None, description="Most deletes: `2%` or a count."
    )
    update: Annotated[Limit, BeforeValidator(limit, json_schema_input_type=str | int)] | None = Field(
        None, description="Most updates: `50%` or a count."
    )
    create: Annotated[Limit, BeforeValidator(limit, json_schema_input_type=str | int)] | None = Field(
        None, description="Most creates: `50%` or a count."
    )
    convert: Annotated[Limit, BeforeValidator(limit, json_schema_input_type=str | int)] | None = Field(
        None, description="Most conversions: `50%` of the open leads, or a count."
    )
    group: int | None = Field(None, ge=2, description="Most records in one group of duplicates.")
    canary: dict[str, str] = Field(
        default_factory=dict, description="Connection: id of a record that is always there; a run stops without it."
    )


class Timed(Shape):
    """Keys that every job has."""

    every: Annotated[str, AfterValidator(cron)] | None = Field(None, description="When it is due, as five cron fields.")
    unattended: bool = Field(
        False, description="Whether it may write without `--yes`, once its first plan has been approved."
    )
    where: Cel | None = Field(None, description="CEL on canonical fields: only these records take part.")
    brakes: Brakes = Field(default_factory=Brakes, description="Limits that stop a run before it writes.")


class SyncJob(Timed):
    """Keeps the records of two or more connections in step."""

    sync: Annotated[tuple[str, ...], Field(strict=False, min_length=2)] = Field(
        description="The connections, in order: where nothing else is said the value of the first one counts."
    )
    direction: Literal["n_way", "one_way"] = Field(
        "n_way", description="`one_way`: the first connection is read, the others are written."
    )
    roles: Names | None = Field(None, description="The roles that take part; without it, all that are mapped.")
    first: Literal["prefer", "ask"] = Field(
        "ask", description="Which value counts at first contact, when both sides hold one."
    )
    fields: dict[str, Rule | Precedence] = Field(
        default_factory=dict, description="Policy by canonical field; `default` is for all others."
    )
    deletes: Literal["park", "propagate"] = Field(
        "park",
        description="What follows a deletion: `park` asks a person, `propagate` deletes the record elsewhere too.",
    )
    create_as: Cel | None = Field(None, description="CEL that gives the role of a record that is created.")
    recheck_after: Annotated[timedelta, BeforeValidator(span, json_schema_input_type=str | int)] = Field(
        timedelta(seconds=60), description="How old a captured copy may be before it is read again ahead of a write."
    )

    @field_validator("brakes")
    @classmethod
    def _converts_nothing(cls, brakes: Brakes) -> Brakes:
        if brakes.convert is not None:
            raise ValueError("`convert` limits a job that converts; this one syncs: leave it out")
        return brakes

    @property
    def connections(self) -> tuple[str, ...]:
        return self.sync


class ConvertJob(Timed):
    """Converts leads by a policy."""

    convert: Annotated[tuple[str, ...], Field(strict=False, min_length=1)] = Field(
        description="The connections whose leads are converted."
    )
    policy: str = Field(description="The convert policy: a file in the mappings folder.")
    into: str | None = Field(
        None,
        description="The connection whose accounts and contacts the leads are matched to; without it, each lead's own.",
    )
    mode: Literal["managed", "native"] | None = Field(
        None,
        description="Who converts: the CRM by itself (`native`), or LeadBridge (`managed`); without it, or one in the "
        "policy, the CRM where it can.",
    )

    @property
    def connections(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.convert, self.into))) if self.into else self.convert


Job = SyncJob | ConvertJob
