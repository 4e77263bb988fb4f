"""Normal forms by which two spellings are one: what exact matching compares."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tldextract import TLDExtract

_CACHED: Final = 20_000
_SHORTEST_PHONE: Final = 6
_ADDRESS: Final = re.compile(r"\d{1,3}(\.\d{1,3}){3}")
_DOMAIN: Final = re.compile(r"[\w-]+(\.[\w-]+)+")
_GLUE: Final = re.compile("[.'`\u2019\u00b4]+")
_WORD: Final = re.compile(r"[^\W_]+")


@lru_cache(_CACHED)
def fold(text: str) -> str:
    """Lower-case ASCII words with single spaces: accents and scripts transcribed, punctuation out, ``&`` as and."""
    from anyascii import anyascii

    plain = _GLUE.sub("", anyascii(text).casefold().replace("&", " and ").replace("+", " and "))
    return " ".join(_WORD.findall(plain))


@lru_cache(_CACHED)
def company_key(name: str) -> str:
    """A company's name without its legal form and without a leading *the*; never blank where the name has a word.

    Legal forms are cleanco's, folded like the name, and are taken from its end only: longest first, repeatedly.
    """
    words = fold(name).split()
    forms = _legal_forms()
    longest = max(map(len, forms))
    cut = len(words)
    while size := next((n for n in range(min(longest, cut - 1), 0, -1) if tuple(words[cut - n : cut]) in forms), 0):
        cut -= size
    if cut > 1 and words[cut - 1] == "and":
        cut -= 1  # "Smith & Co"
    return " ".join(words[1 if cut > 1 and words[0] == "the" else 0 : cut])


@lru_cache(1)
def _legal_forms() -> frozenset[tuple[str, ...]]:
    from cleanco import prepare_default_terms  # type: ignore[import-untyped]  # has no type hints

    return frozenset(tuple(fold(" ".join(words)).split()) for _, words in prepare_default_terms()) - {()}


@lru_cache(_CACHED)
def registrable_domain(text: str) -> str:
    """The part of an e-mail address, a web address or a host that its owner registered; blank where there is none.

    By the public suffix list that tldextract carries (nothing is fetched), private suffixes included, so that
    ``acme.myshopify.com`` is the shop's. An ending that the list does not know counts as a suffix of one label.
    """
    parts = _suffixes()(text.strip().casefold().rpartition("@")[2])
    if parts.domain and parts.suffix:
        domain = f"{parts.domain}.{parts.suffix}"
    else:
        whole = f"{parts.subdomain}.{parts.domain}".strip(".")
        domain = "" if _ADDRESS.fullmatch(whole) else ".".join(whole.split(".")[-2:])
    return domain if _DOMAIN.fullmatch(domain) else ""


@lru_cache(1)
def _suffixes() -> TLDExtract:
    from tldextract import TLDExtract

    return TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


def phone_key(phone: str) -> str:
    """The digits, without an extension; blank where there are too few to tell anybody."""
    digits = "".join(c for c in phone.partition(";")[0] if c.isdecimal())
    return digits if len(digits) >= _SHORTEST_PHONE else ""
