"""In what other form Salesforce keeps values, by rules of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from leadbridge.values import Raw, is_absent
from leadbridge_salesforce.schema import Field


def normalises(field: Field, sent: Raw, stored: Raw) -> bool:
    """Whether ``stored`` is what becomes of ``sent``.

    Blank becomes null; text loses the spaces around it; e-mail is kept in lower case; numbers are rounded to the
    field's places; times lose their fraction; the values of a multi-select come in the order of its list.
    """
    if is_absent(sent):
        return stored is None
    if isinstance(sent, str) and isinstance(stored, str):
        return stored.strip() in _texts(field, sent)
    if isinstance(sent, bool) or isinstance(stored, bool):
        return False  # a checkbox is kept as it is sent
    if isinstance(sent, int | float | Decimal) and isinstance(stored, int | float | Decimal):
        return _is_rounded(field, Decimal(str(sent)), Decimal(str(stored)))
    return isinstance(sent, str) and not sent.strip() and stored is None


def _is_rounded(field: Field, sent: Decimal, stored: Decimal) -> bool:
    try:
        return stored == sent.quantize(Decimal(1).scaleb(-field.scale), ROUND_HALF_UP)
    except InvalidOperation:  # more digits than a number of Salesforce's can have
        return False


def _texts(field: Field, sent: str) -> set[str]:
    text = sent.strip().replace("\r\n", "\n")
    forms = {text, text.replace("\n", "\r\n")}
    if field.type == "email":
        forms.add(text.lower())
    if field.type == "datetime":
        forms |= _moments(text)
    if field.type == "multipicklist":
        forms |= {text}
    if field.type in {"reference", "id"}:
        forms.add(text)
    return forms


def _moments(text: str) -> set[str]:
    try:
        moment = datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        return set()
    return {moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")}
