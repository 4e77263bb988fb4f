"""A Singer tap for one CSV file: each row goes out as it came, as a RECORD message, by the SDK's quickest writer."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from singer_sdk import Stream, Tap
from singer_sdk import typing as th
from singer_sdk.contrib.msgspec import MsgSpecWriter


class Leads(Stream):
    """The rows of the file, every column text."""

    name = "leads"

    @cached_property  # the SDK asks for it at every record
    def schema(self) -> dict[str, Any]:
        with Path(self.config["path"]).open(encoding="utf-8", newline="") as stream:
            header = next(csv.reader(stream, delimiter=";"))
        return th.PropertiesList(*(th.Property(column, th.StringType) for column in header)).to_dict()

    def get_records(self, context: Any) -> Iterable[dict[str, Any]]:
        with Path(self.config["path"]).open(encoding="utf-8", newline="") as stream:
            yield from csv.DictReader(stream, delimiter=";")


class TapLeads(Tap):
    """One file, one stream."""

    name = "tap-leads"
    message_writer_class = MsgSpecWriter
    config_jsonschema: ClassVar[dict[str, Any]] = th.PropertiesList(
        th.Property("path", th.StringType, required=True),
    ).to_dict()

    def discover_streams(self) -> list[Stream]:
        return [Leads(tap=self)]


if __name__ == "__main__":
    TapLeads.cli()
