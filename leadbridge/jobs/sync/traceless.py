"""Records that are not there any more and of whose going their CRM tells nothing, found by a scan of all that is there.

Such as people whom HubSpot forgot: they are in no list and no bin, and only a webhook would have told.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from leadbridge.merge.standing import IN_PLAY
from leadbridge.provider import Gone, Page
from leadbridge.state import links, staging
from leadbridge.state.model import ObjectKey
from leadbridge.state.store import Store

Outside = Callable[[str, Sequence[str]], Collection[str]]
"""See :meth:`leadbridge.provider.Provider.outside`."""


def noted(pages: Iterable[Page], seen: set[int]) -> Iterator[Page]:
    """The pages; ``seen`` takes in the hashes of their records' ids, which need less room than the ids."""
    for page in pages:
        seen.update(hash(record.ref.id) for record in page.records)
        yield page


def traceless(store: Store, run: int, at: ObjectKey, outside: Outside, seen: Collection[int]) -> Iterator[list[Gone]]:
    """Linked records of an object that a complete scan has not ``seen``, page by page; not those of which the run
    knows already, as changed, gone or merged, nor those that are ``outside`` of what the settings leave.
    """
    after = ""
    while True:
        with store.read() as snapshot:
            page = links.page(snapshot, *at, after)
            mine = [one.link.ref for one in page if one.link.state in IN_PLAY and hash(one.link.ref.id) not in seen]
            told = staging.touched(snapshot, run, mine)
        if not page:
            return
        after = page[-1].link.ref.id
        ids = [ref.id for ref in mine if ref not in told]
        lost = set(ids).difference(outside(at[1], ids)) if ids else ()
        yield [Gone(ref, "absent") for ref in mine if ref.id in lost]
