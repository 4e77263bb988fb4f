"""A run of writes: the connection's lock, a draft per file, and their end."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from filelock import FileLock, Timeout

from leadbridge.errors import BusyError
from leadbridge.provider import Action, Result, Site
from leadbridge.records import Record, Ref, Reject
from leadbridge_csv.drafts import Draft, InboxDraft, RefusedError, TableDraft
from leadbridge_csv.failures import writing
from leadbridge_csv.storing import Rewrite, append
from leadbridge_csv.table import Table
from leadbridge_csv.target import Target


class Session:
    """Taken by ``begin``. Raises BusyError where another process holds the lock; it does not wait."""

    def __init__(self, site: Site) -> None:
        name = f"csv-{quote(site.connection, safe='')}.lock"
        path = site.folder.resolve() / ".leadbridge" / "locks" / name
        self._drafts: dict[str, Draft] = {}
        with writing(site.connection, f".leadbridge/locks/{name}"):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = FileLock(path)
            try:
                self._lock.acquire(timeout=0)
            except Timeout as error:
                raise BusyError(
                    f"connection {site.connection!r} is being written by another process"
                    f" (it holds .leadbridge/locks/{name}); wait until that has ended, then run again"
                ) from error

    def write(self, target: Target, action: Action) -> Result:
        try:
            return Result(action.number, "done", self._draft(target).stage(action))
        except RefusedError as refused:
            return Result(action.number, "rejected", action.id, refused.reject)

    def read(self, target: Target, refs: Sequence[Ref]) -> dict[Ref, Record]:
        """From the file as the run found it, without going through it again for every batch."""
        return read_records(self._draft(target).table, refs)

    def commit(self) -> None:
        """All files are written beside the old ones before the first is put in place."""
        changed = [draft for draft in self._drafts.values() if draft.edits or draft.added]
        rewrites: list[Rewrite] = []
        try:
            for draft in changed:
                if isinstance(draft, TableDraft):
                    rewrites.append(Rewrite(draft))
            for rewrite in rewrites:
                rewrite.replace()
            for draft in changed:
                if isinstance(draft, InboxDraft):
                    append(draft)
        finally:
            for rewrite in rewrites:
                rewrite.discard()
            self.close()

    def close(self) -> None:
        """Drop what is staged and free the lock."""
        for draft in self._drafts.values():
            draft.table.close()
            draft.added.close()
        self._drafts.clear()
        self._lock.release()

    def _draft(self, target: Target) -> Draft:
        """The state of the file when the run first writes to it is what the run's results are told from."""
        draft = self._drafts.get(target.object)
        if draft is None:
            draft = self._drafts[target.object] = make_draft(target)
        return draft


def make_draft(target: Target) -> Draft:
    table = Table(target, target.files[0])
    if table.key_place is None:
        return InboxDraft(target, table)
    return TableDraft(target, table, table.key_place)


def read_records(table: Table, refs: Sequence[Ref]) -> dict[Ref, Record]:
    """The records that are there; of a repeated key the first row."""
    found = {ref: table.find(ref.id) for ref in refs}
    return {ref: table.record(ref.id, rows[0]) for ref, rows in found.items() if rows}


def read_files(target: Target, refs: Sequence[Ref]) -> dict[Ref, Record]:
    """The same from an object's files as they are now; the first file that holds one counts."""
    found: dict[Ref, Record] = {}
    for file in target.files:
        table = Table(target, file)
        try:
            found = read_records(table, refs) | found
        finally:
            table.close()
    return found


def find_appended(target: Target, creates: Sequence[Action]) -> dict[int, str]:
    """Number of the create -> id of the row that it appended, where one is there."""
    draft = make_draft(target)
    try:
        if not isinstance(draft, InboxDraft):
            return {}
        found = {create.number: draft.appended(create) for create in reversed(creates)}
        return {number: appended for number, appended in found.items() if appended is not None}
    finally:
        draft.table.close()


def read_only(action: Action, target: Target) -> Result:
    """What becomes of an action on a glob."""
    reject = Reject(
        "read_only",
        f"{target.settings.path!r} is a glob, whose files are only read",
        "name one file, or a folder, as the connection's path",
        str(Ref(target.connection, action.object, action.id or "")),
        raw=dict(action.values),
    )
    return Result(action.number, "rejected", action.id, reject)
