"""Small projects on disk for tests that run the command line."""

from __future__ import annotations

import json
from pathlib import Path

CONFIG = """\
connections:
  web: {provider: csv, path: inbox/web.csv}
  crm: {provider: csv, path: crm/, key: id}
jobs:
  convert: {convert: [web], into: crm, policy: convert.yaml}
  sync: {sync: [web, crm]}
"""
WEB = """\
kind: mapping
provider: csv
object: web.csv
role: lead
fields:
  first_name: First
  last_name: Last
  company: Company
  email: Mail
  employees: Staff
  opted_out_of_email: {field: Out, as: boolean}
"""
ACCOUNTS = """\
kind: mapping
provider: csv
object: accounts.csv
role: account
fields: {name: name, website: website, employees: employees}
"""
CONTACTS = """\
kind: mapping
provider: csv
object: contacts.csv
role: contact
fields:
  organisation: account
  first_name: first
  last_name: last
  email: email
  opted_out_of_email: {field: out, as: boolean}
"""
SCORING = """\
kind: scoring
rules:
  - {when: employees >= 100, points: 30, group: fit, because: a large company}
  - {when: 'company != ""', points: 10, group: fit, because: names a company}
"""
POLICY = """\
kind: convert
version: 2
lead: {when: score >= 10, unless: opted_out_of_email}
account: {match: [domain, company_name], fields: {name: company, employees: employees}}
contact:
  match: [email]
  fields:
    first_name: first_name
    last_name: last_name
    email: email
    opted_out_of_email: {from: opted_out_of_email, existing: restrictive}
"""
LEADS = """\
First,Last,Company,Mail,Staff,Out
Ada,King,Reuter GmbH,ada@reuter.example,250,no
Bob,Day,Acme,bob@gmail.com,12,no
Cy,Fox,,cy@fox.example,,no
Dee,Ray,Acme,dee@acme.example,,yes
Eva,Low,Acme,eva@acme.example,,
ADA,King,Reuter,Ada@Reuter.example,,no
"""
TABLES = {
    "accounts.csv": "id,name,website,employees\nA1,Reuter,reuter.example,\n",
    "contacts.csv": "id,account,first,last,email,out\nC1,A1,,King,ada@reuter.example,no\n",
}


def make_project(folder: Path, *, leads: str = LEADS, **files: str) -> Path:
    """A project of a lead file and a CRM of tables; ``web_yaml=...`` replaces or adds a file of the mappings folder."""
    mappings = {
        "web.yaml": WEB,
        "accounts.yaml": ACCOUNTS,
        "contacts.yaml": CONTACTS,
        "scoring.yaml": SCORING,
        "convert.yaml": POLICY,
    }
    given = {name.replace("_", "."): text for name, text in files.items()}
    written = {
        "leadbridge.yaml": given.pop("leadbridge.yaml", CONFIG),
        "inbox/web.csv": leads,
        **{f"crm/{name}": text for name, text in TABLES.items()},
        **{f"mappings/{name}": text for name, text in {**mappings, **given}.items()},
    }
    for name, text in written.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def read_json(capsys) -> dict:
    """The one JSON document on stdout."""
    return json.loads(capsys.readouterr().out)
