"""Records by the hundred. What fails does so alone or all together, by rules that differ from verb to verb."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from leadbridge_hubspot.sandbox.crm.keys import check_identifies, found, survivor
from leadbridge_hubspot.sandbox.crm.saving import archive, update
from leadbridge_hubspot.sandbox.objects import Kind
from leadbridge_hubspot.sandbox.portal import Portal
from leadbridge_hubspot.sandbox.refusals import Refused, invalid, missing_objects
from leadbridge_hubspot.sandbox.rest.answers import Answer, View, batch, row_error
from leadbridge_hubspot.sandbox.rest.asking import Asked, given
from leadbridge_hubspot.sandbox.rest.objects import made
from leadbridge_hubspot.sandbox.shapes import words
from leadbridge_hubspot.sandbox.store import State, as_id

Json = Any
Input = Mapping[str, Json]
Saver = Callable[[Input], dict[str, Json]]


def read(asked: Asked) -> Answer:
    """Unknown ids are one error for all of them; merged ones are left out without a word."""
    told, kind, portal = asked.json(), asked.kind(), asked.portal
    ids, by = [str(one.get("id", "")) for one in asked.inputs()], str(told.get("idProperty") or "")
    history = words(told, "propertiesWithHistory")
    view = View(portal, kind, words(told, "properties"), history)
    archived = asked.flag("archived")
    shown, missing = dict[int, Json](), list[str]()
    for one in dict.fromkeys(ids):
        key = _archived(portal, kind, one) if archived else _live(portal, kind, one, by)
        if key is not None:
            shown[key] = view.shown(portal.store.read(kind.id, [key])[key])
        elif not _merged(portal, kind, one):
            missing.append(one)
    return _answered(asked, 200, list(shown.values()), _missing(kind, missing))


def create(asked: Asked) -> Answer:
    """All or nothing, unless every input bears a trace id of its own."""
    kind, inputs = asked.kind(), asked.inputs()

    def save(told: Input) -> dict[str, Json]:
        return _told(asked, kind, told, made(asked, kind, told))

    return _saved(asked, 201, inputs, save, apart=_traced(inputs))


def change(asked: Asked) -> Answer:
    """By record id. Unknown ids are an error beside the rest; merged ones are left out without a word."""
    kind, portal, inputs = asked.kind(), asked.portal, asked.inputs()
    by = {str(one.get("idProperty") or "") for one in inputs}
    for name in by - {"", "hs_object_id"}:
        check_identifies(portal, kind, name)
    ids = {
        n: _live(portal, kind, str(one.get("id", "")), str(one.get("idProperty") or "")) for n, one in enumerate(inputs)
    }
    _check_once([key for key in ids.values() if key is not None])
    lost = [n for n, key in ids.items() if key is None and not _merged(portal, kind, str(inputs[n].get("id", "")))]
    known = [{**inputs[n], "id": str(key)} for n, key in ids.items() if key is not None]

    def save(told: Input) -> dict[str, Json]:
        return _told(asked, kind, told, update(portal, kind, int(told["id"]), given(told)))

    errors = _missing(kind, [str(inputs[n].get("id", "")) for n in lost])
    traces = [str(inputs[n]["objectWriteTraceId"]) for n in lost if inputs[n].get("objectWriteTraceId")]
    if errors and traces:
        errors[0]["context"]["objectWriteTraceId"] = traces
    return _saved(asked, 200, known, save, apart=_traced(inputs), errors=errors)


def upsert(asked: Asked) -> Answer:
    """By a unique property, or a contact's address of any kind. By address all or nothing, unless the switch says."""
    kind, portal, inputs = asked.kind(), asked.portal, asked.inputs()
    names = {str(one.get("idProperty") or "") for one in inputs}
    if len(names) > 1:
        raise invalid("All inputs must have the same idProperty", "MIXED_ID_PROPERTIES", "idProperty")
    (by,) = names
    if by:
        check_identifies(portal, kind, by)
    keys = [str(one.get("id", "")) for one in inputs]
    _check_once([found(portal, kind, key, by) or _plain(by, key) for key in keys])

    def save(told: Input) -> dict[str, Json]:
        return _upserted(asked, kind, by, told)

    apart = by != "email" or portal.switches.email_upsert_partial
    return _saved(asked, 200, inputs, save, apart=apart)


def remove(asked: Asked) -> Answer:
    """Silent on ids that are not known."""
    kind = asked.kind()
    for one in asked.inputs():
        key = found(asked.portal, kind, str(one.get("id", "")))
        if key is not None:
            archive(asked.portal, kind, key)
    return Answer(204)


def _upserted(asked: Asked, kind: Kind, by: str, told: Input) -> dict[str, Json]:
    portal, wanted = asked.portal, str(told.get("id", ""))
    key = found(portal, kind, wanted, by)
    if key is not None:
        values = {name: value for name, value in given(told).items() if name != by}
        return {**_told(asked, kind, told, update(portal, kind, key, values)), "new": False}
    if not by or by == "hs_object_id":
        raise missing_objects(kind.singular.upper(), [wanted])
    record = made(asked, kind, {**told, "properties": {by: wanted, **given(told)}})
    return {**_told(asked, kind, told, record), "new": True}


def _saved(  # noqa: PLR0913  (how a batch fails has as many sides)
    asked: Asked,
    status: int,
    inputs: Sequence[Input],
    save: Saver,
    *,
    apart: bool,
    errors: Sequence[dict[str, Json]] = (),
) -> Answer:
    """Save inputs one by one; where they do not stand apart the first refusal undoes them all."""
    results, failed = list[Json](), list(errors)
    with asked.portal.store.transaction():
        for told in inputs:
            before = len(asked.portal.events)
            try:
                with asked.portal.store.transaction():
                    results.append(save(told))
            except Refused as refused:
                if not apart:
                    raise
                del asked.portal.events[before:]
                trace = told.get("objectWriteTraceId")
                failed.append(row_error(refused, {"objectWriteTraceId": [str(trace)]} if trace else _named(told)))
    return _answered(asked, status, results, failed)


def _answered(asked: Asked, status: int, results: Sequence[Json], errors: Sequence[Json]) -> Answer:
    answer = batch(asked.portal, status, results, errors)
    if asked.dated and answer.status == 207 and not asked.portal.switches.dated_multi_status:
        return replace(answer, status=status)
    return answer


def _named(told: Input) -> dict[str, list[str]]:
    return {"ids": [str(told["id"])]} if "id" in told else {}


def _told(asked: Asked, kind: Kind, told: Input, record: Any) -> dict[str, Json]:
    trace = told.get("objectWriteTraceId")
    more = {"objectWriteTraceId": str(trace)} if trace else {}
    by = told.get("idProperty")
    return View(asked.portal, kind).written(record, [*given(told), *([str(by)] if by else [])], **more)


def _traced(inputs: Sequence[Input]) -> bool:
    """Whether every input has a trace id of its own."""
    traces = [str(one.get("objectWriteTraceId") or "") for one in inputs]
    return all(traces) and len(set(traces)) == len(traces)


def _missing(kind: Kind, ids: Sequence[str]) -> list[dict[str, Json]]:
    return [row_error(missing_objects(kind.singular.upper(), ids), {})] if ids else []


def _check_once(ids: Sequence[object]) -> None:
    """Raises Refused where one record is meant twice."""
    twice = sorted({str(one) for one in ids if ids.count(one) > 1})
    if twice:
        raise invalid(f"Duplicate IDs found in batch input: {twice}", "DUPLICATE_INPUT")


def _plain(by: str, key: str) -> str:
    return f"{by}:{key.strip().lower() if by == 'email' else key}"


def _live(portal: Portal, kind: Kind, told: str, by: str) -> int | None:
    """Unlike single calls, batches do not follow merges, but by a key."""
    key = found(portal, kind, told, by)
    moved = key is not None and by in {"", "hs_object_id"} and str(key) != told.lstrip("0")
    return None if moved and not portal.switches.merged_read else key


def _merged(portal: Portal, kind: Kind, told: str) -> bool:
    key = as_id(told)
    return key is not None and survivor(portal, kind, key) != key


def _archived(portal: Portal, kind: Kind, told: str) -> int | None:
    key = as_id(told)
    record = None if key is None else portal.store.get(kind.id, key)
    return record.id if record is not None and record.state is State.ARCHIVED else None
