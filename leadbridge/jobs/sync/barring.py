"""By what an erased person is known when a record of theirs comes again: keyed hashes, made with nothing else to read.

A record is barred by its own ref, by the e-mail address, and by a phone number together with the family name: a number
alone may be a whole company's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from leadbridge.jobs.capture import Capture
from leadbridge.matching.keys import keys_of, kind_of, text_of
from leadbridge.matching.normal import fold
from leadbridge.records import Captured, Ref, Reject
from leadbridge.state import erasures, links
from leadbridge.state.erasures import Erasure
from leadbridge.state.marking import key_of, make_key, mark_of
from leadbridge.state.scrubbing import OF_ERASURES
from leadbridge.state.store import Store
from leadbridge.state.transactions import Snapshot
from leadbridge.values import Value

PERSON: Final = "person"
ERASED, OWED = OF_ERASURES


class Marks:
    def __init__(self, key: bytes) -> None:
        self._key = key

    def of_ref(self, ref: Ref) -> str:
        return mark_of(self._key, "ref", "\0".join((ref.connection, ref.object, ref.id)))

    def of_values(self, values: Mapping[str, Value]) -> Iterator[str]:
        """Of a person's values."""
        name = fold(text_of(values, "last_name"))
        for key in keys_of(PERSON, values, ("email", "phone")):
            yield mark_of(self._key, kind_of(key), key if kind_of(key) == "email" else f"{key}\0{name}")

    def of(self, captured: Captured) -> list[str]:
        return [self.of_ref(captured.ref), *self.of_values(captured.values)]


def marks_for(store: Store, *, erasing: bool) -> Marks | None:
    """What marks are made with; None where nobody was ever erased, nor is now. Raises StateError: the key is lost."""
    if erasing:
        with store.begin() as tx:
            return Marks(make_key(tx, store.file))
    with store.read() as snapshot:
        key = key_of(snapshot, store.file) if erasures.exist(snapshot) else None
    return None if key is None else Marks(key)


def barred(snapshot: Snapshot, marks: Marks, newcomers: Iterable[Captured]) -> dict[Ref, Erasure]:
    """Those of these records that are of somebody who was erased."""
    mine = {one.ref: marks.of(one) for one in newcomers if one.subject == PERSON}
    known = erasures.known(snapshot, [mark for some in mine.values() for mark in some])
    found = ((ref, next((known[mark] for mark in some if mark in known), None)) for ref, some in mine.items())
    return {ref: erasure for ref, erasure in found if erasure is not None}


def refusal(ref: Ref, source: str, erasure: Erasure) -> Reject:
    return Reject(
        code=ERASED,
        reason=f"somebody who was erased by run {erasure.run} is there again; nothing of the record is taken",
        remedy=f"delete it there, or, if they want to be known again: leadbridge release --erasure {erasure.golden}",
        source=source or str(ref),
    )


def let_in(store: Store, captured: Capture) -> Capture:
    """What a job that converts may look at: nobody who was erased, nor whose erasure is under way."""
    marks = marks_for(store, erasing=False)
    if marks is None:
        return captured
    with store.read() as snapshot:
        linked = links.by_refs(snapshot, [one.ref for one in captured.records])
        pending = erasures.pending(snapshot)
        found = barred(snapshot, marks, (one for one in captured.records if one.ref not in linked))
    leaving = {ref for ref, stored in linked.items() if stored.link.golden in pending} | found.keys()
    sources = {one.ref: one.record.source for one in captured.records}
    told = (refusal(ref, sources[ref], erasure) for ref, erasure in found.items())
    records = tuple(one for one in captured.records if one.ref not in leaving)
    return replace(captured, records=records, rejects=(*captured.rejects, *told))
