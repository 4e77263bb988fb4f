"""Rejects that are kept: each once, for as long as what was refused stays as it is."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from leadbridge.jobs.sync.prints import of_reject, place_of
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


def clear_mended(tx: Transaction, at: Ref, sources: Collection[str], told: Collection[Reject]) -> None:
    """Clear rejects of rows nobody knows the id of, in sources that were read whole and did not tell of them again.

    Those that were told again stand where the source has them now.
    """
    now = {of_reject(reject): reject.source for reject in told}
    standing = [row for row in rejects.open_of(tx, [at]).get(at, ()) if place_of(row.source)[0] in sources]
    rejects.set_state(tx, [row.id for row in standing if row.print not in now], "cleared")
    rejects.set_sources(tx, {r.id: now[r.print] for r in standing if now.get(r.print, r.source) != r.source})


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
