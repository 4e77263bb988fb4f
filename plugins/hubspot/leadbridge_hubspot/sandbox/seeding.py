"""What a portal holds to begin with: people to own records, and in the demo firms, contacts, leads and deals."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from leadbridge_hubspot.sandbox.crm.linking import End, link_type
from leadbridge_hubspot.sandbox.crm.saving import Tie, create
from leadbridge_hubspot.sandbox.link_types import DEFINED
from leadbridge_hubspot.sandbox.objects import BY_NAME, COMPANIES, CONTACTS, DEALS, LEADS, Kind
from leadbridge_hubspot.sandbox.portal import Owner, Portal
from leadbridge_hubspot.sandbox.standard import LEAD_STATUS

SEED: Final = 20
OWNERS: Final = (
    Owner("81001", 9001, "grace@sandbox.example", "Grace", "Okafor"),
    Owner("81002", 9002, "mateo@sandbox.example", "Mateo", "Lindqvist"),
    Owner("81003", 9003, "yuki@sandbox.example", "Yuki", "Brandt"),
    Owner("81004", 9004, "ines@sandbox.example", "Ines", "Gone", archived=True),
)
"""The same people work in the org of Salesforce's sandbox."""
_FIRST: Final = ("Amara", "Bela", "Chidi", "Dagny", "Emil", "Farah", "Goran", "Hana", "Ines", "Jonas", "Kaya", "Liam")
_LAST: Final = ("Adler", "Bianchi", "Costa", "Dubois", "Eriksen", "Fischer", "Garcia", "Hansen", "Ivanova", "Jansen")
_FIRM: Final = ("Alder", "Basalt", "Cobalt", "Delta", "Ember", "Fathom", "Garnet", "Harbor", "Indigo", "Juniper")
_TRADE: Final = ("Foods", "Freight", "Glass", "Labs", "Media", "Metals", "Optics", "Paper", "Power", "Tools")
_TOWNS: Final = (("Hamburg", "Germany"), ("Leeds", "United Kingdom"), ("Boston", "United States"), ("Lyon", "France"))


@dataclass(frozen=True, slots=True)
class _Firm:
    id: int
    name: str
    domain: str


def seed_owners(portal: Portal) -> None:
    portal.owners = {owner.id: owner for owner in OWNERS}


def seed_demo(portal: Portal, leads: int) -> None:
    """The same number of leads gives the same portal: each lead is of a contact, every fifth firm has a deal."""
    chance = random.Random(SEED)  # noqa: S311  (made-up people)
    with portal.store.transaction():
        firms = [_firm(portal, chance, n) for n in range(max(5, leads // 5))]
        contacts = [_contact(portal, chance, n, chance.choice(firms)) for n in range(leads)]
        for n, (contact, name) in enumerate(contacts):
            if portal.switches.leads_object and n % 3 == 0:
                _lead(portal, chance, contact, name)
            if n % 20 == 0:
                _task(portal, chance, contact)
        for n, firm in enumerate(firms[::5]):
            _deal(portal, chance, firm, n)


def _firm(portal: Portal, chance: random.Random, n: int) -> _Firm:
    name, domain = _firm_name(n), f"{_firm_name(n).lower().replace(' ', '-')}.example"
    town, country = chance.choice(_TOWNS)
    given = {
        "name": name,
        "domain": domain,
        "website": f"https://www.{domain}",
        "city": town,
        "country": country,
        "phone": _phone(chance),
        "numberofemployees": str(chance.randrange(3, 3000)),
        "hubspot_owner_id": _seller(chance),
    }
    return _Firm(create(portal, COMPANIES, given).id, name, domain)


def _contact(portal: Portal, chance: random.Random, n: int, firm: _Firm) -> tuple[int, str]:
    first, last = _FIRST[n % len(_FIRST)], _LAST[n // len(_FIRST) % len(_LAST)]
    given = {
        "firstname": first,
        "lastname": last,
        "email": f"{first}.{last}.{n}@{firm.domain}".lower(),
        "company": firm.name,
        "phone": _phone(chance),
        "jobtitle": chance.choice(("Buyer", "CTO", "Engineer", "Head of Sales", "Office Manager")),
        "country": chance.choice(_TOWNS)[1],
        "lifecyclestage": chance.choice(("subscriber", "lead", "lead", "marketingqualifiedlead")),
        "hs_lead_status": chance.choice(LEAD_STATUS)[0],
        "product_interest": ";".join(chance.sample(("Pumps", "Valves", "Sensors"), 2)),
        "hubspot_owner_id": _seller(chance),
    }
    made = create(portal, CONTACTS, given, _ties(portal, CONTACTS, [(COMPANIES, firm.id, 1)]))
    return made.id, f"{first} {last}"


def _lead(portal: Portal, chance: random.Random, contact: int, name: str) -> None:
    given = {
        "hs_lead_name": name,
        "hs_lead_type": "NEW BUSINESS",
        "hs_lead_label": chance.choice(("HOT", "WARM", "COLD")),
        "hubspot_owner_id": _seller(chance),
    }
    create(portal, LEADS, given, _ties(portal, LEADS, [(CONTACTS, contact, 578)]))


def _task(portal: Portal, chance: random.Random, contact: int) -> None:
    given = {"hs_timestamp": str(portal.now()), "hs_task_subject": "Call back", "hs_task_status": "NOT_STARTED"}
    task = BY_NAME["tasks"]
    given["hubspot_owner_id"] = _seller(chance)
    create(portal, task, given, _ties(portal, task, [(CONTACTS, contact, 204)]))


def _deal(portal: Portal, chance: random.Random, firm: _Firm, n: int) -> None:
    stages = [stage.id for stage in portal.pipelines["deals"][0].stages]
    given: dict[str, Any] = {
        "dealname": f"{firm.name} - {chance.choice(('Pumps', 'Valves', 'Sensors'))}",
        "amount": str(chance.randrange(500, 90_000)),
        "closedate": f"2026-{n % 12 + 1:02d}-15T00:00:00Z",
        "dealstage": chance.choice(stages),
        "hubspot_owner_id": _seller(chance),
    }
    create(portal, DEALS, given, _ties(portal, DEALS, [(COMPANIES, firm.id, 5)]))


def _ties(portal: Portal, kind: Kind, told: Sequence[tuple[Kind, int, int]]) -> list[Tie]:
    return [Tie(End(to.id, key), (link_type(portal, kind.id, to.id, DEFINED, tie_type),)) for to, key, tie_type in told]


def _seller(chance: random.Random) -> str:
    return chance.choice(OWNERS[:3]).id


def _firm_name(n: int) -> str:
    turn = n // (len(_FIRM) * len(_TRADE))
    name = f"{_FIRM[n % len(_FIRM)]} {_TRADE[n // len(_FIRM) % len(_TRADE)]}"
    return f"{name} {turn + 1}" if turn else name


def _phone(chance: random.Random) -> str:
    return f"+1 555 {chance.randrange(100, 999)} {chance.randrange(1000, 9999)}"
