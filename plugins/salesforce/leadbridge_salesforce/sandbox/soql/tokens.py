"""A query's text as tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from leadbridge_salesforce.sandbox.soql.faults import malformed

MAX_LENGTH: Final = 100_000
"""Characters of one statement; SOQL reference, SOQL limits."""

_TOKEN: Final = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<moment>\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})(?!\w))
  | (?P<day>\d{4}-\d{2}-\d{2}(?![\w:]))
  | (?P<number>[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?![\w.]))
  | (?P<text>'(?:[^'\\]|\\.)*')
  | (?P<word>[A-Za-z][A-Za-z0-9_]*)
  | (?P<sign><=|>=|!=|<>|[=<>(),.:])
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Token:
    """``kind`` is a group's name in the pattern above, or ``end``."""

    kind: str
    text: str
    at: int

    @property
    def word(self) -> str:
        """The token in capitals where it is a word, else nothing: keywords are words until they are read."""
        return self.text.upper() if self.kind == "word" else ""


def tokens(query: str) -> tuple[Token, ...]:
    """All tokens but white space, and one of kind ``end`` behind them.

    Raises:
        QueryError: a character that no token begins with.
    """
    if len(query) > MAX_LENGTH:
        raise malformed(query[:1], 0, f"SOQL statements cannot be longer than {MAX_LENGTH} characters.")
    found: list[Token] = []
    at = 0
    while at < len(query):
        match = _TOKEN.match(query, at)
        if match is None:
            raise malformed(query, at, _wrong_character(query, at))
        if match.lastgroup != "space":
            found.append(Token(str(match.lastgroup), match.group(), at))
        at = match.end()
    found.append(Token("end", "<EOF>", len(query)))
    return tuple(found)


def _wrong_character(query: str, at: int) -> str:
    if query[at] == "'":
        return "line 1: mismatched character '<EOF>' expecting '''"
    return f"unexpected token: '{query[at]}'"


_ESCAPES: Final = {
    "n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\",
}  # fmt: skip
_ESCAPE: Final = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)


def unescaped(raw: str) -> str | None:
    """What a quoted text says outside LIKE; None where an escape is none of SOQL's."""
    return _decoded(raw, {**_ESCAPES, "_": "_", "%": "%"})


def like_pattern(raw: str) -> str | None:
    r"""A text's LIKE pattern, with ``\`` before each ``%``, ``_`` and ``\`` that stands for itself."""
    return _decoded(raw, {**_ESCAPES, "\\": "\\\\", "_": "\\_", "%": "\\%"})


def _decoded(raw: str, escapes: dict[str, str]) -> str | None:
    codes = [match.group(1) for match in _ESCAPE.finditer(raw)]
    if any(len(code) == 1 and code not in escapes for code in codes):
        return None
    text = _ESCAPE.sub(lambda found: _character(found.group(1), escapes), raw)
    return None if any("\ud800" <= character <= "\udfff" for character in text) else text


def _character(code: str, escapes: dict[str, str]) -> str:
    return chr(int(code[1:], 16)) if len(code) > 1 else escapes[code]
