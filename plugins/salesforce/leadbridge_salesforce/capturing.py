"""Capture: pages by REST where the result is small, by Bulk API 2.0 where it is not; everything, or changes only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from leadbridge.errors import BatchRefusedError
from leadbridge.provider import Page
from leadbridge_salesforce import rows as row_readers
from leadbridge_salesforce import soql
from leadbridge_salesforce.bulk_query import bulk_rows
from leadbridge_salesforce.client import Client
from leadbridge_salesforce.cursor import Cursor, Progress, parse
from leadbridge_salesforce.failures import LocatorError, SchemaError
from leadbridge_salesforce.rows import Read, Row
from leadbridge_salesforce.schema import Schema, Schemas

_EARLIEST = datetime(1999, 1, 1, tzinfo=UTC)  # before Salesforce


def capture(client: Client, schemas: Schemas, object: str, cursor: str | None) -> Iterator[Page]:
    """Pages as the contract says.

    A field that becomes invisible meanwhile is left out from there on: it is missing, not blank.

    Raises:
        UsageError: there is no such object, or the cursor is not one of ours.
    """
    start = None if cursor is None else parse(cursor, client.connection)
    schema = schemas.get(object)
    return _pages(client, schemas, schema, start)


def _pages(client: Client, schemas: Schemas, schema: Schema, start: Cursor | None) -> Iterator[Page]:
    """Where a place in the result or a field is lost, it goes on from the last place that is known."""
    seen = 0
    place, whole = start, start is None
    contact = True
    for final in (False, False, True):
        try:
            reading = _Capture(client, schema, place, whole=whole, seen=seen)
            for page in reading.pages(contact=contact):
                yield page
                seen = page.seen
                place = parse(page.cursor, client.connection) if page.cursor else place
        except (LocatorError, SchemaError):
            schemas.forget(schema.name)
            again = schemas.get(schema.name)
            if final or (whole and place is None and seen):
                raise
            schema, contact = again, False  # it may be the contact that cannot be seen
        else:
            return


@dataclass(frozen=True, slots=True)
class _Reading:
    """Rows in hand: each part with whether it is the last, and whether they come in the order of their stamps."""

    parts: Iterator[tuple[Read, bool]]
    ordered: bool


class _Capture:
    """One pass over an object."""

    def __init__(self, client: Client, schema: Schema, start: Cursor | None, *, whole: bool, seen: int) -> None:
        self._client = client
        self._schema = schema
        self._whole = whole
        self._start = start
        self._seen = seen
        self._deleted = start is not None and schema.has("IsDeleted")
        self._columns = soql.names(schema)

    def pages(self, *, contact: bool) -> Iterator[Page]:
        """``contact``: whether to ask of converted leads what their contacts say."""
        if contact and self._schema.has("ConvertedContactId", "IsConverted"):
            self._columns += row_readers.CONTACT
        reading = self._read()
        look_back = timedelta(seconds=self._client.settings.look_back)
        began = self._client.server_time() or _EARLIEST
        progress = Progress(began, self._start, look_back)
        for part, last in reading.parts:
            yield self._page(part, progress, reading.ordered, last=last)

    def _page(self, read: Read, progress: Progress, ordered: bool, *, last: bool) -> Page:
        new = [row for row in read.rows if progress.carry(row.record, deleted=row.deleted)]
        live = [row for row in new if not row.deleted]
        self._seen += sum(not row.deleted for row in read.rows) + len(read.rejects)
        conversions = (row_readers.converted(row) for row in live)
        return Page(
            records=tuple(row.record for row in live),
            gone=tuple(row_readers.gone(row) for row in new if row.deleted),
            rejects=tuple(read.rejects),
            cursor=self._cursor(progress, read.rows, ordered, last=last),
            complete=last and self._whole,
            seen=self._seen,
            converted=tuple(found for found in conversions if found is not None),
        )

    def _cursor(self, progress: Progress, rows: Sequence[Row], ordered: bool, *, last: bool) -> str | None:
        """None in the middle of rows without an order: a part of them says nothing of the rest."""
        if last:
            return str(progress.cursor())
        final = rows[-1].record if rows else None
        if not ordered or final is None or final.modified is None:
            return None
        return str(progress.cursor((final.modified, final.ref.id)))

    def _read(self) -> _Reading:
        """By REST, unless its first page says that there is more than that is good for."""
        query = self._query(ordered=True)
        if not soql.fits(query):
            return self._bulk()
        first = self._client.query(query, deleted=self._deleted)
        if not first["done"] and first["totalSize"] >= self._client.settings.bulk_from:
            try:
                return self._bulk()
            except BatchRefusedError:  # objects that Bulk does not support
                pass
        return _Reading(self._rest(first), ordered=self._schema.stamp is not None)

    def _query(self, *, ordered: bool) -> str:
        since, after = (self._start.since, self._start.after) if self._start else (None, None)
        return soql.changed(self._schema, self._columns, since, after, ordered=ordered)

    def _rest(self, page: Mapping[str, Any]) -> Iterator[tuple[Read, bool]]:
        reader = row_readers.Rows(self._client.connection, self._schema)
        while True:
            yield reader.read(page["records"]), page["done"]
            if page["done"]:
                return
            page = self._client.more(page["nextRecordsUrl"])

    def _bulk(self) -> _Reading:
        parts = bulk_rows(self._client, self._query(ordered=False), deleted=self._deleted)
        return _Reading(self._unordered(parts), ordered=False)

    def _unordered(self, parts: Iterator[list[dict[str, str]]]) -> Iterator[tuple[Read, bool]]:
        """Which part is the last is known once it is read, so an empty one follows it."""
        reader = row_readers.Rows(self._client.connection, self._schema)
        for part in parts:
            yield reader.read(part), False
        yield Read(), True
