"""Looking into a CRM on behalf of rows: before they are sent, after a lost reply, and after they are done."""

from __future__ import annotations

from collections.abc import Sequence

from leadbridge.apply.calling import Caller
from leadbridge.apply.journal import Operation, Outcome, present
from leadbridge.apply.judging import acknowledged, check, find_out, found
from leadbridge.apply.native import arrived, converted, follows, still_to_write
from leadbridge.apply.options import Options
from leadbridge.errors import LeadBridgeError
from leadbridge.plan.rows import WriteRow
from leadbridge.provider import Capabilities, Provider
from leadbridge.records import Record, Ref
from leadbridge.values import Raw


def looks(row: WriteRow, can: Capabilities, *, old: bool) -> bool:
    """Whether records are read before rows like this one are sent; ``old``: what is known of them is so by now."""
    if not can.read_back:
        return False
    return row.verb == "delete" or (row.verb in {"update", "convert"} and old and not can.checks_expected)


class Looker:
    """Every batch is of one verb and one object. Nothing here writes, to a CRM or to the journal."""

    def __init__(self, provider: Provider, caller: Caller, options: Options) -> None:
        self._provider = provider
        self._can = provider.capabilities
        self._caller = caller
        self._options = options

    def check(self, batch: Sequence[Operation]) -> list[Operation | Outcome]:
        """With before-images, or a reject where the record was edited since. Of a delete the whole record is kept."""
        if batch and follows(batch[0].row) and batch[0].row.verb == "update":
            records = self._read([(operation, operation.row.id or "") for operation in batch])
            return [still_to_write(o, record, self._stores) for o, record in zip(batch, records, strict=True)]
        if not (batch and looks(batch[0].row, self._can, old=self._options.recheck)):
            return [Operation(o.row, o.state, o.id, present(o.row.expected)) for o in batch]
        records = self._read([(operation, operation.row.id or "") for operation in batch])
        return [check(operation, record) for operation, record in zip(batch, records, strict=True)]

    def find_out(self, batch: Sequence[Operation]) -> list[Operation | Outcome]:
        """What became of rows that were sent: an outcome, or the operation where it can safely be sent again."""
        if batch and batch[0].row.verb == "create":
            return self._find(batch)
        if batch and batch[0].row.verb == "convert":
            return self._became(batch)
        if not self._can.read_back:
            return [Outcome(operation.row, "uncertain", operation.row.id) for operation in batch]
        records = self._read([(operation, operation.row.id or "") for operation in batch])
        return [find_out(o, record, self._stores) for o, record in zip(batch, records, strict=True)]

    def _became(self, leads: Sequence[Operation]) -> list[Operation | Outcome]:
        """A lead that is converted is never sent again."""
        refs = [Ref(operation.row.connection, operation.row.object, operation.row.id or "") for operation in leads]
        found = self._caller.look(lambda: self._provider.converted(refs))
        return [converted(o.row, records) if records else o for o, records in zip(leads, found, strict=True)]

    def see(self, effects: Sequence[Operation]) -> list[Outcome]:
        """What the CRM's own conversion left in records. Raises what reading raises: it is looked at again then."""
        records = self._read([(operation, operation.id or "") for operation in effects])
        return [arrived(o, o.id, record, self._stores) for o, record in zip(effects, records, strict=True)]

    def _find(self, creates: Sequence[Operation]) -> list[Operation | Outcome]:
        """With a key the CRM sees to it that there is one record; else what is not found is a question, unless what
        was staged shows only once it is written."""
        keyed: list[Operation | Outcome] = [o for o in creates if self._is_keyed(o)]
        others = [o for o in creates if not self._is_keyed(o)]
        actions = [operation.row.action({}) for operation in others]
        ids = self._caller.look(lambda: self._provider.find(actions)) if others else ()
        made = [(operation, one) for operation, one in zip(others, ids, strict=True) if one]
        records = self._read(made) if self._can.read_back else [None for _ in made]
        keyed += [found(o, one, record, self._stores) for (o, one), record in zip(made, records, strict=True)]
        lost = [o for o, one in zip(others, ids, strict=True) if not one]
        keyed += lost if self._can.staged else [Outcome(operation.row, "uncertain") for operation in lost]
        return keyed

    def _is_keyed(self, create: Operation) -> bool:
        return create.row.key is not None and self._can.upsert_by_key and self._provider.keyed(create.row.object)

    def read_back(self, done: Sequence[tuple[Operation, str]]) -> list[Outcome]:
        """What was agreed. A file is not read back: it holds what was sent, or its commit raised.

        Raises what reading raises, so that the rows are looked up by the next run: taking what was sent for what is
        stored would turn a text that the CRM cut off into a user's edit. A new record that could not be found again
        is not given up, though: nothing is agreed of it but its id.
        """
        if done and done[0][0].row.verb == "delete":
            return [Outcome(operation.row, "done", one) for operation, one in done]
        records: Sequence[Record | None] = [None for _ in done]
        if self._can.read_back and not self._can.staged:
            try:
                records = self._read(done)
            except LeadBridgeError:
                if any(operation.row.verb == "update" or self._is_keyed(operation) for operation, _ in done):
                    raise
                return [Outcome(operation.row, "done", one, due=True) for operation, one in done]
        return [acknowledged(o, one, record, self._stores) for (o, one), record in zip(done, records, strict=True)]

    def _read(self, asked: Sequence[tuple[Operation, str]]) -> Sequence[Record | None]:
        refs = [Ref(operation.row.connection, operation.row.object, one) for operation, one in asked]
        return self._caller.look(lambda: self._provider.read(refs)) if refs else ()

    def _stores(self, row: WriteRow, field: str, sent: Raw, stored: Raw) -> bool:
        if self._options.equivalent(row, field, sent, stored):
            return True
        return self._provider.normalises(row.object, field, sent, stored)
