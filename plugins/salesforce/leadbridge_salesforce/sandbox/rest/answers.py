"""What a resource answers, and how outcomes look in JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response

from leadbridge_salesforce.sandbox.dml.drafts import Saved
from leadbridge_salesforce.sandbox.dml.refusals import DuplicateResult, Refused

Json = Any


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply. ``body`` is made JSON unless it is bytes; None has none."""

    status: int = 200
    body: Json | bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    media: str = "application/json;charset=UTF-8"

    def response(self) -> Response:
        if self.body is None:
            return Response(status_code=self.status, headers=dict(self.headers))
        text = self.body if isinstance(self.body, bytes) else json.dumps(self.body, separators=(",", ":")).encode()
        return Response(text, self.status, dict(self.headers), self.media)


def refusal(refused: Refused, base: str) -> Answer:
    """A request that is refused: a list with one error, its code as ``errorCode``."""
    error: dict[str, Json] = {"message": refused.message, "errorCode": refused.code}
    if refused.fields:
        error["fields"] = list(refused.fields)
    if refused.duplicates:
        error = {"duplicateResut": duplicate_result(refused.duplicates, base), **error}  # the key is misspelt so
    return Answer(refused.status, [error])


def saved(outcome: Saved, *, upserted: bool = False, details: str | None = None) -> dict[str, Json]:
    """A row's outcome in a batch, its code as ``statusCode``. ``details`` is the base path to show matches under."""
    if outcome.refused is None:
        done: dict[str, Json] = {"id": outcome.id, "success": True, "errors": []}
        return {**done, "created": outcome.created} if upserted else done
    error: dict[str, Json] = {
        "statusCode": outcome.refused.code,
        "message": outcome.refused.message,
        "fields": list(outcome.refused.fields),
    }
    if outcome.refused.duplicates and details is not None:
        error["duplicateResult"] = duplicate_result(outcome.refused.duplicates, details)
    failed: dict[str, Json] = {"success": False, "errors": [error]}
    return {"id": outcome.id, **failed} if outcome.id else failed


def duplicate_result(found: DuplicateResult, base: str) -> dict[str, Json]:
    return {
        "allowSave": found.allow_save,
        "duplicateRule": found.rule,
        "duplicateRuleEntityType": found.object,
        "errorMessage": found.message,
        "matchResults": [
            {
                "entityType": found.matched_object,
                "errors": [],
                "matchEngine": "ExactMatchEngine",
                "matchRecords": [_match(found.matched_object, key, base) for key in found.matched],
                "rule": found.matching_rule,
                "size": len(found.matched),
                "success": True,
            }
        ],
    }


def attributes(object: str, key: str, base: str) -> dict[str, str]:
    return {"type": object, "url": f"{base}/sobjects/{object}/{key}"}


def all_failed(outcomes: Sequence[Saved], rolled_back: Refused) -> list[Saved]:
    """What an all-or-none request says when one row was refused: the others were rolled back."""
    return [Saved(None, refused=one.refused or rolled_back) for one in outcomes]


def _match(object: str, key: str, base: str) -> dict[str, Json]:
    record = {"attributes": attributes(object, key, base), "Id": key}
    return {"additionalInformation": [], "fieldDiffs": [], "matchConfidence": 100.0, "record": record}
