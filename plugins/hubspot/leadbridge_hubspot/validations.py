"""The account's own rules for values (property validations): those that can be checked before a write are.

Source: HubSpot's guide on property validations. Rules of other types are left to HubSpot, which enforces all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from leadbridge.errors import ConnectionFailedError, RetryableError
from leadbridge_hubspot.client import Client

_PATH: Final = "/crm/v3/property-validations/{}"
_CHECKED: Final = frozenset({"MIN_LENGTH", "MAX_LENGTH", "MIN_NUMBER", "MAX_NUMBER", "ALPHANUMERIC"})


@dataclass(frozen=True, slots=True)
class Rule:
    type: str
    argument: str

    def broken(self, text: str) -> str | None:
        """Why the value does not keep it, or None. A rule that cannot be understood is kept by everything."""
        try:
            return _broken(self, text)
        except (InvalidOperation, ValueError):
            return None


def read(client: Client, type_id: str) -> dict[str, tuple[Rule, ...]]:
    """Property -> its rules; none where the token may not see them, or the account has no such thing."""
    try:
        found = client.call("GET", _PATH.format(type_id))
    except RetryableError:
        raise
    except ConnectionFailedError:
        return {}
    results = found.get("results") if isinstance(found, Mapping) else None
    return {str(one["propertyName"]): _rules(one) for one in results or () if one.get("propertyName")}


def _rules(one: Mapping[str, Any]) -> tuple[Rule, ...]:
    rules = one.get("propertyValidationRules") or ()
    told = ((str(rule.get("ruleType")), rule.get("ruleArguments") or ()) for rule in rules)
    return tuple(Rule(type_, str(arguments[0])) for type_, arguments in told if type_ in _CHECKED and arguments)


def _broken(rule: Rule, text: str) -> str | None:
    if rule.type == "MAX_LENGTH" and len(text) > int(rule.argument):
        return f"is longer than {rule.argument} characters"
    if rule.type == "MIN_LENGTH" and len(text) < int(rule.argument):
        return f"is shorter than {rule.argument} characters"
    if rule.type == "MAX_NUMBER" and Decimal(text) > Decimal(rule.argument):
        return f"is more than {rule.argument}"
    if rule.type == "MIN_NUMBER" and Decimal(text) < Decimal(rule.argument):
        return f"is less than {rule.argument}"
    if rule.type == "ALPHANUMERIC" and rule.argument == "NUMERIC_ONLY" and not text.isdecimal():
        return "has other characters than digits"
    return None
