"""What a connection of provider ``csv`` can be told in ``leadbridge.yaml``."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from leadbridge.provider import Settings


def _text_encoding(name: str) -> str:
    try:
        "".encode(name)
        return codecs.lookup(name).name
    except (LookupError, ValueError) as error:
        raise ValueError(f"{name!r} is no text encoding that Python knows, such as utf-8 or cp1252") from error


def _separator(character: str) -> str:
    if len(character) != 1 or character in "\r\n\0":
        raise ValueError("must be one character, and no line end")
    return character


Encoding = Annotated[str, AfterValidator(_text_encoding)]
Character = Annotated[str, AfterValidator(_separator)]
Name = Annotated[str, Field(min_length=1)]


class CsvSettings(Settings):
    path: str = Field(
        min_length=1,
        description="A file, a glob such as inbox/fair-*.csv, or a folder; from the project folder, never outside it.",
    )
    key: Name | Mapping[Name, Name] | None = Field(
        None,
        description="The column that identifies a row, or object name -> column. With it a file is a table that can"
        " be written; without it an append-only inbox.",
    )
    encoding: Encoding | None = Field(None, description="The files' encoding; found out where it is not given.")
    delimiter: Character | None = Field(None, description="What stands between cells; found out where not given.")
    quote: Character | None = Field(None, description="What stands around a quoted cell; found out where not given.")
    max_cell: int = Field(
        1 << 20,
        ge=1,
        le=1 << 28,
        description="The longest cell in characters. A row with a longer one is rejected; so is a row of more than four"
        " times this (and of more than 1 MiB).",
    )

    def key_of(self, object: str) -> str | None:
        """The key column of an object, or None where it is an inbox."""
        if self.key is None or isinstance(self.key, str):
            return self.key
        return self.key.get(object)
