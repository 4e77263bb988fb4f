"""In what other form HubSpot keeps values, by rules of its own."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Final

from leadbridge.values import Raw
from leadbridge_hubspot import raws
from leadbridge_hubspot.rows import moment
from leadbridge_hubspot.schema import Property

_LOWER: Final = frozenset({"email", "work_email", "hs_additional_emails", "domain"})


def normalises(field: Property, sent: Raw, stored: Raw) -> bool:
    """Whether ``stored`` is what becomes of ``sent``.

    Blank becomes null; text loses the spaces around it; addresses and domains are kept in lower case; numbers, days and
    moments are written another way; the values of a multiple choice come in the order of its list.
    """
    left, right = raws.text(sent).strip(), raws.text(stored).strip()
    if left == right:
        return True
    if field.type in {"date", "datetime"}:
        return moment(left) is not None and moment(left) == moment(right)
    if field.type == "number":
        return _number(left) is not None and _number(left) == _number(right)
    if field.multiple:
        return _chosen(left) == _chosen(right)
    if field.type == "bool" or field.name in _LOWER:
        return left.lower() == right.lower()
    return left.replace("\r\n", "\n") == right.replace("\r\n", "\n")


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _chosen(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.split(";") if part.strip())
