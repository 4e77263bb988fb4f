"""Yes and no, in the words of the CRM or the file."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BeforeValidator, Field, model_validator

from leadbridge.provider import Wire
from leadbridge.transforms.clean import as_text, token_of
from leadbridge.transforms.spec import Codec, Options, UnreadableError, transform
from leadbridge.values import Present, Raw

_TRUE: Final = ("true", "yes", "y", "t", "1", "on", "x")
_FALSE: Final = ("false", "no", "n", "f", "0", "off")


def _spelt(word: object) -> object:
    """YAML reads ``true`` and ``1`` as a boolean and a number; in a list of words they stand for themselves."""
    return as_text(word) if isinstance(word, bool | int) else word


Words = Annotated[tuple[Annotated[str, BeforeValidator(_spelt), Field(min_length=1)], ...], Field(min_length=1)]


class BooleanOptions(Options):
    true_words: Annotated[Words, Field(description="What reads as true; the first one is written.")] = _TRUE
    false_words: Annotated[Words, Field(description="What reads as false; the first one is written.")] = _FALSE

    @model_validator(mode="after")
    def _apart(self) -> BooleanOptions:
        both = {_key(word) for word in self.true_words} & {_key(word) for word in self.false_words}
        if both:
            raise ValueError(f"{sorted(both)[0]!r} cannot mean true and false; name both lists")
        return self


def _key(word: str) -> str:
    return token_of(word).casefold()


def _codec(options: BooleanOptions, wire: Wire) -> Codec:
    words = {_key(word): True for word in options.true_words} | {_key(word): False for word in options.false_words}
    written = {True: options.true_words[0], False: options.false_words[0]}

    def decode(raw: Raw) -> bool:
        found = raw if isinstance(raw, bool) else words.get(_key(as_text(raw)))
        if found is None:
            known = f"{', '.join(options.true_words)} or {', '.join(options.false_words)}"
            raise UnreadableError("bad_boolean", f"neither true nor false; known words are {known}")
        return found

    def encode(value: Present) -> Raw:
        return bool(value) if wire == "typed" else written[bool(value)]

    return Codec(decode, encode)


BOOLEAN = transform(
    "boolean", ("boolean",), BooleanOptions, _codec, "Yes or no; the words can be named, case does not matter."
)
