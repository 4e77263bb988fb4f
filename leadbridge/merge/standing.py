"""Which state each link of a golden record is in: a function of the records there are, whatever came first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from leadbridge.golden import Link, LinkState
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.merge.succession import Succession
from leadbridge.ordering import People, as_people_count
from leadbridge.provider import Gone
from leadbridge.records import Ref
from leadbridge.values import Value

IN_PLAY: Final[frozenset[LinkState]] = frozenset({"live", "surplus"})
"""States of links whose records are there and covered."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Sights:
    """What a cycle saw of linked records.

    Attributes:
        covered: records that were captured -> the mapping that covers each now, None where none does.
        gone: records that went, with proof.
    """

    covered: Mapping[Ref, ObjectMapping | None] = field(default_factory=dict)
    gone: frozenset[Ref] = frozenset()
    succession: Succession = field(default_factory=Succession)


def age_of(created: Value) -> int:
    """Sorts twins: seconds from 1970 to when the CRM made the record; 0 where it does not say."""
    return int((created - _EPOCH).total_seconds()) if isinstance(created, datetime) and created.tzinfo else 0


def proven(gone: Iterable[Gone], complete: Collection[tuple[str, str]], shrank: Collection[str]) -> frozenset[Ref]:
    """Records that went for certain: by the CRM's own word, or absent from a complete scan whose scope did not shrink.

    Args:
        complete: (connection, object) that were scanned completely.
        shrank: connections that see less than before. "Permissions shrank" is never read as "deleted".
    """
    return frozenset(
        g.ref
        for g in gone
        if g.merged_into is None
        and (g.proof != "absent" or ((g.ref.connection, g.ref.object) in complete and g.ref.connection not in shrank))
    )


def stand(links: Iterable[Link], sights: Sights) -> tuple[Link, ...]:
    """The links of one golden record after a cycle, sorted by ref.

    A link follows its record: merged away or deleted it is gone, and back in play when it reappears; uncovered it is
    suspended, covered by another mapping it changes role and keeps its bases; a converted lead stays converted. Of
    those in play in one object the oldest is live, the others surplus.
    """
    seen = [_seen(link, sights) for link in sorted(links, key=lambda link: link.ref)]
    heads: dict[tuple[str, str], Ref] = {}
    for link in sorted((s for s in seen if in_play(s)), key=seniority):
        heads.setdefault((link.ref.connection, link.ref.object), link.ref)
    return tuple(_ranked(link, heads) if in_play(link) else link for link in seen)


def in_play(link: Link) -> bool:
    return link.state in IN_PLAY


def seniority(link: Link) -> tuple[int, People, str]:
    """Smaller is older: by when the CRM made the record, then by its id as people count (9 before 10)."""
    return link.age, as_people_count(link.ref.id), link.ref.id


def _seen(link: Link, sights: Sights) -> Link:
    """The link by what the cycle saw of its record; in play it is called surplus until the oldest is known."""
    ref = link.ref
    # The CRM says that another record stands for it.
    if ref in sights.succession.merged:
        return replace(link, state="gone")
    if ref in sights.succession.converted or link.state == "converted":
        return replace(link, state="converted")
    # It went; one that was captured in the same cycle is there.
    if ref in sights.gone and ref not in sights.covered:
        return replace(link, state="gone")
    # Nobody saw it: it stays as it is.
    if ref not in sights.covered:
        return link
    # It is there, covered by no mapping, by its own, or by another.
    mapping = sights.covered[ref]
    if mapping is None:
        return replace(link, state="suspended")
    return replace(link, state="surplus", role=mapping.role)


def _ranked(link: Link, heads: Mapping[tuple[str, str], Ref]) -> Link:
    return replace(link, state="live" if heads[link.ref.connection, link.ref.object] == link.ref else "surplus")


def changed(before: Sequence[Link], after: Sequence[Link]) -> tuple[Link, ...]:
    """The links that are not as they were, sorted by ref."""
    known = {link.id: link for link in before}
    return tuple(sorted((a for a in after if known.get(a.id) != a), key=lambda link: link.ref))
