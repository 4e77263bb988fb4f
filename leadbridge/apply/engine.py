"""Apply: the one place that writes to CRMs, in batches, through the journal.

For every batch: the lease is checked -> rows whose referred creates are not done are rejected -> records are read
again where the plan is old -> the rows are ``sent`` in the journal -> the provider writes -> what was stored is read
back -> the outcomes, with all that they move, are in the journal. ``line.py`` reads in that order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from leadbridge.apply.batches import batches, phases
from leadbridge.apply.journal import Journal, Operation
from leadbridge.apply.line import Line
from leadbridge.apply.options import Options, Summary
from leadbridge.plan.rows import WriteRow
from leadbridge.provider import Provider


def apply_writes(
    rows: Iterable[WriteRow], providers: Mapping[str, Provider], journal: Journal, options: Options | None = None
) -> Summary:
    """Carry out a plan's write rows, which the journal holds as ``planned``, in the order of their numbers.

    A connection that cannot be used any more stops; the other ones go on, and the rows left are for :func:`resume`.
    Raises what ``options.check`` raises: then what was only staged is given up, and the run is to be resumed.
    """
    return _carry_out((Operation(row) for row in rows), providers, journal, options or Options())


def resume(providers: Mapping[str, Provider], journal: Journal, options: Options | None = None) -> Summary:
    """Carry on where a run ended: rows that were sent are looked up before anything is sent again.

    What could not be found out is ``uncertain``, for a person. A run killed and resumed ends like one that was not.
    """
    return _carry_out(journal.unfinished(), providers, journal, options or Options())


def _carry_out(
    operations: Iterable[Operation], providers: Mapping[str, Provider], journal: Journal, options: Options
) -> Summary:
    summary = Summary()
    lines = {name: Line(name, provider, journal, options, summary) for name, provider in providers.items()}
    rows = 0
    try:
        for part in phases(operations):
            for batch in batches(part, lambda row: lines[row.connection].size(row)):
                rows += len(batch)
                line = lines[batch[0].row.connection]
                if not line.stopped:
                    options.check()
                    line.carry_out(batch)
            for line in lines.values():
                options.check()
                line.finish()
    finally:
        for line in lines.values():
            line.close()
    summary.left = rows - summary.done - summary.rejected - summary.uncertain - summary.skipped
    return summary
