"""Company names, tidied; on request without their legal form."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Annotated, Final, Literal

from pydantic import Field

from leadbridge.provider import Wire
from leadbridge.transforms.clean import text_of
from leadbridge.transforms.spec import Codec, Options, transform
from leadbridge.values import Present, Raw

_SPACE_BEFORE: Final = re.compile(r"\s+([,;])")
_EDGES: Final = " ,;:|/\\-\u2013\u2014_*`"  # with the en dash and the em dash
_QUOTED: Final = re.compile('["\u201c\u201e\u00ab]([^"\u201c-\u201f\u00ab\u00bb]*)["\u201c\u201d\u00bb]')
_LONGEST: Final = 255
"""A name longer than a CRM's field keeps its legal form: it is not a name, and cleaning it would take long."""


class CompanyNameOptions(Options):
    legal_form: Annotated[
        Literal["keep", "drop"], Field(description="Whether GmbH, Ltd, Inc and their like stay in the name.")
    ] = "keep"


def _tidy(text: str) -> str:
    """One space between words, none before a comma, no stray marks at the ends, no quotes around the whole."""
    tidied = _SPACE_BEFORE.sub(r"\1", " ".join(text.split())).strip(_EDGES)
    quoted = _QUOTED.fullmatch(tidied)
    tidied = _tidy(quoted[1]) if quoted else tidied
    return tidied or text


@lru_cache(maxsize=16_384)
def without_legal_form(name: str) -> str:
    """The name without legal forms at its end; the name itself where nothing else would be left."""
    from cleanco import basename  # type: ignore[import-untyped]  # ships no types

    while len(name) <= _LONGEST:
        shorter = _tidy(basename(name))
        if not shorter or shorter == name:
            break
        name = shorter
    return name


def _codec(options: CompanyNameOptions, _wire: Wire) -> Codec:
    def keep(raw: Raw | Present) -> str:
        return _tidy(text_of(raw))

    def drop(raw: Raw | Present) -> str:
        return without_legal_form(keep(raw))

    read = drop if options.legal_form == "drop" else keep
    return Codec(read, read)


COMPANY_NAME = transform(
    "company_name", ("text",), CompanyNameOptions, _codec, "A company's name, tidied; with or without its legal form."
)
