"""Limits by seconds: never more calls than allowed in any window, whoever asks when."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from leadbridge.pacing import Limit, OwnPacer, place, recent
from leadbridge.state.store import open_store
from leadbridge.state.windows import SharedPacer


def fullest(moments: list[float], seconds: float) -> int:
    return max((sum(start <= one < start + seconds for one in moments) for start in moments), default=0)


@given(
    calls=st.integers(1, 6),
    seconds=st.integers(1, 20),
    asked=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 12)), max_size=60),
)
def test_no_window_holds_more_than_its_calls(calls: int, seconds: int, asked: list[tuple[int, int]]) -> None:
    """Whoever of some processes asks, and however they interleave: each asks again only after its own call was made."""
    limit = Limit("burst", calls, float(seconds))
    clock, taken = 0.0, list[float]()
    free = [0.0] * 4
    moments: list[float] = []
    for who, pause in asked:
        clock = max(clock + pause, free[who])
        taken = recent(taken, clock, limit)
        moment = place(taken, clock, limit)
        assert moment >= clock
        taken.append(moment)
        moments.append(moment)
        free[who] = moment
    assert moments == sorted(moments)
    assert fullest(moments, float(seconds)) <= calls


@given(st.lists(st.integers(0, 5), max_size=40))
def test_a_place_that_is_free_is_given_at_once(pauses: list[int]) -> None:
    """Nobody waits longer than until the oldest of the window's calls leaves it."""
    limit, taken, clock = Limit("search", 3, 4.0), list[float](), 0.0
    for pause in pauses:
        clock += pause
        taken = recent(taken, clock, limit)
        moment = place(taken, clock, limit)
        if sum(clock - 4 < one for one in taken) < 3 and all(one <= clock for one in taken):
            assert moment == clock
        taken.append(moment)


def test_a_clock_that_was_set_back_stops_nobody_for_long() -> None:
    limit = Limit("search", 1, 1.0)
    assert recent([9_999.0], 100.0, limit) == []
    assert recent([101.0], 100.5, limit) == [101.0]


def test_processes_share_the_places_of_an_account(tmp_path: Path) -> None:
    """Several pacers on one state give out one sequence of places; other accounts and limits have their own."""
    open_store("sqlite:///state.db", tmp_path).close()
    limit = Limit("burst", 5, 1.0)
    moments: list[float] = []

    def call() -> None:
        pacer = SharedPacer(tmp_path / "state.db")
        for _ in range(6):
            wait = pacer.take("portal 1", limit)
            moments.append(time.time() + wait)
            time.sleep(wait)

    threads = [threading.Thread(target=call) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(moments) == 18
    assert fullest(moments, 0.9) <= 5
    assert max(moments) - min(moments) >= 3 - 0.1
    other = SharedPacer(tmp_path / "state.db")
    assert other.take("portal 2", limit) == 0
    assert other.take("portal 1", Limit("search", 5, 1.0)) == 0


def test_what_one_process_was_told_holds_for_another(tmp_path: Path) -> None:
    open_store("sqlite:///state.db", tmp_path).close()
    told, new = SharedPacer(tmp_path / "state.db"), SharedPacer(tmp_path / "state.db")
    assert [told.take("portal", Limit("burst", 2, 60.0)) > 0 for _ in range(2)] == [False, False]
    assert new.take("portal", Limit("burst", 100, 60.0, known=False)) > 50


def test_without_a_state_a_process_paces_by_itself(tmp_path: Path) -> None:
    """Where none is there yet, and where another writer keeps it."""
    limit = Limit("search", 1, 30.0)
    alone = SharedPacer(tmp_path / "state.db")
    assert alone.take("portal", limit) == 0
    assert alone.take("portal", limit) > 25
    with open_store("sqlite:///state.db", tmp_path) as store:
        other = SharedPacer(tmp_path / "state.db")
        with store.begin():
            assert other.take("portal", limit) == 0
            assert other.take("portal", limit) > 25
    own = OwnPacer()
    assert (own.take("portal", limit), own.take("portal", limit) > 25) == (0, True)
