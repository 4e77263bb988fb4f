"""Memory of plans to convert leads, alone and beside accounts to which none of them belongs."""

from __future__ import annotations

import csv
import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.data import FOLDER
from benchmarks.group import Group, Line, Size
from benchmarks.measure import run

_LEADS = ("Email", "First", "Last", "Phone", "Company", "Website", "City", "Country", "Budget")
_ACCOUNTS = ("Id", "Name", "Website", "Phone", "City", "Country")
_CONTACTS = ("Id", "Email", "First", "Last", "Phone", "AccountId", "City", "Country")

_CONFIG = """\
mappings: mappings/
connections:
  leads: {provider: csv, path: leads.csv, key: Email}
  crm: {provider: csv, path: crm/, key: Id}
jobs:
  convert: {convert: [leads], into: crm, policy: convert.yaml, brakes: {create: 10000000}}
"""
_MAPPINGS = {
    "leads": "object: leads.csv\nrole: lead\nkey: Email\nfields: {email: Email, first_name: First, last_name: Last, "
    "phone: {field: Phone, region: US}, company: Company, website: Website, city: City, country: Country, "
    "budget: Budget}\n",
    "accounts": "object: accounts.csv\nrole: account\nkey: Name\nfields: {name: Name, website: Website, "
    "phone: {field: Phone, region: US}, city: City, country: Country}\n",
    "contacts": "object: contacts.csv\nrole: contact\nkey: Email\nfields: {email: Email, first_name: First, "
    "last_name: Last, phone: {field: Phone, region: US}, organisation: AccountId, city: City, country: Country}\n",
}
_POLICY = """\
kind: convert
version: 1
account:
  match: [domain, company_name]
  fields: {name: company, website: website, city: city, country: country}
contact:
  match: [email]
  fields: {first_name: first_name, last_name: last_name, email: email, phone: phone, city: city, country: country}
prospect: {fields: {qualified_at: {value: now}, budget: budget}}
"""


def memory(size: Size) -> Group:
    """Largest resident memory of ``leadbridge plan``."""
    found = []
    for rows, others in size.converted:
        cost = run((sys.executable, "-m", "leadbridge", "plan", "convert", "--quiet"), _project(rows, others))
        beside = f" beside {others:,} accounts and contacts" if others else ""
        found.append(Line(f"{rows:,} leads{beside}", (rows + others) / cost.cpu, None, cost.peak))
    return Group("Memory of a plan to convert", "records/s", tuple(found))


def _project(rows: int, others: int) -> Path:
    folder = FOLDER / "projects" / "convert"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "mappings").mkdir(parents=True)
    (folder / "crm").mkdir()
    (folder / "leadbridge.yaml").write_text(_CONFIG, encoding="utf-8")
    for name, text in _MAPPINGS.items():
        head = "kind: mapping\nprovider: csv\n"
        (folder / "mappings" / f"{name}.yaml").write_text(head + text, encoding="utf-8")
    (folder / "mappings" / "convert.yaml").write_text(_POLICY, encoding="utf-8")
    half = others // 2
    _table(folder / "leads.csv", _LEADS, (_lead(n) for n in range(rows)))
    _table(folder / "crm" / "accounts.csv", _ACCOUNTS, (_account(n) for n in range(half)))
    _table(folder / "crm" / "contacts.csv", _CONTACTS, (_contact(n) for n in range(others - half)))
    return folder


def _table(file: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out)
        table.writerow(columns)
        table.writerows(rows)


def _lead(n: int) -> tuple[object, ...]:
    phone, company = f"(415) {n // 10_000 % 800 + 200}-{n % 10_000:04}", f"Company {n} Ltd"
    return f"ada{n}@x{n}.example", "Ada", f"King{n}", phone, company, f"x{n}.example", "London", "GB", 500 + n


def _account(n: int) -> tuple[object, ...]:
    phone = f"(212) {n // 10_000 % 800 + 200}-{n % 10_000:04}"
    return f"A{n}", f"Other {n} Ltd", f"o{n}.example", phone, "Paris", "FR"


def _contact(n: int) -> tuple[object, ...]:
    phone = f"(646) {n // 10_000 % 800 + 200}-{n % 10_000:04}"
    return f"C{n}", f"bob{n}@o{n}.example", "Bob", f"Other{n}", phone, f"A{n}", "Paris", "FR"
