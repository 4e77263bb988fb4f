"""What the links of one golden record are owed, as rows that write."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from leadbridge.conditions import ConditionError
from leadbridge.golden import Link
from leadbridge.jobs.sync.at_hand import AtHand
from leadbridge.jobs.sync.chunk import Around, Chunk
from leadbridge.jobs.sync.prints import of_write
from leadbridge.jobs.sync.references import PENDING
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.merge.creating import Creating, create_key, owed_creates
from leadbridge.merge.departing import Departure
from leadbridge.merge.model import Merged, Owed
from leadbridge.plan import sync_drafting as drafting
from leadbridge.plan.sync_rows import Write
from leadbridge.records import Ref, Reject

_WITHHOLDING: Final = frozenset({"identity", "delete", "uncertain", "edited_key"})
"""Questions that must be answered before a record is made."""


class Owing:
    """
    Attributes:
        rejects: fields that no CRM can be told, and creates whose role cannot be told.
        due: links that are owed something, whether or not this plan brings it.
        waits: whether a create waits for the record that it names.
        makes: whether a record is to be made somewhere: by this plan, or once a question is answered, what it names is
            there, or what refused it has changed.
    """

    def __init__(self, around: Around, chunk: Chunk, hand: AtHand) -> None:
        self._around = around
        self._scene = around.scene
        self._chunk = chunk
        self._hand = hand
        self._pending: set[int] = set()
        self._naming: dict[int, dict[str, int]] = {}  # link -> provider field -> golden record that this plan makes
        self.writes: list[Write] = []
        self.rejects: list[tuple[Ref, Reject]] = []
        self.due: set[int] = set()
        self.waits = False
        self.makes = False

    def draw(self, merged: Merged, after: Sequence[Link], departures: Sequence[Departure]) -> None:
        takes_part = self._takes_part(merged)
        self._note_rejects(merged, after)
        self._note_hidden(merged, after)
        deletes = {link.id: (link, one) for one in departures for link in one.deletes}
        for link, departure in deletes.values():
            self._delete(link, merged, departure)
        for owed in self._all_owed(merged, after):
            if owed.link.id not in deletes:
                self._update(owed, merged, takes_part=takes_part)
        if takes_part:
            asked = self._asked() or any(d.asks for d in departures)
            self._create(merged, after, withheld=asked or self._one_way(after))
            self.makes |= asked

    def _takes_part(self, merged: Merged) -> bool:
        if self._scene.where is None:
            return True
        try:
            return self._scene.where.includes(merged.golden.values)
        except ConditionError as error:
            remedy = "guard the job's `where`, for example with has(record.field)"
            ref = min((*self._hand.staged, *(s.link.ref for s in self._hand.stored)))
            self.rejects.append((ref, Reject("condition", f"where: {error}", remedy, str(ref))))
            return False

    def _note_rejects(self, merged: Merged, after: Sequence[Link]) -> None:
        """What cannot be told; a reference to a record that is not there yet is owed, and no reject."""
        by_name = {str(link.ref): link for link in after}
        for reject in merged.rejects:
            link = by_name[reject.source]
            if reject.code == PENDING:
                self._note_pending(link, reject.provider_field, merged)
            elif self._scene.can_write(link.ref, self._hand.mapping(link)):
                self.rejects.append((link.ref, reject))

    def _note_pending(self, link: Link, column: str, merged: Merged) -> None:
        """A reference to a record that this plan makes comes with the update; any other is owed until it is there."""
        self.due.add(link.id)
        number = self._named(link, column, merged)
        if number is not None and (link.ref.connection, number) in self._around.made:
            self._naming.setdefault(link.id, {})[column] = number
        else:
            self._pending.add(link.id)

    def _named(self, link: Link, column: str, merged: Merged) -> int | None:
        """The golden record that a link's provider field is to name."""
        mapping, golden = self._hand.mapping(link), merged.golden
        named = self._around.references.goldens_in(golden.subject, golden.values)
        targets = [t.name for f in (mapping.fields if mapping else ()) if f.column == column for t in f.targets]
        return next((named[name] for name in targets if name in named), None)

    def _all_owed(self, merged: Merged, after: Sequence[Link]) -> list[Owed]:
        """Those of the merge, and the links that nothing but a reference is owed."""
        alone = self._naming.keys() - {owed.link.id for owed in merged.owed}
        return [*merged.owed, *(Owed(link, {}, {}) for link in after if link.id in alone)]

    def _note_hidden(self, merged: Merged, after: Sequence[Link]) -> None:
        """What cannot be written because its provider field is gone is owed for when it is there again."""
        for link in after if self._scene.lost else ():
            hidden = self._scene.hidden(link) if link.state == "live" else None
            if hidden is not None and hidden.change(merged.golden.values, link.base).values:
                self._pending.add(link.id)
                self.due.add(link.id)

    def _delete(self, link: Link, merged: Merged, departure: Departure) -> None:
        mapping = self._hand.mapping(link)
        if mapping is not None and self._scene.can_write(link.ref, mapping):
            raws = self._hand.values(link, mapping) if link.ref in self._hand.staged else link.base
            self._add(drafting.delete(link, merged.golden, mapping, raws, departure), link.ref)

    def _update(self, owed: Owed, merged: Merged, *, takes_part: bool) -> None:
        link, mapping = owed.link, self._hand.mapping(owed.link)
        mine = link.ref.connection in self._scene.providers and link.role in self._scene.roles
        if mapping is None or (mine and not self._scene.can_write(link.ref, mapping)):
            return
        self.due.add(link.id)
        if mine and takes_part and not self._hand.unread(link):
            refers = self._naming.get(link.id, {})
            write = drafting.update(self._with_expected(owed, mapping, refers) if refers else owed, merged, mapping)
            self._add(replace(write, refers=refers, owes_more=link.id in self._pending), link.ref)

    def _with_expected(self, owed: Owed, mapping: ObjectMapping, refers: Iterable[str]) -> Owed:
        """What its references are to take the place of must still be there, too."""
        link = owed.link
        now = self._hand.values(link, mapping) if link.ref in self._hand.staged else link.base
        return replace(owed, expected={**owed.expected, **{name: now[name] for name in refers}})

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
        self.rejects += [(first, reject) for reject in found.rejects]
        self.makes = bool(found.rows or found.rejects)
        awaits = tuple(sorted({row.connection for row in found.rows}))
        if withheld:
            around.waiting |= {(target.connection, golden.id) for target in self._scene.targets}
        for row in found.rows:
            key = create_key(around.state, golden.id, row.connection, row.mapping.object)
            made = replace(drafting.create(row, merged, key, around.references.ids), awaits=awaits)
            named = {(row.connection, number) for number in made.refers.values()}
            if any(self._waits_itself(*one) for one in named):
                around.waiting.add((row.connection, golden.id))
                self.waits = True
                continue
            self._add(replace(made, owes_more=bool(named - around.made)), Ref(row.connection, made.object, key))

    def _waits_itself(self, connection: str, golden: int) -> bool:
        """Whether a record that a create names is not made either, in this plan or as long as a question is open."""
        around = self._around
        return (connection, golden) in around.waiting or golden in around.identities.open

    def _is_there(self, connection: str, golden: int | None) -> bool:
        """Whether a golden record has a record there, or will have one before those that refer to it are made."""
        around = self._around
        at = connection, golden or 0
        return at in around.references.ids or at in around.made

    def _asked(self) -> bool:
        """Whether a person must say something, or lift a hold, before a record is made."""
        if self._hand.number in self._around.identities.open:
            return True
        open_ = (review for n in self._hand.everybody() for review in self._chunk.reviews.get(n, ()))
        if any(review.kind in _WITHHOLDING for review in open_):
            return True
        return any(h.field == "" for n in self._hand.everybody() for h in self._chunk.holds.get(n, ()))

    def _one_way(self, after: Sequence[Link]) -> bool:
        """Whether no record is made because the source has none."""
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
        self.writes.append(write)
        self._around.referred.update(write.refers.values())
        if write.verb == "create" and write.subject == "organisation":
            self._around.made.add((write.connection, write.golden))
