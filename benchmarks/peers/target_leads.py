"""A Singer target that writes what a tap hands it into one CSV file, a batch at a time."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any, ClassVar

from singer_sdk import BatchSink, Target
from singer_sdk import typing as th
from singer_sdk.contrib.msgspec import MsgSpecReader


class LeadsSink(BatchSink):
    """Batches of the SDK's own size, appended to a new file."""

    def setup(self) -> None:
        super().setup()
        Path(self.config["path"]).write_bytes(b"")

    def process_batch(self, context: dict[str, Any]) -> None:
        records = context["records"]
        with Path(self.config["path"]).open("a", encoding="utf-8", newline="") as stream:
            csv.DictWriter(stream, list(self.schema["properties"]), extrasaction="ignore").writerows(records)


class TargetLeads(Target):
    """One file, one stream."""

    name = "target-leads"
    message_reader_class = MsgSpecReader
    default_sink_class = LeadsSink
    config_jsonschema: ClassVar[dict[str, Any]] = th.PropertiesList(
        th.Property("path", th.StringType, required=True),
    ).to_dict()


if __name__ == "__main__":
    TargetLeads.cli()
