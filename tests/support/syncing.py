"""Projects of CSV folders that are kept in step, and the command line on them."""

from __future__ import annotations

import json
from pathlib import Path

from leadbridge.cli import main

CONFIG = """\
connections:
  fair: {provider: csv, path: "inbox/fair-*.csv"}
  crm: {provider: csv, path: crm/, key: id}
  shop: {provider: csv, path: shop/, key: number}
jobs:
  import: {sync: [fair, crm], direction: one_way, roles: [lead]}
  people: {sync: [crm, shop], roles: [contact], first: prefer}
"""
FAIR = """\
kind: mapping
provider: csv
object: fair-*.csv
role: lead
fields:
  first_name: Vorname
  last_name: Name
  email: Mail
  phone: {field: Telefon, as: phone, region: DE}
  company: Firma
"""
LEADS = """\
kind: mapping
provider: csv
object: leads.csv
role: lead
fields:
  first_name: first
  last_name: last
  email: email
  phone: {field: phone, as: phone, region: DE}
  company: company
"""
CONTACTS = """\
kind: mapping
provider: csv
object: contacts.csv
role: contact
fields:
  first_name: first
  last_name: last
  email: email
  title: title
  opted_out_of_email: {field: out, as: boolean}
"""
PEOPLE = """\
kind: mapping
provider: csv
object: people.csv
role: contact
fields:
  first_name: Given
  last_name: Family
  email: E-Mail
  title: Job
  opted_out_of_email: {field: NoMail, as: boolean}
"""
FILES = {
    "leadbridge.yaml": CONFIG,
    "mappings/fair.yaml": FAIR,
    "mappings/leads.yaml": LEADS,
    "mappings/contacts.yaml": CONTACTS,
    "mappings/people.yaml": PEOPLE,
    "inbox/fair-1.csv": (
        "Vorname;Name;Mail;Telefon;Firma\n"
        "Ada;King;ada@reuter.example;030 1234567;Reuter GmbH\n"
        "Bob;Day;bob@acme.example;;Acme\n"
    ),
    "crm/leads.csv": "id,first,last,email,phone,company\nL1,Cy,Fox,cy@fox.example,+49 30 7654321,Fox\n",
    "crm/contacts.csv": (
        "id,first,last,email,title,out,note\n"
        "C1,Dee,Ray,dee@acme.example,Head,no,keep me\n"
        "C2,Eva,Low,eva@acme.example,,no,\n"
    ),
    "shop/people.csv": (
        "number,Given,Family,E-Mail,Job,NoMail\n"
        "7,Dee,Ray,dee@acme.example,Head,no\n"
        "8,Finn,Moe,finn@moe.example,Buyer,no\n"
    ),
}


def make_sync_project(folder: Path, **files: str) -> Path:
    """``leadbridge_yaml=...`` replaces a file by the end of its path, written with _ for what is no letter."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(files.get(path.name.replace(".", "_"), text), encoding="utf-8", newline="")
    return folder


def edit(file: Path, old: str, new: str) -> None:
    """Change what stands in a file exactly once."""
    text = file.read_bytes().decode()
    assert text.count(old) == 1, text
    file.write_bytes(text.replace(old, new).encode())


def call(capsys, *arguments: str, status: int = 0) -> dict:
    """Run a command with ``--json``; its document."""
    found = main([*arguments, "--json"])
    out, err = capsys.readouterr()
    assert found == status, (found, out, err)
    return json.loads(out)


def tables(folder: Path) -> dict[str, bytes]:
    """Every data file as it is, byte for byte."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for place in ("inbox", "crm", "shop")
        for path in sorted((folder / place).rglob("*.csv"))
    }
