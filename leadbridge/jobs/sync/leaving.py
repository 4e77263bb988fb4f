"""Records that the settings of their connection leave out by now: they leave the scope, and nothing is deleted."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from leadbridge.merge.standing import IN_PLAY
from leadbridge.provider import Provider
from leadbridge.state import links, staging
from leadbridge.state.model import ObjectKey, StoredLink
from leadbridge.state.store import Store


@dataclass(slots=True)
class Left:
    """How many records of an object left the scope.

    Attributes:
        limit: what the settings leave of the object.
        made: records that LeadBridge made since the last capture, which may be outside: they are no loss.
        linked: records that were in play before, those not counted.
        number: how many of them left.
    """

    limit: str
    made: Collection[str]
    linked: int = 0
    number: int = 0


def leaving(store: Store, run: int, at: ObjectKey, provider: Provider, left: Left) -> Iterator[list[StoredLink]]:
    """Their links, page by page, counted in ``left``; not those of which the run captured anything, who are there."""
    after = ""
    while True:
        with store.read() as snapshot:
            page = links.page(snapshot, *at, after)
            mine = [stored for stored in page if stored.link.state in IN_PLAY]
            seen = staging.touched(snapshot, run, [stored.link.ref for stored in mine])
        if not page:
            return
        after = page[-1].link.ref.id
        quiet = [stored for stored in mine if stored.link.ref not in seen]
        outside = frozenset(provider.outside(at[1], [stored.link.ref.id for stored in quiet])) if quiet else frozenset()
        left.linked += sum(stored.link.ref.id not in left.made for stored in mine)
        left.number += len(outside.difference(left.made))
        if outside:
            yield [stored for stored in quiet if stored.link.ref.id in outside]
