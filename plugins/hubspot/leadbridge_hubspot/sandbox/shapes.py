"""Parts of a body that must have a certain shape, whoever sent it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leadbridge_hubspot.sandbox.refusals import Refused

Json = Any


def each(told: Mapping[str, Json], name: str) -> list[dict[str, Json]]:
    """A list of objects; empty where it is not told. Raises Refused."""
    return objects(told.get(name), name)


def objects(found: Json, name: str) -> list[dict[str, Json]]:
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise _malformed(f"{name} must be a list of objects")
    return found


def inner(told: Mapping[str, Json], name: str) -> dict[str, Json]:
    """An object; an empty one where it is not told. Raises Refused."""
    found = told.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise _malformed(f"{name} must be an object")
    return found


def words(told: Mapping[str, Json], name: str) -> list[str]:
    """A list of names or ids; empty where it is not told. Raises Refused."""
    found = told.get(name)
    if found is None:
        return []
    if not isinstance(found, list):
        raise _malformed(f"{name} must be a list")
    return [str(one) for one in found]


def whole(told: Mapping[str, Json], name: str, default: int = 0) -> int:
    """A number that counts something, as a number or a text. Raises Refused."""
    text = str(told.get(name) if told.get(name) not in (None, "") else default)
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise _malformed(f"{name} must be a whole number")
    return int(text)


def _malformed(reason: str) -> Refused:
    return Refused(400, "VALIDATION_ERROR", f"Invalid input JSON: {reason}")
