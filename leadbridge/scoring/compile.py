"""A scoring file into a model, with every fault at its place."""

from __future__ import annotations

from itertools import pairwise

from leadbridge.conditions import Condition, ConditionFault, compile_condition
from leadbridge.errors import Fault
from leadbridge.extend import Group, Reason
from leadbridge.files.check import collect, suggest
from leadbridge.files.document import Document
from leadbridge.scoring.model import HIGHEST, RuleSpec, ScoringFile
from leadbridge.scoring.score import NOW, Rule, ScoringModel, fields_of
from leadbridge.subjects.model import Subject


def compile_scoring(document: Document, subject: Subject, faults: list[Fault]) -> ScoringModel | None:
    """The model for records of ``subject``; None where there were faults, which are added to the list."""
    file = collect(document, ScoringFile, faults)
    if file is None:
        return None
    found: list[Fault] = []
    _check_thresholds(document, file, found)
    rules = [_rule(document, number, spec, subject, found) for number, spec in enumerate(file.rules)]
    faults.extend(found)
    if found:
        return None
    caps: dict[Group, int] = {"fit": file.fit.cap, "engagement": file.engagement.cap}
    return ScoringModel(
        subject=subject,
        rules=tuple(rule for rule in rules if rule is not None),
        caps=caps,
        grades=tuple((least, grade) for grade, least in file.grades.items()),
        lowest_grade=file.lowest_grade,
        hot=file.ratings.hot,
        warm=file.ratings.warm,
    )


def _rule(document: Document, number: int, spec: RuleSpec, subject: Subject, faults: list[Fault]) -> Rule | None:
    condition = _condition(document, number, spec, subject, faults)
    if spec.points == 0:
        faults.append(document.fault(("rules", number, "points"), "a rule of 0 points changes no score"))
    if condition is None:
        return None
    for name in condition.record_names or ():
        if name not in subject.fields:
            message = f"a {subject.name} has no field {name!r}"
            faults.append(document.fault(("rules", number, "when"), message, suggest(name, subject.fields)))
    return Rule(condition, Reason(spec.group, spec.points, spec.because, fields_of(condition)))


def _condition(
    document: Document, number: int, spec: RuleSpec, subject: Subject, faults: list[Fault]
) -> Condition | None:
    """Computed fields are what scoring makes; a rule that read them would read the score before last."""
    names = {field.name for field in subject.fields.values() if not field.computed} | {NOW}
    try:
        return compile_condition(spec.when, names)
    except ConditionFault as error:
        faults.append(document.fault(("rules", number, "when"), error.message, error.suggestion))
        return None


def _check_thresholds(document: Document, file: ScoringFile, faults: list[Fault]) -> None:
    both = file.fit.cap + file.engagement.cap
    if not 0 < both <= HIGHEST:
        at = ("engagement", "cap")
        faults.append(
            document.fault(at, f"the caps of fit and engagement add up to {both}; at most {HIGHEST}, above 0")
        )
    for (_, higher), (grade, least) in pairwise(file.grades.items()):
        if least >= higher:
            message = f"grades stand best first: {least} must be below {higher}"
            faults.append(document.fault(("grades", grade), message))
    if file.lowest_grade in file.grades:
        message = f"{file.lowest_grade!r} stands in grades already; the lowest grade has no threshold"
        faults.append(document.fault(("lowest_grade",), message))
    if file.ratings.warm >= file.ratings.hot:
        message = f"warm starts at {file.ratings.warm}, which must be below hot at {file.ratings.hot}"
        faults.append(document.fault(("ratings", "warm"), message))
    if file.ratings.hot > both > 0:
        message = f"no lead is ever hot: the caps add up to {both}"
        faults.append(document.fault(("ratings", "hot"), message))
