"""Envelopes: taken apart without entities, and put together so that clients find what they look for by its prefix."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from lxml import etree

SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
PARTNER: Final = "urn:partner.soap.sforce.com"
ENTERPRISE: Final = "urn:enterprise.soap.sforce.com"
FAULT: Final = "urn:fault.partner.soap.sforce.com"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"

_FOREIGN: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Element = Any
"""An element of lxml, whose types are loose."""
Result = Mapping[str, Any]
"""Element -> text, boolean, None (nil), a nested result, or a list of these; ``@type`` is its xsi:type."""


class EnvelopeError(Exception):
    """A body that is no SOAP envelope."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A request. ``operation`` is the element in the body, and ``headers`` are those of the header, by local name."""

    operation: Element
    headers: Mapping[str, Element]

    @property
    def name(self) -> str:
        return local(self.operation)

    @property
    def session(self) -> str:
        header = self.headers.get("SessionHeader")
        return text(header, "sessionId") if header is not None else ""


def read(body: bytes) -> Envelope:
    """Raises EnvelopeError for what is no XML, has a document type, or is no envelope with one operation."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise EnvelopeError("the body is no XML") from None
    tree: Any = root.getroottree()
    if tree.docinfo.doctype:
        raise EnvelopeError("a document type is not allowed")
    found = root.find(f"{{{SOAP}}}Body")
    operations = [] if found is None else list(elements(found))
    if root.tag != f"{{{SOAP}}}Envelope" or len(operations) != 1:
        raise EnvelopeError("the body is no SOAP envelope with one operation")
    header = root.find(f"{{{SOAP}}}Header")
    return Envelope(operations[0], {} if header is None else {local(one): one for one in elements(header)})


def elements(parent: Element, name: str | None = None) -> Iterator[Element]:
    """Child elements, those of one local name where it is given; whatever namespace a client puts them in."""
    return (e for e in parent if isinstance(e.tag, str) and (name is None or local(e) == name))


def local(element: Element) -> str:
    return str(etree.QName(element).localname)


def text(parent: Element, name: str, otherwise: str = "") -> str:
    """The text of the first child of this name; ``otherwise`` where there is none, or it is nil or empty."""
    found = next(elements(parent, name), None)
    if found is None or found.get(f"{{{XSI}}}nil") == "true":
        return otherwise
    return (found.text or "").strip() or otherwise


def flag(parent: Element | None, name: str, otherwise: bool = False) -> bool:
    found = "" if parent is None else text(parent, name)
    return found.lower() in {"true", "1"} if found else otherwise


def reply(operation: str, results: Sequence[Result], usage: tuple[int, int], namespace: str = PARTNER) -> bytes:
    """The answer to an operation: one ``result`` for each, and how many of the day's calls are used."""
    envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap=_prefixes(namespace))
    header = etree.SubElement(envelope, f"{{{SOAP}}}Header")
    used, most = usage
    info = {"limitInfo": {"current": str(used), "limit": str(most), "type": "API REQUESTS"}}
    _put(header, "LimitInfoHeader", info, namespace)
    answer = etree.SubElement(etree.SubElement(envelope, f"{{{SOAP}}}Body"), f"{{{namespace}}}{operation}Response")
    for result in results:
        _put(answer, "result", result, namespace)
    return _written(envelope)


def fault(code: str, message: str) -> bytes:
    """A fault: the operation as a whole was refused."""
    envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soapenv": SOAP, "sf": FAULT, "xsi": XSI})
    made = etree.SubElement(etree.SubElement(envelope, f"{{{SOAP}}}Body"), f"{{{SOAP}}}Fault")
    etree.SubElement(made, "faultcode").text = code if ":" in code else f"sf:{code}"
    etree.SubElement(made, "faultstring").text = message if ":" in code else f"{code}: {message}"
    if ":" not in code:
        kind = "LoginFault" if code == "INVALID_LOGIN" else "UnexpectedErrorFault"
        detail = etree.SubElement(etree.SubElement(made, "detail"), f"{{{FAULT}}}{kind}")
        detail.set(f"{{{XSI}}}type", f"sf:{kind}")
        etree.SubElement(detail, f"{{{FAULT}}}exceptionCode").text = code
        etree.SubElement(detail, f"{{{FAULT}}}exceptionMessage").text = message
    return _written(envelope)


def _prefixes(namespace: str) -> Any:
    return {"soapenv": SOAP, None: namespace, "xsi": XSI}


def _put(parent: Element, name: str, value: Any, namespace: str) -> None:
    if isinstance(value, list | tuple):
        for one in value:
            _put(parent, name, one, namespace)
        return
    made = etree.SubElement(parent, f"{{{namespace}}}{name}")
    if value is None:
        made.set(f"{{{XSI}}}nil", "true")
    elif isinstance(value, Mapping):
        if "@type" in value:
            made.set(f"{{{XSI}}}type", str(value["@type"]))
        for key, below in value.items():
            if key != "@type":
                _put(made, key, below, namespace)
    else:
        made.text = _plain(value)


def _plain(value: Any) -> str:
    """A value as text; what XML cannot hold is shown as a replacement character."""
    return str(value).lower() if isinstance(value, bool) else _FOREIGN.sub("\ufffd", str(value))


def _written(envelope: Element) -> bytes:
    return bytes(etree.tostring(envelope, xml_declaration=True, encoding="UTF-8"))
