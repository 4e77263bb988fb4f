from __future__ import annotations

import contextlib

from hypothesis import example, given, settings
from hypothesis import strategies as st

from leadbridge.condition_source import read
from leadbridge.conditions import ConditionError, ConditionFault, compile_condition

SNIPPETS = st.lists(
    st.sampled_from(
        [
            "a",
            "b",
            "record",
            ".",
            "[",
            "]",
            "(",
            ")",
            "'x'",
            '"',
            "1",
            "==",
            "&&",
            "||",
            "!",
            "exists",
            "map",
            ",",
            "{",
            "}",
            ":",
            "?",
        ]
    ),
    max_size=14,
).map("".join)
VALUES = st.dictionaries(
    st.sampled_from(["a", "b", "c"]), st.none() | st.text(max_size=4) | st.integers() | st.booleans() | st.decimals()
)
BOOLEANS = st.dictionaries(st.sampled_from(["a", "b", "c"]), st.sampled_from([True, False, None, ""]))
LOGIC = st.recursive(
    st.sampled_from(["a", "b", "c"]),
    lambda inner: (
        st.tuples(inner, st.sampled_from(["&&", "||"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})")
        | inner.map(lambda e: f"!({e})")
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40) | SNIPPETS, VALUES)
@example("record[", {})
@example('r"\\', {})
def test_any_text_compiles_or_is_a_fault_and_any_record_is_decided_or_an_error(source, values):
    read(source)
    try:
        condition = compile_condition(source, None)
    except ConditionFault as fault:
        assert "\n" not in fault.message
        assert len(fault.message) < 500
        return
    with contextlib.suppress(ConditionError):
        assert condition.decide(values) in (True, False, None)


@settings(max_examples=200, deadline=None)
@given(LOGIC, LOGIC, BOOLEANS)
def test_logic_of_three_values_keeps_de_morgans_laws(left, right, values):
    one = compile_condition(f"!({left} && {right})", None).decide(values)
    other = compile_condition(f"!({left}) || !({right})", None).decide(values)
    assert one is other


@settings(max_examples=200, deadline=None)
@given(LOGIC, BOOLEANS)
def test_filling_in_an_absent_value_never_overturns_what_was_decided(source, values):
    condition = compile_condition(source, None)
    before = condition.decide(values)
    for filler in (True, False):
        filled = {name: values.get(name) if isinstance(values.get(name), bool) else filler for name in "abc"}
        after = condition.decide(filled)
        assert after is not None
        assert before in (None, after)


@settings(max_examples=100, deadline=None)
@given(LOGIC, BOOLEANS)
def test_when_needs_a_clear_true_and_unless_a_clear_false(source, values):
    condition = compile_condition(source, None)
    assert condition.includes(values) == (condition.decide(values) is True)
    assert condition.excludes(values) == (condition.decide(values) in (True, None))
