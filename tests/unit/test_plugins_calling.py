"""Batch hooks: answers of all plugins brought together, and a culprit named where one is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from leadbridge import hookimpl
from leadbridge.errors import UsageError
from leadbridge.extend import Convertible, Evidence, Fragment, Pair, Reason
from leadbridge.plugins import Origin, PluginFailedError, Plugins
from leadbridge.records import Captured, Record, Ref


def captured(number: int) -> Captured:
    return Captured(Record(Ref("fair", "leads.csv", str(number)), {}), "person", "lead", {"company": f"C{number}"})


BATCH = [captured(1), captured(2), captured(3)]
PAIRS = [Pair(BATCH[0], BATCH[1], ("email",)), Pair(BATCH[1], BATCH[2], ("phone",))]
REQUESTS = [Convertible(7, (BATCH[0].ref,), {}), Convertible(9, (BATCH[1].ref,), {})]


def plugins(**functions: Callable[..., object]) -> Plugins:
    """Plugins a, b, c... each with one hook: ``a_score=function``."""
    made = Plugins()
    for name, function in functions.items():
        plugin, _, hook = name.partition("_")
        function.__name__ = f"leadbridge_{hook}"
        marked = hookimpl(function)
        holder = type("Holder", (), {f"leadbridge_{hook}": staticmethod(marked)})()
        made.take(Origin(plugin, f"leadbridge-{plugin}", "1.0"), holder)
    assert made.problems == ()
    return made


def test_without_plugins() -> None:
    none = Plugins()
    assert none.enrich(BATCH) == BATCH
    assert none.score(BATCH) == [[], [], []]
    assert none.dedupe(PAIRS) == [[], []]
    assert none.convert(REQUESTS) == []


def test_capture_is_a_pipeline() -> None:
    some = plugins(b_capture=lambda batch: batch[1:], a_capture=lambda batch: [*batch[:2], *batch[:1]])
    assert some.enrich(BATCH) == [BATCH[1], BATCH[0]]


def test_reasons_are_added_up() -> None:
    fit, hot = Reason("fit", 5, "is large"), Reason("engagement", 9, "asked for a call")
    some = plugins(a_score=lambda batch: [[fit], [], [fit]], b_score=lambda batch: ([hot], (), [hot, hot]))
    assert some.score(BATCH) == [[fit, hot], [], [fit, hot, hot]]


def test_evidence_is_brought_together() -> None:
    same, veto = Evidence("same", "one e-mail"), Evidence("different", "two birthdays")
    some = plugins(a_dedupe=lambda pairs: [same, None], b_dedupe=lambda pairs: [veto, same])
    assert some.dedupe(PAIRS) == [[same, veto], [same]]


def test_fragments_come_in_the_order_of_the_plugins() -> None:
    some = plugins(
        b_convert=lambda requests: [Fragment(7)],
        a_convert=lambda requests: [Fragment(9, veto="is a student"), Fragment(9)],
    )
    assert some.convert(REQUESTS) == [Fragment(9, veto="is a student"), Fragment(9), Fragment(7)]


def test_nobody_is_asked_about_nothing() -> None:
    def fail() -> list[object]:
        raise AssertionError("asked")

    some = plugins(
        a_capture=lambda batch: fail(),
        b_score=lambda batch: fail(),
        c_dedupe=lambda pairs: fail(),
        d_convert=lambda requests: fail(),
    )
    assert (some.enrich([]), some.score([]), some.dedupe([]), some.convert([])) == ([], [], [], [])


def _short(batch: Sequence[Captured]) -> list[list[Reason]]:
    return [[]]


def _raise(batch: Sequence[Captured]) -> list[list[Reason]]:
    raise KeyError("ada@example.com")


def _leave(batch: Sequence[Captured]) -> list[list[Reason]]:
    raise SystemExit


SCORE_FAULTS = [
    (_short, "gave 1 instead of 3 answers from leadbridge_score"),
    (lambda batch: None, "gave something else than a list of list or tuple from leadbridge_score"),
    (lambda batch: [5, 5, 5], "gave something else than a list of list or tuple from leadbridge_score"),
    (lambda batch: [["warm"], [], []], "gave something else than a list of Reason from leadbridge_score"),
    (_raise, "failed in leadbridge_score: KeyError in test_plugins_calling.py, line {line}"),
    (_leave, "failed in leadbridge_score: SystemExit in test_plugins_calling.py, line {line}"),
]


@pytest.mark.parametrize(("function", "said"), SCORE_FAULTS)
def test_the_culprit_is_named(function: Callable[..., object], said: str) -> None:
    """And an exception's message, which may hold personal data, is left out."""
    with pytest.raises(PluginFailedError) as error:
        plugins(a_score=lambda batch: [[]] * len(batch), b_score=function).score(BATCH)
    said = said.format(line=function.__code__.co_firstlineno + 1)
    assert str(error.value) == f"plugin b (leadbridge-b 1.0) {said}; mend it, or uninstall it to go on without"
    assert error.value.exit_status == 2


def test_other_hooks_name_the_culprit() -> None:
    wrong = plugins(
        a_capture=lambda batch: ["lead"],
        a2_dedupe=lambda pairs: [True, False],
        a3_convert=lambda requests: [Fragment(8)],
    )
    for ask, said in (
        (lambda: wrong.enrich(BATCH), "gave something else than a list of Captured from leadbridge_capture"),
        (lambda: wrong.dedupe(PAIRS), "gave something else than a list of Evidence or None from leadbridge_dedupe"),
        (lambda: wrong.convert(REQUESTS), "answered request 8, which was not asked, from leadbridge_convert"),
    ):
        with pytest.raises(PluginFailedError) as error:
            ask()
        assert said in str(error.value)


def test_an_error_made_for_users_passes_through() -> None:
    def refuse(batch: Sequence[Captured]) -> list[list[Reason]]:
        raise UsageError("set ACME_REGION first")

    with pytest.raises(UsageError, match=r"^set ACME_REGION first$"):
        plugins(a_score=refuse).score(BATCH)
