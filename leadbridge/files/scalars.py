"""What an unquoted word of YAML means: the YAML 1.2 core schema, exact and without surprises.

``yes``, ``no``, ``on``, ``off`` and dates stay text. Numbers keep their exact source (Decimal, never float). Stricter
than the core schema where a number would lose something: digits with a leading zero (``007``, an id or a postcode),
infinities and exponents beyond three digits stay text.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final, TypeAlias

Scalar: TypeAlias = str | int | Decimal | bool | None

_WORDS: Final[dict[str, bool | None]] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,99})")
_BASED = re.compile(r"0o[0-7]{1,99}|0x[0-9a-fA-F]{1,99}")
_DECIMAL = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,3})?")


def meaning(text: str) -> Scalar:
    """The value of an unquoted scalar."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _BASED.fullmatch(text):
        return int(text, 0)
    if _DECIMAL.fullmatch(text):
        return Decimal(text)
    return text
