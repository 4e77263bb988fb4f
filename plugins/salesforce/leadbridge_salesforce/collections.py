"""sObject collections: up to 200 records in a call, each row with a result of its own, in the order sent."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, Final

from leadbridge.errors import BatchRefusedError, ConnectionFailedError, UncertainError
from leadbridge.provider import Result
from leadbridge_salesforce import raws, soql
from leadbridge_salesforce.client import Client
from leadbridge_salesforce.drafting import Draft
from leadbridge_salesforce.failures import RETRY, Said, said
from leadbridge_salesforce.rejecting import matched_records, rejected
from leadbridge_salesforce.schema import Schema

_PAUSES: Final = (0.5, 2.0)  # seconds, before rows whose record was locked are sent again
_SINGLY: Final = 25  # rows of a call that are sent alone, to learn which record a duplicate rule found


class Collections:
    """Writes rows of one verb to one object."""

    def __init__(self, client: Client, schema: Schema, key: str | None) -> None:
        self._client = client
        self._schema = schema
        self._key = key
        settings = client.settings
        self._headers = {
            "Sforce-Auto-Assign": str(settings.assign).upper(),
            "Sforce-Duplicate-Rule-Header": (
                f"allowSave={str(settings.allow_duplicates).lower()}; includeRecordDetails=false; runAsCurrentUser=true"
            ),
        }

    def write(self, part: Sequence[Draft]) -> list[Result]:
        """Rows that a lock kept out are sent again. A call that is refused whole is split to the rows at fault.

        Raises what the client raises, where nothing was done or nobody knows.
        """
        results, waiting = self._once(part)
        for pause in _PAUSES:
            if not waiting:
                break
            time.sleep(pause)
            try:
                more, waiting = self._once([draft for draft, _ in waiting])
            except ConnectionFailedError:
                return results + [result for draft, _ in waiting for result in draft.uncertain()]
            results += more
        for draft, error in waiting:
            results += draft.rejected(rejected(error, self._source(draft)))
        return results

    def _once(self, part: Sequence[Draft]) -> tuple[list[Result], list[tuple[Draft, Said]]]:
        """Results, and the rows that can be sent again."""
        results: list[Result] = []
        failed: list[tuple[Draft, Said]] = []
        for draft, reply in self._sent(part):
            if reply.get("success") and reply.get("id"):
                results += draft.done(str(reply["id"]))
            else:
                failed.append((draft, said(reply.get("errors"))))
        waiting = [(draft, error) for draft, error in failed if error.code in RETRY]
        try:
            results += self._explained([(draft, error) for draft, error in failed if error.code not in RETRY])
        except ConnectionFailedError as later:  # rows of the call may be written
            raise UncertainError(self._client.connection, str(later)) from later
        return results, waiting

    def _sent(self, part: Sequence[Draft]) -> list[tuple[Draft, dict[str, Any]]]:
        try:
            replies = self._call(part)
        except BatchRefusedError as error:
            if len(part) == 1:
                refused = {"statusCode": "BATCH_REFUSED", "message": str(error)}
                return [(part[0], {"errors": [refused]})]
            middle = len(part) // 2
            first = self._sent(part[:middle])
            try:
                return first + self._sent(part[middle:])
            except ConnectionFailedError as later:
                raise UncertainError(self._client.connection, str(later)) from later
        if not isinstance(replies, list) or len(replies) != len(part):
            reason = f"connection {self._client.connection!r}: Salesforce's reply has not one result for each row"
            raise UncertainError(self._client.connection, reason)
        return list(zip(part, replies, strict=True))

    def _call(self, part: Sequence[Draft]) -> Any:
        verb = part[0].action.verb
        if verb == "delete":
            ids = ",".join(draft.action.id or "" for draft in part)
            return self._client.send("DELETE", "composite/sobjects", params={"ids": ids, "allOrNone": "false"})
        body = {"allOrNone": False, "records": [self._record(draft) for draft in part]}
        method = "POST" if verb == "create" else "PATCH"
        return self._client.send(method, "composite/sobjects", body, headers=self._headers)

    def _record(self, draft: Draft) -> dict[str, object]:
        action = draft.action
        record: dict[str, object] = {"attributes": {"type": self._schema.name}, **raws.for_json(action.values)}
        if action.verb == "update":
            record["Id"] = action.id
        elif self._key is not None and action.key is not None:
            record[self._key] = action.key
        return record

    def _explained(self, failed: Sequence[tuple[Draft, Said]]) -> list[Result]:
        """Rejects; but a create whose key is taken was made by an earlier call."""
        taken = [draft for draft, error in failed if self._is_repeated(draft, error)]
        made = find_by_key(self._client, self._schema, self._key, taken) if taken else {}
        results: list[Result] = []
        alone = 0
        for draft, error in failed:
            if draft.action.number in made:
                results += draft.done(made[draft.action.number])
            elif error.code == "DUPLICATES_DETECTED" and draft.action.verb != "delete" and alone < _SINGLY:
                alone += 1
                results += self._singly(draft, error)
            else:
                results += draft.rejected(rejected(error, self._source(draft)))
        return results

    def _is_repeated(self, draft: Draft, error: Said) -> bool:
        return error.code == "DUPLICATE_VALUE" and self._key is not None and draft.action.key is not None

    def _singly(self, draft: Draft, error: Said) -> list[Result]:
        """Sent alone, a row that a duplicate rule blocks is told which record the rule found."""
        action = draft.action
        record = {name: raw for name, raw in self._record(draft).items() if name not in {"attributes", "Id"}}
        path = f"sobjects/{self._schema.name}" + ("" if action.verb == "create" else f"/{action.id}")
        method = "POST" if action.verb == "create" else "PATCH"
        status, body = self._client.try_send(method, path, record, self._headers)
        if status in {200, 201, 204}:  # the record that the rule had found is gone
            return draft.done(action.id or str(body["id"]))
        if said(body).code != error.code:
            return draft.rejected(rejected(error, self._source(draft)))
        matched = sorted(matched_records(body, self._client.connection), key=lambda ref: ref.object != action.object)
        return draft.rejected(rejected(error, self._source(draft), matched))

    def _source(self, draft: Draft) -> str:
        return f"{self._client.connection}:{self._schema.name}:{draft.action.id or 'new'}"


def find_by_key(client: Client, schema: Schema, key: str | None, creates: Sequence[Draft]) -> dict[int, str]:
    """Number of a create -> the record that carries its key."""
    if key is None:
        return {}
    keys = [draft.action.key or "" for draft in creates]
    query = soql.by_values(schema, ("Id", key), key, keys)
    found = {str(row[key]): str(row["Id"]) for part in query for row in client.rows(part)}
    return {d.action.number: found[d.action.key or ""] for d in creates if d.action.key in found}
