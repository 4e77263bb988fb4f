"""Every kind of conversion: what was foretold of it is what a stand-in of an org did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from leadbridge_salesforce.convert_settings import ConvertSettings, write
from leadbridge_salesforce.provider import SalesforceProvider
from leadbridge_salesforce.sandbox.convert.settings import STANDARD_SETTINGS
from salesforce_org import OrgHands, OrgHarness

from leadbridge.conversions import ConvertRequest, ConvertResult, Prediction
from leadbridge.records import Ref
from leadbridge.values import MISSING, Raw, is_absent


@dataclass(frozen=True)
class Case:
    account: str
    contact: str
    opportunity: str
    owner: str
    named: bool
    status: str
    converted: bool
    twin: bool


CASES = [
    Case(*chosen)
    for chosen in product(
        ("new", "existing"),
        ("new", "existing"),
        ("none", "new", "existing"),
        ("user", "queue"),
        (True, False),
        ("Closed - Converted", "Open - Not Contacted"),
        (False, True),
        (False, True),
    )
    if not (chosen[2] == "existing" and chosen[0] == "new" and chosen[1] == "new")  # an account's opportunity
]


@pytest.fixture
def org(tmp_path: Path) -> Iterator[OrgHarness]:
    made = OrgHarness(tmp_path)
    yield made
    made.close()


def make(org: OrgHarness, cases: list[Case], sf: SalesforceProvider) -> list[ConvertRequest]:
    """The records of every case; leads that are to be converted already are."""
    hands, staff = OrgHands(org), org.sandbox.staff
    numbers = range(1, len(cases) + 1)
    owners = {"user": staff.sellers[1], "queue": staff.queue}
    leads = org.change(
        "Lead", create=[{**hands.lead(n), "OwnerId": owners[c.owner]} for n, c in zip(numbers, cases, strict=True)]
    )
    accounts = org.change("Account", create=[{"Name": f"Acme {n}", "Website": "https://old.example"} for n in numbers])
    contacts = org.change(
        "Contact",
        create=[
            {"LastName": f"Known {n}", "AccountId": a, "Title": "CEO"} for n, a in zip(numbers, accounts, strict=True)
        ],
    )
    deal = {"Name": "Deal", "StageName": "Prospecting", "CloseDate": "2030-01-31"}
    opportunities = org.change("Opportunity", create=[{**deal, "AccountId": account} for account in accounts])
    twins = [n for n, case in zip(numbers, cases, strict=True) if case.twin]
    org.change("Contact", create=[{"LastName": "Twin", "Email": org.sample(n)["Email"]} for n in twins])
    there = zip(numbers, cases, leads, accounts, contacts, opportunities, strict=True)
    return [
        _request(case, n, lead, (account, contact, opp), staff.sellers[0])
        for n, case, lead, account, contact, opp in there
    ]


def _request(case: Case, number: int, lead: str, ids: tuple[str, str, str], owner: str) -> ConvertRequest:
    kinds = {"account": case.account, "contact": case.contact, "opportunity": case.opportunity}
    into = {role: id_ for (role, kind), id_ in zip(kinds.items(), ids, strict=True) if kind == "existing"}
    makes = frozenset(role for role, kind in kinds.items() if kind != "none")
    wanted: dict[str, Mapping[str, Raw]] = {"lead": {"Status": case.status}}
    if case.named:
        wanted["contact"] = {"OwnerId": owner}
    return ConvertRequest(number, Ref("sf", "Lead", lead), makes, into, wanted=wanted)


def expected(case: Case, *, blocks: bool) -> str:
    """What becomes of a case, by the rules as one reads them."""
    if case.converted:
        return "converted"
    if case.status.startswith("Open"):
        return "status"
    if case.owner == "queue" and not case.named:
        return "owner"
    return "duplicate" if case.twin and blocks else "done"  # an existing contact gets the e-mail, too


@pytest.mark.parametrize(
    ("validation", "action", "other"),
    [
        (False, "block", ""),
        (True, "alert", ""),
        (True, "block", ""),
        (False, "alert", "source_to_account"),
        (False, "alert", "custom_defaults"),
        (False, "alert", "short_opportunity_names"),
        (False, "alert", "settings_file"),
    ],
)
def test_what_is_foretold_comes_about(org: OrgHarness, validation: bool, action: str, other: str) -> None:
    how = {}
    if other == "settings_file":
        (org.folder / "convert.xml").write_bytes(write(ConvertSettings(STANDARD_SETTINGS.mapped)))
        how = {"conversion": {"settings_file": "convert.xml"}}
    elif other:
        org.sandbox.switch(other, True)
    org.sandbox.switch("require_validation", validation)
    compares = {"Email": "Email"}
    rule = {"name": "Contact_DR", "object": "Contact", "matches": "Contact", "compares": compares, "action": action}
    assert org.http.post(f"{org.served.control}/rules", json={"duplicate": rule}, timeout=5).ok
    sf = org.connect(**how)
    sf.describe()
    requests = make(org, CASES, sf)
    first = [request for request, case in zip(requests, CASES, strict=True) if case.converted]
    closed: Mapping[str, Mapping[str, Raw]] = {
        "lead": {"Status": "Closed - Converted"},
        "contact": {"OwnerId": org.sandbox.staff.sellers[0]},
    }
    org.sandbox.switch("require_validation", False)
    sf.convert([ConvertRequest(one.number, one.lead, wanted=closed) for one in first])
    org.sandbox.switch("require_validation", validation)
    snapshots = seen(sf, requests)
    said = {one.number: one for one in sf.predict(requests, snapshots)}
    results = {one.number: one for one in sf.convert(requests)}
    now = {r.ref.id: r.values for r in sf.read([ref for one in results.values() for ref in one.records.values()]) if r}
    now |= {r.ref.id: r.values for r in sf.read([request.lead for request in requests]) if r}
    for case, request in zip(CASES, requests, strict=True):
        result = results[request.number]
        outcome = result.reject.code if result.reject else result.state
        assert outcome == expected(case, blocks=validation), case
        foretold = said[request.number].reject
        assert foretold is None or foretold.code == outcome or case.converted, case
        if result.state == "done":
            held = {role: now[ref.id] for role, ref in {"lead": request.lead, **result.records}.items()}
            compare(sf, said[request.number], result, (snapshots[request.number], held))
    sf.close()


def seen(sf: SalesforceProvider, requests: list[ConvertRequest]) -> dict[int, dict[str, Mapping[str, Raw]]]:
    """The records of each request, with the account of a contact that comes alone."""
    objects = OrgHands.objects
    refs = [one.lead for one in requests]
    refs += [Ref("sf", objects[role], id_) for one in requests for role, id_ in one.into.items()]
    there = {record.ref.id: record.values for record in sf.read(refs) if record}
    accounts = {str(values["AccountId"]) for values in there.values() if values.get("AccountId")}
    there |= {r.ref.id: r.values for r in sf.read([Ref("sf", "Account", one) for one in sorted(accounts)]) if r}
    found: dict[int, dict[str, Mapping[str, Raw]]] = {}
    for one in requests:
        held = {"lead": there[one.lead.id]} | {role: there[id_] for role, id_ in one.into.items()}
        if "contact" in held:
            held.setdefault("account", there[str(held["contact"]["AccountId"])])
        found[one.number] = held
    return found


Held = Mapping[str, Mapping[str, Raw]]


def compare(sf: SalesforceProvider, said: Prediction, result: ConvertResult, held_by: tuple[Held, Held]) -> None:
    """Every value that was foretold, and no other change of a field that can be written."""
    before, now = held_by
    records = result.records
    assert {effect.role for effect in said.effects} == {*records, "lead"}
    for effect in said.effects:
        held, schema = now[effect.role], sf.org.schemas.get(effect.object)
        for name, raw in effect.values.items():
            assert held[name] == raw or sf.normalises(effect.object, name, raw, held[name]), (effect.role, name)
        for name, role in effect.names.items():
            assert held[name] == records[role].id, (effect.role, name)
        told = {*effect.values, *effect.names, *effect.unsure}
        old: Mapping[str, Any] = before.get(effect.role, {}) if not effect.made else {}
        changed = {n for n, raw in held.items() if schema.fields[n].writable and _differs(old.get(n, MISSING), raw)}
        assert changed <= told, effect.role


def _differs(old: Raw, new: Raw) -> bool:
    return not (is_absent(old) and is_absent(new)) and old != new
