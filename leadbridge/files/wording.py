"""What pydantic found, in plain words. Values from the file are never repeated."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from leadbridge.files.branches import Finding

_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'")
_MOST_SHOWN: Final = 20

_LIMITS: Final[dict[str, Callable[[Mapping[str, Any]], str]]] = {
    "greater_than": lambda c: f"must be more than {c['gt']}",
    "greater_than_equal": lambda c: f"must be at least {c['ge']}",
    "less_than": lambda c: f"must be less than {c['lt']}",
    "less_than_equal": lambda c: f"must be at most {c['le']}",
    "too_short": lambda c: f"must hold at least {_count(c['min_length'])}",
    "too_long": lambda c: f"must hold at most {_count(c['max_length'])}",
    "string_too_short": lambda c: (
        "must not be blank" if c["min_length"] == 1 else f"must have at least {c['min_length']} characters"
    ),
    "string_too_long": lambda c: f"must have at most {c['max_length']} characters",
    "string_pattern_mismatch": lambda c: f"must match {c['pattern']}",
    "union_tag_not_found": lambda c: f"needs the key `{c['discriminator'].strip(chr(39))}`",
}


def _count(number: int) -> str:
    return f"{number} item" if number == 1 else f"{number} items"


def sentence(finding: Finding) -> str:
    """What is wrong, with what would be right."""
    if finding.wanted:
        return f"must be {_either(finding.wanted)}"
    if known := options(finding):
        shown = ", ".join(known[:_MOST_SHOWN]) + (", …" if len(known) > _MOST_SHOWN else "")
        return f"must be one of {shown}" if len(known) > 1 else f"must be {shown}"
    if finding.kind in _LIMITS:
        return _LIMITS[finding.kind](finding.context)
    if finding.secret:
        return "is not valid"
    return finding.message.replace("Input should be", "must be", 1)


def options(finding: Finding) -> Sequence[str]:
    """The words that would do, where the value must be one of a list."""
    expected = finding.context.get("expected") or finding.context.get("expected_tags")
    return _QUOTED.findall(str(expected)) if expected else ()


def _either(wanted: Sequence[str]) -> str:
    return wanted[0] if len(wanted) == 1 else f"{', '.join(wanted[:-1])} or {wanted[-1]}"
