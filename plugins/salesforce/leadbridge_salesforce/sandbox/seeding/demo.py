"""A realistic org: firms with their people and business, a campaign, and leads, some of whom are known already."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from leadbridge_salesforce.sandbox.dml.saving import create
from leadbridge_salesforce.sandbox.org import Org
from leadbridge_salesforce.sandbox.schema import picklists
from leadbridge_salesforce.sandbox.seeding import names
from leadbridge_salesforce.sandbox.seeding.settings import Staff

SEED = 20
_BATCH = 2000
Given = dict[str, Any]


def seed_demo(org: Org, staff: Staff, leads: int) -> None:
    """Fill an org; the same number of leads gives the same org. An account for every five leads, ten at least."""
    chance = random.Random(SEED)  # noqa: S311  (made-up people)
    accounts = _made(org, "Account", (_account(chance, staff, n) for n in range(max(10, leads // 5))))
    contacts = _made(org, "Contact", (_contact(chance, staff, account, n) for n, account in enumerate(accounts)))
    deals = _made(org, "Opportunity", (_deal(chance, staff, accounts, n) for n in range(len(accounts) // 2)))
    _made(org, "OpportunityContactRole", _roles(contacts, deals))
    (campaign,) = _made(org, "Campaign", [{"Name": "Spring fair", "Type": "Trade Show", "Status": "Completed"}])
    found = _made(org, "Lead", (_lead(chance, staff, n) for n in range(leads)))
    members = [{"CampaignId": campaign, "LeadId": lead, "Status": "Registered"} for lead in found[::10]]
    _made(org, "CampaignMember", members)
    _made(org, "Task", [{"WhoId": lead, "Subject": "Call back", "OwnerId": staff.sellers[0]} for lead in found[::20]])


def _made(org: Org, object: str, rows: Sequence[Given] | Iterator[Given]) -> list[str]:
    """Save them as somebody would by hand, without the rules that ask questions."""
    manner = replace(org.manner(), check_duplicates=False, validate=False)
    left, made = iter(rows), list[str]()
    while batch := list(islice(left, _BATCH)):
        for saved in create(org, object, batch, manner):
            if saved.refused:
                raise ValueError(f"the demo's {object} is refused: {saved.refused}")
            made.append(str(saved.id))
    return made


def _account(chance: random.Random, staff: Staff, n: int) -> Given:
    town, country = chance.choice(names.TOWNS)
    name = _firm(n)
    return {
        "Name": f"{name} {chance.choice(names.FORM)}",
        "Website": f"https://www.{_domain(n)}",
        "Industry": chance.choice(picklists.INDUSTRIES).value,
        "Phone": _phone(chance),
        "BillingCity": town,
        "BillingCountry": country,
        "NumberOfEmployees": chance.randrange(3, 3000),
        "OwnerId": chance.choice(staff.sellers),
    }


def _contact(chance: random.Random, staff: Staff, account: str, n: int) -> Given:
    first, last = _person(n)
    return {
        "AccountId": account,
        "FirstName": first,
        "LastName": last,
        "Email": _email(first, last, n),
        "Phone": _phone(chance),
        "Title": chance.choice(names.TITLES),
        "LeadSource": chance.choice(picklists.LEAD_SOURCES).value,
        "HasOptedOutOfEmail": chance.random() < 0.1,
        "OwnerId": chance.choice(staff.sellers),
    }


def _deal(chance: random.Random, staff: Staff, accounts: list[str], n: int) -> Given:
    return {
        "AccountId": accounts[n],
        "Name": f"{_firm(n)} - {chance.choice(picklists.PRODUCTS).value}",
        "StageName": chance.choice(picklists.STAGES).name,
        "CloseDate": f"2026-{chance.randrange(1, 13):02d}-15",
        "Amount": chance.randrange(500, 90_000),
        "OwnerId": chance.choice(staff.sellers),
    }


def _roles(contacts: list[str], deals: list[str]) -> list[Given]:
    pairs = zip(contacts, deals, strict=False)
    return [{"OpportunityId": deal, "ContactId": contact, "IsPrimary": True} for contact, deal in pairs]


def _lead(chance: random.Random, staff: Staff, n: int) -> Given:
    """Every seventh is somebody whom the org knows as a contact."""
    known = n % 7 == 0
    number = n // 7 if known else n + 1_000_003
    first, last = _person(number)
    firm = number if known else n * 3
    town, country = chance.choice(names.TOWNS)
    return {
        "FirstName": first,
        "LastName": last,
        "Company": _firm(firm),
        "Email": _email(first, last, number) if known or chance.random() < 0.9 else None,
        "Phone": _phone(chance) if chance.random() < 0.7 else None,
        "Title": chance.choice(names.TITLES),
        "Website": f"www.{_domain(firm)}" if chance.random() < 0.5 else None,
        "City": town,
        "Country": country,
        "LeadSource": chance.choice(picklists.LEAD_SOURCES).value,
        "Industry": chance.choice(picklists.INDUSTRIES).value,
        "Rating": chance.choice(picklists.RATINGS).value,
        "NumberOfEmployees": chance.randrange(1, 5000),
        "Budget__c": chance.randrange(0, 50_000),
        "Score__c": chance.randrange(0, 100),
        "Region__c": chance.choice(picklists.REGIONS).value,
        "Product_Interest__c": ";".join(value.value for value in chance.sample(picklists.PRODUCTS, 2)),
        "HasOptedOutOfEmail": chance.random() < 0.1,
        "OwnerId": staff.queue if chance.random() < 0.2 else chance.choice(staff.sellers),
    }


def _person(n: int) -> tuple[str, str]:
    return names.FIRST[n % len(names.FIRST)], names.LAST[n // len(names.FIRST) % len(names.LAST)]


def _firm(n: int) -> str:
    turn = n // (len(names.FIRM) * len(names.TRADE))
    name = f"{names.FIRM[n % len(names.FIRM)]} {names.TRADE[n // len(names.FIRM) % len(names.TRADE)]}"
    return f"{name} {turn + 1}" if turn else name


def _domain(n: int) -> str:
    return f"{_firm(n).lower().replace(' ', '-')}.example"


def _email(first: str, last: str, n: int) -> str:
    return f"{first}.{last}".lower().replace("ö", "o") + f"@{_domain(n)}"


def _phone(chance: random.Random) -> str:
    return f"+1 555 {chance.randrange(100, 999)} {chance.randrange(1000, 9999)}"
