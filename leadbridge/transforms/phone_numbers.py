"""Reading and writing phone numbers with phonenumbers, which takes 50 ms to import: so only once a mapping needs it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final, Literal

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumber, PhoneNumberFormat, ValidationResult

from leadbridge.transforms.spec import UnreadableError

Style = Literal["e164", "international", "national", "rfc3966"]
_FORMATS: Final[dict[Style, int]] = {
    "e164": PhoneNumberFormat.E164,
    "international": PhoneNumberFormat.INTERNATIONAL,
    "national": PhoneNumberFormat.NATIONAL,
    "rfc3966": PhoneNumberFormat.RFC3966,
}

_MARKED: Final = re.compile(r"\+[1-9][0-9 ()./-]{5,40}", re.ASCII)
_ABROAD: Final = re.compile(r"00[ ()./-]*[1-9]", re.ASCII)
_NO_MARKS: Final = str.maketrans("", "", "+ ()./-")


def is_region(region: str) -> bool:
    """Whether two letters name a country with phone numbers."""
    return region in phonenumbers.SUPPORTED_REGIONS


@lru_cache(maxsize=16_384)
def read(text: str, region: str | None = None, area_code: str | None = None) -> str:
    """The number in E.164, ``;ext=`` behind it where it has an extension.

    A number is readable when its length is possible in its country: whether a range is in use changes with the
    library's data, and a lead is not to be refused for it. Raises UnreadableError ``bad_phone``.
    """
    if _ABROAD.match(text) and _calls_abroad_by_00(region):
        text = "+" + text[2:]
    if (plain := _international(text)) is not None:
        return plain
    number = _parse(text, region)
    possible = phonenumbers.is_possible_number_with_reason(number)
    if possible == ValidationResult.IS_POSSIBLE_LOCAL_ONLY and area_code and not text.startswith("+"):
        return read(area_code + text, region)
    if possible != ValidationResult.IS_POSSIBLE and text.startswith("00"):
        return read("+" + text[2:])  # how most of the world calls abroad, whatever the file's region
    if possible != ValidationResult.IS_POSSIBLE:
        raise UnreadableError("bad_phone", _why_not(possible, area_code))
    return _canonical(number)


def _international(text: str) -> str | None:
    """The number where nothing but its marks must go, in a tenth of the library's time; else None, and it decides.

    That is so after + and a country's code where no national prefix could be meant, and the length is possible.
    """
    if not _MARKED.fullmatch(text):
        return None
    digits = text.translate(_NO_MARKS)
    for width in (1, 2, 3):
        country = _country(int(digits[:width]))
        if country is not None:
            national = digits[width:]
            return None if len(national) not in country.lengths or country.prefix.match(national) else f"+{digits}"
    return None


@dataclass(frozen=True, slots=True)
class _Country:
    """What the library knows of a calling code: lengths of its numbers, and what may come before one at home."""

    lengths: frozenset[int]
    prefix: re.Pattern[str]


@cache
def _country(calling_code: int) -> _Country | None:
    metadata = PhoneMetadata.metadata_for_region(phonenumbers.region_code_for_country_code(calling_code), None)
    if metadata is None or metadata.general_desc is None:
        return None
    prefix = metadata.national_prefix_for_parsing
    return _Country(
        frozenset(metadata.general_desc.possible_length) - frozenset(metadata.general_desc.possible_length_local_only),
        re.compile(f"0|{prefix}" if prefix else "0"),
    )


@cache
def _calls_abroad_by_00(region: str | None) -> bool:
    """So it is in most countries, and usual where none is named."""
    metadata = PhoneMetadata.metadata_for_region(region, None) if region else None
    return metadata is None or metadata.international_prefix == "00"


@lru_cache(maxsize=16_384)
def write(canonical: str, region: str | None, style: Style) -> str:
    """In the style asked for; canonical where that style would not read back as the same number."""
    try:
        number = _parse(canonical, None)
        if style == "national" and phonenumbers.region_code_for_number(number) != region:
            style = "international"
        text = phonenumbers.format_number(number, _FORMATS[style])
        return text if read(text, region) == canonical else canonical
    except UnreadableError:
        return canonical


def _parse(text: str, region: str | None) -> PhoneNumber:
    try:
        return phonenumbers.parse(text, region)
    except NumberParseException as error:
        reason = "not a phone number"
        if region is None and error.error_type == NumberParseException.INVALID_COUNTRY_CODE:
            reason = "a phone number without a country; name it with `region`, or write +, country and number"
        raise UnreadableError("bad_phone", reason) from error


def _why_not(possible: int, area_code: str | None) -> str:
    if possible == ValidationResult.IS_POSSIBLE_LOCAL_ONLY and area_code is None:
        return "a local number without an area code; name it with `area_code`"
    if possible == ValidationResult.TOO_LONG:
        return "too many digits for a phone number of its country, or several numbers in one field"
    return "not as many digits as a phone number of its country has"


def _canonical(number: PhoneNumber) -> str:
    """Read again as long as that takes another national prefix off: a number with several would never come to rest."""
    plain = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    text = f"{plain};ext={number.extension}" if number.extension else plain
    if _begins_with_prefix(number) and phonenumbers.format_number(_parse(plain, None), PhoneNumberFormat.E164) != plain:
        return read(text)
    return text


def _begins_with_prefix(number: PhoneNumber) -> bool:
    region = phonenumbers.region_code_for_country_code(number.country_code or 0)
    metadata = PhoneMetadata.metadata_for_region(region, None)
    prefix = metadata.national_prefix_for_parsing if metadata else None
    return bool(prefix and re.match(prefix, phonenumbers.national_significant_number(number)))
