from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent

import pytest
from captured import person

from leadbridge.extend import Reason
from leadbridge.files.document import load_text
from leadbridge.records import Reject
from leadbridge.scoring import RuleScorer, compile_scoring
from leadbridge.subjects import STANDARD

NOW = datetime(2025, 3, 1, tzinfo=UTC)
PERSON = STANDARD.subjects["person"]
SCORING = """
    kind: scoring
    fit: {cap: 60}
    engagement: {cap: 40}
    rules:
      - {when: "employees >= 200", points: 45, group: fit, because: "company of 200 or more"}
      - {when: "country in ['AT', 'DE']", points: 20, group: fit, because: "we sell there"}
      - {when: "email.endsWith('.edu')", points: -10, group: fit, because: "students"}
      - {when: "has(record.phone)", points: 5, group: engagement, because: "left a number"}
      - {when: "last_activity_at > now - duration('720h')", points: 30, group: engagement, because: "active this month"}
    grades: {A: 80, B: 60, C: 30}
    ratings: {hot: 75, warm: 45}
"""


def compiled(text):
    faults = []
    model = compile_scoring(load_text(dedent(text), Path("scoring.yaml")), PERSON, faults)
    return model, [str(fault) for fault in faults]


@pytest.fixture
def model():
    model, faults = compiled(SCORING)
    assert faults == []
    return model


def score(model, **values):
    return model.total(model.weigh(person("1", **values), NOW).reasons)


def test_adds_up_the_rules_that_hold(model):
    active = datetime(2025, 2, 20, tzinfo=UTC)
    found = score(model, employees=250, phone="+43123456", last_activity_at=active)
    assert (found.total, found.fit, found.engagement, found.grade, found.rating) == (80, 45, 35, "B", "hot")
    assert found.explain() == [
        "+45 fit: company of 200 or more (employees)",
        "+30 engagement: active this month (last_activity_at)",
        "+5 engagement: left a number (phone)",
        "fit 45",
        "engagement 35",
        "total 80: grade B, hot",
    ]


def test_a_group_never_passes_its_cap_nor_falls_below_nothing(model):
    much = score(model, employees=250, country="AT")
    assert (much.total, much.fit, much.grade, much.rating) == (60, 60, "A", "warm")
    assert "fit 60 (capped from 65)" in much.explain()
    little = score(model, email="ada@uni.edu", phone="+43123456")
    assert (little.total, little.fit, little.engagement, little.grade, little.rating) == (5, 0, 5, "D", "cold")
    assert "fit 0 (capped from -10)" in little.explain()


def test_an_absent_value_gives_no_points(model):
    assert score(model).reasons == ()
    assert score(model, employees=0, country="").total == 0


@pytest.mark.parametrize(("fit", "grade"), [(48, "A"), (47, "B"), (36, "B"), (35, "C"), (18, "C"), (17, "D"), (0, "D")])
def test_the_grade_is_the_share_of_the_fit_cap(model, fit, grade):
    assert model.total([Reason("fit", fit, "x")]).grade == grade


@pytest.mark.parametrize(("points", "rating"), [(40, "cold"), (45, "warm"), (74, "warm"), (75, "hot")])
def test_the_rating_is_by_the_total(model, points, rating):
    assert model.total([Reason("engagement", 40, "x"), Reason("fit", points - 40, "y")]).rating == rating


def test_an_explanation_shows_values_of_types_that_hold_nothing_personal(model):
    values = {"employees": 250, "country": "AT", "email": "ada@uni.edu", "phone": "+43123456"}
    lines = model.explain(score(model, **values), values)
    assert lines[:4] == [
        "+45 fit: company of 200 or more (employees 250)",
        "+20 fit: we sell there (country AT)",
        "-10 fit: students (email)",
        "+5 engagement: left a number (phone)",
    ]


def test_a_rule_that_fails_on_a_record_rejects_it_and_the_rest_go_on(model):
    scorer = RuleScorer(model, NOW)
    batch = [person("1", employees="many", country="AT"), person("2", employees=250)]
    reasons = scorer.leadbridge_score(batch)
    assert [[reason.text for reason in each] for each in reasons] == [["we sell there"], ["company of 200 or more"]]
    assert scorer.rejects == [
        Reject(
            code="condition_error",
            reason="the condition 'employees >= 200' compares or combines values of different types",
            remedy="mend the rule in the scoring file, or the value in the record",
            source="fair.csv:1",
        )
    ]


def test_a_small_file_has_defaults():
    model, faults = compiled(
        """
        kind: scoring
        rules:
          - {when: "employees > 10", points: 60, group: fit, because: "not tiny"}
        """
    )
    assert faults == []
    found = score(model, employees=11)
    assert (found.total, found.grade, found.rating) == (60, "A", "warm")


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        (
            """\
            kind: scoring
            rules:
              - {when: "employes > 10", points: 5, group: fit, because: "x"}
              - {when: "employees >", points: 0, group: fit, because: "x"}
              - {when: "score > 10", points: 5, group: fitt, because: ""}
            """,
            [
                "scoring.yaml:3:12: rules[0].when: unknown name 'employes' (did you mean 'employees'?)",
                "scoring.yaml:4:12: rules[1].when: it ends too early at column 12",
                "scoring.yaml:4:35: rules[1].points: a rule of 0 points changes no score",
                "scoring.yaml:5:12: rules[2].when: 'score' is made by scoring, so a rule cannot read it",
                "scoring.yaml:5:44: rules[2].group: must be one of fit, engagement (did you mean 'fit'?)",
                "scoring.yaml:5:59: rules[2].because: must not be blank",
            ],
        ),
        (
            """\
            kind: scoring
            rules:
              - {when: "employes > 10", points: 5, group: fit, because: "x"}
              - {when: "employees >", points: 0, group: fit, because: "x"}
              - {when: "score > 10", points: 5, group: fit, because: "x"}
              - {when: "has(record.fone)", points: 5, group: fit, because: "x"}
            """,
            [
                "scoring.yaml:3:12: rules[0].when: unknown name 'employes' (did you mean 'employees'?)",
                "scoring.yaml:4:12: rules[1].when: it ends too early at column 12",
                "scoring.yaml:4:35: rules[1].points: a rule of 0 points changes no score",
                "scoring.yaml:5:12: rules[2].when: 'score' is made by scoring, so a rule cannot read it",
                "scoring.yaml:6:12: rules[3].when: a person has no field 'fone' (did you mean 'phone'?)",
            ],
        ),
        (
            """\
            kind: scoring
            fit: {cap: 70}
            engagement: {cap: 40}
            rules:
              - {when: "employees > 10", points: 5, group: fit, because: "x"}
            grades: {A: 60, B: 60, C: 70}
            lowest_grade: C
            ratings: {hot: 40, warm: 45}
            """,
            [
                "scoring.yaml:3:19: engagement.cap: the caps of fit and engagement add up to 110; at most 100, above 0",
                "scoring.yaml:6:20: grades.B: grades stand best first: 60 must be below 60",
                "scoring.yaml:6:27: grades.C: grades stand best first: 70 must be below 60",
                "scoring.yaml:7:15: lowest_grade: 'C' stands in grades already; the lowest grade has no threshold",
                "scoring.yaml:8:26: ratings.warm: warm starts at 45, which must be below hot at 40",
            ],
        ),
        (
            """\
            kind: scoring
            fit: {cap: 30}
            engagement: {cap: 20}
            rules:
              - {when: "employees > 10", points: 5, group: fit, because: "x"}
            """,
            ["scoring.yaml:1:1: ratings.hot: no lead is ever hot: the caps add up to 50"],
        ),
    ],
)
def test_every_fault_of_the_file_is_told_at_once_where_it_stands(text, faults):
    model, found = compiled(text)
    assert model is None
    assert sorted(found) == sorted(faults)


def test_a_misshapen_part_hides_no_fault_of_the_others():
    _, faults = compiled("""
        kind: scoring
        fit: {cap: sixty}
        engagement: {cap: 90}
        rules:
          - {when: "scroe > 1", points: 0, group: fit, because: "two faults"}
          - {when: 7, points: lots, group: fit}
          - no rule
          - {when: "employes > 1", points: 0, group: fit, because: "two more"}
        grades: {A: 40, B: 60}
        ratings: {hot: 40, warm: 60}
        """)
    told = {fault.split(": ")[1]: fault for fault in faults}
    assert set(told) == {
        *("fit.cap", "rules[0].when", "rules[0].points", "rules[1].when", "rules[1].points", "rules[1]"),
        *("rules[2]", "rules[3].when", "rules[3].points", "grades.B", "ratings.warm"),
    }
    assert not any("add up" in fault for fault in faults), "what is lost is not reckoned with"
