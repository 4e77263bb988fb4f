"""What is known of one golden record when its turn comes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from leadbridge.golden import Golden, Link
from leadbridge.jobs.sync.chunk import Around, Chunk
from leadbridge.mapping.columns import columns
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.merge.model import Side
from leadbridge.merge.record import edited
from leadbridge.merge.standing import Sights, age_of
from leadbridge.merge.uniting import inherit
from leadbridge.records import Ref
from leadbridge.state.model import StoredGolden, StoredLink
from leadbridge.values import MISSING, Raw


class AtHand:
    """
    Attributes:
        unites: golden records that become part of it.
        stored: its links, and theirs.
        staged: records that were captured, or read again.
        was: the golden record before; at version 0 where it is new.
    """

    def __init__(self, around: Around, chunk: Chunk, number: int) -> None:
        self._around = around
        self._scene = around.scene
        self._chunk = chunk
        self.number = number
        self.unites = around.identities.united.get(number, ())
        self.stored = chunk.links.get(number, ())
        self.staged = {ref: chunk.staged[ref] for ref in chunk.refs.get(number, ()) if ref in chunk.staged}
        self.was = self._golden()

    def _golden(self) -> StoredGolden:
        stored = self._chunk.goldens.get(self.number)
        if stored is not None:
            return stored
        role = next((row.role for row in self.staged.values() if row.role), "")
        return StoredGolden(Golden(self.number, self._scene.subject_of(role).name), 0)

    def mapping(self, link: Link) -> ObjectMapping | None:
        """Through which the merge reads and writes a link's record."""
        row = self.staged.get(link.ref)
        found = self._scene.mapping_of(link.ref, link.role, row.mapping if row else "")
        return None if found is None else self._around.references.agreed(link.ref.connection, found)

    def newcomers(self) -> Iterator[Link]:
        for ref, row in sorted(self.staged.items()):
            mapping = self._scene.mapping_of(ref, row.role, row.mapping)
            if ref in self._chunk.link_ids and mapping is not None:
                told = mapping.read(row.record.values) if "created_at" in {t.name for t in mapping.targets} else {}
                age = age_of(told.get("created_at", MISSING))
                base = self._inherited(ref, mapping)
                yield Link(self._chunk.link_ids[ref], self.number, ref, row.role, "live", base, age)

    def _inherited(self, ref: Ref, mapping: ObjectMapping) -> Mapping[str, Raw]:
        """Of a contact that a conversion made: the lead's bases."""
        leads = set(self._around.identities.succession.made.get(ref, ()))
        links = sorted((s.link for s in self.stored if s.link.ref in leads), key=lambda link: link.ref)
        read_by = [(link, found) for link in links if (found := self.mapping(link)) is not None]
        return inherit(read_by, self._around.references.agreed(ref.connection, mapping)) if read_by else {}

    def sights(self) -> Sights:
        covered = {ref: self._scene.mapping_of(ref, row.role, row.mapping) for ref, row in self.staged.items()}
        return Sights(covered, self._around.gone, self._around.identities.succession)

    def members(self) -> list[Golden]:
        """The golden records that become one; that which the CRM kept comes first."""
        heirs = set(self._around.identities.succession.heirs.values())
        of = {s.link.ref: s.link.golden for s in self.stored}
        kept = {golden for ref, golden in of.items() if ref in heirs}
        members = {n: s.golden for n in (self.number, *self.unites) if (s := self._chunk.goldens.get(n)) is not None}
        first = min(kept & members.keys(), default=self.number)
        return [members[n] for n in sorted(members, key=lambda n: (n != first, n))]

    def side(self, link: Link) -> Side | None:
        mapping = self.mapping(link)
        if mapping is None:
            return None
        row = self.staged.get(link.ref)
        captured = None if row is None else self.values(link, mapping)
        stamps = {} if row is None or row.record.stamps is None else self._stamps(mapping, row.record.stamps)
        place = "" if row is None else self._scene.place(row.record)
        return Side(link, mapping, captured, self.guarded(link), stamps, place)

    def _stamps(self, mapping: ObjectMapping, stamps: Mapping[str, datetime]) -> dict[str, datetime]:
        """Of the fields whose newest value counts."""
        wanted = self._scene.stamped[self.was.golden.subject]
        columns = ((f.column, target.name) for f in mapping.fields for target in f.targets if target.name in wanted)
        return {name: stamps[column] for column, name in columns if column is not None and column in stamps}

    def values(self, link: Link, mapping: ObjectMapping) -> dict[str, Raw]:
        wanted = columns(mapping)
        return {name: raw for name, raw in self.staged[link.ref].record.values.items() if name in wanted}

    def guarded(self, link: Link) -> frozenset[str]:
        held = {h.field for n in self.everybody() for h in self._chunk.holds.get(n, ()) if h.link in {0, link.id}}
        asked = {r.field for n in self.everybody() for r in self._chunk.reviews.get(n, ()) if r.kind == "field"}
        if "" in held:
            return frozenset(self._scene.subject(self.was.golden.subject).fields)
        return frozenset((held - self.lifted()) | asked)

    def asked(self) -> frozenset[str]:
        """Fields about which a person is asked, and that nothing else guards."""
        found = {r.field for n in self.everybody() for r in self._chunk.reviews.get(n, ()) if r.kind == "field"}
        return frozenset(found - {h.field for n in self.everybody() for h in self._chunk.holds.get(n, ())})

    def lifted(self) -> frozenset[str]:
        """Fields that an undo held and that somebody edited since: that edit counts, and it alone."""
        held = {h.field for n in self.everybody() for h in self._chunk.holds.get(n, ())}
        if not held:
            return frozenset()
        here = [stored.link for stored in self.stored if stored.link.ref in self.staged]
        mapped = [(link, mapping) for link in here if (mapping := self.mapping(link)) is not None]
        return edited(Side(link, mapping, self.values(link, mapping)) for link, mapping in mapped) & held

    def everybody(self) -> tuple[int, ...]:
        return (self.number, *self.unites)

    def unread(self, link: Link) -> bool:
        """Whether nobody knows what the record holds: its base may not say so."""
        if link.ref in self.staged:
            return False
        known = next((stored for stored in self.stored if stored.link.id == link.id), None)
        can_read = self._scene.providers[link.ref.connection].capabilities.read_back
        return known is None or known.link.state != "live" or (known.due and can_read)

    def is_mine(self, stored: StoredLink) -> bool:
        return stored.link.ref.connection in self._scene.providers and stored.link.role in self._scene.roles
