"""The YAML parser's complaints as one sentence each, with the place to look at."""

from __future__ import annotations

import re
from typing import Final

from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.reader import ReaderError

ALIAS: Final = "an alias (`*{name}`) is not allowed; use `extends:` instead, or put text that begins with * in quotes"
ANCHOR: Final = "an anchor (`&{name}`) is not allowed; use `extends:` instead, or put text that begins with & in quotes"
MERGE_KEY: Final = "a merge key (`<<`) is not allowed; use `extends:` instead"
TAG: Final = "a tag (`!`) is not allowed; delete it, or put the text in quotes"
EMPTY_KEY: Final = "a key must not be empty; write it before the `:`"
TAB: Final = "a tab cannot indent YAML; use spaces"
_LATE_TAB: Final = "a tab cannot stand here; use spaces"
_BRACKETS: Final = "text that begins with { or [ must stand in quotes"
_UNKNOWN: Final = "this is not valid YAML; check the indentation, quotes and brackets here and in the line above"

_SENTENCES: Final = (  # what the parser says (context and problem), our sentence, whether to point at the start
    (r"scanning an? (alias|anchor)", "text cannot begin with `*` or `&`; put it in quotes", True),
    (r"scanning an? tag|parsing a node.*tag", TAG, True),
    (r"scanning a directive|directive", "a `%` directive is not allowed; delete the line", True),
    (r"quoted scalar.*(unexpected end|document separator)", "a quote is opened here and never closed", True),
    (
        r"unknown escape|hexadec|escape sequence|quoted scalar.*code",
        "unknown escape in double quotes; use single quotes",
        False,
    ),
    (r"flow sequence", "a `[` list lacks a `,` or its `]` before this place", False),
    (r"flow mapping", "a `{` mapping lacks a `,` or its `}` before this place; quote text that begins with {", False),
    (r"mapping values are not allowed", "a `:` cannot stand here; put the text in quotes, or begin a new line", False),
    (r"character '\\t' that cannot start", _LATE_TAB, False),
    (r"could not find expected ':'", "this line lacks a `:` behind its key", True),
    (
        r"scanning a block scalar",
        "nothing may follow `|` or `>` in its line, and the text below must be indented",
        False,
    ),
    (r"sequence entries are not allowed", "a list item cannot stand here; begin it in a line of its own", False),
    (r"cannot start any token", "text cannot begin with this character; put it in quotes", False),
    (
        r"block (end|mapping|sequence|collection)",
        "this does not fit the lines above; check the indentation and quotes",
        False,
    ),
    (r"expected the node content", "a bracket or comma stands here without a value before it", False),
)


def explain(error: Exception, text: str, lines: list[int]) -> tuple[int, str]:
    """The index to point at, and the sentence. ``lines`` holds the index at which each line begins."""
    if isinstance(error, ReaderError):
        return _unprintable(text)
    if not isinstance(error, MarkedYAMLError):
        return 0, _UNKNOWN
    place = error.problem_mark or error.context_mark
    start = error.context_mark or place
    index = 0 if place is None else min(int(place.index), len(text))
    if (tab := _indenting_tab(text, index)) is not None:
        return tab, TAB
    if (bracket := _bracketed_text(text, index)) is not None:
        return bracket, _BRACKETS
    said = f"{error.context or ''} {error.problem or ''}"
    for pattern, sentence, at_start in _SENTENCES:
        if re.search(pattern, said):
            return (int(start.index) if at_start and start else index), sentence
    return index, _UNKNOWN


def _indenting_tab(text: str, index: int) -> int | None:
    """The first tab in front of the place, where its line holds nothing else there."""
    begin = max(text.rfind(end, 0, index) for end in "\n\r") + 1
    indent = re.compile(r"[ \t]*").match(text, begin)
    if indent is None or "\t" not in indent[0] or index > indent.end():
        return None
    return begin + indent[0].index("\t")


def _bracketed_text(text: str, index: int) -> int | None:
    """The bracket with which a value begins that goes on behind the bracket's end, such as ``{company} - x``."""
    begin = text.rfind("\n", 0, index) + 1
    found = re.fullmatch(r"[^\n{\[]{1,200}?[:-] +([{\[][^\n{}\[\]]{0,200}[}\]])[^\n]{0,200}", text[begin:index][:600])
    return begin + found.start(1) if found else None


def _unprintable(text: str) -> tuple[int, str]:
    found = re.search("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|\ufeff", text)
    index = found.start() if found else 0
    code = f"U+{ord(text[index]):04X}" if found else "control"
    return index, f"the character {code} is not allowed in YAML; delete it, or write it as an escape in double quotes"
