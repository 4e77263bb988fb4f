"""What was last known of each connection, for the brakes: fingerprints, mapped columns and sizes. No settings."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select

from leadbridge.state import codec
from leadbridge.state.model import ConnectionRow
from leadbridge.state.schema import connections as table
from leadbridge.state.sql import upsert
from leadbridge.state.transactions import Snapshot, Transaction


def get(snapshot: Snapshot, names: Collection[str]) -> dict[str, ConnectionRow]:
    """Those that were used before, by name."""
    return {
        row.name: ConnectionRow(
            name=row.name,
            provider=row.provider,
            scope=row.scope,
            mapping=row.mapping,
            columns={name: tuple(columns) for name, columns in codec.loads(row.columns).items()},
            seen=codec.loads(row.seen),
        )
        for row in snapshot.connection.execute(select(table).where(table.c.name.in_(names)))
    }


def put(tx: Transaction, rows: Sequence[ConnectionRow]) -> None:
    """Add them, or set all that is known of them."""
    upsert(
        tx,
        table,
        [
            {
                "name": row.name,
                "provider": row.provider,
                "scope": row.scope,
                "mapping": row.mapping,
                "columns": codec.dumps(dict(row.columns)),
                "seen": codec.dumps(dict(row.seen)),
            }
            for row in rows
        ],
    )
