"""What a resource answers, and how records and refusals look in JSON."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from starlette.responses import Response

from leadbridge_hubspot.sandbox.objects import Kind
from leadbridge_hubspot.sandbox.portal import Portal, iso
from leadbridge_hubspot.sandbox.refusals import Refused
from leadbridge_hubspot.sandbox.store import HISTORY, Record, State

Json = Any


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply. ``body`` is made JSON; None has none."""

    status: int = 200
    body: Json | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        if self.body is None:
            return Response(status_code=self.status, headers=dict(self.headers))
        text = json.dumps(self.body, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")
        return Response(text, self.status, dict(self.headers), "application/json;charset=utf-8")


def refusal(refused: Refused) -> Answer:
    """A request that is refused as a whole."""
    body: dict[str, Json] = {
        "status": "error",
        "message": refused.message,
        "correlationId": str(uuid.uuid4()),
        "category": refused.category,
    }
    if refused.errors:
        body["errors"] = list(refused.errors)
    if refused.context:
        body["context"] = refused.context
    if refused.sub_category:
        body["subCategory"] = refused.sub_category
    if refused.category == "MISSING_SCOPES":
        body["links"] = {"scopes": "https://developers.hubspot.com/scopes"}
    return Answer(refused.status, body)


def row_error(refused: Refused, context: Mapping[str, Sequence[str]]) -> dict[str, Json]:
    """An input of a batch that is refused beside others that are not."""
    return {
        "status": "error",
        "category": refused.category,
        "message": refused.message,
        "context": {**refused.context, **context},
        "links": {},
        "errors": list(refused.errors),
    }


@dataclass(frozen=True, slots=True)
class View:
    """Which properties a reply shows."""

    portal: Portal
    kind: Kind
    names: Sequence[str] = ()
    history: Sequence[str] = ()

    def shown(self, record: Record, **more: Json) -> dict[str, Json]:
        """Those that are asked for, null where they are blank; names that are not known are left out silently."""
        values = self.portal.stamped(record, self.kind)
        wanted = dict.fromkeys([*self.kind.default, *self.names, *self.history]) if self.names else self.kind.default
        known = [name for name in wanted if self.portal.property(self.kind, name) is not None]
        told: dict[str, Json] = {
            "id": str(record.id),
            "properties": {name: values.get(name) or None for name in known},
            "createdAt": iso(record.created),
            "updatedAt": iso(record.modified),
            "archived": record.state is not State.LIVE,
        }
        if record.archived is not None:
            told["archivedAt"] = iso(record.archived)
        if self.history:
            told["propertiesWithHistory"] = self._history(record)
        return told | more

    def written(self, record: Record, names: Iterable[str], **more: Json) -> dict[str, Json]:
        """After a write: what was written beside what is always shown."""
        return View(self.portal, self.kind, [*names, *self.names]).shown(record, **more)

    def _history(self, record: Record) -> dict[str, Json]:
        """Newest first."""
        wanted = sa.select(HISTORY).where(
            HISTORY.c.object == record.object, HISTORY.c.id == record.id, HISTORY.c.property.in_(self.history)
        )
        found: dict[str, list[Json]] = {name: [] for name in self.history}
        for row in self.portal.store.rows(wanted.order_by(HISTORY.c.at.desc(), sa.text("rowid DESC"))):
            told = {"value": row["value"], "timestamp": iso(row["at"]), "sourceType": "INTEGRATION"}
            found[row["property"]].append(told)
        return found


def batch(portal: Portal, status: int, results: Sequence[Json], errors: Sequence[Json] = ()) -> Answer:
    """A batch's reply; with errors it is a 207, or a 200 at dated paths where the switch says so."""
    at = iso(portal.now())
    told = list(reversed(results)) if portal.switches.shuffled_batches else list(results)
    body: dict[str, Json] = {"status": "COMPLETE", "results": told, "startedAt": at, "completedAt": at}
    if not errors:
        return Answer(status, body)
    return Answer(207, body | {"numErrors": len(errors), "errors": list(errors)})
