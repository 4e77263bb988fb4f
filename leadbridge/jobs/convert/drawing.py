"""From a conversion plan to the rows of a kept plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from leadbridge.golden import Link
from leadbridge.jobs.convert.knowing import Knowledge
from leadbridge.jobs.convert.naming import Naming
from leadbridge.jobs.convert.translating import Translating
from leadbridge.jobs.outcome import Preview
from leadbridge.jobs.sync.references import References
from leadbridge.jobs.sync.scene import Scene
from leadbridge.plan.carrying import Note
from leadbridge.plan.conversion_rows import lower
from leadbridge.plan.layout import Scene as Planned
from leadbridge.plan.parts import ATTACHING
from leadbridge.plan.sync_rows import PlanRow
from leadbridge.records import Ref, Reject
from leadbridge.state.store import Store


@dataclass(frozen=True, slots=True)
class Drawn:
    """
    Attributes:
        rows: each with its part, see :mod:`leadbridge.plan.parts`, under the round's numbers; made as it is asked for.
        leads: records of leads that are converted.
        notes: what the policy asks for and a CRM does not do, and what no undo takes back.
    """

    rows: Iterator[tuple[int, PlanRow]]
    leads: frozenset[Ref]
    notes: tuple[Note, ...] = ()
    rejects: tuple[Reject, ...] = ()


def draw(  # noqa: PLR0913, PLR0917  (what is known, from three sides)
    store: Store,
    scene: Scene,
    knowledge: Knowledge,
    references: References,
    found: Preview,
    planned: Planned,
) -> Drawn:
    """Rows under their numbers: newcomers whose golden record is known come first."""
    plan = found.plan
    leads = frozenset(ref for conversion in plan.conversions for ref in conversion.lead.refs)
    used = leads | {row.ref for row in plan.rows if row.ref is not None}
    attaching = _by_golden(knowledge.attached, used)
    lowered = lower(
        plan, planned, scene.workspace.mappings.catalogue, knowledge.book, len(attaching) + 1, found.foretold
    )
    with store.begin() as tx:
        naming = Naming.of(tx, scene, knowledge, references, lowered.rows)
    translating = Translating(scene, knowledge, naming, frozenset(attaching))
    first = (
        (ATTACHING, PlanRow(number, translating.attach(golden, refs)))
        for number, (golden, refs) in enumerate(attaching.items(), 1)
    )
    rows = chain(first, zip(lowered.parts, map(translating.row, lowered.rows), strict=True))
    return Drawn(rows, leads, lowered.notes, lowered.rejects)


def _by_golden(attached: Mapping[Ref, Link], used: Iterable[Ref]) -> dict[int, list[Ref]]:
    found: dict[int, list[Ref]] = {}
    for ref in sorted(used):
        if ref in attached:
            found.setdefault(attached[ref].golden, []).append(ref)
    return dict(sorted(found.items()))
