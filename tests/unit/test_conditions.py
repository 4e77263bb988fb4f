from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from leadbridge.conditions import ConditionError, ConditionFault, compile_condition, compile_expression
from leadbridge.values import MISSING

NAMES = ("stage", "score", "budget", "employees", "interests", "consent", "close_date", "now")


def decide(source, **values):
    return compile_condition(source, None).decide(values)


@pytest.mark.parametrize(
    ("source", "values", "says"),
    [
        ("stage == 'prospect' && score >= 60", {"stage": "prospect", "score": 60}, True),
        ("budget > 10", {"budget": Decimal("10.01")}, True),
        ("budget == 10", {"budget": Decimal("10")}, True),
        ("'b' in interests", {"interests": ("a", "b")}, True),
        ("interests.exists(i, i == 'c')", {"interests": ("a", "b")}, False),
        ("close_date < timestamp('2025-03-02T00:00:00Z')", {"close_date": date(2025, 3, 1)}, True),
        ("close_date == timestamp('2025-03-01T00:00:00Z')", {"close_date": date(2025, 3, 1)}, True),
        (
            "now - close_date > duration('24h')",
            {"now": datetime(2025, 3, 3, tzinfo=UTC), "close_date": date(2025, 3, 1)},
            True,
        ),
        ("consent", {"consent": False}, False),
        ("employees == 0", {"employees": 0}, True),
        ("stage.matches('(?i)PRO')", {"stage": "prospect"}, True),
        ("has(record.stage)", {"stage": "x"}, True),
        ("has(record.stage)", {"stage": ""}, False),
        ("has(record.stage)", {"stage": MISSING}, False),
        ("has(record.stage)", {"stage": None}, False),
        ("has(record.stage)", {"stage": False}, True),
        ("record['Lead Origin'] == 'API'", {"Lead Origin": "API"}, True),
        ("record.exists(k, record[k] == 'API')", {"Lead Origin": "API"}, True),
        ("type(score) == int", {"score": 1}, True),
    ],
)
def test_says(source, values, says):
    assert decide(source, **values) is says


@pytest.mark.parametrize("absent", [MISSING, None, "", ()])
@pytest.mark.parametrize(
    "source",
    [
        "consent",
        "!consent",
        "consent == 'yes'",
        "consent in ['yes']",
        "record.consent",
        "record['consent'] == 1",
        "size(consent) > 1",
    ],
)
def test_an_absent_value_leaves_a_condition_undecided(source, absent):
    condition = compile_condition(source, None)
    values = {"consent": absent, "other": 1}
    assert condition.decide(values) is None
    assert condition.includes(values) is False
    assert condition.excludes(values) is True


@pytest.mark.parametrize(
    ("source", "says"),
    [("absent || true", True), ("absent && false", False), ("false && absent", False), ("absent || false", None)],
)
def test_logic_decides_where_it_can_without_the_absent_value(source, says):
    assert decide(source) is says


@pytest.mark.parametrize(
    ("source", "values", "reason"),
    [
        ("a > 'x'", {"a": 1}, "compares or combines values of different types"),
        ("1 / a > 1", {"a": 0}, "divides by zero"),
        ("a + 9223372036854775807 > 1", {"a": 1}, "reckons beyond the largest whole number"),
        ("[1][a] == 1", {"a": 4}, "asks for an item that a list does not have"),
        ("a.size() > 1", {"a": 1}, "calls size() with a value that it cannot take"),
        ("'x'.matches(a)", {"a": "("}, "calls matches() with a value that it cannot take"),
        ("a", {"a": 1}, "says neither true nor false"),
        ("a == 'x'", {"a": "\ud800"}, "meets a value that conditions cannot read"),
    ],
)
def test_a_fault_on_one_record_is_told_without_its_values(source, values, reason):
    with pytest.raises(ConditionError) as error:
        decide(source, **values)
    assert str(error.value) == f"the condition {source!r} {reason}"


def test_a_panic_of_the_library_is_a_fault_of_the_record_and_an_interrupt_passes():
    class PanicException(BaseException):
        pass

    class Program:
        def __init__(self, error):
            self.error = error

        def execute(self, context):
            raise self.error

    good = compile_expression("a == 1", None)
    with pytest.raises(ConditionError, match="cannot be evaluated"):
        type(good)(good.source, good.names, good.record_names, Program(PanicException("index 7"))).evaluate({})
    with pytest.raises(KeyboardInterrupt):
        type(good)(good.source, good.names, good.record_names, Program(KeyboardInterrupt())).evaluate({})


@pytest.mark.parametrize(
    ("source", "message", "suggestion"),
    [
        ("", "the condition is empty", None),
        ("score +", "it ends too early at column 8", None),
        ("score >= 60 &&\n budget budget", "'budget' is not expected at line 2, column 9", None),
        ("stage = 'x'", "'=' is not understood at column 7", "=="),
        ("score > 1 and budget > 1", "'and' is not expected at column 11", "&&"),
        ("stage == 'x", "a text in quotes is not closed, or holds an unknown escape, at column 10", None),
        ("has(stage)", "has() takes a field of record, as in has(record.phone), at column 5", None),
        ("if == 1", "a word that CEL reserves is used as a name at column 1", None),
        ("score > 99999999999999999999", "a number is out of range at column 9", None),
        ("(" * 300, "it is nested too deeply at column 97", None),
        ("stag == 'x'", "unknown name 'stag'", "stage"),
        ("stag == 'x' && zzz", "unknown names 'stag', 'zzz'", "stage"),
        ("stag == 'x' && aaa", "unknown names 'aaa', 'stag'", "stage"),
        ("stage.matches('(')", "'(' is no regular expression that matches() can take", None),
        (
            "stage.matches('(.{1000}){1000}')",
            "'(.{1000}){1000}' is no regular expression that matches() can take",
            None,
        ),
        ('stage.matches(r"[") || true', 'r"[" is no regular expression that matches() can take', None),
        ("startwith(stage, 'x')", "there is no function 'startwith'", "startsWith"),
        (
            "interests.exists(i, j, i == j)",
            "exists takes a name and a condition, as in list.exists(item, item > 1)",
            None,
        ),
        (
            "interests.exists(stage, stage == 'x')",
            "the item name 'stage' hides the field of that name; choose another",
            None,
        ),
        (
            "interests.exists(i, interests.exists(j, i == j))",
            "exists, all, filter and map may not stand inside each other",
            None,
        ),
        ("[1].map(i, i + i).map(i, i + i) == [1]", "map may be used once in a condition", None),
        ("stage" + " " * 2_000, "the condition has 2,005 characters; at most 2,000 are allowed", None),
    ],
)
def test_a_fault_of_the_source_is_one_sentence(source, message, suggestion):
    with pytest.raises(ConditionFault) as fault:
        compile_condition(source, NAMES)
    assert (fault.value.message, fault.value.suggestion) == (message, suggestion)


@pytest.mark.parametrize(
    ("source", "names", "record_names"),
    [
        ("stage == 'a' && score > 1", {"stage", "score"}, set()),
        ("interests.exists(i, i == stage)", {"interests", "stage"}, set()),
        ("""record["Lead Origin"] == 'x' || has(record.phone)""", {"record"}, {"Lead Origin", "phone"}),
        ("record[stage] == 1", {"record", "stage"}, None),
        ("size(record) > 3", {"record"}, None),
        ("'record.x' == stage  // record.y", {"stage"}, set()),
    ],
)
def test_tells_the_names_it_reads(source, names, record_names):
    condition = compile_condition(source, None)
    assert condition.names == names
    assert condition.record_names == (None if record_names is None else frozenset(record_names))


def test_an_expression_gives_any_value_and_missing_where_undecided():
    expression = compile_expression("account_known ? 'contact' : 'lead'", ["account_known"])
    assert expression.evaluate({"account_known": True}) == "contact"
    assert expression.evaluate({"account_known": False}) == "lead"
    assert expression.evaluate({}) is MISSING
