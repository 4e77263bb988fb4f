"""The compiled scoring model: a pure sum of reasons, and a score that explains itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from leadbridge.condition_source import RECORD
from leadbridge.conditions import Condition, ConditionError
from leadbridge.extend import Group, Reason
from leadbridge.records import Captured, Reject
from leadbridge.subjects.model import Subject
from leadbridge.templates import as_text
from leadbridge.values import MISSING, Value, is_present

NOW: Final = "now"
"""The one name beside the fields that a rule may read: the time of scoring."""

_SHOWN: Final = frozenset({"integer", "decimal", "boolean", "choice", "multi_select", "country"})
"""Types whose values an explanation shows; texts, addresses and dates may be personal."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A compiled rule with the reason that it gives where it holds."""

    condition: Condition
    reason: Reason


@dataclass(frozen=True, slots=True)
class Score:
    """What the reasons add up to.

    Attributes:
        total: fit and engagement together.
        fit, engagement: points of the group, within 0 and its cap.
        grade: for the share of the fit cap.
        rating: ``hot``, ``warm`` or ``cold``, for the total.
        reasons: all of them, the weightiest first; those of plugins among them.
    """

    total: int
    fit: int
    engagement: int
    grade: str
    rating: str
    reasons: tuple[Reason, ...]

    def explain(self, shown: Mapping[str, str] | None = None) -> list[str]:
        """A line per reason, then one per group and for the whole. ``shown`` are texts of values that may be shown."""
        lines = [_line(reason, shown or {}) for reason in self.reasons]
        for group, points in (("fit", self.fit), ("engagement", self.engagement)):
            added = sum(reason.points for reason in self.reasons if reason.group == group)
            lines.append(f"{group} {points}" + (f" (capped from {added})" if added != points else ""))
        return [*lines, f"total {self.total}: grade {self.grade}, {self.rating}"]


def _line(reason: Reason, shown: Mapping[str, str]) -> str:
    fields = ", ".join(f"{name} {shown[name]}" if name in shown else name for name in reason.fields)
    return f"{reason.points:+d} {reason.group}: {reason.text}" + (f" ({fields})" if fields else "")


@dataclass(frozen=True, slots=True)
class Weighed:
    """The reasons that a model's own rules give for one record, and a reject for each rule that failed on it."""

    reasons: tuple[Reason, ...]
    rejects: tuple[Reject, ...] = ()


@dataclass(frozen=True, slots=True)
class ScoringModel:
    """A project's scoring file, compiled.

    Attributes:
        caps: group -> most points.
        grades: (from which percent of the fit cap, grade), best first.
        hot, warm: totals from which on.
    """

    subject: Subject = field(repr=False)
    rules: tuple[Rule, ...]
    caps: Mapping[Group, int]
    grades: tuple[tuple[int, str], ...]
    lowest_grade: str
    hot: int
    warm: int

    def weigh(self, captured: Captured, now: datetime) -> Weighed:
        """The reasons for one record, in the order of the file. A rule that fails gives none, and a reject."""
        facts: dict[str, object] = {**captured.values, NOW: now}
        reasons, rejects = [], []
        for rule in self.rules:
            try:
                if rule.condition.includes(facts):
                    reasons.append(rule.reason)
            except ConditionError as error:
                rejects.append(_reject(captured, error))
        return Weighed(tuple(reasons), tuple(rejects))

    def total(self, reasons: Sequence[Reason]) -> Score:
        """The score; it does not depend on the order of the reasons."""
        fit, engagement = self._points("fit", reasons), self._points("engagement", reasons)
        total = fit + engagement
        percent = fit * 100 / self.caps["fit"] if self.caps["fit"] else 0
        grade = next((grade for least, grade in self.grades if percent >= least), self.lowest_grade)
        rating = "hot" if total >= self.hot else "warm" if total >= self.warm else "cold"
        ordered = sorted(reasons, key=lambda r: (-abs(r.points), -r.points, r.group, r.text, r.fields))
        return Score(total, fit, engagement, grade, rating, tuple(ordered))

    def _points(self, group: Group, reasons: Sequence[Reason]) -> int:
        return max(0, min(self.caps[group], sum(r.points for r in reasons if r.group == group)))

    def explain(self, score: Score, values: Mapping[str, Value]) -> list[str]:
        """:meth:`Score.explain` with the values of fields whose type holds nothing personal."""
        shown = {}
        for name in {name for reason in score.reasons for name in reason.fields}:
            known, value = self.subject.fields.get(name), values.get(name, MISSING)
            if known is not None and known.type in _SHOWN and is_present(value):
                shown[name] = as_text(value)
        return score.explain(shown)


def fields_of(condition: Condition) -> tuple[str, ...]:
    """The canonical fields that a condition reads, sorted."""
    return tuple(sorted((condition.names | (condition.record_names or frozenset())) - {NOW, RECORD}))


def _reject(captured: Captured, error: ConditionError) -> Reject:
    return Reject(
        code="condition_error",
        reason=str(error),
        remedy="mend the rule in the scoring file, or the value in the record",
        source=captured.record.source or str(captured.ref),
    )
