"""What happens to a field that has a value already: one function, a row per rule (`existing:` in a convert policy)."""

from __future__ import annotations

from datetime import datetime

from leadbridge.mapping.model import Existing
from leadbridge.subjects.model import Field
from leadbridge.values import MISSING, Present, Value, is_absent


def settle(  # noqa: PLR0911  (a decision table: one return per row)
    rule: Existing, target: Field, old: Value, new: Present, stamps: tuple[datetime | None, datetime | None]
) -> tuple[Value, str]:
    """The value that the field will hold, and why.

    Args:
        old: what an existing record holds.
        new: what the lead offers; equivalent values never reach this table.
        stamps: when the existing record and the lead were last modified, by one clock; None where no clock is shared.
    """
    here = target.name
    if old is MISSING:  # the connection does not show the field: it abstains
        return old, f"kept: {here} cannot be seen there"
    if rule == "keep":  # never touched, blank or not
        return old, "kept: the policy leaves it alone"
    if is_absent(old):  # every other rule yields to a value
        return new, f"{rule}: {here} was blank"
    if rule == "overwrite":
        return new, "overwrite: the lead's value wins"
    if rule == "newest":
        return _newest(old, new, stamps)
    if rule == "longest":
        return (new, "longest") if len(_text(new)) > len(_text(old)) else (old, "kept: not shorter")
    if rule == "union":
        return _both(old, new), "union: both together"
    if rule == "restrictive" and new is True:  # the opt-out wins, from whichever side it comes
        return True, "restrictive: an opt-out wins"
    if rule == "restrictive" and old is True:
        return old, "kept: an opt-out stays"
    return old, "kept: there is a value already"


def _newest(old: Value, new: Present, stamps: tuple[datetime | None, datetime | None]) -> tuple[Value, str]:
    there, lead = stamps
    if there is None or lead is None:
        return old, "kept: no clock tells which value is newer"
    return (new, "newest: the lead was modified later") if lead > there else (old, "kept: not older")


def _both(old: Value, new: Present) -> Value:
    """Both lists, or both texts one below the other; what is there already is not added again."""
    if isinstance(old, tuple) and isinstance(new, tuple):
        return (*old, *(item for item in new if item not in old))
    return old if _text(new) in _text(old) else f"{old}\n{new}"


def _text(value: Value) -> str:
    return " ".join(str(value).split())
