"""Scoring: conditions to points, points to a grade and a rating, each score with its reasons."""

from __future__ import annotations

from leadbridge.scoring.compile import compile_scoring
from leadbridge.scoring.model import ScoringFile
from leadbridge.scoring.rules import RuleScorer
from leadbridge.scoring.score import Score, ScoringModel, Weighed

__all__ = ["RuleScorer", "Score", "ScoringFile", "ScoringModel", "Weighed", "compile_scoring"]
