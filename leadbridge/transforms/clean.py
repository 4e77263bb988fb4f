"""What every transform does first: raw value to text that holds nothing a CRM, a file or a terminal would choke on."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Final

from leadbridge.transforms.spec import UnreadableError
from leadbridge.values import Present, Raw

LONGEST_TOKEN: Final = 400
"""Characters of a value that is one token (an address, a number, a date): far above any real one, so that hostile
input costs no time in parsers."""

_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_HALF_PAIR: Final = re.compile("[\ud800-\udfff]")
_DIGITS_MAX: Final = 1000


def as_text(raw: Raw | Present) -> str:
    """A value of any wire as text, numbers without exponent."""
    if isinstance(raw, str):
        return raw
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, Decimal):
        return format(raw, "f") if raw.is_finite() and abs(raw.adjusted()) < _DIGITS_MAX else str(raw)
    if isinstance(raw, int) and raw.bit_length() > _DIGITS_MAX * 3:
        raise UnreadableError("too_long", "the number has too many digits")
    return str(raw)


def text_of(raw: Raw | Present) -> str:
    """Text of one line or several: trimmed, in NFC, line ends as ``\\n``, control characters dropped.

    Raises UnreadableError for half a surrogate pair, which no UTF-8 file or reply can hold.
    """
    text = as_text(raw)
    if text.isascii() and text.isprintable():
        return text.strip()
    if _HALF_PAIR.search(text):
        raise UnreadableError("bad_text", "the text holds half a character (a lone surrogate); type it in again")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _CONTROLS.sub("", text)).strip()


def token_of(raw: Raw) -> str:
    """Text of one token: as :func:`text_of`, on one line, and without invisible marks (zero width, direction, soft
    hyphen), which come along when an address or a number is copied from a page.
    """
    text = text_of(raw)
    if len(text) > LONGEST_TOKEN:
        raise UnreadableError("too_long", f"the value has {len(text):,} characters, more than any such value has")
    if text.isascii() and text.isprintable():
        return text
    visible = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return " ".join(unicodedata.normalize("NFC", visible).split())
