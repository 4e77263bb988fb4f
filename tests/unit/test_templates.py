from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from leadbridge.templates import TemplateFault, compile_template
from leadbridge.values import MISSING


@pytest.mark.parametrize(
    ("source", "values", "text"),
    [
        ("{company}[ - {product}]", {"company": "Acme", "product": "Gate"}, "Acme - Gate"),
        ("{company}[ - {product}]", {"company": "Acme"}, "Acme"),
        ("{company}[ - {product}]", {"company": "Acme", "product": ""}, "Acme"),
        ("{company}[ - {product}]", {"product": "Gate"}, ""),
        ("{company}[ - {product}]", {"company": None, "product": "Gate"}, ""),
        ("{company}[ - {product}]", {"company": MISSING, "product": "Gate"}, ""),
        ("[{a} ][{b}]", {"a": "1"}, "1 "),
        ("[{a}][ {b}]", {}, ""),
        ("[{a}] ", {}, ""),
        ("{a}", {"a": 0}, "0"),
        ("{a}", {"a": False}, "false"),
        ("{a}", {"a": True}, "true"),
        ("{a}", {"a": Decimal("1E+3")}, "1000"),
        ("{a}", {"a": Decimal("10.50")}, "10.50"),
        ("{a}", {"a": date(2025, 3, 1)}, "2025-03-01"),
        ("{a}", {"a": datetime(2025, 3, 1, 1, tzinfo=timezone(timedelta(hours=2)))}, "2025-02-28T23:00:00Z"),
        ("{a}", {"a": datetime(2025, 3, 1, 1, 2, 3, tzinfo=UTC)}, "2025-03-01T01:02:03Z"),
        ("{a}", {"a": ("x", "y")}, "x, y"),
        ("{a}", {"a": "{b}[c]"}, "{b}[c]"),
        ("{{{ a }}} [[{a}]]", {"a": "x"}, "{x} [x]"),
        ("constant", {}, "constant"),
    ],
)
def test_renders(source, values, text):
    assert compile_template(source).render(values) == text


def test_tells_its_names():
    assert compile_template("{company}[ - {product}]").names == {"company", "product"}


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("  ", "the template is empty"),
        ("{a", "'{' at column 1 stands alone; write {{ for a brace"),
        ("a}", "'}' at column 2 stands alone; write }} for a brace"),
        ("x{}", "'{}' at column 2 names no field; write {{ and }} for braces"),
        ("{ }", "'{ }' at column 1 names no field; write {{ and }} for braces"),
        ("[{a}", "the section opened at column 1 is not closed; write [[ for a bracket"),
        ("{a}]", "no section is open at column 4; write ]] for a bracket"),
        ("[a [{b}]", "a section opens inside another at column 4; write [[ for a bracket"),
        ("{a} [urgent]", "the section opened at column 5 has no field; write [[ and ]] for brackets"),
        ("x" * 10_001, "the template has 10,001 characters; at most 10,000 are allowed"),
    ],
)
def test_a_fault_is_one_sentence_with_its_column(source, message):
    with pytest.raises(TemplateFault) as fault:
        compile_template(source)
    assert (fault.value.message, fault.value.suggestion) == (message, None)


def test_a_column_with_spaces_is_named_as_it_is() -> None:
    assert compile_template("Lead {Lead Number}[ / {Page.Views}]").render({"Lead Number": "660737"}) == "Lead 660737"
