"""What a state remembers, without the numbers and times that may differ between two runs of one end."""

from __future__ import annotations

from leadbridge.state import conflicts, cursors, goldens, links, rejects, reviews
from leadbridge.state.store import Store

_ALL = 1_000_000


def remembered(store: Store, objects: list[tuple[str, str]]) -> dict[str, object]:
    with store.read() as snapshot:
        found = [stored for at in objects for stored in links.page(snapshot, *at, limit=_ALL)]
        loaded = goldens.load(snapshot, {stored.link.golden for stored in found})
        whose = {stored.link.golden: str(stored.link.ref) for stored in found}
        return {
            "links": sorted(
                (str(s.link.ref), whose[s.link.golden], s.link.role, s.link.state, sorted(s.link.base.items()), s.due)
                for s in found
            ),
            "goldens": sorted(
                (whose[n], one.due, sorted((f, repr(h.value), h.origin) for f, h in one.golden.fields.items()))
                for n, one in loaded.items()
            ),
            "cursors": cursors.get(snapshot, {connection for connection, _ in objects}),
            "rejects": sorted((str(r.ref), r.code) for r in rejects.page(snapshot, limit=_ALL)),
            "reviews": sorted((r.kind, r.field) for r in reviews.page(snapshot, limit=_ALL)),
            "conflicts": sorted(
                (whose[c.golden], c.field, repr(c.winner.value)) for c in conflicts.page(snapshot, limit=_ALL)
            ),
        }
