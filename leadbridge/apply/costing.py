"""How many API calls applying a plan takes, told before: its rows are cut into batches as they will be.

Counted is what applying does where nothing goes wrong: reading records again before their batch, writing, converting,
reading back. What is sent again, looked up after a lost reply, or taken back comes out of a share of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from leadbridge.apply.batches import batches, most, phases
from leadbridge.apply.journal import Operation
from leadbridge.apply.looking import looks
from leadbridge.apply.native import follows, is_effect, request_of
from leadbridge.apply.options import Options
from leadbridge.conversions import ConvertRequest
from leadbridge.plan.brakes import Calls
from leadbridge.plan.rows import WriteRow
from leadbridge.provider import Provider
from leadbridge.records import Ref

_SHARE: Final = 10
"""One call in so many is expected to be made twice."""
_FEW: Final = 10
"""Calls that any plan may take more than it needs: a share of a small one would be none."""


def calls_of(
    operations: Iterable[Operation], providers: Mapping[str, Provider], counted: Mapping[str, Provider]
) -> dict[str, Calls]:
    """Connection -> API calls that its rows take; connections that need none are not there.

    Args:
        operations: what is to be applied, of all connections, in the order of their numbers. Read once.
        counted: the connections whose calls are counted.
    """
    options, needed, back = Options(), Counter[str](), Counter[str]()
    for phase in phases(operations):
        for batch in batches(phase, lambda row: most(row, providers[row.connection].capabilities, options)):
            row = batch[0].row
            if row.connection in counted:
                calls = _calls(batch, counted[row.connection])
                (needed if row.undoes is None else back)[row.connection] += calls
    return {name: Calls(number, _spare(number) + back[name]) for name, number in sorted(needed.items()) if number}


def _spare(needed: int) -> int:
    return max(_FEW, -(-needed // _SHARE))


def _calls(batch: Sequence[Operation], provider: Provider) -> int:
    """Of one batch. Records count as too old to be written unseen: how long a run takes is not known."""
    rows = [operation.row for operation in batch]
    first, can = rows[0], provider.capabilities
    follow_up = follows(first) and first.verb == "update"
    reads = is_effect(first) or follow_up or looks(first, can, old=True) or batch[0].state == "sent"
    refs = [Ref(row.connection, row.object, row.id or "") for row in rows]
    calls = provider.estimate_reads(refs) if reads and can.read_back else 0
    if is_effect(first):
        return calls
    if first.verb == "convert":
        return calls + provider.estimate_conversions([_request(row, can.checks_expected) for row in rows])
    return calls + provider.estimate([row.action(dict.fromkeys(row.refers.values(), "")) for row in rows])


def _request(row: WriteRow, checks: bool) -> ConvertRequest:
    """With blank ids for the records that the plan makes for it."""
    request = request_of(row, checks=checks)
    return replace(request, into={**request.into, **dict.fromkeys(row.refers, "")})
