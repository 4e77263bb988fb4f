"""Questions about twins: several records of one subject in one object, of which only the oldest is kept in step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from leadbridge.golden import Link
from leadbridge.jobs.sync.scene import Scene
from leadbridge.plan.sync_rows import Asked


def twins_asked(scene: Scene, before: Sequence[Link], after: Sequence[Link]) -> Iterator[Asked]:
    """A question for each link that became surplus in this cycle.

    Only where records that are there can be changed: in an inbox an edited row comes as a new one, and is no twin that
    somebody could clear away. Of records that are only read none is kept in step, so twins of them are no matter.
    """
    known = {link.id for link in before if link.state == "surplus"}
    fresh = [link for link in after if link.state == "surplus" and link.id not in known]
    if not fresh:
        return
    live = {(link.ref.connection, link.ref.object): link for link in after if link.state == "live"}
    for link in fresh:
        described = scene.described.get((link.ref.connection, link.ref.object))
        first = live.get((link.ref.connection, link.ref.object))
        if first is None or described is None:
            continue
        mapping = scene.mapping_of(first.ref, first.role)
        if described.writable and described.updates and (mapping is None or mapping.writable):
            subject = scene.subject_of(link.role).name
            why = f"{link.ref.id} is one {subject} with {first.ref.id}, the older, and only that is kept in step"
            yield Asked("surplus", (first.ref, link.ref), why, link.id)
