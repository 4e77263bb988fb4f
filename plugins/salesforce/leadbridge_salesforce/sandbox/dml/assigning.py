"""Assignment rules: who gets a record that is made or changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadbridge_salesforce.sandbox.dml.drafts import Draft, Manner
from leadbridge_salesforce.sandbox.rules import AssignmentRule

if TYPE_CHECKING:
    from leadbridge_salesforce.sandbox.org import Org


def assign(org: Org, manner: Manner, draft: Draft) -> None:
    """Let the rule that the request asks for choose the owner; an owner who is named gives way to it."""
    rule = _rule(org, manner, draft.schema.name)
    if rule is None:
        return
    for condition, owner in rule.entries:
        if condition.holds(draft.after, draft.schema):
            draft.after["OwnerId"] = owner
            return


def _rule(org: Org, manner: Manner, object: str) -> AssignmentRule | None:
    if manner.assign is False:
        return None
    rules = [rule for rule in org.rules.assignment if rule.object == object]
    if manner.assign is True:
        return next((rule for rule in rules if rule.active), None)
    return next((rule for rule in rules if rule.id[:15] == manner.assign[:15]), None)
