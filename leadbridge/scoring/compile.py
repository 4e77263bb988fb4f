"""A scoring file into a model, with every fault at its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from itertools import pairwise
from typing import Any, Final

from leadbridge.conditions import Condition, ConditionFault, compile_condition
from leadbridge.errors import Fault
from leadbridge.extend import Reason
from leadbridge.files.check import suggest
from leadbridge.files.document import Document
from leadbridge.files.salvage import salvage
from leadbridge.scoring.model import HIGHEST, ScoringFile
from leadbridge.scoring.score import NOW, Rule, ScoringModel, fields_of
from leadbridge.subjects.model import Subject

_STAND_IN: Final[Mapping[str, Any]] = {
    "kind": "scoring",
    "rules": [{"when": "true", "points": 1, "group": "fit", "because": "stands in for rules of another shape"}],
}


def compile_scoring(document: Document, subject: Subject, faults: list[Fault]) -> ScoringModel | None:
    """The model for records of ``subject``; None where there were faults, which are added to the list."""
    found: list[Fault] = []
    conditions = _conditions(document, subject, found)
    _check_points(document, found)
    shape = salvage(document, ScoringFile, found, _STAND_IN)
    if shape.made is not None:
        _check_numbers(document, shape.made, {str(path[0]) for path in shape.lost}, found)
    faults.extend(found)
    return None if shape.made is None or found else _model(shape.made, conditions, subject)


def _model(file: ScoringFile, conditions: Mapping[int, Condition], subject: Subject) -> ScoringModel:
    rules = [
        Rule(conditions[n], Reason(spec.group, spec.points, spec.because, fields_of(conditions[n])))
        for n, spec in enumerate(file.rules)
    ]
    return ScoringModel(
        subject=subject,
        rules=tuple(rules),
        caps={"fit": file.fit.cap, "engagement": file.engagement.cap},
        grades=tuple((least, grade) for grade, least in file.grades.items()),
        lowest_grade=file.lowest_grade,
        hot=file.ratings.hot,
        warm=file.ratings.warm,
    )


def _conditions(document: Document, subject: Subject, faults: list[Fault]) -> dict[int, Condition]:
    """Rule number -> condition."""
    found = {}
    for number, rule in _rules(document):
        source = rule.get("when")
        if isinstance(source, str):
            try:
                found[number] = _condition(source, subject)
            except ConditionFault as error:
                faults.append(document.fault(("rules", number, "when"), error.message, error.suggestion))
    return found


def _check_points(document: Document, faults: list[Fault]) -> None:
    for number, rule in _rules(document):
        if rule.get("points") == 0 and isinstance(rule["points"], int):
            faults.append(document.fault(("rules", number, "points"), "a rule of 0 points changes no score"))


def _rules(document: Document) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Those that are mappings, under their numbers, also where the shape is wrong: no fault hides another."""
    rules = document.data.get("rules")
    yield from ((n, rule) for n, rule in enumerate(rules if isinstance(rules, list) else ()) if isinstance(rule, dict))


def _condition(source: str, subject: Subject) -> Condition:
    """Computed fields are what scoring makes; a rule that read them would read the score before last."""
    condition = compile_condition(source, {*subject.fields, NOW})
    for name in fields_of(condition):
        if name not in subject.fields:
            raise ConditionFault(f"a {subject.name} has no field {name!r}", suggest(name, subject.fields))
        if subject.fields[name].computed:
            raise ConditionFault(f"{name!r} is made by scoring, so a rule cannot read it")
    return condition


def _check_numbers(document: Document, file: ScoringFile, lost: Set[str], faults: list[Fault]) -> None:
    """``lost``: keys of another shape, of which nothing can be said."""
    both = file.fit.cap + file.engagement.cap if lost.isdisjoint({"fit", "engagement"}) else HIGHEST
    if not 0 < both <= HIGHEST:
        at = ("engagement", "cap")
        faults.append(
            document.fault(at, f"the caps of fit and engagement add up to {both}; at most {HIGHEST}, above 0")
        )
    for (_, higher), (grade, least) in pairwise(file.grades.items()):
        if least >= higher:
            message = f"grades stand best first: {least} must be below {higher}"
            faults.append(document.fault(("grades", grade), message))
    if file.lowest_grade in file.grades and lost.isdisjoint({"grades", "lowest_grade"}):
        message = f"{file.lowest_grade!r} stands in grades already; the lowest grade has no threshold"
        faults.append(document.fault(("lowest_grade",), message))
    if file.ratings.warm >= file.ratings.hot:
        message = f"warm starts at {file.ratings.warm}, which must be below hot at {file.ratings.hot}"
        faults.append(document.fault(("ratings", "warm"), message))
    if file.ratings.hot > both > 0:
        message = f"no lead is ever hot: the caps add up to {both}"
        faults.append(document.fault(("ratings", "hot"), message))
