from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from leadbridge.moments import WORDS, MomentFault, compile_moment
from leadbridge.templates import TemplateFault, compile_template

NOWS = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  (made aware)


@settings(deadline=None)
@given(st.text(alphabet="ab{}[] ", max_size=20))
def test_any_text_is_a_template_or_a_fault(source):
    with contextlib.suppress(TemplateFault):
        template = compile_template(source)
        full = template.render(dict.fromkeys(template.names, "x"))
        assert len(template.render({})) <= len(full)


@settings(deadline=None)
@given(st.text(alphabet="ab{}[]", min_size=1, max_size=20))
def test_doubled_characters_stand_for_themselves(text):
    doubled = "".join(c * 2 if c in "{}[]" else c for c in text)
    assert compile_template(doubled).render({}) == text


@settings(deadline=None)
@given(st.text(max_size=30) | st.text(alphabet="today+-19dwmqy ", max_size=20), NOWS)
def test_any_text_is_a_moment_or_a_fault(source, now):
    with contextlib.suppress(MomentFault):
        compile_moment(source).at(now)


@settings(deadline=None)
@given(st.sampled_from(["week", "month", "quarter", "year"]), NOWS)
def test_a_period_holds_today_and_the_next_one_starts_on_the_morrow(period, now):
    start, end = (compile_moment(f"{edge}_of_{period}").day(now) for edge in ("start", "end"))
    assert start <= now.date() <= end
    morrow = datetime(end.year, end.month, end.day, tzinfo=UTC) + timedelta(days=1)
    assert compile_moment(f"start_of_{period}").day(morrow) == morrow.date()


@settings(deadline=None)
@given(st.sampled_from(WORDS), st.integers(0, 9_999), NOWS)
def test_whole_days_there_and_back_lead_home(word, days, now):
    assert compile_moment(f"{word} + {days}d - {days}d").at(now) == compile_moment(word).at(now)
