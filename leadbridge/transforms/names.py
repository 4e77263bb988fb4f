"""A person's name in one field: split into its parts, and put together again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import Field

from leadbridge.provider import Wire
from leadbridge.transforms.clean import text_of
from leadbridge.transforms.spec import Options, PartsCodec, UnreadableError, transform
from leadbridge.values import Present, Raw

PARTS: Final = ("salutation", "first", "middle", "last", "suffix")

_LONGEST: Final = 1000
_SALUTATIONS: Final = frozenset(
    {"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "dame", "rev", "fr", "hon"}
    | {"herr", "frau", "dipl-ing", "mme", "mlle", "sr", "sra", "srta", "dott", "ing"}
)
_SUFFIXES: Final = frozenset({"jr", "sr", "ii", "iii", "iv", "phd", "md", "esq", "mba", "cpa", "dds", "msc", "bsc"})
_PARTICLES: Final = frozenset(
    {"van", "von", "vom", "zu", "zur", "de", "der", "den", "des", "del", "della", "di", "da", "do", "dos", "das", "du"}
    | {"la", "le", "las", "los", "el", "al", "bin", "bint", "ibn", "ben", "ter", "ten", "te", "af", "av", "st"}
)
"""Words that belong to the family name behind them."""


class SplitNameOptions(Options):
    order: Annotated[
        Literal["first_last", "last_first"],
        Field(description="How a name without a comma is read, and how names are written: last_first writes a comma."),
    ] = "first_last"
    middle: Annotated[
        Literal["first", "own"], Field(description="Whether middle names stay with the first name or are a part.")
    ] = "first"


def _is(word: str, known: frozenset[str]) -> bool:
    return word.replace(".", "").casefold() in known


def split(text: str, options: SplitNameOptions) -> dict[str, str]:
    """Part -> words, for the parts that are there; one word alone is a family name."""
    before, comma, after = text.partition(",")
    words, given = before.split(), after.replace(",", " ").split()
    salutation, words = _leading(words)
    words, suffix = _trailing(words)
    if comma and all(_is(word, _SUFFIXES) for word in given):
        suffix, comma = [*suffix, *given], ""
    if comma and words:
        more, given = _leading(given)
        given, behind = _trailing(given)
        return _joined([*salutation, *more], given, words, [*suffix, *behind], options)
    words = words or given
    at = _family_at(words) if options.order == "first_last" else _family_end(words)
    first, last = (words[:at], words[at:]) if options.order == "first_last" else (words[at:], words[:at])
    return _joined(salutation, first, last, suffix, options)


def _leading(words: list[str]) -> tuple[list[str], list[str]]:
    """Salutations at the front, and the rest, which keeps one word."""
    count = 0
    while count < len(words) - 1 and _is(words[count], _SALUTATIONS):
        count += 1
    return words[:count], words[count:]


def _trailing(words: list[str]) -> tuple[list[str], list[str]]:
    """The rest, which keeps one word, and suffixes at the end."""
    count = len(words)
    while count > 1 and _is(words[count - 1], _SUFFIXES):
        count -= 1
    return words[:count], words[count:]


def _family_at(words: list[str]) -> int:
    """Where the family name begins: at the first particle behind the first word, else at the last word."""
    particles = (i for i in range(1, len(words) - 1) if _is(words[i], _PARTICLES))
    return next(particles, len(words) - 1)


def _family_end(words: list[str]) -> int:
    """Where the family name ends that comes first: behind one word that is no particle."""
    return next((i + 1 for i, word in enumerate(words) if not _is(word, _PARTICLES)), len(words))


def _joined(
    salutation: list[str], first: list[str], last: list[str], suffix: list[str], options: SplitNameOptions
) -> dict[str, str]:
    middle: list[str] = []
    if options.middle == "own":
        first, middle = first[:1], first[1:]
    parts = dict(zip(PARTS, (salutation, first, middle, last, suffix), strict=True))
    return {part: " ".join(words) for part, words in parts.items() if words}


def compose(parts: Mapping[str, Present], options: SplitNameOptions) -> str:
    """The parts in one text, such that splitting and composing it again gives the same text."""
    given = {part: " ".join(text_of(parts[part]).replace(",", " ").split()) for part in PARTS if part in parts}
    text = _lined_up(given, options)
    for _ in PARTS:  # a part may hold words that read as another part; each round settles one at least
        text, before = _lined_up(split(text, options), options), text
        if text == before:
            break
    return text


def _lined_up(parts: Mapping[str, str], options: SplitNameOptions) -> str:
    if options.order == "first_last":
        return " ".join(parts[part] for part in PARTS if parts.get(part))
    given = " ".join(parts[part] for part in ("salutation", "first", "middle", "suffix") if parts.get(part))
    return ", ".join(text for text in (parts.get("last"), given) if text)


def _codec(options: SplitNameOptions, _wire: Wire) -> PartsCodec:
    def decode(raw: Raw) -> dict[str, Present]:
        text = text_of(raw)
        if len(text) > _LONGEST:
            raise UnreadableError("too_long", f"the name has {len(text):,} characters, more than any name has")
        return dict(split(text, options))

    def encode(parts: Mapping[str, Present]) -> str:
        return compose(parts, options)

    return PartsCodec(PARTS, decode, encode)


SPLIT_NAME = transform(
    "split_name",
    ("text",),
    SplitNameOptions,
    _codec,
    "A whole name as salutation, first, middle, last and suffix: Dr. Ada King, van Dyke, Dick, Martin King Jr.",
)
