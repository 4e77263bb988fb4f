"""Scoring of captured or united leads: reasons from plugins, added up by the project's model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from leadbridge.jobs.workspace import Workspace
from leadbridge.plan.model import Rating, United
from leadbridge.plan.uniting import with_values
from leadbridge.records import Captured


def rate(leads: Sequence[Captured], workspace: Workspace) -> list[Rating | None]:
    """A rating for each; None throughout where the project has no scoring file."""
    model = workspace.mappings.scoring
    if model is None:
        return [None] * len(leads)
    ratings: list[Rating | None] = []
    for reasons in workspace.plugins.score(leads):
        score = model.total(reasons)
        ratings.append(Rating(score.total, score.fit, score.engagement, score.grade, score.rating, score.reasons))
    return ratings


def rated(people: Iterable[United], workspace: Workspace) -> list[tuple[United, Rating | None]]:
    """The people with their score among their values, for conditions and policies to read."""
    ordered = list(people)
    ratings = rate([replace(p.members[0], values=p.values) for p in ordered], workspace)
    return [(with_values(p, values_of(r)), r) for p, r in zip(ordered, ratings, strict=True)]


def values_of(rating: Rating | None) -> dict[str, int | str]:
    """The computed fields of a person."""
    if rating is None:
        return {}
    return {
        "score": rating.total,
        "fit_score": rating.fit,
        "engagement_score": rating.engagement,
        "grade": rating.grade,
        "rating": rating.rating,
    }
