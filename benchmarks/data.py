"""Lead files to measure with: seeded, so that every machine reads the same bytes; made once, in benchmarks/.data.

Names, addresses and numbers differ from row to row, so that a cache in front of a transform gains no more than it
would on real data; countries, industries and yes/no words repeat, as they do there.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).parent / ".data"
HEADER = (
    "First name",
    "Surname",
    "E-mail",
    "Phone",
    "Company",
    "Website",
    "Country",
    "City",
    "Postcode",
    "Staff",
    "Budget",
    "Progress",
    "No mail",
    "Registered",
    "Notes",
)
FIRST = ("Ada", "Björn", "Chloé", "Dmitri", "Emeka", "Fatima", "Grace", "Hiro", "Inês", "Jack", "Karin", "Luca")
SYLLABLES = ("an", "bel", "cor", "dal", "er", "fin", "gar", "hol", "is", "jor", "kel", "lund", "mar", "nor", "os")
FORMS = ("Ltd", "GmbH", "Inc.", "S.A.", "BV", "plc", "& Sons", "")
COUNTRIES = (
    ("Germany", "49", "30", 8),
    ("United Kingdom", "44", "20", 8),
    ("USA", "1", "415", 7),
    ("FR", "33", "1", 8),
    ("Nederland", "31", "20", 7),
    ("ESP", "34", "91", 7),
)
"""As a person writes it, calling code, area code, digits of a local number."""
CITIES = ("Berlin", "London", "San Francisco", "Paris", "Amsterdam", "Madrid", "Leeds", "Köln", "Lyon", "Utrecht")
PROGRESS = ("new", "NEW", "in progress", "called back", "no interest", "")
YES_NO = ("yes", "no", "Ja", "nein", "", "0", "1")


def leads(rows: int) -> Path:
    """A file of this many leads, 15 columns, semicolons, numbers and dates in the German style."""
    file = FOLDER / str(rows) / "leads.csv"
    if not file.exists():
        _write(file, _rows(rows))
    return file


def changed_leads(rows: int, every: int) -> Path:
    """The same leads, where every n-th has moved to another city."""
    file = FOLDER / f"{rows}-changed-{every}" / "leads.csv"
    if not file.exists():
        with leads(rows).open(encoding="utf-8", newline="") as stream:
            reader = csv.reader(stream, delimiter=";")
            next(reader)
            _write(file, (_moved(row) if n % every == 0 else row for n, row in enumerate(reader)))
    return file


def _moved(row: list[str]) -> list[str]:
    city = HEADER.index("City")
    return [*row[:city], f"New {row[city]}", *row[city + 1 :]]


def _write(file: Path, rows: Iterator[list[str]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".tmp")
    with unfinished.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(HEADER)
        writer.writerows(rows)
    unfinished.replace(file)


def _rows(count: int) -> Iterator[list[str]]:
    chance = random.Random(20250401)  # noqa: S311  (made-up people, no secrets)
    for number in range(count):
        yield _row(number, chance)


def _row(number: int, chance: random.Random) -> list[str]:
    first = chance.choice(FIRST)
    last = "".join(chance.choices(SYLLABLES, k=3)).title()
    company = "".join(chance.choices(SYLLABLES, k=4)).title()
    country, code, area, digits = chance.choice(COUNTRIES)
    day, month, year = chance.randint(1, 28), chance.randint(1, 12), chance.randint(2019, 2025)
    return [
        first,
        last,
        f"{first[0]}.{last}{number}@{company}.example",
        _phone(code, area, _local(digits, chance), chance.randrange(3)),
        f"{company} {chance.choice(FORMS)}".strip(),
        f"www.{company.lower()}.example",
        country,
        chance.choice(CITIES),
        f"{chance.randint(0, 99999):05d}",
        str(chance.randint(1, 9000)),
        _german(chance.randint(100_000, 90_000_000)),
        chance.choice(PROGRESS),
        chance.choice(YES_NO),
        f"{day:02d}.{month:02d}.{year}",
        f"Met at stand {chance.randint(1, 400)}; wants a call about part {chance.randint(1000, 9999)}",
    ]


def _local(digits: int, chance: random.Random) -> str:
    number = chance.randrange(7 * 10 ** (digits - 1), 8 * 10 ** (digits - 1))
    return f"{number // 10_000} {number % 10_000:04d}"


def _phone(code: str, area: str, local: str, style: int) -> str:
    if style == 0:
        return f"+{code} {area} {local}"
    return f"00{code}-{area}-{local.replace(' ', '-')}" if style == 1 else f"+{code} ({area}) {local}"


def _german(cents: int) -> str:
    whole = f"{cents // 100:,}".replace(",", ".")
    return f"{whole},{cents % 100:02d}"
