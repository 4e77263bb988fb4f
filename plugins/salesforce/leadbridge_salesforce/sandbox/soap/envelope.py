"""SOAP messages as Salesforce's partner API has them. What comes in is untrusted: no DTD, no entities, no network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from lxml import etree

SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
PARTNER: Final = "urn:partner.soap.sforce.com"
FAULT: Final = "urn:fault.partner.soap.sforce.com"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_NIL: Final = f"{{{XSI}}}nil"
_TYPE: Final = f"{{{XSI}}}type"

_PREFIXES: Final[dict[str | None, str]] = {"soapenv": SOAP, None: PARTNER, "xsi": XSI}
_FAULT_PREFIXES: Final[dict[str | None, str]] = {"soapenv": SOAP, "sf": FAULT, "xsi": XSI}

Node = str | bool | None | list["Node"] | dict[str, "Node"]
"""What an element holds: text, nothing (``xsi:nil``), children by name, or the element several times over."""


class SoapFault(Exception):  # noqa: N818  (the word of the protocol)
    """A call that is refused whole (HTTP 500).

    Attributes:
        code: Salesforce's exception code, or ``Client`` for what is no message of its schema.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Element:
    """A part of a message. ``text`` is None where it is nil."""

    name: str
    text: str | None
    children: tuple[Element, ...]

    def child(self, name: str) -> Element | None:
        return next((child for child in self.children if child.name == name), None)

    def all(self, name: str) -> Iterator[Element]:
        return (child for child in self.children if child.name == name)

    def value(self, *path: str) -> str | None:
        """The text at the end of a path of names; None where there is none, or it is blank."""
        found: Element | None = self
        for name in path:
            found = found.child(name) if found is not None else None
        return (found.text or None) if found is not None else None


@dataclass(frozen=True, slots=True)
class Message:
    """A call: its headers, and the one element of its body, whose name is the operation."""

    header: Element
    call: Element

    @property
    def session(self) -> str | None:
        return self.header.value("SessionHeader", "sessionId")

    def flag(self, header: str, name: str) -> bool:
        return self.header.value(header, name) in {"true", "1"}


def read_message(body: bytes) -> Message:
    """The call in a request's body.

    Raises:
        SoapFault: it is no XML, holds a DTD, or is no SOAP message with one call.
    """
    try:
        root = etree.fromstring(body, _parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SoapFault("Client", f"The message cannot be read as XML: {error}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise SoapFault("Client", "DTD is not supported")
    if root.tag != f"{{{SOAP}}}Envelope":
        raise SoapFault("Client", f"Envelope expected, found {etree.QName(root).localname}")
    parts = {etree.QName(part).localname: part for part in root}
    body_part = parts.get("Body")
    if body_part is None or len(body_part) != 1:
        raise SoapFault("Client", "The Body must hold one operation")
    if etree.QName(body_part[0]).namespace != PARTNER:
        raise SoapFault("Client", f"No operation available for request {body_part[0].tag}")
    header = parts.get("Header")
    return Message(Element("Header", "", ()) if header is None else _element(header), _element(body_part[0]))


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )


def _element(found: etree._Element) -> Element:
    nil = found.get(_NIL) in {"true", "1"}
    text = None if nil else (found.text or "").strip()
    return Element(etree.QName(found).localname, text, tuple(_element(child) for child in found))


def reply(operation: str, result: Node, used: int, limit: int) -> bytes:
    """A call's answer. ``used`` and ``limit`` are API calls of the day, which the header tells."""
    envelope, body = _envelope(_PREFIXES)
    header = etree.Element(f"{{{SOAP}}}Header")
    envelope.insert(0, header)
    info = etree.SubElement(etree.SubElement(header, f"{{{PARTNER}}}LimitInfoHeader"), f"{{{PARTNER}}}limitInfo")
    _add(info, {"current": str(used), "limit": str(limit), "type": "API REQUESTS"})
    answer = etree.SubElement(body, f"{{{PARTNER}}}{operation}Response")
    _add(answer, {"result": result})
    return _written(envelope)


def fault_reply(fault: SoapFault) -> bytes:
    """A fault in Salesforce's form; one of the protocol's own has no detail."""
    envelope, body = _envelope(_FAULT_PREFIXES)
    element = etree.SubElement(body, f"{{{SOAP}}}Fault")
    own = fault.code != "Client"
    etree.SubElement(element, "faultcode").text = f"{'sf' if own else 'soapenv'}:{fault.code}"
    etree.SubElement(element, "faultstring").text = f"{fault.code}: {fault.message}" if own else fault.message
    if own:
        detail = etree.SubElement(element, "detail")
        kind = etree.SubElement(detail, f"{{{FAULT}}}UnexpectedErrorFault", {_TYPE: "sf:UnexpectedErrorFault"})
        etree.SubElement(kind, f"{{{FAULT}}}exceptionCode").text = fault.code
        etree.SubElement(kind, f"{{{FAULT}}}exceptionMessage").text = fault.message
    return _written(envelope)


def _envelope(prefixes: Mapping[str | None, str]) -> tuple[etree._Element, etree._Element]:
    envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap=prefixes)  # type: ignore[arg-type]  # the stub forgets the default one
    return envelope, etree.SubElement(envelope, f"{{{SOAP}}}Body")


def _add(parent: etree._Element, nodes: Mapping[str, Node]) -> None:
    for name, node in nodes.items():
        for one in node if isinstance(node, list) else [node]:
            _add_one(parent, name, one)


def _add_one(parent: etree._Element, name: str, node: Node) -> None:
    """``name`` may carry the type of the element behind a colon: ``errors:DuplicateError``."""
    tag, _, kind = name.partition(":")
    element = etree.SubElement(parent, f"{{{PARTNER}}}{tag}")
    if kind:
        element.set(_TYPE, kind)
    if node is None:
        element.set(_NIL, "true")
    elif isinstance(node, dict):
        _add(element, node)
    elif isinstance(node, bool):
        element.text = "true" if node else "false"
    else:
        element.text = _plain(str(node))


def _plain(text: str) -> str:
    """Text without the characters that XML cannot hold."""
    return "".join(c for c in text if c in "\t\n\r" or (c >= " " and not "\ud800" <= c <= "\udfff" and c < "\ufffe"))


def _written(envelope: etree._Element) -> bytes:
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")
