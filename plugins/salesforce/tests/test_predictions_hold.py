"""What is foretold of a conversion, held against what an org makes of it: two readings of the same rules meet here.

The prediction and the stand-in of an org share no code. Leads, existing records and wishes are drawn at random.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from leadbridge_salesforce.provider import SalesforceProvider
from leadbridge_salesforce.sandbox.convert.settings import STANDARD_SETTINGS
from salesforce_org import OrgHarness

from leadbridge.conversions import ConvertRequest, Effect, Prediction
from leadbridge.records import Ref

OBJECTS: Final = {"lead": "Lead", "account": "Account", "contact": "Contact", "opportunity": "Opportunity"}
AUDIT: Final = frozenset({"LastModifiedDate", "LastModifiedById", "SystemModstamp", "LastActivityDate"})
"""What every write touches; nobody foretells it."""

MADE: Final = AUDIT | {"Id", "CreatedDate", "CreatedById", "IsDeleted", "IsClosed", "IsWon", "ForecastCategory"}
PHASES: Final = (Phase.explicit, Phase.reuse, Phase.generate)
"""Without shrinking: a scene is small enough to be read, and each costs a conversion."""

BLANK: Final = frozenset({None, False, ""})


def words(*choices: str) -> st.SearchStrategy[str | None]:
    return st.sampled_from([None, *choices])


LEADS: Final = st.fixed_dictionaries(
    {
        "LastName": st.sampled_from(["Lovelace", "x" * 80]),
        "Company": st.sampled_from(["Engines", "E" * 81, "E" * 121]),
        "FirstName": words("Ada"),
        "Salutation": words("Ms."),
        "Title": words("CTO", "T" * 128),
        "Email": words("Ada@X.example"),
        "Phone": words("1"),
        "MobilePhone": words("2"),
        "Fax": words("3"),
        "Street": words("Main St"),
        "City": words("London"),
        "Country": words("UK"),
        "Latitude": st.sampled_from([None, 0, 51.5]),
        "Website": words("x.example"),
        "Industry": words("Energy", "I" * 41),
        "Rating": words("Hot"),
        "AnnualRevenue": st.sampled_from([None, 0, 1000]),
        "NumberOfEmployees": st.sampled_from([None, 0, 10]),
        "Description": words("about her"),
        "LeadSource": words("Web"),
        "DoNotCall": st.booleans(),
        "HasOptedOutOfEmail": st.booleans(),
        "HasOptedOutOfFax": st.booleans(),
        "Budget__c": st.sampled_from([None, 0, 99.5]),
        "Region__c": words("EMEA"),
        "Product_Interest__c": words("Team;Support"),
        "Source_Detail__c": words("stand 4"),
        "Consent_Date__c": words("2026-01-02T03:04:05.000+0000"),
        "owner": st.sampled_from(["seller", "queue"]),
    }
)
ACCOUNTS: Final = st.fixed_dictionaries(
    {
        "Name": st.just("There Ltd"),
        "Phone": words("9"),
        "BillingCity": words("Ulm"),
        "Industry": words("Retail"),
        "AnnualRevenue": st.sampled_from([None, 0, 7]),
        "Region__c": words("APAC"),
        "AccountSource": words("Other"),
    }
)
CONTACTS: Final = st.fixed_dictionaries(
    {
        "LastName": st.just("There"),
        "FirstName": words("Eve"),
        "Email": words("eve@x.example"),
        "Title": words("CFO"),
        "LeadSource": words("Other"),
        "MailingStreet": words("Side St"),
        "HasOptedOutOfEmail": st.booleans(),
        "Source_Detail__c": words("old"),
    }
)
DEALS: Final = st.fixed_dictionaries(
    {
        "Name": st.just("There"),
        "StageName": st.just("Qualification"),
        "CloseDate": st.just("2026-01-31"),
        "LeadSource": words("Other"),
        "Budget__c": st.sampled_from([None, 0, 5]),
    }
)


@dataclass(frozen=True)
class Scene:
    """One conversion: the lead, the records that it goes into, and what the policy wishes."""

    lead: Mapping[str, Any]
    account: Mapping[str, Any] | None
    contact: Mapping[str, Any] | None
    opportunity: Mapping[str, Any] | None
    makes_opportunity: bool
    status: str | None
    named: bool
    campaign: bool


SCENES: Final = st.builds(
    Scene,
    LEADS,
    st.none() | ACCOUNTS,
    st.none() | CONTACTS,
    st.none() | DEALS,
    st.booleans(),
    st.sampled_from([None, "Closed - Converted", "Won by a partner", "Nurturing"]),
    st.booleans(),
    st.booleans(),
)


class Stage:
    """An org, and the provider connected to it with the org's own mapping at hand."""

    def __init__(self, folder: Path, **how: Any) -> None:
        (folder / "convert.xml").write_text(_settings_file())
        self.org = OrgHarness(folder)
        conversion = {"settings_file": "convert.xml", **how}
        self.sf: SalesforceProvider = self.org.connect(objects=list(OBJECTS.values()), conversion=conversion)
        self.sf.describe()
        self.number = self.converted = 0

    def close(self) -> None:
        self.sf.close()
        self.org.close()

    def set_up(self, scene: Scene) -> tuple[ConvertRequest, dict[str, str]]:
        """Make the records; the request, and the ids by role of what is there before."""
        staff = self.org.sandbox.staff
        self.number += 1
        lead = {**scene.lead, "OwnerId": staff.queue if scene.lead["owner"] == "queue" else staff.sellers[0]}
        del lead["owner"]
        there = {"lead": self.org.make("Lead", lead)}
        if scene.account is not None:
            there["account"] = self.org.make("Account", scene.account)
            if scene.contact is not None:
                there["contact"] = self.org.make("Contact", {**scene.contact, "AccountId": there["account"]})
        if scene.opportunity is not None and scene.makes_opportunity:
            there["opportunity"] = self.org.make("Opportunity", scene.opportunity)
        if scene.campaign:
            campaign = self.org.make("Campaign", {"Name": "Fair"})
            self.org.make("CampaignMember", {"CampaignId": campaign, "LeadId": there["lead"]})
        makes = {"account", "contact"} | ({"opportunity"} if scene.makes_opportunity else set())
        wanted: dict[str, dict[str, Any]] = {"lead": {"Status": scene.status}} if scene.status else {}
        if scene.named:
            wanted["contact"] = {"OwnerId": staff.sellers[1]}
        into = {role: key for role, key in there.items() if role != "lead"}
        request = ConvertRequest(
            self.number, Ref("sf", "Lead", there["lead"]), frozenset(makes - into.keys()), into, wanted=wanted
        )
        return request, there

    def read(self, ids: Mapping[str, str]) -> dict[str, Mapping[str, Any]]:
        records = self.sf.read([Ref("sf", OBJECTS[role], key) for role, key in ids.items()])
        return {role: record.values for role, record in zip(ids, records, strict=True) if record is not None}


def _settings_file() -> str:
    blocks = "".join(
        "<objectMapping><inputObject>Lead</inputObject>"
        + "".join(
            f"<mappingFields><inputField>{source}</inputField><outputField>{target}</outputField></mappingFields>"
            for source, target in STANDARD_SETTINGS.pairs(name)
        )
        + f"<outputObject>{name}</outputObject></objectMapping>"
        for name in STANDARD_SETTINGS.mapped
    )
    return f'<LeadConvertSettings xmlns="http://soap.sforce.com/2006/04/metadata">{blocks}</LeadConvertSettings>'


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    made = Stage(tmp_path_factory.mktemp("org"), queue_owner=None)
    yield made
    made.close()
    assert made.converted > 5, "hardly a scene was converted: nothing was held against anything"


@settings(max_examples=40, phases=PHASES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SCENES)
def test_what_is_foretold_comes_true(stage: Stage, scene: Scene) -> None:
    request, there = stage.set_up(scene)
    before = stage.read(there)
    (foretold,) = stage.sf.predict([request], {request.number: before})
    (came,) = stage.sf.convert([request])
    if foretold.reject is not None:
        assert came.state == "rejected", foretold.reject
        assert stage.read(there) == before
        return
    assert came.state == "done", came.reject
    stage.converted += 1
    ids = {role: ref.id for role, ref in came.records.items()} | {"lead": there["lead"]}
    assert set(ids) == {effect.role for effect in foretold.effects}
    after = stage.read(ids)
    for effect in foretold.effects:
        _compare(effect, before.get(effect.role) if not effect.made else None, after, ids, foretold)


def _compare(
    effect: Effect,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Mapping[str, Any]],
    ids: Mapping[str, str],
    foretold: Prediction,
) -> None:
    """All that was told is there; all that was not told, nor called unsure, is as it was, or blank in a new record."""
    now = after[effect.role]
    told = {**effect.values, **{name: ids[role] for name, role in effect.names.items()}}
    assert {name: now[name] for name in told} == told, effect.role
    rest = now.keys() - told.keys() - effect.unsure - ({"Name"} if effect.role == "contact" else set())
    if before is None:
        assert {name: now[name] for name in rest - MADE if now[name] not in BLANK} == {}
    else:
        assert {name: now[name] for name in rest - AUDIT if now[name] != before[name]} == {}
