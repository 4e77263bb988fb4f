"""Duplicate rules: records that resemble one that is being saved. Looked up once for each rule and batch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from leadbridge_salesforce.sandbox.dml.drafts import Draft, Manner, standing
from leadbridge_salesforce.sandbox.dml.refusals import DuplicateResult, Refused
from leadbridge_salesforce.sandbox.rules import DuplicateRule
from leadbridge_salesforce.sandbox.store import Row, Store

_BATCH = 500


class Duplicates:
    """The records that a batch of rows may resemble."""

    def __init__(self, store: Store, rules: Sequence[DuplicateRule], drafts: Iterable[Draft], manner: Manner) -> None:
        self._manner = manner
        wanted = list(standing(drafts))
        self._found = [(rule, _candidates(store, rule, wanted)) for rule in rules]

    def check(self, draft: Draft) -> None:
        """Raises Refused for a row that a rule does not let pass."""
        for rule, candidates in self._found:
            if not _concerned(rule, draft):
                continue
            matched = [row for row in candidates if _alike(rule, draft, row)]
            if matched and not (rule.action == "alert" and self._manner.allow_duplicates):
                raise _refusal(rule, [str(row["Id"]) for row in matched])


def _concerned(rule: DuplicateRule, draft: Draft) -> bool:
    if any(draft.after.get(name) is None for name in rule.compares):
        return False
    return draft.before is None or (rule.on_edit and draft.touches(rule.compares))


def _candidates(store: Store, rule: DuplicateRule, drafts: list[Draft]) -> list[Row]:
    """Records whose first compared field has the value of one of the rows. A converted lead is never one."""
    own, other = next(iter(rule.compares.items()))
    values = list({str(draft.after[own]) for draft in drafts if _concerned(rule, draft)})
    table = store.table(rule.matches)
    alive = [table.c.IsDeleted == 0] + ([table.c.IsConverted == 0] if rule.matches == "Lead" else [])
    found: list[Row] = []
    for start in range(0, len(values), _BATCH):
        here = table.c[other].in_(values[start : start + _BATCH])
        found += store.rows(sa.select(table).where(here, *alive).order_by(table.c.Id))
    return found


def _alike(rule: DuplicateRule, draft: Draft, row: Row) -> bool:
    if row["Id"] == draft.id:
        return False
    return all(
        row[other] is not None and str(row[other]).lower() == str(draft.after[own]).lower()
        for own, other in rule.compares.items()
    )


def _refusal(rule: DuplicateRule, matched: list[str]) -> Refused:
    found = DuplicateResult(
        rule=rule.name,
        object=rule.object,
        message=rule.message,
        allow_save=rule.action == "alert",
        matching_rule=f"Standard_{rule.matches}_Match_Rule",
        matched_object=rule.matches,
        matched=tuple(matched),
    )
    return Refused("DUPLICATES_DETECTED", rule.message, duplicates=found)
