"""The partner endpoint: envelopes as clients write them, results and faults as they read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import requests
from leadbridge_salesforce.sandbox.rules import DuplicateRule
from leadbridge_salesforce.sandbox.soap.envelope import EnvelopeError, read
from lxml import etree
from org_served import Client, code_of, served_org

from leadbridge.sandbox import Fault

Element = Any
SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
P = "{urn:partner.soap.sforce.com}"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"


class Caller:
    """Speaks SOAP to a served org."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.org = client.sandbox.org
        self.token = client.sandbox.token

    def send(self, body: str, *, token: str = "", header: str = "", version: str = "67.0") -> tuple[int, bytes]:
        session = f"<urn:SessionHeader><urn:sessionId>{token or self.token}</urn:sessionId></urn:SessionHeader>"
        return self.post(
            '<?xml version="1.0" encoding="UTF-8"?>'
            '<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"'
            ' xmlns:urn="urn:partner.soap.sforce.com" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
            f"<env:Header>{session}{header}</env:Header><env:Body>{body}</env:Body></env:Envelope>",
            version,
        )

    def post(self, body: str | bytes, version: str = "67.0") -> tuple[int, bytes]:
        where = f"{self.client.url}/services/Soap/u/{version}"
        headers = {"Content-Type": "text/xml; charset=UTF-8", "SOAPAction": '""'}
        data = body if isinstance(body, bytes) else body.encode()
        reply = self.client.http.post(where, data=data, headers=headers, timeout=20)
        return reply.status_code, reply.content

    def switch(self, **positions: bool | int) -> None:
        self.org.switches = replace(self.org.switches, **positions)

    def results(self, body: str, **options: str) -> list[Element]:
        status, answer = self.send(body, **options)
        assert status == 200, answer
        return list(etree.fromstring(answer).findall(f".//{P}result"))

    def fault(self, body: str, **options: str) -> tuple[str, str]:
        status, answer = self.send(body, **options)
        assert status == 500, answer
        root = etree.fromstring(answer)
        return str(root.findtext(".//faultcode")), str(root.findtext(".//faultstring"))


@pytest.fixture
def caller() -> Iterator[Caller]:
    with served_org() as client:
        yield Caller(client)


def convert(*leads: str) -> str:
    return f"<urn:convertLead>{''.join(leads)}</urn:convertLead>"


def lead(id: str, more: str = "", status: str = "Closed - Converted") -> str:
    return (
        f"<urn:leadConverts><urn:leadId>{id}</urn:leadId>{more}"
        f"<urn:convertedStatus>{status}</urn:convertedStatus></urn:leadConverts>"
    )


def test_a_conversion_that_works(caller: Caller) -> None:
    key = caller.client.lead()
    status, answer = caller.send(convert(lead(key)))
    assert status == 200
    root = etree.fromstring(answer)
    assert [child.tag for child in root] == [f"{SOAP}Header", f"{SOAP}Body"]
    assert int(root.findtext(f".//{P}limitInfo/{P}current") or 0) > 0
    (result,) = root.findall(f".//{P}convertLeadResponse/{P}result")
    assert [child.tag.removeprefix(P) for child in result] == [
        "accountId",
        "contactId",
        "leadId",
        "opportunityId",
        "success",
    ]
    row = caller.client.row(key)
    assert result.findtext(f"{P}leadId") == key
    assert result.findtext(f"{P}success") == "true"
    assert result.findtext(f"{P}contactId") == row["ConvertedContactId"]
    assert result.findtext(f"{P}opportunityId") == row["ConvertedOpportunityId"]


def test_results_in_the_order_of_the_requests_and_nil_where_nothing_is(caller: Caller) -> None:
    first, second = caller.client.lead(), caller.client.lead()
    no_deal = "<urn:doNotCreateOpportunity>true</urn:doNotCreateOpportunity>"
    good, bad = caller.results(convert(lead(second, no_deal), lead(first, status="Nope")))
    assert good.findtext(f"{P}leadId") == second
    assert good.find(f"{P}opportunityId").get(f"{XSI}nil") == "true"  # type: ignore[union-attr]
    assert bad.findtext(f"{P}success") == "false"
    assert bad.findtext(f"{P}errors/{P}statusCode") == "INVALID_STATUS"
    assert bad.findtext(f"{P}errors/{P}message") == "invalid convertedStatus: Nope"
    assert bad.find(f"{P}leadId").get(f"{XSI}nil") == "true"  # type: ignore[union-attr]


def test_an_org_that_names_leads_that_failed(caller: Caller) -> None:
    caller.switch(failed_lead_id=True)
    key = caller.client.lead()
    (bad,) = caller.results(convert(lead(key, status="Nope")))
    assert bad.findtext(f"{P}leadId") == key


def test_elements_that_are_nil_are_absent(caller: Caller) -> None:
    more = '<urn:accountId xsi:nil="true"/><urn:opportunityName></urn:opportunityName>'
    (result,) = caller.results(convert(lead(caller.client.lead(), more)))
    assert result.findtext(f"{P}success") == "true"


def test_a_duplicate_is_told_with_what_it_matched(caller: Caller) -> None:
    caller.switch(require_validation=True)
    caller.org.rules.duplicates = [DuplicateRule("Contacts_DR", "Contact", "Contact", {"Email": "Email"})]
    there = caller.client.make("Contact", LastName="L", Email="ada@x.example")
    (result,) = caller.results(convert(lead(caller.client.lead(Email="ada@x.example"))))
    errors = result.find(f"{P}errors")
    assert errors is not None
    assert errors.get(f"{XSI}type") == "DuplicateError"
    assert errors.findtext(f"{P}statusCode") == "DUPLICATES_DETECTED"
    assert errors.findtext(f".//{P}duplicateRule") == "Contacts_DR"
    assert errors.findtext(f".//{P}matchRecords/{P}record/{P}Id") == there


def test_headers_are_obeyed(caller: Caller) -> None:
    caller.switch(duplicates_by_api=True)
    caller.org.rules.duplicates = [DuplicateRule("Contacts_DR", "Contact", "Contact", {"Email": "Email"})]
    caller.client.make("Contact", LastName="L", Email="ada@x.example")
    key = caller.client.lead(Email="ada@x.example", Company="x" * 130)
    allow = "<urn:DuplicateRuleHeader><urn:allowSave>true</urn:allowSave></urn:DuplicateRuleHeader>"
    cut = (
        "<urn:AllowFieldTruncationHeader><urn:allowFieldTruncation>true</urn:allowFieldTruncation>"
        "</urn:AllowFieldTruncationHeader>"
    )
    codes = [
        caller.results(convert(lead(key)), header=header)[0].findtext(f"{P}errors/{P}statusCode")
        for header in ("", allow, allow + cut)
    ]
    assert codes == ["DUPLICATES_DETECTED", "STRING_TOO_LONG", None]


class TestFaults:
    def test_a_session_that_is_none(self, caller: Caller) -> None:
        code, text = caller.fault(convert(lead(caller.client.lead())), token="bad")
        assert code == "sf:INVALID_SESSION_ID"
        assert text.startswith("INVALID_SESSION_ID: ")

    def test_its_form(self, caller: Caller) -> None:
        _, answer = caller.send(convert(), token="bad")
        assert b"<faultcode>sf:INVALID_SESSION_ID</faultcode>" in answer
        detail = etree.fromstring(answer).find(".//detail/{urn:fault.partner.soap.sforce.com}UnexpectedErrorFault")
        assert detail is not None
        assert detail.get(f"{XSI}type") == "sf:UnexpectedErrorFault"
        assert detail.findtext("{urn:fault.partner.soap.sforce.com}exceptionCode") == "INVALID_SESSION_ID"

    def test_a_jwt_below_the_version_that_takes_them(self, caller: Caller) -> None:
        caller.switch(newest_version=68, jwt_tokens=True)
        body, token = convert(lead(caller.client.lead())), caller.client.sandbox.sessions.open()
        assert caller.fault(body, token=token)[0] == "sf:INVALID_SESSION_ID"
        (result,) = caller.results(body, token=token, version="68.0")
        assert result.findtext(f"{P}success") == "true"

    @pytest.mark.parametrize("version", ["30.0", "68.0"])
    def test_versions_that_are_not_offered(self, caller: Caller, version: str) -> None:
        assert caller.fault(convert(), version=version)[0] == "sf:UNSUPPORTED_API_VERSION"

    def test_more_than_a_hundred_leads(self, caller: Caller) -> None:
        one = lead(caller.client.lead())
        assert caller.fault(convert(*[one] * 101))[0] == "sf:EXCEEDED_LEAD_CONVERT_LIMIT"
        assert len(caller.results(convert(*[one] * 100))) == 100

    def test_elements_out_of_place(self, caller: Caller) -> None:
        misplaced = "<urn:convertedStatus>Closed - Converted</urn:convertedStatus>"
        assert caller.fault(convert(misplaced)) == (
            "soapenv:Client",
            "Element {urn:partner.soap.sforce.com}convertedStatus invalid at this location",
        )
        assert caller.fault(convert(lead("x", "<urn:colour>red</urn:colour>")))[0] == "soapenv:Client"
        assert caller.fault(convert(lead("x", "<urn:overwriteLeadSource>yes</urn:overwriteLeadSource>")))[0] == (
            "soapenv:Client"
        )

    def test_operations_that_are_not_there(self, caller: Caller) -> None:
        assert caller.fault("<urn:leadConvert/>")[0] == "soapenv:Client"
        assert caller.fault('<x xmlns="urn:enterprise.soap.sforce.com"/>')[0] == "soapenv:Client"

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
    def test_what_is_no_message(self, caller: Caller, body: bytes) -> None:
        status, answer = caller.post(body)
        assert status == 500
        assert etree.fromstring(answer).findtext(".//faultcode") == "soapenv:Client"

    def test_entities_are_not_read(self) -> None:
        bomb = "".join(f'<!ENTITY b{n} "{f"&b{n - 1};" * 10}">' for n in range(1, 9))
        text = f'<!DOCTYPE x [<!ENTITY b0 "b">{bomb}]><x>&b8;</x>'
        with pytest.raises(EnvelopeError):
            read(text.encode())
        file = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>'
        with pytest.raises(EnvelopeError):
            read(file.encode())


def test_a_connection_that_drops_after_the_commit(caller: Caller) -> None:
    """Who asks again is told that the lead is converted; one account stands."""
    key = caller.client.lead()
    caller.client.sandbox.faults.add(Fault("drop_after", path="/services/Soap/", body="convertLead"))
    with pytest.raises(requests.ConnectionError):
        caller.send(convert(lead(key)))
    assert caller.client.row(key)["IsConverted"] == 1
    (again,) = caller.results(convert(lead(key)))
    assert again.findtext(f"{P}errors/{P}statusCode") == "CANNOT_UPDATE_CONVERTED_LEAD"
    assert len(caller.org.store.where("Account")) == 1


def test_a_converted_lead_is_read_only_but_for_who_may_edit_it(caller: Caller) -> None:
    key = caller.client.lead()
    caller.results(convert(lead(key)))
    for deed in (
        lambda: caller.client.ask("PATCH", f"sobjects/Lead/{key}", {"Title": "CTO"}),
        lambda: caller.client.ask("POST", "sobjects/Task", {"WhoId": key, "Subject": "call"}),
    ):
        assert code_of(deed()) == (400, "CANNOT_UPDATE_CONVERTED_LEAD")
    caller.switch(edit_converted=True)
    assert caller.client.ask("PATCH", f"sobjects/Lead/{key}", {"Title": "CTO"}).status_code == 204


def test_the_administrators_mapping_is_replaced_by_control(caller: Caller) -> None:
    caller.client.control("POST", "/mapping", Contact={"Source_Detail__c": "Source_Detail__c"})
    key = caller.client.lead(Source_Detail__c="stand 4", Region__c="EMEA")
    (result,) = caller.results(convert(lead(key)))
    assert caller.client.row(str(result.findtext(f"{P}contactId")))["Source_Detail__c"] == "stand 4"
    assert caller.client.row(str(result.findtext(f"{P}accountId")))["Region__c"] is None


def test_any_refusal_on_demand(caller: Caller) -> None:
    detail = {"code": "UNABLE_TO_LOCK_ROW", "message": "unable to obtain exclusive access to this record"}
    caller.client.control("POST", "/faults", kind="convert_fails", detail=detail)
    (result,) = caller.results(convert(lead(caller.client.lead())))
    assert result.findtext(f"{P}errors/{P}statusCode") == "UNABLE_TO_LOCK_ROW"


def test_texts_that_xml_cannot_hold(caller: Caller) -> None:
    (result,) = caller.results(convert(lead(caller.client.lead(Company="\x01" * 130))))
    assert result.findtext(f"{P}errors/{P}statusCode") == "STRING_TOO_LONG"
    assert "\ufffd" in str(result.findtext(f"{P}errors/{P}message"))
