"""Numbers and money: exact, in the notation of a locale, never a float."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Context, Decimal, InvalidOperation
from functools import cache
from typing import Annotated, Final, Literal

from pydantic import Field, model_validator

from leadbridge.provider import Wire
from leadbridge.transforms.clean import LONGEST_TOKEN, as_text, token_of
from leadbridge.transforms.spec import Codec, Options, UnreadableError, transform
from leadbridge.values import Present, Raw

Parse = Callable[[str], Decimal]

_EXACT: Final = Context(prec=LONGEST_TOKEN * 2)
_BLANK_MARKS: Final = " '\u00a0\u2009\u2019\u202f"
"""Group marks that are no decimal mark anywhere: spaces (also no-break, thin, narrow) and apostrophes."""

_LONGEST: Final = 300
"""Characters of a number written out: shorter than the longest token, so that what is written can be read again."""

_CURRENCY: Final = (
    r"[$\u00a2-\u00a5\u058f\u060b\u09f2\u09f3\u0e3f\u17db\u20a0-\u20cf]"  # signs
    r"|[A-Za-z]{1,2}\$|kr\.?|Rs\.?|Fr\.?|Ft|z\u0142|K\u010d|[A-Za-z]{3}"  # US$, names people use, codes
)
_AROUND: Final = re.compile(rf"(?:({_CURRENCY})\s*)?(.*?)(?:\s*({_CURRENCY}|%))?", re.ASCII | re.DOTALL)
_PLAIN: Final = re.compile(r"-?[0-9]{1,30}(?:\.[0-9]{1,30})?", re.ASCII)


class IntegerOptions(Options):
    locale: Annotated[str | None, Field(description="Whose notation it is, such as en_US (the default) or de_DE.")] = (
        None
    )
    decimal_mark: Annotated[
        Literal[".", ","] | None, Field(description="Instead of a locale: the other of the two marks thousands.")
    ] = None

    @model_validator(mode="after")
    def _one_notation(self) -> IntegerOptions:
        if self.locale is not None and self.decimal_mark is not None:
            raise ValueError("locale and decimal_mark say the same thing; keep one")
        if self.locale is not None:
            _symbols(self.locale)
        return self


class DecimalOptions(IntegerOptions):
    fraction: Annotated[
        bool, Field(description="The CRM holds 0.25 where LeadBridge says 25 (per cent), as HubSpot's probability.")
    ] = False


def _symbols(locale: str) -> tuple[str, str]:
    """Decimal mark and group mark of a locale. Raises ValueError for an unknown one."""
    from babel import Locale, UnknownLocaleError
    from babel.numbers import get_decimal_symbol, get_group_symbol

    try:
        known = Locale.parse(locale, sep="-" if "-" in locale else "_")
    except (UnknownLocaleError, ValueError) as error:
        raise ValueError(f"{locale!r} is no locale; use a language and a country, such as de_DE") from error
    return get_decimal_symbol(known), get_group_symbol(known)


def _marks(options: IntegerOptions) -> tuple[str, str]:
    if options.decimal_mark is not None:
        return options.decimal_mark, "," if options.decimal_mark == "." else "."
    return _symbols(options.locale) if options.locale else (".", ",")


def _bad(reason: str = "not a number") -> UnreadableError:
    return UnreadableError("bad_number", reason)


def _is_code(text: str) -> bool:
    return len(text) == 3 and text.isascii() and text.isalpha()


@cache
def _is_currency(code: str) -> bool:
    import pycountry

    return pycountry.currencies.get(alpha_3=code.upper()) is not None


def _parser(decimal_mark: str, group_mark: str) -> Parse:
    """Reads one notation: grouped only where groups are thousands (or India's), so that 1.5 is never taken for 15."""
    mark, group = re.escape(decimal_mark), re.escape(group_mark + _BLANK_MARKS)
    whole = rf"(?:[0-9]{{1,3}}([{group}])(?:[0-9]{{2,3}}\1)*[0-9]{{3}}|[0-9]+)"
    number = re.compile(rf"(?:{whole}(?:{mark}[0-9]*)?|{mark}[0-9]+)(?:[eE][+-]?[0-9]{{1,2}})?", re.ASCII)
    grouping = str.maketrans("", "", group_mark + _BLANK_MARKS)

    def parse(text: str) -> Decimal:
        negative, body = (False, text) if number.fullmatch(text) else _unsigned(text)
        if not number.fullmatch(body):
            raise _bad(f"not a number in this notation ({decimal_mark!r} before decimals); see `locale`")
        value = Decimal(body.translate(grouping).replace(decimal_mark, "."))
        return value.copy_negate() if negative else value

    return parse


def _unsigned(text: str) -> tuple[bool, str]:
    """Whether it is negative (minus before or behind, or in brackets), and the number without sign and currency."""
    bracketed = len(text) > 1 and text[0] == "(" and text[-1] == ")"
    text = text[1:-1].strip() if bracketed else text
    negative, text = _cut_sign(text)
    around = _AROUND.fullmatch(text)
    currencies = [c for c in (around[1], around[3]) if c] if around else []
    if len(currencies) > 1 or any(_is_code(c) and not _is_currency(c) for c in currencies):
        raise _bad()
    inner, body = _cut_sign(around[2] if around else text)
    if (bracketed, negative, inner).count(True) > 1:
        raise _bad()
    return bracketed or negative or inner, body


def _cut_sign(text: str) -> tuple[bool, str]:
    text = text.replace("\u2212", "-").strip()
    if text[:1] in {"-", "+"}:
        return text[0] == "-", text[1:].strip()
    return (True, text[:-1].strip()) if text[-1:] == "-" else (False, text)


def _read(raw: Raw, parse: Parse) -> Decimal:
    """Raises UnreadableError ``bad_number``; a boolean is none, and neither are infinity and NaN."""
    if isinstance(raw, bool):
        raise _bad("true and false are no numbers")
    value = parse(token_of(raw)) if isinstance(raw, str) else _typed(raw)
    if not value.is_finite():
        raise _bad()
    if abs(value.adjusted()) > _LONGEST or len(format(value, "f")) > _LONGEST:
        raise _bad("more digits than an amount or a measure has")
    return value


def _typed(raw: Raw) -> Decimal:
    text = as_text(raw)
    try:
        return Decimal(text)
    except InvalidOperation:
        raise _bad() from None


def _plain(value: Present) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(as_text(value))


def _reader(options: IntegerOptions) -> tuple[str, Callable[[Raw], Decimal]]:
    """The decimal mark, and how raw values are read; plain digits in Python's own notation go by the short way."""
    decimal_mark, group_mark = _marks(options)
    parse = _parser(decimal_mark, group_mark)
    dotted = decimal_mark == "."

    def read(raw: Raw) -> Decimal:
        if isinstance(raw, str) and (dotted or raw.isdigit()) and _PLAIN.fullmatch(raw):
            return Decimal(raw)
        return _read(raw, parse)

    return decimal_mark, read


def _decimal_codec(options: DecimalOptions, wire: Wire) -> Codec:
    decimal_mark, read = _reader(options)
    shift = 2 if options.fraction else 0

    def decode(raw: Raw) -> Decimal:
        number = read(raw)
        in_percent = shift == 0 or (isinstance(raw, str) and raw.rstrip().endswith("%"))
        return number if in_percent else number.scaleb(shift, _EXACT)

    def encode(value: Present) -> Raw:
        number = _plain(value).scaleb(-shift, _EXACT) if shift else _plain(value)
        return number if wire == "typed" else format(number, "f").replace(".", decimal_mark)

    return Codec(decode, encode)


def _integer_codec(options: IntegerOptions, wire: Wire) -> Codec:
    _, read = _reader(options)

    def decode(raw: Raw) -> int:
        number = read(raw)
        if number != number.to_integral_value(context=_EXACT):
            raise _bad("not a whole number")
        return int(number)

    def encode(value: Present) -> Raw:
        return int(_plain(value)) if wire == "typed" else str(int(_plain(value)))

    return Codec(decode, encode)


INTEGER = transform("integer", ("integer",), IntegerOptions, _integer_codec, "A whole number.")
DECIMAL = transform(
    "decimal",
    ("decimal",),
    DecimalOptions,
    _decimal_codec,
    "Money or a measure, exact; currency signs and codes, brackets for negatives and a per cent sign are understood.",
)
