"""Opening the state, and its transactions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from leadbridge.state import backups, information, marking
from leadbridge.state.engine import WRITES, make_engine
from leadbridge.state.errors import explained
from leadbridge.state.migrate import bring_up
from leadbridge.state.place import locate, prepare
from leadbridge.state.transactions import Snapshot, Transaction


class Store:
    """An open state. Threads may share it; every thread and process has transactions of its own.

    Any method raises BusyError where another process keeps the write lock for 10 seconds, and StateError where the
    file can no longer be used.
    """

    def __init__(self, engine: Engine, file: Path) -> None:
        self.engine = engine
        self.file = file

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        """Write: durable, all of it, once the block ends; nothing of it where the block raises.

        Not to be nested: the inner one would wait for the outer one.
        """
        with self._connection(writes=True) as connection:
            yield Transaction(connection)

    @contextmanager
    def read(self) -> Iterator[Snapshot]:
        """Read as of one moment, without waiting for a writer. A long one makes the journal beside the file grow."""
        with self._connection(writes=False) as connection:
            yield Snapshot(connection)

    @property
    def generation(self) -> str:
        """See :func:`leadbridge.state.information.generation`."""
        with self.read() as snapshot:
            return information.generation(snapshot)

    def backup(self, to: Path) -> None:
        """A whole copy as of now, while runs go on. Raises UsageError where ``to`` is there already."""
        backups.copy(self.file, to)
        marking.copy_key(self.file, to)

    def close(self) -> None:
        """Idempotent."""
        self.engine.dispose()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    @contextmanager
    def _connection(self, *, writes: bool) -> Iterator[Connection]:
        with explaining(self.file), self.engine.connect() as opened:
            connection = opened.execution_options(**{WRITES: writes})
            with connection.begin():
                yield connection


@contextmanager
def explaining(file: Path) -> Iterator[None]:
    """Say what is wrong with the file in place of a driver's error; a fault of the program passes unchanged."""
    try:
        yield
    except DBAPIError as error:
        said = explained(error, file)
        if said is None:
            raise
        raise said from error


def open_store(url: str, folder: Path) -> Store:
    """Open the project's state; make it where it is not there, and bring an older one up to date.

    Args:
        url: ``state:`` of the configuration, such as ``sqlite:///.leadbridge/state.db``.
        folder: the project's; the file stays inside it.

    Raises:
        UsageError: the address cannot be used, or the state was written by a newer LeadBridge.
        StateError: the file is damaged, is something else, or cannot be written.
        BusyError: another process keeps it locked.
    """
    file = locate(url, folder)
    prepare(file)
    store = Store(make_engine(file), file)
    try:
        ready(store, keep_older=True)
    except BaseException:
        store.close()
        raise
    return store


def ready(store: Store, *, keep_older: bool = False) -> None:
    """See :func:`leadbridge.state.migrate.bring_up`, whose faults are said of the store's file."""
    with explaining(store.file):
        bring_up(store.engine, store.file, keep_older=keep_older)
