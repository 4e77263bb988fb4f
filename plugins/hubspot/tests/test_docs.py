"""docs/hubspot.md and the settings say the same."""

from __future__ import annotations

import re
from pathlib import Path

import leadbridge_hubspot
from leadbridge_hubspot.settings import HubSpotSettings

PAGE = Path(leadbridge_hubspot.__file__).parents[3] / "docs" / "hubspot.md"


def test_every_setting_is_on_the_page() -> None:
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    told = {name for row in rows for name in re.findall(r"\w+", row)}
    assert told - {"hard_delete"} == set(HubSpotSettings.model_fields), "what any connection may say, apart"
