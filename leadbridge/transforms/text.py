"""Plain text, and the types that are text to a CRM: a choice, a reference, several choices in one field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final, Literal

from pydantic import Field

from leadbridge.provider import Wire
from leadbridge.transforms.clean import text_of
from leadbridge.transforms.spec import Codec, Options, transform
from leadbridge.values import Present, Raw


class TextOptions(Options):
    case: Annotated[
        Literal["keep", "lower", "upper"], Field(description="Letters as they are, or all small, or all capital.")
    ] = "keep"
    truncate: Annotated[
        int | None, Field(ge=1, description="Longest text that is written; the rest is cut off. Reading cuts nothing.")
    ] = None


class ChoiceOptions(Options):
    """A choice and a reference have none: what the CRM's values mean is said by `values`."""


class MultiSelectOptions(Options):
    separator: Annotated[str, Field(min_length=1, description="What stands between two values.")] = ";"


_CASES: Final[dict[str, Callable[[str], str]]] = {"keep": str, "lower": str.lower, "upper": str.upper}


def _text_codec(options: TextOptions, _wire: Wire) -> Codec:
    if options.case == "keep" and options.truncate is None:
        return Codec(text_of, text_of)
    turn, longest = _CASES[options.case], options.truncate

    def decode(raw: Raw | Present) -> str:
        return text_of(turn(text_of(raw)))

    def encode(value: Present) -> str:
        return decode(value)[:longest].rstrip()

    return Codec(decode, encode)


def _plain_codec(_options: ChoiceOptions, _wire: Wire) -> Codec:
    return Codec(text_of, text_of)


def _multi_select_codec(options: MultiSelectOptions, _wire: Wire) -> Codec:
    """HubSpot sends and takes a leading separator (``;B`` adds to what stands there); it says nothing of the values."""
    separator = options.separator

    def split(raw: Raw) -> tuple[str, ...]:
        pieces = (text_of(piece) for piece in text_of(raw).split(separator))
        return tuple(dict.fromkeys(piece for piece in pieces if piece))

    def join(value: Present) -> str:
        return separator.join(split(separator.join(value) if isinstance(value, tuple) else str(value)))

    return Codec(split, join)


TEXT = transform(
    "text", ("text", "choice", "reference"), TextOptions, _text_codec, "Text, trimmed; control characters are dropped."
)
CHOICE = transform("choice", ("choice",), ChoiceOptions, _plain_codec, "One of a list of values, trimmed.")
REFERENCE = transform("reference", ("reference",), ChoiceOptions, _plain_codec, "The id of another record, as it is.")
MULTI_SELECT = transform(
    "multi_select",
    ("multi_select",),
    MultiSelectOptions,
    _multi_select_codec,
    "Several values in one field, in their order, each once.",
)
