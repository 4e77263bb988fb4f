"""What the state's functions work on. The types tell what a function does: it takes a Transaction where it writes."""

from __future__ import annotations

from functools import cached_property

from sqlalchemy import Connection

from leadbridge.state.names import Names


class Snapshot:
    """The state as of one moment; later commits of others do not show."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    @cached_property
    def names(self) -> Names:
        """Field names as numbers, read when first used."""
        return Names(self.connection)


class Transaction(Snapshot):
    """The one writer at this time: what it reads cannot change before it commits. All of it becomes true, or none."""
