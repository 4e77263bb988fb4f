"""E-mail addresses: in small letters, checked for their form, never by DNS."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from leadbridge.provider import Wire
from leadbridge.transforms.clean import as_text, token_of
from leadbridge.transforms.spec import Codec, Options, UnreadableError, transform
from leadbridge.values import Raw


class EmailOptions(Options):
    """None."""


_PLAIN: Final = re.compile(
    r"(?=.{3,254}\Z)(?=[^@]{1,64}@)"
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:(?!xn--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!xn--)[a-z](?:[a-z0-9-]{0,61}[a-z0-9])\Z",
    re.ASCII,
)
"""The addresses that need no full check (RFC 5321's dot-string at a domain of plain labels): nearly all."""

_LONGEST: Final = 254
_LONGEST_LOCAL: Final = 64
"""RFC 5321, section 4.5.3.1, in characters."""

_WRAPPED: Final = re.compile(r"[^<>]*<([^<>]*)>")


def read_email(raw: Raw) -> str:
    """The address in small letters, without ``mailto:``, a name before it, or what a sentence left behind it."""
    text = as_text(raw).strip().lower()
    if _PLAIN.match(text):
        return text
    text = token_of(raw).lower()
    wrapped = _WRAPPED.fullmatch(text)
    text = (wrapped[1] if wrapped else text).strip().removeprefix("mailto:").partition("?subject=")[0]
    return _checked(text.strip().rstrip(".,;"))


@lru_cache(maxsize=4096)
def _checked(text: str) -> str:
    if not text:
        return ""
    if _PLAIN.match(text):
        return text
    if len(text) > _LONGEST or len(text.rpartition("@")[0]) > _LONGEST_LOCAL:
        raise _bad()
    if text.count("@") > 1:
        raise UnreadableError("bad_email", "more than one e-mail address in one field")
    normal = _normal(text)
    top = normal.rpartition("@")[2].rpartition(".")
    if not top[0] or top[2].isdigit() or _normal(normal) != normal:
        raise _bad()
    return normal


def _normal(text: str) -> str:
    from email_validator import EmailNotValidError, validate_email  # 60 ms, seldom needed

    try:
        # "Not globally deliverable" keeps names such as .test and .example, which tests and demos live on.
        found = validate_email(text, check_deliverability=False, globally_deliverable=False)
    except (EmailNotValidError, UnicodeError) as error:
        raise _bad() from error
    return str(found.normalized).lower()


def _bad() -> UnreadableError:
    return UnreadableError("bad_email", "not an e-mail address")


def _codec(_options: EmailOptions, _wire: Wire) -> Codec:
    return Codec(read_email, as_text)


EMAIL = transform("email", ("email", "text"), EmailOptions, _codec, "An e-mail address, in small letters.")
