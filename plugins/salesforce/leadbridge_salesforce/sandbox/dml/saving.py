"""Creating and updating records, a batch at a time: every row passes the same steps, and fails alone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from leadbridge_salesforce.sandbox.dml.assigning import assign
from leadbridge_salesforce.sandbox.dml.checking import complete, defaults, legal
from leadbridge_salesforce.sandbox.dml.deriving import derive
from leadbridge_salesforce.sandbox.dml.drafts import Draft, Given, Manner, Saved, each, standing
from leadbridge_salesforce.sandbox.dml.duplicates import Duplicates
from leadbridge_salesforce.sandbox.dml.effects import after_saving
from leadbridge_salesforce.sandbox.dml.reading import Habits
from leadbridge_salesforce.sandbox.dml.references import References
from leadbridge_salesforce.sandbox.dml.refusals import (
    Refused,
    converted_lead,
    cross_reference,
    deleted,
    not_found,
    row_locked,
)
from leadbridge_salesforce.sandbox.dml.taking import Taker
from leadbridge_salesforce.sandbox.dml.uniqueness import Unique
from leadbridge_salesforce.sandbox.schema import ObjectSchema
from leadbridge_salesforce.sandbox.store import Stored

if TYPE_CHECKING:
    from leadbridge_salesforce.sandbox.org import Org

_MADE = ("CreatedDate", "LastModifiedDate", "SystemModstamp")


def create(org: Org, object: str, rows: Sequence[Given], manner: Manner) -> list[Saved]:
    """Make records; one outcome for each row, in order. Raises Refused where the object cannot be made at all."""
    schema = _writable(org, object, manner, "createable")
    drafts = [Draft(schema, given) for given in rows]
    with org.store.transaction():
        _save(org, schema, drafts, manner)
        org.store.insert(schema.name, [draft.after for draft in standing(drafts)])
        return _outcomes(org, drafts)


def update(org: Org, object: str, rows: Sequence[tuple[str, Given]], manner: Manner) -> list[Saved]:
    """Change records, each given with its id; one outcome for each row, in order.

    A row without a record is refused as INVALID_CROSS_REFERENCE_KEY.
    """
    schema = _writable(org, object, manner, "updateable")
    with org.store.transaction():
        before = org.store.read(schema.name, [key for key, _ in rows])
        drafts = [Draft(schema, given, before.get(key)) for key, given in rows]
        for draft in drafts:
            if draft.before is None:
                draft.refused = cross_reference()
        _save(org, schema, drafts, manner)
        for draft in standing(drafts):
            org.store.update(schema.name, str(draft.id), _changed(draft))
        return _outcomes(org, drafts)


def _save(org: Org, schema: ObjectSchema, drafts: list[Draft], manner: Manner) -> None:
    """All steps before the store. The order is the one in which Salesforce complains."""
    switches = org.switches
    habits = Habits(switches.lower_email, switches.trim_text, manner.truncate)
    free = manner.internal or switches.edit_converted
    each(drafts, partial(_unlock, org, manner))
    each(drafts, partial(_changeable, free=free))
    each(drafts, Taker(org.store, org.seen, habits, manner).take)
    each(drafts, partial(_fill, org, manner))
    each(drafts, partial(legal, record_types=org.record_types))
    each(drafts, complete)
    each(drafts, References(org.store, org.store.schema, drafts, edit_converted=free).check)
    each(drafts, partial(assign, org, manner))
    each(drafts, partial(derive, store=org.store))
    each(drafts, Unique(org.store, schema, drafts).claim)
    if manner.validate:
        each(drafts, partial(_validate, org))
    if manner.check_duplicates:
        rules = [rule for rule in org.rules.duplicates if rule.object == schema.name]
        each(drafts, Duplicates(org.store, rules, drafts, manner).check)


def _writable(org: Org, object: str, manner: Manner, right: str) -> ObjectSchema:
    schema = org.store.schema.object(object) if manner.internal else org.seen.object(object)
    if schema is None:
        raise not_found()
    if not manner.internal and not getattr(schema, right):
        message = f"entity type {schema.name} does not support {'create' if right == 'createable' else 'update'}"
        raise Refused("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", message)
    return schema


def _unlock(org: Org, manner: Manner, draft: Draft) -> None:
    if org.faults.take("lock", manner.call):
        raise row_locked()


def _changeable(draft: Draft, *, free: bool) -> None:
    if draft.before is None:
        return
    if draft.before.get("IsDeleted"):
        raise deleted()
    if draft.before.get("IsConverted") and draft.schema.name == "Lead" and not free:
        raise converted_lead()


def _fill(org: Org, manner: Manner, draft: Draft) -> None:
    """The whole record as it will be: what is there or its defaults, what the client set, and who did it when."""
    if draft.before is None:
        kind = org.record_type(draft.schema, draft.changes.get("RecordTypeId"))
        blank: dict[str, Stored] = {f.name: None for f in _whole(org, draft).fields if f.stored}
        chosen = defaults(_whole(org, draft), kind[1] if kind else None)
        made: dict[str, Stored] = {"Id": org.store.new_id(draft.schema.name), "IsDeleted": 0, "OwnerId": manner.user}
        made |= dict.fromkeys(_MADE, manner.stamp) | {"CreatedById": manner.user}
        if kind:
            made["RecordTypeId"] = kind[0]
        draft.after = {**blank, **chosen, **{name: value for name, value in made.items() if name in blank}}
    else:
        draft.after = {**draft.before}
    draft.after |= draft.changes
    for name, value in {"LastModifiedById": manner.user, "LastModifiedDate": manner.stamp}.items():
        if name in draft.after:
            draft.after[name] = value
    if "SystemModstamp" in draft.after:
        draft.after["SystemModstamp"] = manner.stamp


def _whole(org: Org, draft: Draft) -> ObjectSchema:
    """The object with the fields that the user does not see, which a record has all the same."""
    return org.store.schema.by_name[draft.schema.name.lower()]


def _validate(org: Org, draft: Draft) -> None:
    for rule in org.rules.validation:
        if rule.object == draft.schema.name and rule.refuses.holds(draft.after, draft.schema):
            fields = [rule.field] if rule.field else []
            raise Refused("FIELD_CUSTOM_VALIDATION_EXCEPTION", rule.message, fields)


def _changed(draft: Draft) -> dict[str, Stored]:
    before = draft.before or {}
    return {name: value for name, value in draft.after.items() if value != before.get(name)}


def _outcomes(org: Org, drafts: Sequence[Draft]) -> list[Saved]:
    for draft in standing(drafts):
        after_saving(org, draft)
    return [
        Saved(draft.id if draft.refused is None or draft.before else None, draft.before is None, draft.refused)
        for draft in drafts
    ]
