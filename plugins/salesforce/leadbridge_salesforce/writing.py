"""Writing: batches by collections of 200, large ones by Bulk API 2.0, each row to an outcome of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from leadbridge.errors import ConnectionFailedError
from leadbridge.provider import Action, Result
from leadbridge_salesforce import costs, ingest, raws
from leadbridge_salesforce.client import Client
from leadbridge_salesforce.collections import Collections
from leadbridge_salesforce.costs import WRITTEN
from leadbridge_salesforce.drafting import Draft, drafts
from leadbridge_salesforce.keys import key_field
from leadbridge_salesforce.schema import Schema, Schemas


@dataclass(slots=True)
class _Outcome:
    """What came of the rows so far; ``sent`` says whether any of them may have been written."""

    results: list[Result] = field(default_factory=list)
    sent: bool = False


class Writer:
    """Carries out batches. Raises only where nothing of a batch was done, or where nobody knows."""

    def __init__(self, client: Client, schemas: Schemas) -> None:
        self._client = client
        self._schemas = schemas

    def write(self, actions: Sequence[Action]) -> list[Result]:
        outcome = _Outcome()
        for schema, group in self._groups(actions):
            ready, refused = drafts(schema, group)
            outcome.results += refused
            for call, part in self._calls(schema, ready):
                self._carry_out(call, part, outcome)
        return outcome.results

    def _groups(self, actions: Sequence[Action]) -> Iterator[tuple[Schema, list[Action]]]:
        for kind in dict.fromkeys((action.verb, action.object) for action in actions):
            yield self._schemas.get(kind[1]), [action for action in actions if (action.verb, action.object) == kind]

    def _calls(self, schema: Schema, ready: Sequence[Draft]) -> Iterator[tuple[_Call, Sequence[Draft]]]:
        key = key_field(schema, self._client.settings)
        if self._is_bulk(len(ready), keyed=key is not None or not ready or ready[0].action.verb != "create"):
            fit = [draft for draft in ready if raws.fits_csv(draft.action.values)]
            ready = [draft for draft in ready if not raws.fits_csv(draft.action.values)]
            if fit:
                yield ingest.Ingest(self._client, schema, key).write, fit
        collections = Collections(self._client, schema, key)
        for at in range(0, len(ready), WRITTEN):
            yield collections.write, ready[at : at + WRITTEN]

    def _is_bulk(self, rows: int, *, keyed: bool) -> bool:
        bulk_from = self._bulk_from(keyed=keyed)
        return bulk_from is not None and rows >= bulk_from

    def _bulk_from(self, *, keyed: bool) -> int | None:
        """Its results come in no order: without a key, creates could not be told apart. Nor does it run active
        assignment rules."""
        settings = self._client.settings
        return settings.bulk_from if keyed and not settings.assign else None

    def _carry_out(self, call: _Call, part: Sequence[Draft], outcome: _Outcome) -> None:
        """Once something may have been written, a call that fails leaves its rows to be looked up."""
        try:
            outcome.results += call(part)
        except ConnectionFailedError:
            if not outcome.sent:
                raise
            outcome.results += [result for draft in part for result in draft.uncertain()]
        else:
            outcome.sent = True

    def estimate(self, actions: Iterable[Action]) -> int:
        """Calls for writing, and for reading back what creates and updates left."""
        counts, apart = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
        for action in actions:
            kind = action.verb, action.object
            counts[kind] += 1
            apart[kind] += not raws.fits_csv(action.values)
        return sum(self._estimated(*kind, rows, apart[kind]) for kind, rows in counts.items())

    def _estimated(self, verb: str, object: str, rows: int, apart: int) -> int:
        """``apart``: those of the rows that no bulk job takes."""
        schema = self._schemas.known(object)
        keyed = verb != "create" or schema is None or key_field(schema, self._client.settings) is not None
        reading = 0 if verb == "delete" else costs.calls(rows, costs.READ)
        in_bulk = self._is_bulk(rows, keyed=keyed)
        alone = costs.calls(apart, WRITTEN) if in_bulk else 0
        return costs.writes(rows, bulk_from=self._bulk_from(keyed=keyed)) + alone + reading


_Call = Callable[[Sequence[Draft]], list[Result]]
