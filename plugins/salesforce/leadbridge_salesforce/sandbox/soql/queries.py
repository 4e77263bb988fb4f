"""Queries as clients run them: a first page, then more by a locator, until it is done."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from leadbridge_salesforce.sandbox.soql.compiler import compile_query
from leadbridge_salesforce.sandbox.soql.faults import QueryError
from leadbridge_salesforce.sandbox.soql.names import Surroundings
from leadbridge_salesforce.sandbox.soql.rows import Json, Rows
from leadbridge_salesforce.sandbox.soql.shapes import Branch, Compiled
from leadbridge_salesforce.sandbox.soql.stored import install
from leadbridge_salesforce.sandbox.store import Store

PAGE: Final = 2000
"""Rows of a page, unless fewer are asked for; REST guide, query."""

OPEN_CURSORS: Final = 10
"""Query cursors that a user may hold open; the oldest is closed for the next."""


@dataclass(frozen=True, slots=True)
class _Cursor:
    compiled: Compiled
    shape: Branch
    ids: tuple[str, ...]
    base: str


class Queries:
    """Runs queries over a store, and remembers which of them are being paged through."""

    def __init__(self, store: Store, *, open_cursors: int = OPEN_CURSORS) -> None:
        self._store = store
        self._open_cursors = open_cursors
        self._cursors: OrderedDict[str, _Cursor] = OrderedDict()
        install(store.connection)

    def start(
        self, text: str, around: Surroundings, base: str, *, all_rows: bool = False, page_size: int = PAGE
    ) -> Json:
        """The first page: ``totalSize``, ``done``, ``records``, and ``nextRecordsUrl`` where there is more.

        Args:
            base: the path of the API version, such as ``/services/data/v67.0``.
            page_size: rows at most; the caller sees to its bounds.

        Raises:
            QueryError: the query is refused.
        """
        compiled = compile_query(text, around, all_rows=all_rows)
        with self._store.lock:
            rows = Rows(self._store, self._store.schema, base)
            if compiled.shape is None:
                return {"totalSize": rows.count(compiled), "done": True, "records": []}
            if compiled.keys is None:
                return _whole(rows.groups(compiled, compiled.shape))
            cursor = _Cursor(compiled, compiled.shape, tuple(rows.keys(compiled)), base)
            if len(cursor.ids) <= page_size:
                return self._page(cursor, None, 0, page_size)
            return self._page(cursor, self._opened(cursor), 0, page_size)

    def more(self, locator: str, *, page_size: int = PAGE) -> Json:
        """The page that a locator (``01g...-2000``) names. The same page can be asked for again.

        Raises:
            QueryError: INVALID_QUERY_LOCATOR, also where too many other queries were begun since.
        """
        key, _, offset = locator.rpartition("-")
        with self._store.lock:
            cursor = self._cursors.get(key)
            if cursor is None or not offset.isdecimal() or int(offset) >= len(cursor.ids):
                raise QueryError("INVALID_QUERY_LOCATOR", "invalid query locator")
            self._cursors.move_to_end(key)
            return self._page(cursor, key, int(offset), page_size)

    def pages(
        self, text: str, around: Surroundings, base: str, *, all_rows: bool = False, page_size: int = PAGE
    ) -> Iterator[Json]:
        """All pages of a query, one at a time."""
        page = self.start(text, around, base, all_rows=all_rows, page_size=page_size)
        while True:
            yield page
            if page["done"]:
                return
            page = self.more(page["nextRecordsUrl"].rpartition("/")[2], page_size=page_size)

    def _opened(self, cursor: _Cursor) -> str:
        key = self._store.new_id_of("01g")
        self._cursors[key] = cursor
        while len(self._cursors) > self._open_cursors:
            self._cursors.popitem(last=False)
        return key

    def _page(self, cursor: _Cursor, key: str | None, start: int, page_size: int) -> Json:
        rows = Rows(self._store, self._store.schema, cursor.base)
        end = start + page_size
        records = rows.records(cursor.compiled, cursor.shape, cursor.ids[start:end])
        page: dict[str, Any] = {"totalSize": len(cursor.ids), "done": end >= len(cursor.ids)}
        if not page["done"]:
            page["nextRecordsUrl"] = f"{cursor.base}/query/{key}-{end}"
        return {**page, "records": records}


def _whole(records: list[Json]) -> Json:
    if len(records) > PAGE:
        message = "Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch"
        raise QueryError("EXCEEDED_ID_LIMIT", message)
    return {"totalSize": len(records), "done": True, "records": records}
