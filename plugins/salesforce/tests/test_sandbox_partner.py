"""The partner SOAP API of the sandbox, but for conversions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
from lxml import etree
from org_served import Client, served_org

from leadbridge.sandbox import Fault

NAMES = {"p": "urn:partner.soap.sforce.com", "f": "urn:fault.partner.soap.sforce.com"}
SHELL = (
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:u="urn:partner.soap.sforce.com"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    "<e:Header><u:SessionHeader><u:sessionId>{session}</u:sessionId></u:SessionHeader>{headers}</e:Header>"
    "<e:Body>{body}</e:Body></e:Envelope>"
)


@pytest.fixture
def org() -> Iterator[Client]:
    with served_org() as client:
        yield client


def send(
    org: Client, body: str, headers: str = "", version: str = "64.0", session: str | None = None
) -> requests.Response:
    text = SHELL.format(session=session or org.sandbox.token, headers=headers, body=body)
    return post(org, text.encode(), version)


def post(org: Client, body: bytes, version: str = "64.0") -> requests.Response:
    sent = {"Content-Type": "text/xml; charset=UTF-8", "SOAPAction": '""'}
    return requests.post(f"{org.url}/services/Soap/u/{version}", data=body, headers=sent, timeout=20)


def texts(reply: requests.Response, path: str) -> list[str]:
    found = etree.fromstring(reply.content).xpath(path, namespaces=NAMES)
    return [str(one.text) for one in found]  # type: ignore[union-attr]


def code(reply: requests.Response) -> str:
    assert reply.status_code == 500
    return texts(reply, "//faultcode")[0]


def test_login_until_it_goes(org: Client) -> None:
    app = org.sandbox.app
    login = "<u:login><u:username>{}</u:username><u:password>{}</u:password></u:login>"
    right = login.format(app.username, app.password + app.security_token)
    for version in ("31.0", "64.0"):
        reply = send(org, right, version=version, session="-")
        assert reply.status_code == 200, reply.text
        (session,) = texts(reply, "//p:sessionId")
        (server,) = texts(reply, "//p:serverUrl")
        assert server == f"{org.url}/services/Soap/u/{version}/{org.sandbox.org.id[:15]}"
        assert send(org, "<u:getUserInfo/>", session=session).status_code == 200
    assert code(send(org, right, version="65.0")) == "soapenv:Client"
    assert code(send(org, right, version="30.0")) == "sf:UNSUPPORTED_API_VERSION"
    wrong = send(org, login.format(app.username, app.password))
    assert code(wrong) == "sf:INVALID_LOGIN"
    assert texts(wrong, "//f:LoginFault/f:exceptionCode") == ["INVALID_LOGIN"]


def test_faults_have_the_shape_that_clients_look_for(org: Client) -> None:
    reply = send(org, "<u:getUserInfo/>", session="stale")
    assert code(reply) == "sf:INVALID_SESSION_ID"
    assert texts(reply, "//faultstring")[0].startswith("INVALID_SESSION_ID: ")
    assert texts(reply, "//f:UnexpectedErrorFault/f:exceptionCode") == ["INVALID_SESSION_ID"]
    assert b"sf:exceptionCode" in reply.content
    org.sandbox.faults.add(Fault("limit", path="Soap", detail={"concurrent": "yes"}))
    limited = send(org, "<u:getUserInfo/>")
    assert code(limited) == "sf:REQUEST_LIMIT_EXCEEDED"
    assert "ConcurrentRequests" in texts(limited, "//f:exceptionMessage")[0]
    org.sandbox.faults.add(Fault("expire", path="Soap"))
    assert code(send(org, "<u:getUserInfo/>")) == "sf:INVALID_SESSION_ID"
    assert org.ask("GET", "limits").status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<a",
        b"<a/>",
        SHELL.format(session="x", headers="", body="").encode(),
        b'<!DOCTYPE a [<!ENTITY x "y">]>' + SHELL.format(session="&x;", headers="", body="<u:login/>").encode(),
        SHELL.format(session="x", headers="", body="<u:levitate/>").encode(),
    ],
)
def test_what_is_no_request(org: Client, body: bytes) -> None:
    assert code(post(org, body)) == "soapenv:Client"


def test_usage_and_time_are_told(org: Client) -> None:
    reply = send(org, "<u:getServerTimestamp/>")
    assert texts(reply, "//p:limitInfo/p:current") == ["1"]
    assert texts(reply, "//p:limitInfo/p:type") == ["API REQUESTS"]
    assert texts(reply, "//p:timestamp")[0].endswith(".000Z")


def test_logout_ends_the_session(org: Client) -> None:
    assert send(org, "<u:logout/>").status_code == 200
    assert code(send(org, "<u:getUserInfo/>")) == "sf:INVALID_SESSION_ID"


def request(kind: str, master: str, *losers: str, fields: str = "") -> str:
    merged = "".join(f"<u:recordToMergeIds>{loser}</u:recordToMergeIds>" for loser in losers)
    record = f"<u:masterRecord><type>{kind}</type><Id>{master}</Id>{fields}</u:masterRecord>"
    return f"<u:request>{record}{merged}</u:request>"


def test_merge(org: Client) -> None:
    winner, loser = org.make("Contact", LastName="W", Phone="1"), org.make("Contact", LastName="L")
    task = org.make("Task", Subject="Call", WhoId=loser)
    fields = "<Title>Buyer</Title><fieldsToNull>Phone</fieldsToNull>"
    bad = request("Contact", loser, winner)
    reply = send(org, f"<u:merge>{request('Contact', winner, loser, fields=fields)}{bad}</u:merge>")
    assert texts(reply, "//p:result/p:success") == ["true", "false"]
    assert texts(reply, "//p:mergedRecordIds") == [loser]
    assert texts(reply, "//p:updatedRelatedIds") == [task]
    assert texts(reply, "//p:errors/p:statusCode") == ["ENTITY_IS_DELETED"]
    assert (org.row(winner)["Title"], org.row(winner)["Phone"]) == ("Buyer", None)
    found = org.get("queryAll", q=f"SELECT MasterRecordId FROM Contact WHERE Id = '{loser}'")
    assert found["records"][0]["MasterRecordId"] == winner


def test_merge_takes_its_requests_under_their_own_name_only(org: Client) -> None:
    wrong = request("Contact", "a", "b").replace("u:request", "u:mergeRequests")
    assert code(send(org, f"<u:merge>{wrong}</u:merge>")) == "soapenv:Client"


def test_delete_undelete_and_the_empty_bin(org: Client) -> None:
    key = org.lead()
    ids = f"<u:ids>{key}</u:ids>"
    assert texts(send(org, f"<u:delete>{ids}</u:delete>"), "//p:success") == ["true"]
    assert texts(send(org, f"<u:undelete>{ids}</u:undelete>"), "//p:success") == ["true"]
    assert texts(send(org, f"<u:emptyRecycleBin>{ids}</u:emptyRecycleBin>"), "//p:success") == ["false"]
    send(org, f"<u:delete>{ids}</u:delete>")
    assert texts(send(org, f"<u:emptyRecycleBin>{ids}</u:emptyRecycleBin>"), "//p:success") == ["true"]
    assert org.get("queryAll", q="SELECT Id FROM Lead")["totalSize"] == 0
    many = "<u:ids>x</u:ids>" * 201
    assert code(send(org, f"<u:delete>{many}</u:delete>")) == "sf:EXCEEDED_ID_LIMIT"
