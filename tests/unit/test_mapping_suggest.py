"""Suggested mappings: the right column for each field, read the right way, and no value of a record in the text."""

from __future__ import annotations

from pathlib import Path

import pytest
from mapping_files import TRANSFORMS, load

from leadbridge.files.document import load_text
from leadbridge.mapping.suggest import suggest_mapping
from leadbridge.provider import FieldDescription, ObjectDescription
from leadbridge.subjects import STANDARD


def suggested(columns: dict[str, tuple[str, ...]], role: str = "lead", key: str | None = None) -> str:
    fields = tuple(FieldDescription(name) for name in columns)
    subject = STANDARD.of_role(role)
    assert subject is not None
    described = ObjectDescription("leads.csv", fields, key=key, samples=columns)
    return suggest_mapping(described, ("csv", "text"), (role, subject), TRANSFORMS)


def entries(columns: dict[str, tuple[str, ...]], role: str = "lead") -> dict[str, object]:
    found: dict[str, object] = load_text(suggested(columns, role), Path("x.yaml")).data["fields"]
    return found


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("E-Mail", "email"),
        ("E-mail Address", "email"),
        ("EmailAddress", "email"),
        ("Correo electrónico", "email"),
        ("FirstName", "first_name"),
        ("firstname", "first_name"),
        ("first-name", "first_name"),
        ("VORNAME", "first_name"),
        ("Prénom", "first_name"),
        ("Nachname", "last_name"),
        ("Apellidos", "last_name"),
        ("hs_lead_status", "status"),
        ("jobtitle", "title"),
        ("Fonction", "title"),
        ("Firma", "company"),
        ("Company (legal)", "company"),
        ("Straße", "street"),
        ("PLZ", "postal_code"),
        ("Postal/ZIP Code", "postal_code"),
        ("Land", "country"),
        ("Anzahl Mitarbeiter", "employees"),
        ("What is your current occupation", "title"),
        ("What are you interested in?", "product"),
        ("Budget (EUR)", "budget"),
        ("Handy", "mobile_phone"),
        ("Téléphone", "phone"),
        ("Werbesperre", "do_not_contact"),
        ("Unsubscribe", "opted_out_of_email"),
        ("AccountId", "organisation"),
        ("Website URL", "website"),
        ("Country/Region", "country"),
        ("State/Region", "state"),
        ("State/Province", "state"),
        ("Mobile Phone Number", "mobile_phone"),
        ("Contact owner", "owner"),
        ("Lead Owner", "owner"),
        ("Original Source", "lead_source"),
        ("Company / Account", "company"),
    ],
)
def test_names_are_known(header: str, field: str) -> None:
    assert list(entries({header: ()})) == [field]


@pytest.mark.parametrize("header", ["Last Activity Score", "Time on Website", "Page Views", "X", "", "Hotel", "Id"])
def test_names_that_say_nothing(header: str) -> None:
    assert entries({header: ("?",)}) == {}


def test_the_surest_name_wins_and_each_field_is_filled_once() -> None:
    assert entries({"Lead Origin": (), "Lead Source": (), "Phone": (), "Phone number": ()}) == {
        "phone": "Phone",
        "lead_source": "Lead Source",
    }


def test_a_whole_name_is_split() -> None:
    assert entries({"Contact": ("Ada King",), "Mail": ()}) == {
        "first_name": {"field": "Contact", "as": "split_name", "part": "first"},
        "last_name": {"field": "Contact", "as": "split_name", "part": "last"},
        "email": "Mail",
    }
    assert "last_name" in entries({"Name": (), "Last name": ()})
    assert entries({"Name": (), "First name": (), "Last name": ()}) == {
        "first_name": "First name",
        "last_name": "Last name",
    }


def test_names_are_read_by_role() -> None:
    assert entries({"Name": (), "Domain": ()}, "account") == {
        "name": {"field": "Name", "as": "company_name"},
        "domain": {"field": "Domain", "as": "domain"},
    }


def test_unnamed_columns_are_known_by_their_samples() -> None:
    columns = {"A": ("a@x.example", "b@y.example"), "B": ("https://x.example",), "C": ("+1 415 555 0100",)}
    assert entries(columns) == {"email": "A", "website": "B", "phone": "C"}


@pytest.mark.parametrize(
    ("columns", "field", "options"),
    [
        ({"Created": ("2026-01-31",)}, "created_at", {}),
        ({"Created": ("01/31/2026", "02/01/2026")}, "created_at", {"day_first": False}),
        ({"Created": ("31/01/2026", "02/01/2026")}, "created_at", {"day_first": True}),
        ({"Created": ("02/01/2026",)}, "created_at", {"day_first": False}),
        ({"Datum": ("02.01.2026",), "Ort": (), "Firma": ()}, "created_at", {"day_first": True}),
        ({"Created": ("1767225600000",)}, "created_at", {"epoch": "ms"}),
        ({"Budget": ("1,234.50",)}, "budget", {}),
        ({"Budget": ("1.234,50",)}, "budget", {"decimal_mark": ","}),
        ({"Budget": ("12,50",)}, "budget", {"decimal_mark": ","}),
        ({"Employees": ("1.200",), "Budget": ("1.234,50",)}, "employees", {"decimal_mark": ","}),
        ({"Phone": ("+1 415 555 0100",)}, "phone", {}),
        ({"Phone": ("(415) 555-0100",)}, "phone", {"region": "US"}),
        ({"Phone": ("020 7946 0958",)}, "phone", {"region": "GB"}),
        ({"Phone": ("01 42 68 53 00",), "Country": ("France",)}, "phone", {"region": "FR"}),
        ({"Telefon": ("030 90182000",), "Ort": ()}, "phone", {"region": "DE"}),
        ({"Do not call": ("yes", "no")}, "do_not_call", {}),
        ({"Anrufsperre": ("ja", "nein", "Ja")}, "do_not_call", {"true_words": ["ja"], "false_words": ["nein"]}),
        ({"Ne pas appeler": ("oui",)}, "do_not_call", {"true_words": ["oui"], "false_words": ["non"]}),
    ],
)
def test_options_come_from_the_samples(
    columns: dict[str, tuple[str, ...]], field: str, options: dict[str, object]
) -> None:
    entry = entries(columns)[field]
    given = dict(entry) if isinstance(entry, dict) else {}
    assert {key: value for key, value in given.items() if key not in {"field", "write"}} == options


@pytest.mark.parametrize(
    ("samples", "entry"),
    [
        (("hot", "cold"), "Rating"),
        ((), "Rating"),
        (("Hot",), {"field": "Rating", "values": {"hot": "Hot", "warm": "Warm", "cold": "Cold"}}),
        (("HOT", "warm", "HOT "), {"field": "Rating", "values": {"hot": "HOT", "warm": "warm", "cold": "cold"}}),
        (("A", "B"), None),
    ],
)
def test_a_list_of_values_in_a_crms_own_spelling(samples: tuple[str, ...], entry: object) -> None:
    assert entries({"Rating": samples}).get("rating") == entry


def test_a_list_of_values_with_others_in_it() -> None:
    assert "  # Stage: text, up to 3 characters; `stage` by its name, but it reads only 0% of the samples" in suggested(
        {"Stage": ("MQL", "SQL")}
    )
    text = suggested({"Lifecycle Stage": ("Lead", "Subscriber")})
    assert "values: {lead: Lead, prospect: Prospect, customer: Customer}}  # check: reads 50% of the samples" in text


def test_what_a_person_should_look_at() -> None:
    text = suggested({"Created": ("02/01/2026",), "Phone": ("(415) 555-0100", "?"), "Employees": ("many", "few")})
    assert text.splitlines()[6:] == [
        "fields:",
        "  phone: {field: Phone, region: US}  # check: the country of numbers written without one;"
        " reads 50% of the samples",
        "  created_at: {field: Created, day_first: false, write: never}"
        "  # check: the samples do not tell day from month",
        "  # Columns that are not mapped; their values stay in the file:",
        "  # Employees: text, up to 4 characters; `employees` by its name, but it reads only 0% of the samples",
    ]


@pytest.mark.parametrize(
    ("samples", "shape"),
    [
        ((), "empty"),
        ((" ",), "empty"),
        (("12", "-1.5"), "numbers"),
        (("2026-01-31", "1.2.26"), "dates"),
        (("2026-01-31T10:00",), "moments"),
        (("yes", "N"), "yes or no"),
        (("secret-word", "x"), "text, up to 11 characters"),
    ],
)
def test_other_columns_are_described_without_their_values(samples: tuple[str, ...], shape: str) -> None:
    text = suggested({"Qqq": samples})
    assert text.endswith(
        f"fields: {{}}\n  # Columns that are not mapped; their values stay in the file:\n  # Qqq: {shape}\n"
    )


@pytest.mark.parametrize(
    "header",
    [
        "yes",
        "null",
        "- x",
        "a: b",
        "#1",
        "'q'",
        '"q"',
        "{a}",
        "[b]",
        "a\nb",
        "*a",
        "&a",
        "!t",
        "\u2028",
        "\x85",
        "é",
        "1",
    ],
)
def test_any_header_can_be_written(tmp_path: Path, header: str) -> None:
    """As a key of a comment, and as the column of a field."""
    text = suggested({f"{header} e-mail address": (), header: ()}, key=f"{header} e-mail address")
    (mapping,) = load(tmp_path, lead=text).objects
    assert mapping.key == f"{header} e-mail address"
    assert mapping.fields[0].column == f"{header} e-mail address"


def test_the_file_loads_and_is_the_same_each_time(tmp_path: Path) -> None:
    columns = {"Vorname": ("Ada",), "Nachname": ("King",), "E-Mail": ("ada@x.example",), "Foo": ("bar",)}
    text = suggested(columns)
    assert text == suggested(columns)
    assert [target.name for target in load(tmp_path, lead=text).objects[0].targets] == [
        "first_name",
        "last_name",
        "email",
    ]
    assert "Ada" not in text
    assert "bar" not in text
