"""The partner endpoint: envelopes as clients write them, results and faults as they read them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from convert_world import CALL, ConvertWorld
from leadbridge_salesforce.sandbox.rules import DuplicateRule
from leadbridge_salesforce.sandbox.soap.endpoint import SoapEndpoint
from leadbridge_salesforce.sandbox.soap.envelope import SoapFault, read_message
from leadbridge_salesforce.sandbox.soap.operations import Operations
from lxml import etree

SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
P = "{urn:partner.soap.sforce.com}"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
TOKEN = "00D!good"


class Client:
    """Speaks to an org's endpoint without a network."""

    def __init__(self) -> None:
        self.world = ConvertWorld()
        self.operations = Operations(self.world.org)
        self.endpoint = SoapEndpoint(
            self.world.org,
            self.operations.by_name(),
            {"login": lambda spoken: {"sessionId": "new"}},
            accepts=lambda token: token in {TOKEN, "eyJa.b.c"},
            used=lambda: 12,
        )

    def send(self, body: str, *, token: str = TOKEN, header: str = "", version: str = "67.0") -> tuple[int, bytes]:
        message = (
            '<?xml version="1.0" encoding="UTF-8"?>'
            '<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"'
            ' xmlns:urn="urn:partner.soap.sforce.com" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
            f"<env:Header><urn:SessionHeader><urn:sessionId>{token}</urn:sessionId></urn:SessionHeader>{header}"
            f"</env:Header><env:Body>{body}</env:Body></env:Envelope>"
        )
        return self.endpoint.answer(version, replace(CALL, body=message.encode()))

    def results(self, body: str, **options: str) -> list[etree._Element]:
        status, answer = self.send(body, **options)
        assert status == 200, answer
        return etree.fromstring(answer).findall(f".//{P}result")

    def fault(self, body: str, **options: str) -> tuple[str, str]:
        status, answer = self.send(body, **options)
        assert status == 500, answer
        root = etree.fromstring(answer)
        return str(root.findtext(".//faultcode")), str(root.findtext(".//faultstring"))


@pytest.fixture
def client() -> Client:
    return Client()


def convert(*leads: str) -> str:
    return f"<urn:convertLead>{''.join(leads)}</urn:convertLead>"


def lead(id: str, more: str = "", status: str = "Closed - Converted") -> str:
    return (
        f"<urn:leadConverts><urn:leadId>{id}</urn:leadId>{more}"
        f"<urn:convertedStatus>{status}</urn:convertedStatus></urn:leadConverts>"
    )


def test_a_conversion_that_works(client: Client) -> None:
    key = client.world.lead()
    status, answer = client.send(convert(lead(key)))
    assert status == 200
    root = etree.fromstring(answer)
    assert [child.tag for child in root] == [f"{SOAP}Header", f"{SOAP}Body"]
    assert root.findtext(f".//{P}limitInfo/{P}current") == "12"
    (result,) = root.findall(f".//{P}convertLeadResponse/{P}result")
    assert [child.tag.removeprefix(P) for child in result] == [
        "accountId",
        "contactId",
        "leadId",
        "opportunityId",
        "success",
    ]
    row = client.world.row("Lead", key)
    assert result.findtext(f"{P}leadId") == key
    assert result.findtext(f"{P}success") == "true"
    assert result.findtext(f"{P}contactId") == row["ConvertedContactId"]
    assert result.findtext(f"{P}opportunityId") == row["ConvertedOpportunityId"]


def test_results_in_the_order_of_the_requests_and_nil_where_nothing_is(client: Client) -> None:
    first, second = client.world.lead(), client.world.lead()
    no_deal = "<urn:doNotCreateOpportunity>true</urn:doNotCreateOpportunity>"
    good, bad = client.results(convert(lead(second, no_deal), lead(first, status="Nope")))
    assert good.findtext(f"{P}leadId") == second
    assert good.find(f"{P}opportunityId").get(f"{XSI}nil") == "true"  # type: ignore[union-attr]
    assert bad.findtext(f"{P}success") == "false"
    assert bad.findtext(f"{P}errors/{P}statusCode") == "INVALID_STATUS"
    assert bad.findtext(f"{P}errors/{P}message") == "invalid convertedStatus: Nope"
    assert bad.find(f"{P}leadId").get(f"{XSI}nil") == "true"  # type: ignore[union-attr]


def test_an_org_that_names_leads_that_failed(client: Client) -> None:
    client.world.org.switches = replace(client.world.org.switches, failed_lead_id=True)
    key = client.world.lead()
    (bad,) = client.results(convert(lead(key, status="Nope")))
    assert bad.findtext(f"{P}leadId") == key


def test_elements_that_are_nil_are_absent(client: Client) -> None:
    more = '<urn:accountId xsi:nil="true"/><urn:opportunityName></urn:opportunityName>'
    (result,) = client.results(convert(lead(client.world.lead(), more)))
    assert result.findtext(f"{P}success") == "true"


def test_a_duplicate_is_told_with_what_it_matched(client: Client) -> None:
    client.world.org.switches = replace(client.world.org.switches, require_validation=True)
    client.world.org.rules.duplicates = [DuplicateRule("Contacts_DR", "Contact", "Contact", {"Email": "Email"})]
    there = client.world.made("Contact", LastName="L", Email="ada@x.example")
    (result,) = client.results(convert(lead(client.world.lead(Email="ada@x.example"))))
    errors = result.find(f"{P}errors")
    assert errors is not None
    assert errors.get(f"{XSI}type") == "DuplicateError"
    assert errors.findtext(f"{P}statusCode") == "DUPLICATES_DETECTED"
    assert errors.findtext(f".//{P}duplicateRule") == "Contacts_DR"
    assert errors.findtext(f".//{P}matchRecords/{P}record/{P}Id") == there


def test_headers_are_obeyed(client: Client) -> None:
    client.world.org.switches = replace(client.world.org.switches, duplicates_by_api=True)
    client.world.org.rules.duplicates = [DuplicateRule("Contacts_DR", "Contact", "Contact", {"Email": "Email"})]
    client.world.made("Contact", LastName="L", Email="ada@x.example")
    key = client.world.lead(Email="ada@x.example", Company="x" * 130)
    allow = "<urn:DuplicateRuleHeader><urn:allowSave>true</urn:allowSave></urn:DuplicateRuleHeader>"
    cut = (
        "<urn:AllowFieldTruncationHeader><urn:allowFieldTruncation>true</urn:allowFieldTruncation>"
        "</urn:AllowFieldTruncationHeader>"
    )
    codes = [
        client.results(convert(lead(key)), header=header)[0].findtext(f"{P}errors/{P}statusCode")
        for header in ("", allow, allow + cut)
    ]
    assert codes == ["DUPLICATES_DETECTED", "STRING_TOO_LONG", None]


class TestFaults:
    def test_a_session_that_is_none(self, client: Client) -> None:
        code, text = client.fault(convert(lead(client.world.lead())), token="bad")
        assert code == "sf:INVALID_SESSION_ID"
        assert text.startswith("INVALID_SESSION_ID: Invalid Session ID")

    def test_its_form(self, client: Client) -> None:
        _, answer = client.send(convert(), token="bad")
        assert b"<faultcode>sf:INVALID_SESSION_ID</faultcode>" in answer
        detail = etree.fromstring(answer).find(".//detail/{urn:fault.partner.soap.sforce.com}UnexpectedErrorFault")
        assert detail is not None
        assert detail.get(f"{XSI}type") == "sf:UnexpectedErrorFault"
        assert detail.findtext("{urn:fault.partner.soap.sforce.com}exceptionCode") == "INVALID_SESSION_ID"

    def test_a_jwt_below_the_version_that_takes_them(self, client: Client) -> None:
        client.world.org.switches = replace(client.world.org.switches, newest_version=68)
        body = convert(lead(client.world.lead()))
        assert client.fault(body, token="eyJa.b.c")[0] == "sf:INVALID_SESSION_ID"
        (result,) = client.results(body, token="eyJa.b.c", version="68.0")
        assert result.findtext(f"{P}success") == "true"

    @pytest.mark.parametrize("version", ["30.0", "68.0", "x", "67.5", ""])
    def test_versions_that_are_not_offered(self, client: Client, version: str) -> None:
        assert client.fault(convert(), version=version)[0] == "sf:UNSUPPORTED_API_VERSION"

    def test_more_than_a_hundred_leads(self, client: Client) -> None:
        one = lead(client.world.lead())
        assert client.fault(convert(*[one] * 101))[0] == "sf:EXCEEDED_LEAD_CONVERT_LIMIT"
        assert len(client.results(convert(*[one] * 100))) == 100

    def test_elements_out_of_place(self, client: Client) -> None:
        misplaced = "<urn:convertedStatus>Closed - Converted</urn:convertedStatus>"
        assert client.fault(convert(misplaced)) == (
            "soapenv:Client",
            "Element {urn:partner.soap.sforce.com}convertedStatus invalid at this location",
        )
        assert client.fault(convert(lead("x", "<urn:colour>red</urn:colour>")))[0] == "soapenv:Client"
        assert client.fault(convert(lead("x", "<urn:overwriteLeadSource>yes</urn:overwriteLeadSource>")))[0] == (
            "soapenv:Client"
        )

    def test_operations_that_are_not_there(self, client: Client) -> None:
        assert client.fault("<urn:leadConvert/>")[0] == "soapenv:Client"
        assert client.fault('<x xmlns="urn:enterprise.soap.sforce.com"/>')[0] == "soapenv:Client"

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"<a>",
            b"\xff\xfe",
            b"<a/>",
            b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"/>',
            b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body/></e:Envelope>',
            b'<!DOCTYPE a [<!ENTITY x "y">]><e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"/>',
        ],
    )
    def test_what_is_no_message(self, client: Client, body: bytes) -> None:
        status, answer = client.endpoint.answer("67.0", replace(CALL, body=body))
        assert status == 500
        assert etree.fromstring(answer).findtext(".//faultcode") == "soapenv:Client"

    def test_entities_are_not_read(self) -> None:
        bomb = "".join(f'<!ENTITY b{n} "{f"&b{n - 1};" * 10}">' for n in range(1, 9))
        text = f'<!DOCTYPE x [<!ENTITY b0 "b">{bomb}]><x>&b8;</x>'
        with pytest.raises(SoapFault):
            read_message(text.encode())
        file = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>'
        with pytest.raises(SoapFault):
            read_message(file.encode())


def test_operations_without_a_session(client: Client) -> None:
    (result,) = client.results("<urn:login/>", token="")
    assert result.findtext(f"{P}sessionId") == "new"


def test_who_and_when(client: Client) -> None:
    (when,) = client.results("<urn:getServerTimestamp/>")
    assert when.findtext(f"{P}timestamp") == "2026-11-25T12:00:00.000Z"
    (who,) = client.results("<urn:getUserInfo/>")
    assert who.findtext(f"{P}userId") == client.world.org.user


class TestMerge:
    def test_the_loser_goes_with_a_note_and_its_children_move(self, client: Client) -> None:
        world = client.world
        winner, loser = world.lead(LastName="A"), world.lead(LastName="B")
        task = world.made("Task", WhoId=loser, Subject="call")
        (result,) = client.results(
            f"<urn:merge><urn:request><urn:masterRecord><urn:type>Lead</urn:type><urn:Id>{winner}</urn:Id>"
            "<urn:Title>CTO</urn:Title><urn:fieldsToNull>Company2</urn:fieldsToNull></urn:masterRecord>"
            f"<urn:recordToMergeIds>{loser}</urn:recordToMergeIds></urn:request></urn:merge>"
        )
        assert result.findtext(f"{P}errors/{P}statusCode") == "INVALID_FIELD"
        (result,) = client.results(
            f"<urn:merge><urn:request><urn:masterRecord><urn:type>Lead</urn:type><urn:Id>{winner}</urn:Id>"
            "<urn:Title>CTO</urn:Title><urn:fieldsToNull>Phone</urn:fieldsToNull></urn:masterRecord>"
            f"<urn:recordToMergeIds>{loser}</urn:recordToMergeIds></urn:request></urn:merge>"
        )
        assert result.findtext(f"{P}success") == "true"
        assert [e.text for e in result.findall(f"{P}mergedRecordIds")] == [loser]
        assert task in {e.text for e in result.findall(f"{P}updatedRelatedIds")}
        assert world.row("Lead", loser)["MasterRecordId"] == winner
        assert world.row("Lead", winner)["Title"] == "CTO"

    @pytest.mark.parametrize("master", ["<urn:type>Task</urn:type><urn:Id>x</urn:Id>", "<urn:type>Lead</urn:type>"])
    def test_what_cannot_be_merged(self, client: Client, master: str) -> None:
        (result,) = client.results(
            f"<urn:merge><urn:request><urn:masterRecord>{master}</urn:masterRecord></urn:request></urn:merge>"
        )
        assert result.findtext(f"{P}success") == "false"
        assert result.findtext(f"{P}errors/{P}statusCode") == "MALFORMED_ID"


def test_a_call_is_answered_as_one(client: Client) -> None:
    """The org is held while a call is answered: no other request sees half of it."""
    held: list[bool] = []
    operations: dict[str, Callable[..., None]] = {"peek": lambda spoken: held.append(_held(client))}
    endpoint = SoapEndpoint(client.world.org, {}, operations, accepts=lambda token: True, used=lambda: 0)
    client.endpoint = endpoint
    assert client.send("<urn:peek/>")[0] == 200
    assert held == [True]


def _held(client: Client) -> bool:
    import threading

    taken: list[bool] = []
    other = threading.Thread(target=lambda: taken.append(client.world.org.store.lock.acquire(blocking=False)))
    other.start()
    other.join()
    return taken == [False]
