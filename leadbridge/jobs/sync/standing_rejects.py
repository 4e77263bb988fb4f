"""Rejects that are kept: each once, for as long as what was refused stays as it is."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from leadbridge.jobs.sync.prints import of_reject
from leadbridge.records import Ref, Reject
from leadbridge.state import rejects
from leadbridge.state.model import RejectRow
from leadbridge.state.transactions import Transaction
from leadbridge.values import MISSING


def keep(tx: Transaction, run: int, found: Sequence[tuple[Ref, Reject]], mended: Collection[Ref]) -> int:
    """Keep what could not be read; how many of it are new. Of ``mended`` records all other such rejects are cleared."""
    standing = rejects.open_of(tx, {*mended, *(ref for ref, _ in found)})
    prints = {(ref, of_reject(reject)): reject for ref, reject in found}
    cleared = [
        row.id
        for ref in mended
        for row in standing.get(ref, ())
        if row.number is None and (ref, row.print) not in prints
    ]
    known = {(ref, row.print) for ref, rows in standing.items() for row in rows}
    new = [(ref, print_, reject) for (ref, print_), reject in prints.items() if (ref, print_) not in known]
    rejects.add(tx, [row_of(run, None, ref, reject, print_) for ref, print_, reject in new])
    rejects.set_state(tx, cleared, "cleared")
    return len(new)


def row_of(run: int, number: int | None, ref: Ref, reject: Reject, print_: str) -> RejectRow:
    return RejectRow(
        id=0,
        run=run,
        number=number,
        ref=ref,
        source=reject.source or str(ref),
        code=reject.code,
        reason=reject.reason,
        remedy=reject.remedy,
        provider_field=reject.provider_field,
        raw={name: raw for name, raw in reject.raw.items() if raw is not MISSING},
        print=print_,
    )
