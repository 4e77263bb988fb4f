from __future__ import annotations

from datetime import UTC, datetime

from captured import person
from hypothesis import given, settings
from hypothesis import strategies as st

from leadbridge.conditions import compile_condition
from leadbridge.extend import Reason
from leadbridge.scoring.score import Rule, ScoringModel
from leadbridge.subjects import STANDARD

NOW = datetime(2025, 3, 1, tzinfo=UTC)
REASONS = st.lists(
    st.builds(Reason, st.sampled_from(["fit", "engagement"]), st.integers(-100, 100), st.sampled_from(["a", "b"])),
    max_size=8,
)
MODELS = st.tuples(st.integers(0, 50), st.integers(1, 50)).map(
    lambda caps: ScoringModel(
        subject=STANDARD.subjects["person"],
        rules=(),
        caps={"fit": caps[0], "engagement": caps[1]},
        grades=((80, "A"), (40, "B")),
        lowest_grade="C",
        hot=70,
        warm=30,
    )
)


@settings(deadline=None)
@given(st.data(), MODELS, REASONS)
def test_a_score_stays_within_its_bounds_and_does_not_depend_on_order(data, model, reasons):
    score = model.total(reasons)
    assert 0 <= score.fit <= model.caps["fit"]
    assert 0 <= score.engagement <= model.caps["engagement"]
    assert score.total == score.fit + score.engagement <= 100
    assert model.total(data.draw(st.permutations(reasons))) == score
    assert sorted(score.reasons, key=repr) == sorted(reasons, key=repr)


@settings(deadline=None)
@given(MODELS, REASONS, st.sampled_from(["fit", "engagement"]), st.integers(1, 50))
def test_more_points_never_lower_a_score(model, reasons, group, points):
    before, after = model.total(reasons), model.total([*reasons, Reason(group, points, "more")])
    assert after.total >= before.total
    assert "CBA".index(after.grade) >= "CBA".index(before.grade)
    assert ["cold", "warm", "hot"].index(after.rating) >= ["cold", "warm", "hot"].index(before.rating)


@settings(deadline=None, max_examples=60)
@given(st.sampled_from([None, "", 0, 5, 500, "x", True]), st.sampled_from([None, "AT", "DE", ""]))
def test_weighing_any_record_gives_reasons_or_a_reject_never_both_for_one_rule(employees, country):
    rules = tuple(
        Rule(compile_condition(source, None), Reason("fit", 1, source))
        for source in ("employees >= 200", "country == 'AT'", "employees >= 200 || country == 'AT'")
    )
    model = ScoringModel(STANDARD.subjects["person"], rules, {"fit": 50, "engagement": 50}, (), "D", 75, 45)
    weighed = model.weigh(person("1", employees=employees, country=country), NOW)
    failed = [reject.reason for reject in weighed.rejects]
    assert not [reason for reason in weighed.reasons if any(f"'{reason.text}'" in text for text in failed)]
    assert len(weighed.reasons) + len(failed) <= len(rules)
