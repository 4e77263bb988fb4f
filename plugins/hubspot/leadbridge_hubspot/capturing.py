"""Capture: everything by paging the list, changes only by searching for stamps, by id, never past 10,000 results."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

from leadbridge.provider import Gone, Page
from leadbridge.records import Record, Ref
from leadbridge_hubspot import rows
from leadbridge_hubspot.client import ASSOCIATIONS, BATCH, Client
from leadbridge_hubspot.cursor import EARLIEST, Cursor, Progress, parse
from leadbridge_hubspot.linking import linked
from leadbridge_hubspot.lists import Members
from leadbridge_hubspot.objects import OWNERS
from leadbridge_hubspot.schema import ID, MERGED, Schema

_SEARCH: Final = 200  # records of a page of results
_BODY: Final = 2_800  # characters of a search; HubSpot refuses 3,000
_ADDRESS: Final = 12_000  # characters of a list's properties, encoded; more is refused with status 414 sooner or later

Rows = list[dict[str, Any]]


def capture(
    client: Client, schema: Schema, cursor: str | None, members: Callable[[], Members | None] = lambda: None
) -> Iterator[Page]:
    """Pages as the contract says, of records with the schema's fields; ``members`` reads the list that limits them.

    Raises:
        UsageError: the cursor is not one of ours.
    """
    start = None if cursor is None else parse(cursor, client.connection)
    return _Capture(client, schema, start).pages(members)


@dataclass(frozen=True, slots=True)
class _Part:
    """``joined``: records that are new in the list, changed or not."""

    rows: Rows
    last: bool
    joined: bool = False


class _Capture:
    """One pass over an object."""

    def __init__(self, client: Client, schema: Schema, start: Cursor | None) -> None:
        self._client = client
        self._schema = schema
        self._start = start
        self._seen = 0
        self._began: datetime | None = start.began if start else None
        self._went: set[str] = set()
        self._members: Members | None = None
        self._carried: set[str] = set()

    def pages(self, members: Callable[[], Members | None]) -> Iterator[Page]:
        self._members = members()
        parts = self._parts()
        part = next(parts)
        began = self._began or EARLIEST
        look_back = timedelta(seconds=self._client.settings.look_back)
        progress = Progress(began, self._start, look_back, self._members)
        while True:
            yield self._page(part, progress)
            if part.last:
                return
            part = next(parts)

    def _asked(self) -> None:
        """A page came: the first one says, by the server's clock, when the capture began."""
        self._began = self._began or self._client.served_at

    def _parts(self) -> Iterator[_Part]:
        if self._schema.name == OWNERS:
            return self._owners()
        if self._members is not None:
            return self._of_members(self._members, self._start)
        return self._listed() if self._start is None else self._changed(self._start)

    def _page(self, part: _Part, progress: Progress) -> Page:
        read = self._read(part.rows)
        self._seen += len(part.rows)
        gone = list(self._merged(read.records, progress))
        if part.last and self._start is not None:
            gone += self._archived(progress)
        mine = [record for record in read.records if self._members is None or record.ref.id in self._members]
        new = self._linked([record for record in mine if progress.carry(record) or part.joined])
        if self._members is not None:
            self._carried |= {record.ref.id for record in new}
        midway = progress.midway(str(part.rows[-1]["id"])) if part.rows and not part.joined else None
        cursor = progress.end() if part.last else midway
        return Page(
            records=tuple(new),
            gone=tuple(gone),
            rejects=tuple(read.rejects),
            cursor=None if cursor is None else str(cursor),
            complete=part.last and self._start is None,
            seen=self._seen,
        )

    def _read(self, found: Rows) -> rows.Read:
        if self._schema.name == OWNERS:
            return rows.Read([rows.owner(self._client.connection, self._schema, row) for row in found])
        return rows.read(self._client.connection, self._schema, found)

    def _linked(self, new: list[Record]) -> list[Record]:
        """With their associations, which are read as they are now, while the index may show the rest as it was: whether
        a record was carried before is told without them, or an old state would come again for an edit."""
        return linked(self._client, self._schema, new)

    def _listed(self) -> Iterator[_Part]:
        """Ten pages of a list in one part: associations are read for a thousand records at once."""
        properties = ",".join(self._schema.properties)
        inline = len(quote(properties)) <= _ADDRESS
        found: Rows = []
        for page in self._list(archived=False, properties=properties if inline else ID):
            self._asked()
            found += page if inline else self._whole(page)
            if len(found) >= ASSOCIATIONS:
                yield _Part(found, last=False)
                found = []
        yield _Part(found, last=True)

    def _of_members(self, members: Members, start: Cursor | None) -> Iterator[_Part]:
        """Those of the list: without a start all of them, else what changed, and who joined meanwhile."""
        for part in () if start is None else self._changed(start):
            yield replace(part, last=False)
        known = Members() if start is None or start.members is None else start.members
        joined = [one for one in members if one not in known and one not in self._carried]
        self._asked()
        for at in range(0, len(joined), ASSOCIATIONS):
            rows_ = self._whole([{"id": one} for one in joined[at : at + ASSOCIATIONS]])
            yield _Part([row for row in rows_ if str(row["id"]) in members], last=False, joined=start is not None)
        yield _Part([], last=True)

    def _list(self, *, archived: bool, properties: str) -> Iterator[Rows]:
        asked: dict[str, object] = {"archived": str(archived).lower(), "properties": [properties]}
        while True:
            page = self._client.page(self._schema.kind.type_id, **asked)
            yield page["results"]
            after = _next(page)
            if after is None:
                return
            asked["after"] = after

    def _changed(self, start: Cursor) -> Iterator[_Part]:
        """By id, each page asked for anew behind the last id: HubSpot gives no more than 10,000 results of a query."""
        after, found = start.after or "0", Rows()
        while True:
            page, more = self._found(start.since, after)
            self._asked()
            found += page
            if more is None:
                yield _Part(found, last=True)
                return
            after = more
            if len(found) >= ASSOCIATIONS:
                yield _Part(found, last=False)
                found = []

    def _found(self, since: datetime, after: str) -> tuple[Rows, str | None]:
        """A page, and the id behind which there may be more."""
        query = {
            "filterGroups": [
                {
                    "filters": [
                        _filter(self._schema.kind.modified, "GTE", str(int(since.timestamp() * 1000))),
                        _filter(ID, "GT", after),
                    ]
                }
            ],
            "sorts": [{"propertyName": ID, "direction": "ASCENDING"}],
            "limit": _SEARCH,
        }
        inline = len(str(query)) + len(str(self._schema.properties)) <= _BODY
        asked = self._schema.properties if inline else (ID,)
        results: Rows = self._client.search(self._schema.kind.type_id, {**query, "properties": list(asked)})["results"]
        more = str(results[-1]["id"]) if len(results) == _SEARCH else None
        return (results if inline else self._whole(results)), more

    def _whole(self, found: Rows) -> Rows:
        """The records with all their properties; one that went meanwhile is left out, and is told of as gone."""
        ids = [str(row["id"]) for row in found]
        read: dict[str, dict[str, Any]] = {}
        for at in range(0, len(ids), BATCH):
            part = self._client.batch_read(self._schema.kind.type_id, ids[at : at + BATCH], self._schema.properties)
            read |= {str(row["id"]): row for row in part}
        return [read[one] for one in ids if one in read]

    def _merged(self, records: Sequence[Record], progress: Progress) -> Iterator[Gone]:
        """Records that went into these. A merge may have made a new record, into which both went."""
        for record in records:
            for id_ in str(record.values.get(MERGED) or "").replace(",", ";").split(";"):
                other = id_.strip()
                if not other or other == record.ref.id:
                    continue
                self._went.add(other)
                if progress.carry_gone(other, record.modified, record.ref.id):
                    yield Gone(self._ref(other), "tombstone", record.ref.id)

    def _archived(self, progress: Progress) -> Iterator[Gone]:
        """Records that were deleted since the start. The list of them has no filter: it is read whole."""
        since = self._start.since if self._start else EARLIEST
        for row in self._bin():
            id_ = str(row["id"])
            at = rows.moment(row.get("archivedAt")) or rows.moment(row.get("updatedAt"))
            if id_ not in self._went and (at is None or at >= since) and progress.carry_gone(id_, at, None):
                yield Gone(self._ref(id_), "tombstone")

    def _bin(self) -> Iterator[dict[str, Any]]:
        if self._schema.name == OWNERS:
            pages = _owners(self._client, archived=True)
        else:
            pages = self._list(archived=True, properties=ID)
        for page in pages:
            yield from page

    def _owners(self) -> Iterator[_Part]:
        """The list of owners has no filter either."""
        since = self._start.since if self._start else EARLIEST
        for page in _owners(self._client, archived=False):
            self._asked()
            yield _Part([row for row in page if (rows.moment(row.get("updatedAt")) or since) >= since], last=False)
        yield _Part([], last=True)

    def _ref(self, id: str) -> Ref:
        return Ref(self._client.connection, self._schema.name, id)


def _owners(client: Client, *, archived: bool) -> Iterator[Rows]:
    asked: dict[str, object] = {"archived": str(archived).lower()}
    while True:
        page = client.owners(**asked)
        yield page["results"]
        after = _next(page)
        if after is None:
            return
        asked["after"] = after


def _next(page: Mapping[str, Any]) -> str | None:
    after = ((page.get("paging") or {}).get("next") or {}).get("after")
    return str(after) if after else None


def _filter(name: str, operator: str, value: str) -> dict[str, str]:
    return {"propertyName": name, "operator": operator, "value": value}
