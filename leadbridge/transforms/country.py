"""Countries: kept as ISO 3166-1 letters, read from codes and from names in several languages."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from leadbridge.provider import Wire
from leadbridge.transforms.clean import as_text, token_of
from leadbridge.transforms.spec import Codec, Options, transform
from leadbridge.values import Present, Raw


class CountryOptions(Options):
    style: Annotated[
        Literal["alpha2", "alpha3", "name"],
        Field(description="How a country is written to the CRM: DE, DEU or Germany."),
    ] = "alpha2"


def _codec(options: CountryOptions, _wire: Wire) -> Codec:
    from leadbridge.transforms import country_names

    style = options.style

    def decode(raw: Raw) -> str:
        text = token_of(raw)
        return country_names.read(text) if text else ""

    def encode(value: Present) -> str:
        return country_names.write(as_text(value), style)

    return Codec(decode, encode)


COUNTRY = transform("country", ("country", "text"), CountryOptions, _codec, "A country, kept as its two ISO letters.")
