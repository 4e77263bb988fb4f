"""Conversion by convertLead: what is sent, what becomes of each lead, and what is foretold."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import requests
import responses
from leadbridge_salesforce.provider import SalesforceProvider
from lxml import etree
from salesforce_replies import HOME, SYSTEM, describe, field, ident, page, provider, queries

from leadbridge.conversions import ConvertRequest, Effect
from leadbridge.errors import (
    BatchRefusedError,
    ConnectionFailedError,
    CredentialsError,
    QuotaError,
    RetryableError,
    UncertainError,
)
from leadbridge.records import Ref
from leadbridge.values import Raw

SOAP = f"{HOME}/services/Soap/u/66.0"
NS = "{urn:partner.soap.sforce.com}"
USER, QUEUE = "005000000000001AAA", "00G000000000001AAA"
ACCOUNT, CONTACT, OPPORTUNITY = "001000000000001AAA", "003000000000001AAA", "006000000000001AAA"

LEAD = [
    *SYSTEM,
    field("LastName", nillable=False),
    field("Company"),
    field("Email", "email"),
    field("Status", "picklist"),
    field("LeadSource", "picklist"),
    field("Industry", "picklist"),
    field("Budget__c", "currency"),
    field("HasOptedOutOfEmail", "boolean"),
    field("OwnerId", "reference"),
    field("IsConverted", "boolean", updateable=False),
    field("ConvertedDate", "date", createable=False, updateable=False),
    field("ConvertedAccountId", "reference", createable=False, updateable=False),
    field("ConvertedContactId", "reference", createable=False, updateable=False),
    field("ConvertedOpportunityId", "reference", createable=False, updateable=False),
]
OWNED = [*SYSTEM, field("OwnerId", "reference"), field("LeadSource", "picklist")]
OBJECTS = {
    "Lead": LEAD,
    "Account": [*OWNED, field("Name"), field("Industry", "picklist"), field("AccountSource", "picklist")],
    "Contact": [
        *OWNED,
        field("AccountId", "reference"),
        field("LastName", length=10),
        field("Email", "email"),
        field("HasOptedOutOfEmail", "boolean"),
        field("Plan__c", "currency"),
    ],
    "Opportunity": [*OWNED, field("AccountId", "reference"), field("Name"), field("StageName", "picklist")],
}
SAID: dict[str, Raw] = {
    "LastName": "Ada",
    "Company": "Acme",
    "Email": "ada@x.example",
    "Industry": "Machines",
    "LeadSource": "Web",
    "HasOptedOutOfEmail": True,
    "Budget__c": 5,
    "OwnerId": USER,
}
STATUSES = page([{"ApiName": "Converted", "MasterLabel": "Closed - Converted"}])


def answers(leads: Mapping[int, Mapping[str, Any]]) -> Any:
    """Queries about statuses, leads, and contacts."""

    def answer(text: str) -> Any:
        if "FROM LeadStatus" in text:
            return STATUSES
        if "FROM Contact" in text:
            return page([{"Id": CONTACT, "AccountId": ACCOUNT}])
        standard = {"IsConverted": False, "OwnerId": USER, "Company": "Acme"}
        return page([{"Id": ident(n), **standard, **said} for n, said in leads.items() if ident(n) in text])

    return answer


@pytest.fixture
def sf(tmp_path: Path) -> Iterator[SalesforceProvider]:
    with responses.mock:
        for name, fields in OBJECTS.items():
            describe(name, fields)
        yield provider(tmp_path, objects=list(OBJECTS))


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)


def request(number: int, **said: Any) -> ConvertRequest:
    makes = said.pop("makes", frozenset({"account", "contact"}))
    return ConvertRequest(number, Ref("sf", "Lead", ident(number)), makes, **said)


def done(account: str = ACCOUNT, contact: str = CONTACT, opportunity: str = "") -> str:
    opp = f"<opportunityId>{opportunity}</opportunityId>" if opportunity else '<opportunityId xsi:nil="true"/>'
    ids = f"<accountId>{account}</accountId><contactId>{contact}</contactId>"
    return f"<result>{ids}<leadId>x</leadId>{opp}<success>true</success></result>"


def failed(code: str, message: str = "no") -> str:
    nil = "".join(f'<{name} xsi:nil="true"/>' for name in ("accountId", "contactId", "leadId", "opportunityId"))
    errors = f"<errors><fields>Phone</fields><message>{message}</message><statusCode>{code}</statusCode></errors>"
    return f"<result>{nil}{errors}<success>false</success></result>"


def envelope(body: str) -> str:
    spaces = 'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    return f"<soapenv:Envelope {spaces}><soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"


def converts(*results: str) -> None:
    body = f'<convertLeadResponse xmlns="urn:partner.soap.sforce.com">{"".join(results)}</convertLeadResponse>'
    responses.post(SOAP, body=envelope(body))


def faults(code: str, message: str = "no") -> None:
    body = (
        f"<soapenv:Fault><faultcode>sf:{code}</faultcode><faultstring>{code}: {message}</faultstring></soapenv:Fault>"
    )
    responses.post(SOAP, status=500, body=envelope(body))


def sent(at: int = -1) -> list[dict[str, str]]:
    calls = [call.request for call in responses.calls if call.request.url == SOAP]
    root = etree.fromstring(calls[at].body)
    return [{e.tag.removeprefix(NS): e.text or "" for e in lead} for lead in root.iter(f"{NS}leadConverts")]


def test_a_lead_into_new_records(sf: SalesforceProvider) -> None:
    """No opportunity unless it is asked for: Salesforce makes one where nothing is said."""
    converts(done())
    with queries(answers({1: {}})):
        (result,) = sf.convert([request(1, wanted={"lead": {"Status": "Closed - Converted"}})])
    assert result.records == {"account": Ref("sf", "Account", ACCOUNT), "contact": Ref("sf", "Contact", CONTACT)}
    assert sent() == [
        {
            "convertedStatus": "Converted",
            "doNotCreateOpportunity": "true",
            "leadId": ident(1),
            "overwriteLeadSource": "false",
            "sendNotificationEmail": "false",
        }
    ]


def test_a_lead_into_existing_records(sf: SalesforceProvider) -> None:
    """A contact alone is not enough: its account goes with it."""
    converts(done(opportunity=OPPORTUNITY))
    into = {"contact": CONTACT, "opportunity": OPPORTUNITY}
    with queries(answers({1: {}})):
        (result,) = sf.convert([request(1, into=into)])
    assert result.records["opportunity"].id == OPPORTUNITY
    (lead,) = sent()
    assert (lead["accountId"], lead["contactId"], lead["opportunityId"]) == (ACCOUNT, CONTACT, OPPORTUNITY)
    assert (lead["doNotCreateOpportunity"], lead.get("opportunityName")) == ("false", None)


def test_elements_come_in_the_order_of_the_schema(sf: SalesforceProvider) -> None:
    converts(done())
    with queries(answers({1: {}})):
        wanted = {"opportunity": {"Name": "x" * 100}, "contact": {"OwnerId": USER}}
        sf.convert([request(1, makes=frozenset({"opportunity"}), into={"account": ACCOUNT}, wanted=wanted)])
    (lead,) = sent()
    assert list(lead) == sorted(lead)
    assert (lead["opportunityName"], lead["ownerId"]) == ("x" * 80, USER)


def test_results_come_by_index_and_each_lead_has_its_own(sf: SalesforceProvider) -> None:
    converts(done(), failed("FIELD_CUSTOM_VALIDATION_EXCEPTION", "no budget"), done())
    with queries(answers({1: {}, 2: {"IsConverted": True}, 3: {}, 4: {}})):
        results = sf.convert([request(number) for number in (1, 2, 3, 4, 5)])
    codes = {r.number: r.reject.code if r.reject else r.state for r in results}
    assert codes == {1: "done", 2: "converted", 3: "validation", 4: "done", 5: "gone"}
    assert [lead["leadId"] for lead in sent()] == [ident(1), ident(3), ident(4)]


@pytest.mark.parametrize(("fresh", "codes"), [(-1.0, {"done", "converted"}), (1e9, {"done"})])
def test_what_was_looked_at_long_ago_is_looked_at_again(
    sf: SalesforceProvider, monkeypatch: pytest.MonkeyPatch, fresh: float, codes: set[str]
) -> None:
    """A lead that somebody converts while a hundred others are converted is not sent, in an org that would take it."""
    monkeypatch.setattr("leadbridge_salesforce.converting._FRESH", fresh)
    converts(*[done()] * 100)
    converts(*[done()] * (19 if fresh < 0 else 20))
    rows: dict[int, dict[str, Any]] = {number: {} for number in range(1, 121)}

    def answer(text: str) -> Any:
        sent_before = any(call.request.url == SOAP for call in responses.calls)
        return answers({**rows, 120: {"IsConverted": sent_before}})(text)

    with queries(answer):
        results = sf.convert([request(number) for number in rows])
    assert {r.reject.code if r.reject else r.state for r in results} == codes


def test_leads_that_were_just_read_are_not_looked_at_again(sf: SalesforceProvider) -> None:
    """The run reads them to compare; once only, and not where the reply was lost meanwhile."""
    converts(done(), done())
    converts(done(), done())
    lead_calls = f"{HOME}/services/data/v66.0/composite/sobjects/Lead"
    looks: list[int] = []
    with queries(answers({1: {"IsDeleted": False}, 2: {"IsDeleted": False}})):
        sf.read([Ref("sf", "Lead", ident(number)) for number in (1, 2)])
        for _ in range(2):
            states = [one.state for one in sf.convert([request(1), request(2)])]
            assert states == ["done", "done"]
            looks.append(sum(call.request.url == lead_calls for call in responses.calls))
    assert looks == [1, 2]


def test_leads_read_long_ago_or_not_all_are_looked_at(sf: SalesforceProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    rows: dict[int, dict[str, Any]] = {1: {"IsDeleted": False}, 2: {"IsDeleted": False}}
    with queries(answers(rows)):
        sf.read([Ref("sf", "Lead", ident(1))])
        rows[1]["IsConverted"] = rows[2]["IsConverted"] = True
        assert {one.state for one in sf.convert([request(1), request(2)])} == {"rejected"}
        rows[1]["IsConverted"] = False
        sf.read([Ref("sf", "Lead", ident(1))])
        rows[1]["IsConverted"] = True
        monkeypatch.setattr("leadbridge_salesforce.converting._FRESH", -1.0)
        assert {one.state for one in sf.convert([request(1)])} == {"rejected"}


def test_a_later_look_is_one_call_for_all_that_is_left(sf: SalesforceProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where conversions take long, not one more call for each hundred."""
    now = iter(range(0, 10_000, 40))
    monkeypatch.setattr("leadbridge_salesforce.converting.time.monotonic", lambda: float(next(now)))
    converts(*[done()] * 100)
    rows: dict[int, dict[str, Any]] = {number: {} for number in range(1, 401)}
    with queries(answers(rows)):
        assert {one.state for one in sf.convert([request(number) for number in rows])} == {"done"}
    lead_calls = f"{HOME}/services/data/v66.0/composite/sobjects/Lead"
    bodies = [json.loads(call.request.body) for call in responses.calls if call.request.url == lead_calls]
    assert [len(body["ids"]) for body in bodies] == [400, 300, 100]


def test_a_queues_lead_needs_an_owner(sf: SalesforceProvider, tmp_path: Path) -> None:
    with queries(answers({1: {"OwnerId": QUEUE}})):
        (result,) = sf.convert([request(1)])
        assert result.reject is not None
        assert result.reject.code == "owner"
        converts(done())
        (result,) = sf.convert([request(1, wanted={"account": {"OwnerId": USER}})])
        assert (result.state, sent()[0]["ownerId"]) == ("done", USER)
        other = provider(tmp_path, conversion={"queue_owner": USER})
        assert other.convert([request(1)])[0].state == "done"


def test_a_locked_lead_is_sent_again_alone(sf: SalesforceProvider) -> None:
    converts(done(), failed("UNABLE_TO_LOCK_ROW"))
    converts(done())
    with queries(answers({1: {}, 2: {}})):
        results = sf.convert([request(1), request(2)])
    assert [result.state for result in results] == ["done", "done"]
    assert [lead["leadId"] for lead in sent()] == [ident(2)]


def test_after_a_lost_reply_nothing_is_sent_again(sf: SalesforceProvider) -> None:
    responses.post(SOAP, body=requests.exceptions.ReadTimeout("slow"))
    with queries(answers({1: {}})), pytest.raises(UncertainError):
        sf.convert([request(1)])
    assert sum(call.request.url == SOAP for call in responses.calls) == 1


@pytest.mark.parametrize(
    ("code", "message", "error"),
    [
        ("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", QuotaError),
        ("REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests Limit exceeded.", RetryableError),
        ("SERVER_UNAVAILABLE", "later", RetryableError),
        ("EXCEEDED_LEAD_CONVERT_LIMIT", "100", BatchRefusedError),
        ("UNKNOWN_EXCEPTION", "?", UncertainError),
        ("INVALID_SESSION_ID", "expired", CredentialsError),
        ("INSUFFICIENT_ACCESS", "no", ConnectionFailedError),
    ],
)
def test_faults_by_class(sf: SalesforceProvider, code: str, message: str, error: type[Exception]) -> None:
    faults(code, message)
    with queries(answers({1: {}})), pytest.raises(error):
        sf.convert([request(1)])


def test_a_token_in_jwt_form_is_explained(tmp_path: Path) -> None:
    """It is refused below API version 68.0 for ever; asking for new ones would never end."""
    with responses.mock:
        for name, fields in OBJECTS.items():
            describe(name, fields)
        faults("INVALID_SESSION_ID")
        sf = provider(tmp_path, session_token="eyJh.eyJi.c2ln")
        with queries(answers({1: {}})), pytest.raises(ConnectionFailedError, match="JWT form"):
            sf.convert([request(1)])


def test_a_reply_with_entities_is_not_read(sf: SalesforceProvider) -> None:
    responses.post(SOAP, body='<!DOCTYPE x [<!ENTITY e "y">]>' + envelope("&e;"))
    with queries(answers({1: {}})), pytest.raises(UncertainError):
        sf.convert([request(1)])


def test_what_became_of_leads(sf: SalesforceProvider) -> None:
    rows = [
        {"Id": ident(1), "IsConverted": True, "ConvertedAccountId": ACCOUNT, "ConvertedContactId": CONTACT},
        {"Id": ident(2), "IsConverted": False},
    ]
    with queries(lambda text: page(rows)):
        found = sf.converted([Ref("sf", "Lead", one) for one in (ident(2), ident(1), ident(3), "no-such-id")])
    became = {"account": Ref("sf", "Account", ACCOUNT), "contact": Ref("sf", "Contact", CONTACT)}
    assert found == [None, became, None, None]


def effects(sf: SalesforceProvider, one: ConvertRequest, **there: Mapping[str, Raw]) -> dict[str, Effect]:
    with queries(answers({})):
        sf.describe()
    before = len(responses.calls)
    (said,) = sf.predict([one], {one.number: {"lead": SAID, **there}})
    assert len(responses.calls) == before
    assert said.reject is None
    return {effect.role: effect for effect in said.effects}


def test_new_records_get_what_the_lead_says(sf: SalesforceProvider) -> None:
    found = effects(sf, request(1, makes=frozenset({"account", "contact", "opportunity"})))
    assert list(found) == ["account", "contact", "opportunity", "lead"]
    assert found["account"].values == {"Name": "Acme", "Industry": "Machines", "OwnerId": USER}
    assert "AccountSource" in found["account"].unsure
    shared = {"LastName": "Ada", "Email": "ada@x.example", "LeadSource": "Web", "HasOptedOutOfEmail": True}
    assert found["contact"].values == {**shared, "OwnerId": USER}
    assert found["contact"].names == {"AccountId": "account"}
    assert found["contact"].unsure == {"Plan__c"}
    assert found["opportunity"].values == {"Name": "Acme", "LeadSource": "Web", "OwnerId": USER}
    assert found["opportunity"].unsure == {"StageName"}
    assert found["lead"].values == {"IsConverted": True, "Status": "Converted"}
    assert found["lead"].names["ConvertedOpportunityId"] == "opportunity"


def test_of_existing_records_only_what_is_empty_is_filled(sf: SalesforceProvider) -> None:
    """False is a value: an opt-out does not reach a contact that exists."""
    contact = {"AccountId": ACCOUNT, "LastName": "King", "Email": None, "HasOptedOutOfEmail": False, "Plan__c": None}
    account = {"Name": "Acme Ltd", "Industry": "", "OwnerId": QUEUE}
    found = effects(sf, request(1, into={"contact": CONTACT}), contact=contact, account=account)
    assert found["contact"].values == {"Email": "ada@x.example"}
    assert (found["contact"].id, found["contact"].made) == (CONTACT, False)
    assert (found["account"].id, found["account"].values) == (ACCOUNT, {"Industry": "Machines"})


def test_what_a_request_fills_a_later_one_finds_filled(sf: SalesforceProvider) -> None:
    with queries(answers({})):
        sf.describe()
    into = [request(number, into={"account": ACCOUNT}) for number in (1, 2)]
    asked = [*into, request(3), request(4, shares={"account": 3})]
    there: dict[str, Mapping[str, Raw]] = {"lead": SAID, "account": {"Name": "Acme", "Industry": None}}
    said = sf.predict(asked, {1: there, 2: there, 3: {"lead": SAID}, 4: {"lead": SAID}})
    told = [one.effect("account") for one in said]
    assert [one and one.values.get("Industry") for one in told] == ["Machines", None, "Machines", None]
    assert [one and one.made for one in told] == [False, False, True, False]


def test_custom_fields_by_the_orgs_file(tmp_path: Path) -> None:
    pair = "<mappingFields><inputField>Budget__c</inputField><outputField>Plan__c</outputField></mappingFields>"
    block = f"<objectMapping><inputObject>Lead</inputObject>{pair}<outputObject>Contact</outputObject></objectMapping>"
    text = f'<LeadConvertSettings xmlns="http://soap.sforce.com/2006/04/metadata">{block}</LeadConvertSettings>'
    (tmp_path / "convert.xml").write_text(text)
    with responses.mock:
        for name, fields in OBJECTS.items():
            describe(name, fields)
        sf = provider(tmp_path, objects=list(OBJECTS), conversion={"settings_file": "convert.xml"})
        found = effects(sf, request(1))
    assert found["contact"].values["Plan__c"] == 5
    assert found["contact"].unsure == set()


@pytest.mark.parametrize(
    ("one", "said", "code"),
    [
        (request(1, wanted={"lead": {"Status": "Open"}}), {}, "status"),
        (request(1), {"Company": None}, "person_account"),
        (request(1), {"IsConverted": True}, "converted"),
        (request(1), {"OwnerId": QUEUE}, "owner"),
        (request(1), {"LastName": "x" * 11}, "too_long"),
        (request(1, into={"contact": CONTACT}), {}, "account"),
    ],
)
def test_refusals_are_foretold(sf: SalesforceProvider, one: ConvertRequest, said: dict[str, Raw], code: str) -> None:
    with queries(answers({})):
        sf.describe()
    (found,) = sf.predict([one], {1: {"lead": {**SAID, **said}}})
    assert (found.effects, found.reject and found.reject.code) == ((), code)
