"""docs/hubspot.md and the settings say the same."""

from __future__ import annotations

import re
from pathlib import Path

import leadbridge_hubspot
import pytest
from leadbridge_hubspot.settings import HubSpotSettings
from pydantic import ValidationError

PAGE = Path(leadbridge_hubspot.__file__).parents[3] / "docs" / "hubspot.md"


def test_every_setting_is_on_the_page() -> None:
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    told = {name for row in rows for name in re.findall(r"\w+", row)}
    assert told - {"hard_delete"} == set(HubSpotSettings.model_fields), "what any connection may say, apart"


@pytest.mark.parametrize(("named", "here"), [("contact", "contacts"), ("0-1", "contacts"), ("0-136", "leads")])
def test_an_object_by_another_name_of_hubspots_is_a_fault_that_names_it(named: str, here: str) -> None:
    """HubSpot would take it, and no mapping would read it."""
    with pytest.raises(ValidationError, match=f"'{named}' is called '{here}' here"):
        HubSpotSettings(token="x", objects=(named,))
    assert HubSpotSettings(token="x", objects=("contacts", "2-1234567", "tickets")).objects[1] == "2-1234567"
