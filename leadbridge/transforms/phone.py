"""Phone numbers: kept in E.164, written in the style of the CRM."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from leadbridge.provider import Wire
from leadbridge.transforms.clean import as_text, token_of
from leadbridge.transforms.spec import Codec, Options, transform
from leadbridge.values import Present, Raw


class PhoneOptions(Options):
    region: Annotated[
        str | None, Field(description="Country of numbers written without one; two letters, such as US.")
    ] = None
    area_code: Annotated[
        str | None, Field(pattern=r"^[0-9]{1,6}$", description="Area code of local numbers written without one.")
    ] = None
    style: Annotated[
        Literal["e164", "international", "national", "rfc3966"],
        Field(description="How a number is written to the CRM."),
    ] = "e164"

    @field_validator("region")
    @classmethod
    def _known(cls, region: str | None) -> str | None:
        if region is None:
            return None
        from leadbridge.transforms import phone_numbers

        if not phone_numbers.is_region(region.upper()):
            raise ValueError("is no country with phone numbers; use two letters, such as US or GB")
        return region.upper()

    @model_validator(mode="after")
    def _has_region(self) -> PhoneOptions:
        if self.region is None and (self.area_code or self.style == "national"):
            raise ValueError("area_code and style: national need a region")
        return self


def _codec(options: PhoneOptions, _wire: Wire) -> Codec:
    from leadbridge.transforms import phone_numbers

    region, area_code, style = options.region, options.area_code, options.style

    def decode(raw: Raw) -> str:
        text = token_of(raw)
        return phone_numbers.read(text, region, area_code) if text else ""

    def encode(value: Present) -> str:
        return phone_numbers.write(as_text(value), region, style)

    return Codec(decode, as_text if style == "e164" else encode)


PHONE = transform("phone", ("phone", "text"), PhoneOptions, _codec, "A phone number, kept in E.164.")
