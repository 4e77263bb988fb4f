from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from leadbridge.subjects import STANDARD, TYPES, Field, Subject
from leadbridge.subjects.model import check_value
from leadbridge.subjects.reference import field_table

ROLES = {
    "person": ("lead", "prospect", "contact"),
    "organisation": ("account",),
    "opportunity": ("opportunity",),
    "activity": ("activity",),
    "user": ("user",),
    "queue": ("queue",),
    "campaign": ("campaign",),
    "campaign_member": ("campaign_member",),
}


def standard_fields() -> list[tuple[Subject, Field]]:
    return [(subject, field) for subject in STANDARD.subjects.values() for field in subject.fields.values()]


def test_each_role_is_a_view_on_its_subject():
    assert {name: subject.roles for name, subject in STANDARD.subjects.items()} == ROLES
    assert {role: STANDARD.of_role(role).name for role in STANDARD.roles} == {
        role: subject for subject, roles in ROLES.items() for role in roles
    }
    assert STANDARD.of_role("leads") is None


@pytest.mark.parametrize(("subject", "field"), standard_fields(), ids=lambda x: x.name)
def test_a_field_has_a_known_type_a_meaning_and_well_formed_twins(subject: Subject, field: Field):
    assert field.kind is TYPES[field.type]
    assert field.doc.endswith(".")
    assert (field.choices is not None) <= (field.type in {"choice", "multi_select"})
    assert all(twin.partition(".")[0][0].isupper() for twin in field.salesforce)
    assert all(twin.partition(".")[0].islower() for twin in field.hubspot)
    assert field.length is None or field.type in {"text", "email", "phone", "url"}


def test_a_name_given_twice_in_a_subject_is_refused():
    with pytest.raises(ValueError, match=r"^car has two fields named wheel$"):
        Subject.of("car", "A car.", ("car",), (Field("wheel", "text", "One."), Field("wheel", "text", "Two.")))


def test_what_a_lead_becomes_can_hold_what_the_lead_holds():
    lead, account = STANDARD.subjects["person"].fields, STANDARD.subjects["organisation"].fields
    for source, target in {"company": "name", "website": "website", "industry": "industry"}.items():
        assert lead[source].type == account[target].type
        assert lead[source].length <= account[target].length
    assert {"qualified_at", "score", "budget", "stage", "owner", "do_not_contact"} <= set(lead)
    assert {"name", "amount", "stage", "close_date"} <= set(STANDARD.subjects["opportunity"].fields)


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("last_name", "Lovelace", None),
        ("last_name", "x" * 80, None),
        ("last_name", "x" * 81, "is 81 characters long; 80 fit"),
        ("last_name", 7, "is not of type text"),
        ("last_name", None, None),
        ("employees", 0, None),
        ("employees", False, "is not of type integer"),
        ("employees", Decimal(5), "is not of type integer"),
        ("budget", Decimal("0.00"), None),
        ("rating", "hot", None),
        ("rating", "lukewarm", "must be one of hot, warm, cold"),
        ("created_at", date(2026, 5, 1), "is not of type datetime"),
    ],
)
def test_a_value_is_checked_against_its_field(field: str, value: object, problem: str | None):
    assert check_value(STANDARD.subjects["person"].fields[field], value) == problem


def test_each_of_several_choices_is_checked():
    field = Field("colours", "multi_select", "Colours.", choices=("red", "green"))
    assert check_value(field, ("red", "green")) is None
    assert check_value(field, ("red", "blue")) == "must be one of red, green"


@pytest.mark.parametrize(
    ("type_", "left", "right", "same"),
    [
        ("text", " a b\r\nc ", "a b\nc", True),
        ("text", "a b", "a  b", False),
        ("text", "A", "a", False),
        ("text", "Zu\u0308rich", "Z\u00fcrich", True),
        ("email", "Ada@X.example", "ada@x.example ", True),
        ("phone", "+1 415 555 0100", "+14155550100", True),
        ("phone", "+14155550100;ext=1", "+14155550100", False),
        ("url", "HTTPS://X.example/", "https://x.example", True),
        ("url", "https://x.example/A", "https://x.example/a", False),
        ("decimal", Decimal("1.50"), Decimal("1.5"), True),
        ("integer", 0, Decimal("0.0"), True),
        ("integer", 0, False, False),
        ("integer", 1, True, False),
        ("multi_select", ("a", "b"), ("b", "a"), True),
        ("multi_select", ("a",), "a", True),
        ("date", date(2026, 5, 1), datetime(2026, 5, 1, tzinfo=UTC), False),
    ],
)
def test_values_that_say_the_same_are_equivalent(type_: str, left: object, right: object, same: bool):
    assert TYPES[type_].equivalent(left, right) is same


def test_the_docs_page_of_fields_is_the_generated_one():
    page = Path(__file__).parents[2] / "docs" / "fields.md"
    assert page.read_text(encoding="utf-8") == field_table(), "run: python -m leadbridge.subjects > docs/fields.md"
