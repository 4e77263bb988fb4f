"""Every combination of what can be asked of a conversion, held against the rules as one reads them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

import pytest
from convert_world import STATUS, ConvertWorld
from leadbridge_salesforce.sandbox.convert.request import Converted, Wishes
from leadbridge_salesforce.sandbox.rules import DuplicateRule

Action = Literal["alert", "block"]


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
        ("legal", "illegal"),
        (True, False),
        (True, False),
    )
]


def expected(case: Case, *, validation: bool) -> str | None:
    """The code with which a case is refused; None where it is converted."""
    if case.converted:
        return "CANNOT_UPDATE_CONVERTED_LEAD"
    if case.contact == "existing" and case.account == "new":
        return "INVALID_FIELD"
    if case.status == "illegal":
        return "INVALID_STATUS"
    if case.owner == "queue" and not case.named:
        return "INVALID_OWNER"
    if case.twin and validation:
        return "DUPLICATES_DETECTED"
    return None


@pytest.mark.parametrize("validation", [True, False])
@pytest.mark.parametrize("action", ["alert", "block"])
def test_the_matrix(validation: bool, action: Action) -> None:
    world = ConvertWorld(require_validation=validation)
    world.org.rules.duplicates = [DuplicateRule("DR", "Contact", "Contact", {"Email": "Email"}, action)]
    for number, case in enumerate(CASES):
        _play(world, case, f"lead{number}@x.example", validation)


def _play(world: ConvertWorld, case: Case, email: str, validation: bool) -> None:
    lead = world.lead(Email=email, OwnerId=world.staff.queue if case.owner == "queue" else world.seller)
    if case.twin:
        world.org.store.update("Contact", world.made("Contact", LastName="twin"), {"Email": email})
    wanted = _wanted(world, case)
    if case.converted:
        world.org.store.update("Lead", lead, {"IsConverted": 1})
    before = world.standing()
    outcome = world.convert(lead, Wishes(allow_save=True), **wanted)
    code = outcome.refused.code if outcome.refused else None
    assert code == expected(case, validation=validation), case
    made = {name: count - before[name] for name, count in world.standing().items()}
    assert made == _made(case, code is None), case
    if code is None:
        _check(world, case, wanted, outcome)


def _wanted(world: ConvertWorld, case: Case) -> dict[str, Any]:
    wanted: dict[str, Any] = {"converted_status": STATUS if case.status == "legal" else "Nurturing"}
    account = world.made("Account", Name="there")
    if case.account == "existing":
        wanted["account_id"] = account
    if case.contact == "existing":
        wanted["contact_id"] = world.made("Contact", LastName="there", AccountId=account)
    if case.opportunity == "none":
        wanted["do_not_create_opportunity"] = True
    if case.opportunity == "existing":
        deal = {"Name": "there", "StageName": "Prospecting", "CloseDate": "2026-01-01"}
        wanted["opportunity_id"] = world.made("Opportunity", **deal)
    if case.named:
        wanted["owner_id"] = world.other
    return wanted


def _made(case: Case, converted: bool) -> dict[str, int]:
    """How many records of each kind there are more."""
    return {
        "Account": int(converted and case.account == "new"),
        "Contact": int(converted and case.contact == "new"),
        "Opportunity": int(converted and case.opportunity == "new"),
        "OpportunityContactRole": int(converted and case.opportunity != "none"),
    }


def _check(world: ConvertWorld, case: Case, wanted: dict[str, Any], outcome: Converted) -> None:
    account, contact, deal = outcome.account_id, outcome.contact_id, outcome.opportunity_id
    owner = world.other if case.named else world.seller
    assert world.row("Contact", contact)["AccountId"] == account
    assert bool(deal) == (case.opportunity != "none")
    for name, how, key in (("Account", case.account, account), ("Contact", case.contact, contact)):
        assert (world.row(name, key)["OwnerId"] == owner) or how == "existing"
    if deal:
        assert world.row("Opportunity", deal)["AccountId"] == account
    for field, key in (("account_id", account), ("contact_id", contact), ("opportunity_id", deal)):
        assert wanted.get(field, key) == key
