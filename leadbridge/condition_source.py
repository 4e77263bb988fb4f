"""What can be told of a CEL source without evaluating it: its macros, what it reads of ``record``, what is wrong.

The CEL library reports names and functions, but not which names a macro binds, which keys are read of a map, or how
much an expression can cost; and its syntax errors are drawings of several lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

MACROS: Final = frozenset({"all", "exists", "exists_one", "existsOne", "filter", "map"})
RECORD: Final = "record"

_TOKEN: Final = re.compile(
    r"""
      (?P<comment> //[^\n]* )
    | (?P<string> (?:[rRbB]{0,2}) (?: \"{3}.*?\"{3} | '{3}.*?'{3} | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' ) )
    | (?P<name> [_a-zA-Z][_a-zA-Z0-9]* )
    | (?P<other> \S )
    """,
    re.VERBOSE | re.DOTALL,
)
_PLAIN_STRING: Final = re.compile(r"""(["'])([^\\]*)\1""", re.DOTALL)
_ERROR: Final = re.compile(r"ERROR: <input>:(\d+):(\d+): (?:Syntax error: )?(.*)")
_CULPRIT: Final = re.compile(r"(?:mismatched|extraneous) input '(.*?)' expecting|no viable alternative at input '(.*)'")
_SLIPS: Final = {"=": "==", "and": "&&", "or": "||", "not": "!", "<>": "!=", "===": "==", "is": "=="}
_TOLD: Final = {
    "Recursion limit": "it is nested too deeply",
    "reserved identifier": "a word that CEL reserves is used as a name",
    "has() macro": "has() takes a field of record, as in has(record.phone),",
    "literal": "a number is out of range",
    "unsupported syntax": "an operator that conditions do not have is used",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a source uses.

    Attributes:
        bound: names that macros bind (the ``x`` of ``tags.exists(x, ...)``).
        record_names: keys read of ``record``; None where they are known only when it is evaluated.
        nested: a macro stands inside another one's parentheses.
        maps: how often ``map`` is used.
        patterns: the regular expressions that it gives to ``matches()``, each as it is quoted in the source.
    """

    bound: frozenset[str]
    record_names: frozenset[str] | None
    nested: bool
    maps: int
    patterns: tuple[str, ...] = ()


def read(source: str) -> Reading:
    tokens = [m for m in _TOKEN.finditer(source) if m.lastgroup != "comment"]
    words = [m.group() for m in tokens]
    calls = [n for n in range(len(words) - 1) if _is_macro_call(words, n)]
    keys = list(_record_keys(tokens))
    return Reading(
        bound=frozenset(words[n + 2] for n in calls if words[n + 3 : n + 4] == [","]),
        record_names=None if None in keys else frozenset(key for key in keys if key is not None),
        nested=_nested(words, frozenset(calls)),
        maps=sum(words[n] == "map" for n in calls),
        patterns=tuple(_patterns(tokens)),
    )


def _patterns(tokens: list[re.Match[str]]) -> Iterator[str]:
    for n in range(len(tokens) - 4):
        dot, name, opened, pattern, closed = tokens[n : n + 5]
        called = (dot.group(), name.group(), opened.group(), closed.group()) == (".", "matches", "(", ")")
        if called and pattern.lastgroup == "string":
            yield pattern.group()


def _is_macro_call(words: list[str], n: int) -> bool:
    return words[n] in MACROS and n > 0 and words[n - 1] == "." and words[n + 1] == "("


def _nested(words: list[str], calls: frozenset[int]) -> bool:
    open_: list[bool] = []
    for n, word in enumerate(words):
        if word == "(":
            open_.append(n - 1 in calls)
        elif word == ")" and open_:
            open_.pop()
        elif n in calls and any(open_):
            return True
    return False


def _record_keys(tokens: list[re.Match[str]]) -> Iterator[str | None]:
    """The keys that follow ``record``; None for each use that does not name one literally."""
    words = [m.group() for m in tokens]
    for n, word in enumerate(words):
        if word != RECORD or tokens[n].lastgroup != "name" or (n > 0 and words[n - 1] == "."):
            continue
        after = words[n + 1 : n + 4]
        literal = _PLAIN_STRING.fullmatch(after[1]) if len(after) == 3 and after[0] == "[" and after[2] == "]" else None
        if literal:
            yield literal.group(2)
        elif len(after) >= 2 and after[0] == "." and after[2:] != ["("]:
            yield after[1]
        else:
            yield None


def syntax_error(report: str) -> tuple[str, str | None]:
    """One sentence, with line and column, for the CEL parser's report; and what was probably meant."""
    first = _ERROR.search(report)
    if first is None:
        return "cannot be read as a condition", None
    line, column, text = first.groups()
    where = f"column {column}" if line == "1" else f"line {line}, column {column}"
    message, suggestion = _told(text)
    return f"{message} at {where}", suggestion


def _told(text: str) -> tuple[str, str | None]:
    unread = re.match(r"token recognition error at: '(.*)'", text, re.DOTALL)
    if unread:
        word = unread.group(1).strip()
        if word[:1] in ("'", '"'):
            return "a text in quotes is not closed, or holds an unknown escape,", None
        return f"{word[:40]!r} is not understood", _SLIPS.get(word)
    culprit = _CULPRIT.match(text)
    if culprit is None:
        return next((sentence for sign, sentence in _TOLD.items() if sign in text), "it is not understood"), None
    word = culprit.group(1) or culprit.group(2) or ""
    if word == "<EOF>":
        return "it ends too early", None
    return f"{word[:40]!r} is not expected", _SLIPS.get(word)
