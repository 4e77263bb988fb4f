"""The CSV provider."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from leadbridge.provider import Action, Capabilities, ObjectDescription, Page, Provider, Result, Site
from leadbridge.records import Record, Ref
from leadbridge_csv.capture import capture_pages
from leadbridge_csv.describing import describe_object
from leadbridge_csv.objects import Objects
from leadbridge_csv.session import Session, find_appended, read_files, read_only
from leadbridge_csv.settings import CsvSettings
from leadbridge_csv.target import Target


class CsvProvider(Provider):
    """Files as objects: with a key a table that can be written, without one an append-only inbox.

    A run of writes holds the connection's lock; nothing shows before ``commit``, which writes each file once.
    """

    name = "csv"
    settings_model = CsvSettings
    capabilities = Capabilities(
        wire="text",
        incremental=True,
        deletes=True,
        writes=True,
        staged=True,
        upsert_by_key=True,
        read_back=True,
        local=True,
    )

    settings: CsvSettings

    def __init__(self, site: Site, settings: CsvSettings) -> None:
        super().__init__(site, settings)
        if settings.key is None:  # an inbox takes the same row twice
            self.capabilities = replace(self.capabilities, upsert_by_key=False)
        self._objects = Objects(site, settings.path)
        self._session: Session | None = None

    def describe(self) -> Sequence[ObjectDescription]:
        return [describe_object(self._target(name), self._objects.writable()) for name in self._objects.names()]

    def capture(self, object: str, cursor: str | None = None) -> Iterator[Page]:
        return capture_pages(self._target(object), cursor)

    def read(self, refs: Sequence[Ref]) -> Sequence[Record | None]:
        """From the files as they are now, or in a run of writes as it found them; what is staged does not show.

        Outside a run every call goes through the files once.
        """
        found: dict[Ref, Record] = {}
        for name in dict.fromkeys(ref.object for ref in refs):
            target, asked = self._target(name), [ref for ref in refs if ref.object == name]
            session = self._session if self._objects.writable() else None
            found |= session.read(target, asked) if session else read_files(target, asked)
        return [found.get(ref) for ref in refs]

    def begin(self) -> None:
        """Raises BusyError where another process writes to this connection."""
        self._session = Session(self.site)

    def write(self, actions: Sequence[Action]) -> Sequence[Result]:
        """Stage actions, each checked against the file as it is when the run first writes to it.

        Whoever edits the file between that and ``commit`` loses nothing: ``commit`` then refuses.
        """
        session = self._begun()
        targets = {name: self._target(name) for name in dict.fromkeys(action.object for action in actions)}
        if not self._objects.writable():
            return [read_only(action, targets[action.object]) for action in actions]
        return [session.write(targets[action.object], action) for action in actions]

    def find(self, actions: Sequence[Action]) -> Sequence[str | None]:
        """Rows of an inbox that say what the creates say, the last ones first: those stood at its end."""
        names = dict.fromkeys(action.object for action in actions)
        found: dict[int, str] = {}
        for name in names:
            found |= find_appended(self._target(name), [action for action in actions if action.object == name])
        return [found.get(action.number) for action in actions]

    def commit(self) -> None:
        """Raises ConnectionFailedError, with the files as they were, where one changed meanwhile or cannot be written.

        Files are put in place one after the other; where a later one fails, the earlier ones are written.
        """
        session, self._session = self._begun(), None
        session.commit()

    def abandon(self) -> None:
        session, self._session = self._session, None
        if session:
            session.close()

    def estimate(self, actions: Iterable[Action]) -> int:
        """Files that will be written."""
        return len({action.object for action in actions})

    def close(self) -> None:
        self.abandon()

    def _begun(self) -> Session:
        if self._session is None:
            raise RuntimeError("write() and commit() need begin()")
        return self._session

    def _target(self, object: str) -> Target:
        return Target(self.site.connection, object, self._objects.files(object), self.settings)
