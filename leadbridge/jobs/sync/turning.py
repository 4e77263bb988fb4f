"""One golden record's turn: its links stand, its fields are merged, and what its links are owed becomes rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from leadbridge.conditions import ConditionError
from leadbridge.golden import Golden, Link
from leadbridge.jobs.sync.chunk import Around, Chunk
from leadbridge.jobs.sync.prints import of_write
from leadbridge.jobs.sync.references import PENDING, columns
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.merge.creating import Creating, create_key, owed_creates
from leadbridge.merge.departing import Departing, Departure, depart, returned
from leadbridge.merge.model import Conflict, Merged, Owed, Side
from leadbridge.merge.record import edited, merge
from leadbridge.merge.standing import Sights, age_of, stand
from leadbridge.merge.uniting import inherit, unite
from leadbridge.plan import sync_drafting as drafting
from leadbridge.plan.sync_rows import Settle, Write
from leadbridge.records import Ref, Reject
from leadbridge.state.model import StoredGolden, StoredLink
from leadbridge.values import MISSING, Raw

WITHHOLDING = frozenset({"identity", "delete", "uncertain", "edited_key"})
"""Questions that must be answered before a record is made."""


@dataclass(slots=True)
class Drawn:
    """What a turn gives.

    Attributes:
        rejects: fields that no CRM can be told, and creates whose role cannot be told.
    """

    settle: Settle | None = None
    writes: list[Write] = field(default_factory=list)
    rejects: list[tuple[Ref, Reject]] = field(default_factory=list)


class Turn:
    def __init__(self, around: Around, chunk: Chunk, number: int) -> None:
        self._around = around
        self._scene = around.scene
        self._chunk = chunk
        self._number = number
        self._unites = around.identities.united.get(number, ())
        self._stored = chunk.links.get(number, ())
        self._staged = {ref: chunk.staged[ref] for ref in chunk.refs.get(number, ()) if ref in chunk.staged}
        self._was = self._golden()
        self._drawn = Drawn()
        self._due: set[int] = set()
        self._pending: set[int] = set()
        self._waits = False

    def draw(self) -> Drawn:
        before = [replace(stored.link, golden=self._number) for stored in self._stored]
        moved = self._around.identities.moved
        known = [replace(link, ref=moved.get(link.ref, link.ref)) for link in before]
        after = stand([*known, *self._newcomers()], self._sights())
        merged = self._merged(after)
        departures = self._departures(merged, before, after)
        self._write(merged, after, departures)
        self._settle(merged, before, after, departures)
        return self._drawn

    # --- what is known

    def _golden(self) -> StoredGolden:
        stored = self._chunk.goldens.get(self._number)
        if stored is not None:
            return stored
        role = next((row.role for row in self._staged.values() if row.role), "")
        return StoredGolden(Golden(self._number, self._scene.subject_of(role).name), 0)

    def _mapping(self, link: Link) -> ObjectMapping | None:
        """Through which the merge reads and writes a link's record."""
        row = self._staged.get(link.ref)
        found = self._scene.mapping_of(link.ref, link.role, row.mapping if row else "")
        return None if found is None else self._around.references.agreed(link.ref.connection, found)

    def _newcomers(self) -> Iterator[Link]:
        for ref, row in sorted(self._staged.items()):
            mapping = self._scene.mapping_of(ref, row.role, row.mapping)
            if ref in self._chunk.link_ids and mapping is not None:
                age = age_of(mapping.read(row.record.values).get("created_at", MISSING))
                base = self._inherited(ref, mapping)
                yield Link(self._chunk.link_ids[ref], self._number, ref, row.role, "live", base, age)

    def _inherited(self, ref: Ref, mapping: ObjectMapping) -> Mapping[str, Raw]:
        """Of a contact that a conversion made: the lead's bases."""
        leads = set(self._around.identities.succession.made.get(ref, ()))
        links = sorted((s.link for s in self._stored if s.link.ref in leads), key=lambda link: link.ref)
        read_by = [(link, found) for link in links if (found := self._mapping(link)) is not None]
        return inherit(read_by, self._around.references.agreed(ref.connection, mapping)) if read_by else {}

    def _sights(self) -> Sights:
        covered = {ref: self._scene.mapping_of(ref, row.role, row.mapping) for ref, row in self._staged.items()}
        return Sights(covered, self._around.gone, self._around.identities.succession)

    # --- what is decided

    def _merged(self, after: Sequence[Link]) -> Merged:
        golden: Golden = self._was.golden
        conflicts: tuple[Conflict, ...] = ()
        policies = self._scene.policies[golden.subject]
        if self._unites:
            subject = self._scene.subject(golden.subject)
            golden, conflicts = unite(self._number, self._members(), subject, policies, self._around.run)
        lifted = self._lifted()
        if lifted:
            golden = replace(golden, fields={n: held for n, held in golden.fields.items() if n not in lifted})
        sides = [side for link in after if (side := self._side(link)) is not None]
        merged = merge(golden, sides, policies, self._around.run)
        return replace(merged, conflicts=(*conflicts, *merged.conflicts)) if conflicts else merged

    def _members(self) -> list[Golden]:
        """The golden records that become one; that which the CRM kept comes first."""
        heirs = set(self._around.identities.succession.heirs.values())
        of = {s.link.ref: s.link.golden for s in self._stored}
        kept = {golden for ref, golden in of.items() if ref in heirs}
        members = {n: s.golden for n in (self._number, *self._unites) if (s := self._chunk.goldens.get(n)) is not None}
        first = min(kept & members.keys(), default=self._number)
        return [members[n] for n in sorted(members, key=lambda n: (n != first, n))]

    def _side(self, link: Link) -> Side | None:
        mapping = self._mapping(link)
        if mapping is None:
            return None
        row = self._staged.get(link.ref)
        captured = None if row is None else self._values(link, mapping)
        return Side(link, mapping, captured, self._guarded(link))

    def _values(self, link: Link, mapping: ObjectMapping) -> dict[str, Raw]:
        wanted = columns(mapping)
        return {name: raw for name, raw in self._staged[link.ref].record.values.items() if name in wanted}

    def _guarded(self, link: Link) -> frozenset[str]:
        held = {h.field for n in self._everybody() for h in self._chunk.holds.get(n, ()) if h.link in {0, link.id}}
        asked = {r.field for n in self._everybody() for r in self._chunk.reviews.get(n, ()) if r.kind == "field"}
        if "" in held:
            return frozenset(self._scene.subject(self._was.golden.subject).fields)
        return frozenset((held - self._lifted()) | asked)

    def _lifted(self) -> frozenset[str]:
        """Fields that an undo held and that somebody edited since: that edit counts, and it alone."""
        held = {h.field for n in self._everybody() for h in self._chunk.holds.get(n, ())}
        if not held:
            return frozenset()
        here = [stored.link for stored in self._stored if stored.link.ref in self._staged]
        mapped = [(link, mapping) for link in here if (mapping := self._mapping(link)) is not None]
        return edited(Side(link, mapping, self._values(link, mapping)) for link, mapping in mapped) & held

    def _everybody(self) -> tuple[int, ...]:
        return (self._number, *self._unites)

    def _departures(self, merged: Merged, before: Sequence[Link], after: Sequence[Link]) -> tuple[Departure, ...]:
        mappings = {link.ref: mapping for link in after if (mapping := self._mapping(link)) is not None}
        touched = any(move.new.ref is not None for move in merged.moves) or bool(merged.conflicts)
        scene = Departing(before, after, mappings, touched, frozenset(), self._scene.job.deletes, self._scene.writable)
        merged_away = self._around.identities.succession.merged
        found = [one for one in depart(merged.golden, scene) if one.ref not in merged_away]
        wanted = self._around.asked_to_delete.get(self._number)
        if wanted is not None:
            live = [link for link in after if link.state == "live" and link.ref.connection != wanted[0].connection]
            found.append(Departure(wanted[0], "propagated", tuple(live)))
        return tuple(found)

    # --- what is written

    def _write(self, merged: Merged, after: Sequence[Link], departures: Sequence[Departure]) -> None:
        takes_part = self._takes_part(merged)
        self._note_rejects(merged, after)
        deletes = {link.id: (link, one) for one in departures for link in one.deletes}
        for link, departure in deletes.values():
            self._delete(link, merged, departure)
        for owed in merged.owed:
            if owed.link.id not in deletes:
                self._update(owed, merged, takes_part=takes_part)
        if takes_part:
            self._create(merged, after, withheld=self._withheld(after) or any(d.asks for d in departures))

    def _takes_part(self, merged: Merged) -> bool:
        if self._scene.where is None:
            return True
        try:
            return self._scene.where.includes(merged.golden.values)
        except ConditionError as error:
            remedy = "guard the job's `where`, for example with has(record.field)"
            ref = min((*self._staged, *(s.link.ref for s in self._stored)))
            self._drawn.rejects.append((ref, Reject("condition", f"where: {error}", remedy, str(ref))))
            return False

    def _note_rejects(self, merged: Merged, after: Sequence[Link]) -> None:
        """What cannot be told; a reference to a record that is not there yet is owed, and no reject."""
        by_name = {str(link.ref): link for link in after}
        for reject in merged.rejects:
            link = by_name[reject.source]
            if reject.code == PENDING:
                self._pending.add(link.id)
                self._due.add(link.id)
            elif self._scene.can_write(link.ref.connection, link.ref.object):
                self._drawn.rejects.append((link.ref, reject))

    def _delete(self, link: Link, merged: Merged, departure: Departure) -> None:
        mapping = self._mapping(link)
        if mapping is not None and self._scene.can_write(link.ref.connection, link.ref.object):
            raws = self._values(link, mapping) if link.ref in self._staged else link.base
            self._add(drafting.delete(link, merged.golden, mapping, raws, departure), link.ref)

    def _update(self, owed: Owed, merged: Merged, *, takes_part: bool) -> None:
        link, mapping = owed.link, self._mapping(owed.link)
        mine = link.ref.connection in self._scene.providers and link.role in self._scene.roles
        if mapping is None or (mine and not self._scene.can_write(link.ref.connection, link.ref.object)):
            return
        self._due.add(link.id)
        if mine and takes_part and not self._unread(link):
            write = drafting.update(owed, merged, mapping)
            self._add(replace(write, owes_more=link.id in self._pending), link.ref)

    def _unread(self, link: Link) -> bool:
        """Whether nobody knows what the record holds: its base may not say so."""
        if link.ref in self._staged:
            return False
        known = next((stored for stored in self._stored if stored.link.id == link.id), None)
        can_read = self._scene.providers[link.ref.connection].capabilities.read_back
        return known is None or known.link.state != "live" or (known.due and can_read)

    def _create(self, merged: Merged, after: Sequence[Link], *, withheld: bool) -> None:
        around, golden = self._around, merged.golden
        referred = around.references.goldens_in(golden.subject, golden.values)
        account = referred.get("organisation")
        scene = Creating(
            targets=self._scene.targets,
            create_as=self._scene.create_as,
            account_known={name for name in self._scene.providers if self._is_there(name, account)},
            withheld=withheld,
            referred=referred,
        )
        found = owed_creates(golden, after, scene)
        first = min(link.ref for link in after)
        self._drawn.rejects += [(first, reject) for reject in found.rejects]
        awaits = tuple(sorted({row.connection for row in found.rows}))
        if withheld:
            around.waiting |= {(target.connection, golden.id) for target in self._scene.targets}
        for row in found.rows:
            key = create_key(around.state, golden.id, row.connection, row.mapping.object)
            made = replace(drafting.create(row, merged, key, around.references.ids), awaits=awaits)
            named = {(row.connection, number) for number in made.refers.values()}
            if named & around.waiting:
                around.waiting.add((row.connection, golden.id))
                self._waits = True
                continue
            self._add(replace(made, owes_more=bool(named - around.made)), Ref(row.connection, made.object, key))

    def _is_there(self, connection: str, golden: int | None) -> bool:
        """Whether a golden record has a record there, or will have one before those that refer to it are made."""
        around = self._around
        at = connection, golden or 0
        return at in around.references.ids or at in around.made

    def _withheld(self, after: Sequence[Link]) -> bool:
        if self._number in self._around.identities.open:
            return True
        open_ = (review for n in self._everybody() for review in self._chunk.reviews.get(n, ()))
        if any(review.kind in WITHHOLDING for review in open_):
            return True
        if any(h.field == "" for n in self._everybody() for h in self._chunk.holds.get(n, ())):
            return True
        source = self._scene.job.sync[0]
        one_way = self._scene.job.direction == "one_way"
        return one_way and not any(link.state == "live" and link.ref.connection == source for link in after)

    def _add(self, write: Write, ref: Ref) -> None:
        """What the CRM has refused is not sent again as long as nothing of it changed."""
        print_ = of_write(write, self._around.prints.get((write.connection, write.object, write.role), ""))
        if any(row.print == print_ for row in self._chunk.refused.get(ref, ())):
            if write.verb == "create":
                self._around.waiting.add((write.connection, write.golden))
            return
        self._drawn.writes.append(write)
        self._around.referred.update(write.refers.values())
        if write.verb == "create" and write.subject == "organisation":
            self._around.made.add((write.connection, write.golden))

    # --- what is settled

    def _settle(
        self, merged: Merged, before: Sequence[Link], after: Sequence[Link], departures: Sequence[Departure]
    ) -> None:
        drawn = drafting.settle(
            drafting.Turn(
                version=self._was.version,
                golden=self._was.golden,
                merged=merged,
                before=before,
                after=after,
                unites=self._unites,
                writes=self._drawn.writes,
                departures=departures,
                asked=self._around.identities.asked.get(self._number, ()),
                returned=returned(before, after),
                captured=self._staged,
            )
        )
        row = drawn or Settle(self._number, self._was.golden.subject, self._was.version)
        live = {link.id for link in after if link.state == "live"}
        due = {*row.due, *self._due} & live
        was_due = {stored.link.id for stored in self._stored if stored.due}
        mine = {stored.link.id for stored in self._stored if self._is_mine(stored)}
        row = replace(
            row,
            due=tuple(sorted(due)),
            undue=tuple(sorted((was_due & mine) - due)),
            owed=not self._was.due and (self._waits or any(write.verb == "create" for write in self._drawn.writes)),
            mended=tuple(sorted(self._mended(after, due))),
            carried=self._around.asked_to_delete.get(self._number, (None,))[1:],
        )
        news = replace(row, due=tuple(due - was_due))
        self._drawn.settle = row if news.says or self._drawn.writes else None

    def _is_mine(self, stored: StoredLink) -> bool:
        return stored.link.ref.connection in self._scene.providers and stored.link.role in self._scene.roles

    def _mended(self, after: Sequence[Link], due: set[int]) -> Iterator[Ref]:
        """Records that were refused something and are owed nothing any more."""
        for link in after:
            refused = self._chunk.refused.get(link.ref, ())
            if link.id not in due and any(row.number is not None for row in refused):
                yield link.ref
