"""docs/salesforce.md and the settings say the same."""

from __future__ import annotations

import re
from pathlib import Path

import leadbridge_salesforce
from leadbridge_salesforce.settings import ConversionSettings, SalesforceSettings

PAGE = Path(leadbridge_salesforce.__file__).parents[3] / "docs" / "salesforce.md"


def test_every_setting_is_on_the_page() -> None:
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    told = {name for row in rows for name in re.findall(r"\w+", row)}
    assert told == {*SalesforceSettings.model_fields, *ConversionSettings.model_fields}
