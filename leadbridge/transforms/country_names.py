"""What countries are called: ISO's names and codes, CLDR's names in seven languages, and what people write besides.

The tables are built on first use (some 60 ms), so this module is imported only once a mapping needs it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final, Literal

import pycountry
from babel import Locale

from leadbridge.transforms.spec import UnreadableError

_LANGUAGES: Final = ("en", "de", "fr", "es", "it", "pt", "nl")
"""English first: where two languages give one name to two countries, the earlier language is right."""

_KOSOVO: Final = ("XK", "XKX", "Kosovo")
"""Not in ISO 3166, but these codes of ISO's user range are what CRMs and banks use."""

_ALIASES: Final = {
    "AE": ("uae", "emirates"),
    "BA": ("bosnia",),
    "CD": ("dr congo", "drc", "congo kinshasa"),
    "CG": ("congo brazzaville", "republic of the congo"),
    "CI": ("ivory coast",),
    "CZ": ("czech republic",),
    "GB": ("uk", "great britain", "britain", "england", "scotland", "wales", "northern ireland"),
    "HK": ("hong kong",),
    "IE": ("republic of ireland", "eire"),
    "KR": ("korea", "south korea", "republic of korea"),
    "MK": ("macedonia",),
    "MM": ("burma",),
    "MO": ("macau",),
    "NL": ("holland",),
    "PS": ("palestine",),
    "RU": ("russia",),
    "SZ": ("swaziland",),
    "TL": ("east timor",),
    "TR": ("turkey",),
    "TW": ("republic of china"),
    "US": ("america", "united states of america"),
    "VA": ("vatican",),
    "VN": ("viet nam",),
}


@lru_cache(maxsize=4096)
def read(text: str) -> str:
    """Two letters for a code or a name. Raises UnreadableError ``unknown_country``."""
    found = _by_name().get(_folded(text))
    if found is None:
        raise UnreadableError("unknown_country", "no country has this name or code")
    return found


@lru_cache(maxsize=4096)
def write(alpha2: str, style: Literal["alpha2", "alpha3", "name"]) -> str:
    """The country in the style asked for; what is no country's code stays as it is."""
    codes = _codes().get(alpha2.upper())
    if codes is None or style == "alpha2":
        return alpha2
    return codes[0] if style == "alpha3" else codes[1]


@cache
def _codes() -> dict[str, tuple[str, str]]:
    """Two letters -> three letters and CLDR's English name."""
    english = Locale("en").territories
    codes = {c.alpha_2: (c.alpha_3, english.get(c.alpha_2, c.name)) for c in pycountry.countries}
    return {**codes, _KOSOVO[0]: _KOSOVO[1:]}


@cache
def _by_name() -> dict[str, str]:
    index: dict[str, str] = {}
    for alpha2, name in _names():
        index.setdefault(_folded(name), alpha2)
    return index


def _names() -> Iterator[tuple[str, str]]:
    """Two letters and a name, the surer ones first."""
    for alpha2, (alpha3, english) in _codes().items():
        yield from ((alpha2, alpha2), (alpha2, alpha3), (alpha2, english))
    for alpha2, aliases in _ALIASES.items():
        yield from ((alpha2, alias) for alias in aliases)
    for country in pycountry.countries:
        for kind in ("name", "official_name", "common_name"):
            yield country.alpha_2, getattr(country, kind, None) or country.name
    for language in _LANGUAGES:
        territories = Locale(language).territories
        yield from ((alpha2, territories[alpha2]) for alpha2 in _codes() if alpha2 in territories)


def _folded(name: str) -> str:
    """Small ASCII-ish words: no accents, no dots between initials, no ``the`` in front, ``and`` for ``&``."""
    decomposed = unicodedata.normalize("NFKD", name.replace("&", " and ")).casefold()
    bare = "".join(c for c in decomposed if not unicodedata.combining(c)).replace(".", "").replace("'", "")
    words = re.sub(r"[\W_]+", " ", bare).split()
    if words[:1] == ["the"] and len(words) > 1:
        words = words[1:]
    return " ".join("saint" if word == "st" else word for word in words)
