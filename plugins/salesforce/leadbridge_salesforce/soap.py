"""The partner SOAP API, as far as it is needed: ``convertLead``, which has no REST resource.

Source: SOAP API developer guide, ``convertLead``; the order of elements is that of its schema.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Final

from lxml import etree

from leadbridge.errors import (
    BatchRefusedError,
    ConnectionFailedError,
    CredentialsError,
    LeadBridgeError,
    UncertainError,
)
from leadbridge_salesforce import failures
from leadbridge_salesforce.client import Client
from leadbridge_salesforce.failures import Said
from leadbridge_salesforce.xml import parse

_ENVELOPE: Final = "http://schemas.xmlsoap.org/soap/envelope/"
_PARTNER: Final = "urn:partner.soap.sforce.com"
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_JWT_FROM: Final = 68  # the first API version whose SOAP takes tokens in JWT form


@dataclass(frozen=True, slots=True)
class LeadConvert:
    """One lead of a call. An empty text or None is not sent; the names are Salesforce's, in its order."""

    account_id: str
    contact_id: str
    converted_status: str
    do_not_create_opportunity: bool
    lead_id: str
    opportunity_id: str
    opportunity_name: str
    overwrite_lead_source: bool
    owner_id: str
    send_notification_email: bool


@dataclass(frozen=True, slots=True)
class LeadConvertResult:
    """What became of one lead. The reply names no lead where it failed: results come in the order of the leads.

    Attributes:
        matched: records that a duplicate rule found: object and id.
    """

    success: bool
    account_id: str
    contact_id: str
    opportunity_id: str
    error: Said
    matched: tuple[tuple[str, str], ...] = ()


def convert_leads(client: Client, leads: Sequence[LeadConvert], *, allow_duplicates: bool) -> list[LeadConvertResult]:
    """One call, at most :data:`~leadbridge_salesforce.costs.CONVERTED` leads.

    Raises:
        UncertainError: no reply, or one that cannot be read; leads may be converted.
        ConnectionFailedError: a fault; its class says what to do next.
    """
    session = client.keeper.session()
    reply = client.soap(_envelope(session.token, leads, allow_duplicates=allow_duplicates))
    try:
        body = _body(client, reply.content, reply.status_code)
    except _SessionFaultError:
        _explain_jwt(client, session.token)
        if not client.keeper.renewable:
            raise CredentialsError(client.connection, _EXPIRED.format(client.connection)) from None
        token = client.keeper.renew(session).token
        again = client.soap(_envelope(token, leads, allow_duplicates=allow_duplicates))
        body = _body(client, again.content, again.status_code)
    results = [_result(element) for element in body.iter(f"{{{_PARTNER}}}result")]
    if len(results) != len(leads):
        reason = f"connection {client.connection!r}: the reply of convertLead has not one result for each lead"
        raise UncertainError(client.connection, reason)
    return results


_EXPIRED: Final = "connection {!r}: Salesforce's SOAP API did not accept the session"


class _SessionFaultError(CredentialsError):
    """The SOAP API did not accept the session, though REST may."""


def _explain_jwt(client: Client, token: str) -> None:
    """A token in JWT form is refused below :data:`_JWT_FROM` for ever; a new one would be, too."""
    if token.count(".") == 2 and token.startswith("eyJ") and float(client.version) < _JWT_FROM:
        raise ConnectionFailedError(
            client.connection,
            f"connection {client.connection!r}: the app issues tokens in JWT form, which convertLead takes from API"
            f" version {_JWT_FROM}.0 on only; untick `Issue JSON Web Token (JWT)-based access tokens` in the app, or"
            f' set `api_version: "{_JWT_FROM}.0"`',
        )


def _envelope(token: str, leads: Sequence[LeadConvert], *, allow_duplicates: bool) -> bytes:
    envelope = etree.Element(f"{{{_ENVELOPE}}}Envelope", nsmap={"env": _ENVELOPE, "urn": _PARTNER})
    header = etree.SubElement(envelope, f"{{{_ENVELOPE}}}Header")
    _add(_add(header, "SessionHeader"), "sessionId", token)
    _add(_add(header, "CallOptions"), "client", "LeadBridge")
    rule = _add(header, "DuplicateRuleHeader")
    _add(rule, "allowSave", _word(allow_duplicates))
    _add(rule, "includeRecordDetails", "false")
    _add(rule, "runAsCurrentUser", "true")
    call = _add(etree.SubElement(envelope, f"{{{_ENVELOPE}}}Body"), "convertLead")
    for lead in leads:
        element = _add(call, "leadConverts")
        for name, text in _elements(lead):
            _add(element, name, text)
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")


def _elements(lead: LeadConvert) -> Iterator[tuple[str, str]]:
    for one in fields(lead):
        value = getattr(lead, one.name)
        first, *rest = one.name.split("_")
        name = first + "".join(part.capitalize() for part in rest)
        if isinstance(value, bool):
            yield name, _word(value)
        elif value:
            yield name, value


def _word(flag: bool) -> str:
    return "true" if flag else "false"


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, f"{{{_PARTNER}}}{name}")
    element.text = text
    return element


def _body(client: Client, content: bytes, status: int) -> etree._Element:
    if status not in {200, 500}:
        raise failures.of_reply(client.connection, status, None, writes=True)
    try:
        root = parse(content)
    except ValueError:
        root = None
    body = None if root is None else root.find(f"{{{_ENVELOPE}}}Body")
    if body is None:
        raise UncertainError(client.connection, f"connection {client.connection!r}: the SOAP reply cannot be read")
    fault = body.find(f"{{{_ENVELOPE}}}Fault")
    if fault is not None:
        raise _of_fault(client.connection, fault)
    return body


def _of_fault(connection: str, fault: etree._Element) -> LeadBridgeError:
    """By the code of the fault; the text may hold what was sent."""
    code = (fault.findtext("faultcode") or "").rpartition(":")[2]
    message = (fault.findtext("faultstring") or "").removeprefix(f"{code}: ")
    reason = f"connection {connection!r}: Salesforce's SOAP API answered {code or 'with a fault'}"
    if code == "INVALID_SESSION_ID":
        return _SessionFaultError(connection, reason)
    if code == "EXCEEDED_LEAD_CONVERT_LIMIT":
        return BatchRefusedError(connection, reason)
    if code in _FAULTS:
        return failures.of_reply(connection, 403, [{"errorCode": code, "message": message}], writes=True)
    if code in {"", "Client", "Server", "UNKNOWN_EXCEPTION"}:
        return UncertainError(connection, reason)
    return ConnectionFailedError(connection, f"{reason}; run again later, or look at the app and its user")


_FAULTS: Final = frozenset(
    {*failures.RETRY, "REQUEST_LIMIT_EXCEEDED", "API_DISABLED_FOR_ORG", "API_CURRENTLY_DISABLED"}
)


def _result(element: etree._Element) -> LeadConvertResult:
    errors = element.findall(f"{{{_PARTNER}}}errors")
    error = Said("", "")
    if errors:
        named = tuple(one.text or "" for one in errors[0].findall(f"{{{_PARTNER}}}fields"))
        error = Said(_text(errors[0], "statusCode"), _text(errors[0], "message"), named)
    return LeadConvertResult(
        _text(element, "success") == "true",
        _text(element, "accountId"),
        _text(element, "contactId"),
        _text(element, "opportunityId"),
        error,
        tuple(_matched(errors)),
    )


def _matched(errors: Sequence[etree._Element]) -> Iterator[tuple[str, str]]:
    for record in (found for error in errors for found in error.iter(f"{{{_PARTNER}}}record")):
        kind = next((e.text for e in record.iter() if etree.QName(e).localname == "type" and e.text), "record")
        id_ = next((e.text for e in record.iter() if etree.QName(e).localname == "Id" and e.text), None)
        if id_:
            yield kind, id_


def _text(parent: etree._Element, name: str) -> str:
    found = parent.find(f"{{{_PARTNER}}}{name}")
    return "" if found is None or found.get(f"{{{_XSI}}}nil") == "true" else (found.text or "")
