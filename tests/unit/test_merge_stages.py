"""A stage is left by legal moves only, wherever somebody edits it."""

from __future__ import annotations

from dataclasses import replace

from merging import PREFER, golden, side

from leadbridge.mapping.stages import DEFAULT
from leadbridge.merge.model import Merged, Side
from leadbridge.merge.record import merge

STAGED = {"default": replace(PREFER["default"], legal=DEFAULT.allows)}


def run(stage: str, *sides: Side) -> Merged:
    """``city`` stands for the stage: to the merge a field is a field."""
    return merge(golden(city=stage), sides, STAGED, 1)


def test_a_legal_move_is_an_edit_like_any_other() -> None:
    merged = run("lead", side("sf", {"city": "lead"}), side("hs", {"city": "lead"}, {"city": "prospect"}))
    assert merged.golden.value("city") == "prospect"
    assert [(o.link.ref.connection, o.values) for o in merged.owed] == [("sf", {"sf_city": "prospect"})]
    assert merged.conflicts == ()


def test_an_illegal_move_is_logged_and_its_crm_gets_the_stage_back() -> None:
    merged = run("customer", side("sf", {"city": "customer"}), side("hs", {"city": "customer"}, {"city": "lead"}))
    assert merged.golden.value("city") == "customer"
    assert [(o.link.ref.connection, o.values, o.expected) for o in merged.owed] == [
        ("hs", {"hs_city": "customer"}, {"hs_city": "lead"})
    ]
    (conflict,) = merged.conflicts
    assert (conflict.rule, conflict.winner.value, [loser.value for loser in conflict.losers]) == (
        "barred",
        "customer",
        ["lead"],
    )


def test_a_cleared_stage_comes_back() -> None:
    merged = run("prospect", side("sf", {"city": "prospect"}, {"city": ""}), side("hs", {"city": "prospect"}))
    assert merged.golden.value("city") == "prospect"
    assert [o.values for o in merged.owed] == [{"sf_city": "prospect"}]


def test_of_two_edits_the_legal_one_counts_whoever_is_preferred() -> None:
    merged = run(
        "lead", side("sf", {"city": "lead"}, {"city": "customer"}), side("hs", {"city": "lead"}, {"city": "prospect"})
    )
    assert merged.golden.value("city") == "prospect"
    assert [(c.rule, [loser.value for loser in c.losers]) for c in merged.conflicts] == [("lone change", ["customer"])]
