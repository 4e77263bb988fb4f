"""Makes the demo's lead files and its small CRM, always the same ones: ``python tools/make_demo.py``.

People and companies are Faker's. Domains end in ``.example``; phone numbers come from the ranges that the numbering
authorities keep free for fiction (555-01xx in the US, the Bundesnetzagentur's drama numbers, Ofcom's 020 7946 0xxx).
"""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from anyascii import anyascii
from faker import Faker

FILES = Path(__file__).parent.parent / "leadbridge" / "demo" / "files"
SEED = 20250923
FAIR_DAY = datetime(2025, 9, 17, 9, 0)  # noqa: DTZ001  (local time, as the files write it)
PRODUCTS = ("Palletiser", "Labeller", "Case packer", "Service contract")
INDUSTRIES = ("Food", "Beverages", "Pharma", "Chemicals", "Logistics", "Cosmetics")
FREE_MAIL = ("gmail.com", "gmx.de", "outlook.com", "web.de")
GERMAN_COUNTRY = {"DE": "Deutschland", "AT": "Österreich", "CH": "Schweiz"}
ENGLISH_COUNTRY = {"US": "United States", "GB": "United Kingdom", "NL": "Netherlands", "DE": "Germany", "CA": "Canada"}

rng = random.Random(SEED)  # noqa: S311  (invented people, not secrets)


@dataclass(frozen=True)
class Company:
    name: str
    domain: str
    country: str
    city: str
    industry: str
    employees: int


@dataclass(frozen=True)
class Person:
    first: str
    last: str
    company: Company
    email: str
    phone: str  # national digits, grouped later
    title: str
    product: str
    budget: int
    when: datetime
    opted_out: bool


def fakers(*locales: str) -> list[Faker]:
    made = [Faker(locale) for locale in locales]
    for number, faker in enumerate(made):
        faker.seed_instance(SEED + number)
    return made


def slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", anyascii(text).lower()).strip("-")


def company(faker: Faker, country: str) -> Company:
    name = faker.company()
    stem = re.sub(
        r"\b(gmbh|ag|kg|inc|llc|ltd|plc|group|and sons|co|stiftung|ohg|e\.?\s?v|kgaa|& .*)\b.*", "", name, flags=re.I
    )
    return Company(
        name,
        f"{slug(stem or name)}.example",
        country,
        faker.city(),
        rng.choice(INDUSTRIES),
        rng.choice((8, 24, 60, 140, 420, 900, 2600)),
    )


def phone(country: str) -> str:
    number = rng.randrange(100)
    if country in GERMAN_COUNTRY:
        return rng.choice(("030 23125", "040 66969", "069 90009", "089 99998")) + f"{number + 100:03d}"
    if country == "GB":
        return f"020 7946 0{number + 100:03d}"
    return f"{rng.choice(('415', '212', '312', '617'))}55501{number:02d}"


def person(faker: Faker, of: Company) -> Person:
    first, last = faker.first_name(), faker.last_name()
    local = f"{slug(first)}.{slug(last)}"
    domain = of.domain if rng.random() > 0.16 else rng.choice(FREE_MAIL)
    return Person(
        first,
        last,
        of,
        f"{local}@{domain}",
        phone(of.country),
        rng.choice(("Head of Packaging", "Plant Manager", "Buyer", "CEO", "Intern", "Operations Director", "Engineer")),
        rng.choice(PRODUCTS),
        rng.choice((0, 0, 4_500, 12_500, 38_000, 75_000, 120_000)),
        FAIR_DAY + timedelta(days=rng.randrange(3), minutes=rng.randrange(8 * 60)),
        rng.random() < 0.12,
    )


def people(faker: Faker, companies: Sequence[Company], count: int) -> list[Person]:
    return [person(faker, rng.choice(companies)) for _ in range(count)]


# --- trade fair: semicolons, Windows-1252, German headers, dates, decimals and words -------------------------------

FAIR_HEADER = [
    "Vorname",
    "Nachname",
    "Firma",
    "E-Mail",
    "Telefon",
    "Ort",
    "Land",
    "Branche",
    "Mitarbeiter",
    "Interesse",
    "Budget (EUR)",
    "Besuch am",
    "Werbesperre",
    "Bemerkung",
]


def german_phone(digits: str) -> str:
    area, rest = digits.split(" ")
    return rng.choice(
        (f"{area} / {rest[:2]} {rest[2:4]} {rest[4:]}", f"+49 ({area[0]}){area[1:]} {rest}", f"{area}-{rest}")
    )


def fair_row(p: Person) -> list[str]:
    euros = f"{p.budget:,}".replace(",", ".") + ",00" if p.budget else ""
    return [
        p.first,
        p.last,
        p.company.name,
        rng.choice((p.email, p.email.upper(), f" {p.email}")),
        german_phone(p.phone) if p.company.country == "DE" else "",
        p.company.city,
        GERMAN_COUNTRY[p.company.country],
        p.company.industry,
        str(p.company.employees),
        p.product,
        euros,
        p.when.strftime("%d.%m.%Y"),
        "ja" if p.opted_out else "nein",
        rng.choice(("", "", "bitte zurückrufen", "Angebot für Halle 3 gewünscht", "großes Interesse")),
    ]


def write_fair(visitors: Sequence[Person]) -> None:
    rows = [fair_row(p) for p in visitors]
    rows[7][10] = "auf Anfrage"  # a budget that is no number: the field is rejected, the row goes on
    rows[11][3] = "keine E-Mail"
    rows[15][12] = ""  # consent not asked: never taken for a yes
    rows[23][12] = "?"
    lines = [";".join(row) for row in [FAIR_HEADER, *rows]]
    lines.insert(20, "Firma telefonisch nachtragen;;;")  # too few columns
    lines.insert(33, lines[33] + ";Halle 4;B12")  # too many
    (FILES / "inbox" / "fair-2025.csv").write_bytes("\r\n".join([*lines, ""]).encode("cp1252"))


# --- web form: commas, UTF-8 with BOM, US dates with time, US phones ------------------------------------------------

WEB_HEADER = [
    "Submitted At",
    "First Name",
    "Last Name",
    "E-mail Address",
    "Phone",
    "Company Name",
    "Website",
    "Job Title",
    "Country",
    "Team Size",
    "What are you interested in?",
    "Budget (USD)",
    "Unsubscribe",
    "Comments",
    "utm_source",
]


def web_row(p: Person) -> list[str]:
    d = p.phone.replace(" ", "")
    spelled = f"({d[:3]}) {d[3:6]}-{d[6:]}" if len(d) == 10 else f"+49 {d[1:]}"
    site = (
        "" if p.email.split("@")[1] in FREE_MAIL else rng.choice((p.company.domain, f"https://www.{p.company.domain}/"))
    )
    return [
        (p.when + timedelta(days=6)).strftime("%m/%d/%Y %I:%M %p"),
        p.first,
        p.last,
        rng.choice((p.email, p.email.title())),
        spelled,
        p.company.name,
        site,
        p.title,
        ENGLISH_COUNTRY.get(p.company.country, "Germany"),
        str(p.company.employees),
        p.product,
        f"{p.budget:,}.00" if p.budget else "",
        "yes" if p.opted_out else "no",
        rng.choice(("", "Please call me.\nMornings are best.", 'We need "food grade" only', "")),
        rng.choice(("google", "newsletter", "linkedin", "")),
    ]


def write_web(visitors: Sequence[Person]) -> None:
    rows = [web_row(p) for p in visitors]
    rows[4][13] = '=HYPERLINK("http://evil.example";"click")'
    rows[9][3] = "not-an-address"
    rows[17][0] = "2025-09-31"  # no such day
    rows[21][2] = ""  # no last name
    with (FILES / "inbox" / "webform.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([WEB_HEADER, *rows])
        file.write('09/29/2025 10:12 AM,Broken,Row,"only, five"\n')


# --- partner list: tabs, UTF-16, one name column, countries by name, yes and no as words ----------------------------

PARTNER_HEADER = ["Contact", "Role", "Organisation", "Mail", "Tel.", "Country", "Sector", "Do not contact", "Passed on"]


def partner_row(p: Person) -> list[str]:
    d = p.phone.replace(" ", "")
    spelled = {"GB": f"+44 {d[1:3]} {d[3:7]} {d[7:]}", "US": f"+1 {d[:3]}.{d[3:6]}.{d[6:]}"}.get(p.company.country, "")
    return [
        rng.choice((f"{p.first} {p.last}", f"{p.last}, {p.first}", f"Dr. {p.first} {p.last}")),
        p.title,
        p.company.name,
        p.email,
        spelled,
        ENGLISH_COUNTRY.get(p.company.country, ""),
        p.company.industry,
        rng.choice(("yes", "Y", "true")) if p.opted_out else rng.choice(("no", "N", "false")),
        p.when.strftime("%Y-%m-%d"),
    ]


def write_partner(visitors: Sequence[Person]) -> None:
    rows = [partner_row(p) for p in visitors]
    rows[5][7] = ""
    rows[12][5] = "Atlantis"
    lines = ["\t".join(row) for row in [PARTNER_HEADER, *rows]]
    (FILES / "inbox" / "partner-list.txt").write_bytes("\r\n".join([*lines, ""]).encode("utf-16"))


# --- the small CRM --------------------------------------------------------------------------------------------------


def write_table(name: str, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    with (FILES / "crm" / name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def write_crm(accounts: Sequence[Company], known: Sequence[Person]) -> None:
    ids = {company: f"A{number:03d}" for number, company in enumerate(accounts, 1)}
    write_table(
        "accounts.csv",
        ["id", "name", "website", "phone", "industry", "employees", "country"],
        [
            # Every third account has no website yet: it can only be matched by name; every fourth no industry.
            [
                ids[c],
                c.name,
                "" if n % 3 == 2 else f"https://{c.domain}",
                "",
                "" if n % 4 == 1 else c.industry,
                c.employees,
                c.country,
            ]
            for n, c in enumerate(accounts)
        ],
    )
    write_table(
        "contacts.csv",
        [
            "id",
            "account_id",
            "first_name",
            "last_name",
            "email",
            "phone",
            "job_title",
            "country",
            "lead_source",
            "opted_out_of_email",
        ],
        [
            [
                f"C{n:03d}",
                ids.get(p.company, ""),
                p.first,
                p.last,
                p.email,
                "",
                p.title if n % 2 else "",
                p.company.country if n % 3 else "",
                "",
                "yes" if n % 5 == 0 else "no",
            ]
            for n, p in enumerate(known, 1)
        ],
    )
    write_table(
        "opportunities.csv",
        ["id", "account_id", "contact_id", "name", "amount", "stage", "close_date"],
        [["O001", "A001", "", f"{accounts[0].name} - Palletiser", "64000.00", "Negotiation", "2025-10-31"]],
    )


# --- the newsletter's subscribers: semicolons, numbers of their own, most of them contacts of the CRM ----------------


def write_newsletter(known: Sequence[Person], others: Sequence[Person]) -> None:
    """Some have a phone number that the CRM lacks; two took back a consent, of which the other table knows nothing."""
    header = ["No", "Given name", "Family name", "Address", "Mobile", "Job", "Unsubscribed"]
    rows = []
    for n, p in enumerate([*known, *others], 1):
        mail = p.email.title() if n % 6 == 0 else p.email
        mobile = "" if n % 5 else f"(415) 555-01{n + 20:02d}"
        rows.append([str(1000 + n), p.first, p.last, mail, mobile, p.title if n % 2 else "", "yes" if n == 7 else "no"])
    (FILES / "newsletter").mkdir(exist_ok=True)
    with (FILES / "newsletter" / "subscribers.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";", lineterminator="\n").writerows([header, *rows])


def again(p: Person, **changed: object) -> Person:
    """The same person a second time, a day later, with something different."""
    return replace(p, when=p.when + timedelta(days=1), **changed)  # type: ignore[arg-type]  # fields of Person


def shuffled(rows: Sequence[Person]) -> list[Person]:
    return rng.sample(list(rows), len(rows))


def pool(make: Callable[[], Company], count: int) -> list[Company]:
    found: dict[str, Company] = {}
    while len(found) < count:
        one = make()
        found.setdefault(one.domain, one)
    return list(found.values())


def main() -> None:
    german, american, british = fakers("de_DE", "en_US", "en_GB")
    at_fair = pool(lambda: company(german, rng.choice(("DE", "DE", "DE", "AT", "CH"))), 16)
    on_web = pool(lambda: company(american, "US"), 18)
    of_partner = pool(lambda: company(british, "GB"), 12)
    fair, web, partner = people(german, at_fair, 42), people(american, on_web, 48), people(british, of_partner, 38)
    write_fair(shuffled([*fair, *(again(p) for p in fair[3:8])]))
    write_web(shuffled([*web, *(again(p, budget=38_000) for p in web[5:9]), *(again(p) for p in fair[10:14])]))
    other_mail = [again(p, email=f"{slug(p.last)}@{p.company.domain}") for p in web[12:15]]
    write_partner(shuffled([*partner, *other_mail, again(partner[2], opted_out=True)]))
    known = [p for p in [*fair[::9], *web[::8], *partner[::10]] if p.email.endswith(".example")]
    contacts = [*known, *people(american, on_web[:4], 6)]
    write_crm([*at_fair[:5], *on_web[:6], *of_partner[:4]], contacts)
    write_newsletter([p for n, p in enumerate(contacts, 1) if n not in {4, 12, 18}], people(british, of_partner, 2))


if __name__ == "__main__":
    main()
