"""Requests that hold requests: composite with references, batch, and trees of records."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any, Final

from leadbridge_salesforce.sandbox.dml.refusals import Refused
from leadbridge_salesforce.sandbox.rest.answers import Answer
from leadbridge_salesforce.sandbox.rest.asking import Asked

MOST: Final = 25
MOST_QUERIES: Final = 5
_REFERENCE: Final = re.compile(r"@\{([A-Za-z_]\w*)((?:\.\w+|\[\d+\])*)\}")
_STEP: Final = re.compile(r"\.(\w+)|\[(\d+)\]")
_HALTED: Final = [
    {
        "errorCode": "PROCESSING_HALTED",
        "message": "The transaction was rolled back since another operation in the same transaction failed.",
    }
]

Json = Any


def composite(asked: Asked) -> Answer:
    """Sub-requests in order; later ones may use what earlier ones answered, as ``@{name.field}``."""
    told = asked.record()
    wanted = _subrequests(told.get("compositeRequest"))
    answers: dict[str, Answer] = {}
    all_or_none = bool(told.get("allOrNone"))
    with asked.org.store.transaction() as part:
        for sub in wanted:
            answer = _answered(asked, sub, answers, all_or_none)
            answers[sub["referenceId"]] = answer
            if all_or_none and answer.status >= 400:
                part.rollback()
                answers = {sub["referenceId"]: answer}
                break
    halted = Answer(400, _HALTED)
    return Answer(
        200, {"compositeResponse": [_shown(s["referenceId"], answers.get(s["referenceId"], halted)) for s in wanted]}
    )


def batch(asked: Asked) -> Answer:
    """Sub-requests that know nothing of each other, each of which counts as a call of its own."""
    told = asked.record()
    wanted = told.get("batchRequests")
    if not isinstance(wanted, list) or not all(isinstance(sub, dict) for sub in wanted):
        raise Refused("JSON_PARSER_ERROR", "batchRequests must be a list of requests at [line:1, column:1]")
    if not 1 <= len(wanted) <= MOST:
        raise Refused("LIMIT_EXCEEDED", f"a batch holds 1 to {MOST} requests")
    for _ in wanted[1:]:
        asked.api.limits.spend()
    answers, stopped = [], False
    for sub in wanted:
        if stopped:
            answers.append(
                Answer(412, [{"errorCode": "PROCESSING_HALTED", "message": "Invalid request before this one"}])
            )
            continue
        path = re.sub(r"^/?(services/data/)?v[\d.]+/", "", str(sub.get("url", "")))
        answers.append(_dispatched(asked, str(sub.get("method", "GET")), path, sub.get("richInput")))
        stopped = bool(told.get("haltOnError")) and answers[-1].status >= 400
    failed = any(answer.status >= 400 for answer in answers)
    shown = [{"statusCode": answer.status, "result": answer.body} for answer in answers]
    return Answer(200, {"hasErrors": failed, "results": shown})


def _subrequests(told: Json) -> list[dict[str, Json]]:
    if not isinstance(told, list) or not told or not all(isinstance(sub, dict) for sub in told):
        raise Refused("JSON_PARSER_ERROR", "compositeRequest must be a list of requests at [line:1, column:1]")
    if len(told) > MOST:
        raise Refused("LIMIT_EXCEEDED", f"Cannot have more than {MOST} subrequests in a composite request")
    if (
        sum("/query" in str(sub.get("url")) or "composite/sobjects" in str(sub.get("url")) for sub in told)
        > MOST_QUERIES
    ):
        raise Refused("LIMIT_EXCEEDED", f"at most {MOST_QUERIES} subrequests can be queries or collections")
    names = [sub.get("referenceId") for sub in told]
    if not all(isinstance(name, str) and re.fullmatch(r"[A-Za-z_]\w*", name) for name in names):
        raise Refused("INVALID_INPUT", "every subrequest needs a referenceId of letters, digits and underscores")
    if len(set(names)) < len(names):
        raise Refused("INVALID_INPUT", "every referenceId must be unique")
    return told


def _answered(asked: Asked, sub: dict[str, Json], answers: dict[str, Answer], all_or_none: bool) -> Answer:
    try:
        url, body = _resolved(str(sub.get("url", "")), answers), _resolved(sub.get("body"), answers)
    except Refused as refused:
        return Answer(400, [{"errorCode": refused.code, "message": refused.message}])
    if all_or_none and isinstance(body, dict) and "composite/sobjects" in url:
        body = {**body, "allOrNone": True}
    told = sub.get("httpHeaders")
    headers = {name.lower(): str(value) for name, value in told.items()} if isinstance(told, dict) else {}
    path = re.sub(r"^/services/data/v[\d.]+/", "", url)
    return _dispatched(asked, str(sub.get("method", "GET")), path, body, headers)


def _dispatched(asked: Asked, method: str, url: str, body: Json, headers: dict[str, str] | None = None) -> Answer:
    path, _, query = url.partition("?")
    text = b"" if body is None else json.dumps(body).encode()
    call = replace(
        asked.call, method=method.upper(), query=query, headers={**asked.call.headers, **(headers or {})}, body=text
    )
    if path.strip("/") in {"composite", "composite/batch"}:
        return Answer(400, [{"errorCode": "INVALID_INPUT", "message": "a composite request cannot hold another one"}])
    return asked.dispatch(asked.inner(call, path.strip("/")))


def _shown(name: str, answer: Answer) -> dict[str, Json]:
    return {
        "body": answer.body,
        "httpHeaders": {key: value for key, value in answer.headers.items() if key == "Location"},
        "httpStatusCode": answer.status,
        "referenceId": name,
    }


def _resolved(told: Json, answers: dict[str, Answer]) -> Json:
    """The same with every reference replaced. Raises Refused for one that leads nowhere."""
    if isinstance(told, dict):
        return {name: _resolved(value, answers) for name, value in told.items()}
    if isinstance(told, list):
        return [_resolved(value, answers) for value in told]
    if not isinstance(told, str):
        return told
    whole = _REFERENCE.fullmatch(told)
    if whole:
        return _found(whole, answers)
    return _REFERENCE.sub(lambda reference: str(_found(reference, answers)), told)


def _found(reference: re.Match[str], answers: dict[str, Answer]) -> Json:
    answer = answers.get(reference[1])
    value: Json = answer.body if answer else None
    try:
        for name, place in _STEP.findall(reference[2]):
            value = value[name] if name else value[int(place)]
    except (KeyError, IndexError, TypeError):
        value = None
    if value is None:
        raise Refused("PROCESSING_HALTED", f"Invalid reference specified. No value for {reference[0]} found")
    return value
