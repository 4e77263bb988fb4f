"""Record ids: three characters for the object, and three more behind that make fifteen safe where case is lost."""

from __future__ import annotations

import string

DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_CHECKS = string.ascii_uppercase + "012345"
_INSTANCE = "Sb0"
"""Where the records of this org are kept; the fourth to sixth character of its ids."""

MASTER_RECORD_TYPE = "012000000000000AAA"


def made(prefix: str, number: int) -> str:
    """The id of the record of this running number, 18 characters long."""
    digits = ""
    while number:
        number, rest = divmod(number, len(DIGITS))
        digits = DIGITS[rest] + digits
    return lengthened(prefix + _INSTANCE + digits.rjust(9, "0"))


def number(id: str) -> int:
    """The running number of a record of this org."""
    found = 0
    for digit in id[6:15]:
        found = found * len(DIGITS) + DIGITS.index(digit)
    return found


def lengthened(id: str) -> str:
    """Fifteen characters made eighteen: each check character tells which of five are capital letters."""
    return id + "".join(_check(id[start : start + 5]) for start in (0, 5, 10))


def normal(id: str) -> str | None:
    """The id with eighteen characters; None where it is no id: other signs, another length, a wrong check."""
    if not id.isascii() or not id.isalnum():
        return None
    if len(id) == 15:
        return lengthened(id)
    if len(id) != 18:
        return None
    whole = lengthened(id[:15])
    return whole if whole[15:] == id[15:].upper() else None


def _check(five: str) -> str:
    return _CHECKS[sum(1 << place for place, character in enumerate(five) if character.isupper())]
