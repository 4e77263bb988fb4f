"""Writing: batches of 100, each row to an outcome of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from leadbridge.errors import ConnectionFailedError
from leadbridge.provider import Action, Result
from leadbridge_hubspot import after
from leadbridge_hubspot.batching import Batches
from leadbridge_hubspot.client import BATCH, Client
from leadbridge_hubspot.drafting import Draft, batches, drafts
from leadbridge_hubspot.keys import key_property
from leadbridge_hubspot.schema import LIFECYCLE, Schema, Schemas


class Writer:
    """Carries out batches. Raises only where nothing of a batch was done, or where nobody knows."""

    def __init__(self, client: Client, schemas: Schemas) -> None:
        self._client = client
        self._schemas = schemas

    def write(self, actions: Sequence[Action]) -> list[Result]:
        results: list[Result] = []
        sent = False
        for schema, group in self._groups(actions):
            ready, refused = drafts(schema, group)
            results += refused
            for part in batches(ready, BATCH):
                try:
                    results += self._part(schema, part)
                except ConnectionFailedError:
                    if not sent:
                        raise
                    results += [result for draft in part for result in draft.uncertain()]
                sent = True
        return results

    def _groups(self, actions: Sequence[Action]) -> Iterator[tuple[Schema, list[Action]]]:
        for name, verb in dict.fromkeys((action.object, action.verb) for action in actions):
            yield self._schemas.get(name), [a for a in actions if (a.object, a.verb) == (name, verb)]

    def _part(self, schema: Schema, part: Sequence[Draft]) -> list[Result]:
        batches_ = Batches(self._client, schema, key_property(schema, self._client.settings))
        results = batches_.send(part)
        if part[0].action.verb != "update":
            return results
        results = self._unlocked(schema, batches_, part, results)
        numbers = {result.number for result in results if result.state == "done"}
        done = [draft for draft in part if draft.action.number in numbers]
        try:
            unset = after.associate(self._client, schema, done)
            after.move_back(self._client, schema, done)
        except ConnectionFailedError:
            kept = [result for result in results if result.number not in numbers]
            return kept + [result for draft in done for result in draft.uncertain()]
        failed = [result for draft in done if draft.trace in unset for result in draft.rejected(unset[draft.trace])]
        return [result for result in results if str(result.number) not in unset] + failed

    def _unlocked(
        self, schema: Schema, batches_: Batches, part: Sequence[Draft], results: list[Result]
    ) -> list[Result]:
        """Where HubSpot refuses a stage that goes back, instead of ignoring it: cleared, and sent once more."""
        refused = {r.number for r in results if r.reject and r.reject.provider_field == LIFECYCLE}
        again = [d for d in part if d.action.number in refused and d.properties.get(LIFECYCLE)]
        if not again:
            return results
        try:
            after.set_stages(self._client, schema, {draft.action.id or "": "" for draft in again})
            sent = batches_.send(again)
        except ConnectionFailedError:
            sent = [result for draft in again for result in draft.uncertain()]
        numbers = {draft.action.number for draft in again}
        return [result for result in results if result.number not in numbers] + sent
