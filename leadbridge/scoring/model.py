"""The shape of ``scoring.yaml``. Field descriptions are the text of the JSON Schema and of the language page."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from leadbridge.extend import Group

HIGHEST: Final = 100
"""No score is above it: the two caps together may not pass it."""

Percent = Annotated[int, Field(ge=1, le=HIGHEST)]
Grade = Annotated[str, Field(min_length=1, max_length=10)]


class Shape(BaseModel):
    """A mapping of known keys; anything else is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class CapSpec(Shape):
    """What one group of rules may add up to."""

    cap: int = Field(
        ge=0, le=HIGHEST, description="Most points of the group; its points are never above it nor below 0."
    )


class RuleSpec(Shape):
    """Points for a condition that holds."""

    when: str = Field(
        description="Condition on the person's fields; `now` is the time of scoring. An absent value that decides it "
        "gives no points."
    )
    points: int = Field(ge=-HIGHEST, le=HIGHEST, description="Whole points, below 0 to count against.")
    group: Group = Field(description="`fit`: who they are; `engagement`: what they did.")
    because: str = Field(min_length=1, max_length=255, description="Why, for a person to read in the score.")


class RatingSpec(Shape):
    """Points, fit and engagement together, from which a lead is hot or warm; below, it is cold."""

    hot: Percent = Field(75, description="Hot from this total on.")
    warm: Percent = Field(45, description="Warm from this total on; cold below.")


class ScoringFile(Shape):
    """How leads are scored: fit and engagement up to their caps, a grade for the fit, a rating for the total."""

    kind: Literal["scoring"]
    fit: CapSpec = Field(CapSpec(cap=60), description="The group of rules on who they are.")
    engagement: CapSpec = Field(CapSpec(cap=40), description="The group of rules on what they did.")
    rules: list[RuleSpec] = Field(min_length=1, max_length=1_000, description="Each rule that holds gives its points.")
    grades: dict[Grade, Percent] = Field(
        default_factory=lambda: {"A": 80, "B": 60, "C": 40},
        description="Grade: from which share of the fit cap, in percent; best grade first.",
    )
    lowest_grade: Grade = Field("D", description="The grade below the last of `grades`.")
    ratings: RatingSpec = Field(RatingSpec(), description="From which total a lead is hot or warm.")
