"""An org's LeadConvertSettings: which custom fields a conversion copies. Its file, read and written.

The file is the same in source format and in metadata format. It shows custom fields only: what is copied of standard
fields is in :mod:`leadbridge_salesforce.standard_mapping`. Source: Metadata API guide, LeadConvertSettings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lxml import etree

from leadbridge.errors import UsageError
from leadbridge_salesforce.standard_mapping import OBJECTS
from leadbridge_salesforce.xml import parse

_NAMESPACE: Final = "http://soap.sforce.com/2006/04/metadata"
_LARGEST: Final = 8 * 1024 * 1024
CREATIONS: Final = ("VisibleOptional", "VisibleRequired", "NotVisible")


@dataclass(frozen=True, slots=True)
class ConvertSettings:
    """
    Attributes:
        mappings: object -> its field -> field of the lead, in the file's order.
        opportunities: whether people can leave the opportunity out: one of :data:`CREATIONS`, or None.
    """

    mappings: Mapping[str, Mapping[str, str]]
    allow_owner_change: bool | None = None
    opportunities: str | None = None

    def by_role(self) -> dict[str, Mapping[str, str]]:
        """Role -> its field -> field of the lead."""
        return {role: self.mappings.get(target, {}) for role, target in OBJECTS.items()}


def load(file: Path) -> ConvertSettings:
    """Raises UsageError where the file cannot be read, or is none of LeadConvertSettings."""
    try:
        with file.open("rb") as stream:
            content = stream.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise UsageError(f"{file} is too large for a file of LeadConvertSettings")
        return read(content)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}; name the org's LeadConvertSettings file") from error
    except ValueError as error:
        raise UsageError(f"{file} is no file of LeadConvertSettings: {error}") from error


def read(content: bytes) -> ConvertSettings:
    """Raises ValueError, in a sentence."""
    root = parse(content)
    if etree.QName(root).localname != "LeadConvertSettings":
        raise ValueError(f"its root is {etree.QName(root).localname}")
    mappings: dict[str, dict[str, str]] = {}
    for block in root.iterfind(_tag("objectMapping")):
        target = _required(block, "outputObject")
        if target not in OBJECTS.values():
            raise ValueError(f"it maps leads to {target}, which no conversion makes")
        mappings.setdefault(target, {}).update(_fields(block, target, mappings.get(target, {})))
    creation = root.findtext(_tag("opportunityCreationOptions"))
    if creation is not None and creation not in CREATIONS:
        raise ValueError(f"opportunityCreationOptions is {creation}, which is none of {', '.join(CREATIONS)}")
    owner = root.findtext(_tag("allowOwnerChange"))
    return ConvertSettings(mappings, None if owner is None else owner == "true", creation)


def _fields(block: etree._Element, target: str, known: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in block.iterfind(_tag("mappingFields")):
        output = _required(pair, "outputField")
        if output in found or output in known:
            raise ValueError(f"{target}.{output} is filled from two fields")
        found[output] = _required(pair, "inputField")
    return found


def write(settings: ConvertSettings) -> bytes:
    """As Salesforce writes it: its order of elements, four spaces."""
    root = etree.Element(_tag("LeadConvertSettings"), nsmap={None: _NAMESPACE})  # type: ignore[dict-item]  # the default namespace
    if settings.allow_owner_change is not None:
        _add(root, "allowOwnerChange", "true" if settings.allow_owner_change else "false")
    for target, fields in settings.mappings.items():
        block = _add(root, "objectMapping")
        _add(block, "inputObject", "Lead")
        for output, source in fields.items():
            pair = _add(block, "mappingFields")
            _add(pair, "inputField", source)
            _add(pair, "outputField", output)
        _add(block, "outputObject", target)
    if settings.opportunities is not None:
        _add(root, "opportunityCreationOptions", settings.opportunities)
    etree.indent(root, "    ")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + etree.tostring(root, encoding="UTF-8") + b"\n"


def _tag(name: str) -> str:
    return f"{{{_NAMESPACE}}}{name}"


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, _tag(name))
    element.text = text
    return element


def _required(element: etree._Element, name: str) -> str:
    text = (element.findtext(_tag(name)) or "").strip()
    if not text:
        raise ValueError(f"a {etree.QName(element).localname} lacks its {name}")
    return text
