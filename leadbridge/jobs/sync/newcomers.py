"""The turn of a golden record that is new, of one record, and about which nothing is open: most turns of an import.

Where nobody else has a say there is nothing to weigh: all that the record says is taken, and each CRM that lacks it is
owed a record. What is drawn here is exactly what :class:`leadbridge.jobs.sync.turning.Turn` would draw.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from leadbridge.conditions import ConditionError
from leadbridge.golden import Link
from leadbridge.jobs.sync.chunk import Around, Chunk
from leadbridge.jobs.sync.scene import OWN
from leadbridge.jobs.sync.turning import Drawn
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.merge.creating import Create, Creating, create_key, owed_creates
from leadbridge.merge.standing import age_of
from leadbridge.plan.model import label
from leadbridge.plan.sync_rows import LinkChange, Said, Settle, Taken, Write
from leadbridge.records import Ref
from leadbridge.state.model import StagedRow
from leadbridge.values import MISSING, Raw, Value, is_present

_RULE: Final = "first contact"


@dataclass(frozen=True, slots=True)
class _Reader:
    """How one mapping's records are read.

    Attributes:
        mapping: as the merge uses it.
        bases: provider field -> the canonical field that it fills.
    """

    mapping: ObjectMapping
    bases: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Told:
    """The golden record to be, without where each of its values comes from."""

    id: int
    subject: str
    values: Mapping[str, Value]


class Newcomers:
    def __init__(self, around: Around) -> None:
        self._around = around
        self._scene = around.scene
        self._readers: dict[tuple[str, str], _Reader | None] = {}

    def draw(self, chunk: Chunk, number: int) -> Drawn | None:
        """What its turn gives; None for a golden record that is no such newcomer."""
        refs = chunk.refs.get(number, ())
        if len(refs) != 1 or number in chunk.goldens or number in self._talked_about:
            return None
        (ref,) = refs
        row = chunk.staged.get(ref)
        reader = self._reader(ref, row) if row is not None and ref not in self._reported else None
        if row is None or reader is None or ref not in chunk.link_ids or row.record.stamps is not None:
            return None
        link = Link(chunk.link_ids[ref], number, ref, row.role, "live", {}, age_of(row.said.get("created_at", MISSING)))
        return self._drawn(link, reader, row)

    @cached_property
    def _talked_about(self) -> frozenset[int]:
        """Golden records about which something is known besides what their records say."""
        found = self._around.identities
        united = {number for some in found.united.values() for number in some}
        return frozenset({*found.open, *found.asked, *found.united, *united, *self._around.asked_to_delete})

    @cached_property
    def _reported(self) -> frozenset[Ref]:
        """Records of which the CRMs report something."""
        succession = self._around.identities.succession
        families = {ref for family in succession.families for ref in family}
        return frozenset({*succession.heirs, *succession.made, *families})

    def _reader(self, ref: Ref, row: StagedRow) -> _Reader | None:
        """None where the mapping cannot be read so: a reference, a template, a column for several fields."""
        at = ref.connection, row.mapping
        if at not in self._readers:
            self._readers[at] = self._found(ref, row)
        return self._readers[at]

    def _found(self, ref: Ref, row: StagedRow) -> _Reader | None:
        told = self._scene.mapping_of(ref, row.role, row.mapping)
        if told is None or told.file.name != row.mapping:
            return None
        mapping = self._around.references.agreed(ref.connection, told)
        named = any(self._around.references.subjects(told.subject.name, target) for target in told.targets)
        source, one_way = self._scene.job.sync[0], self._scene.job.direction == "one_way"
        if named or not mapping.one_to_one or (one_way and ref.connection != source):
            return None
        bases = {f.column: target.name for f in mapping.fields for target in f.targets if f.column is not None}
        alone = len(bases) + len(mapping.constants) == len(mapping.fields)
        return _Reader(mapping, bases) if alone else None

    def _drawn(self, link: Link, reader: _Reader, row: StagedRow) -> Drawn | None:
        mapping, ref = reader.mapping, link.ref
        said = {n: value for n in sorted(row.said) if n not in OWN and is_present(value := row.said[n])}
        try:
            takes_part = self._scene.where is None or self._scene.where.includes(said)
            made = (
                owed_creates(_Told(link.golden, mapping.subject.name, said), (link,), self._creating)
                if takes_part
                else None
            )
        except ConditionError:
            return None
        awaits = tuple(sorted({row.connection for row in made.rows})) if made else ()
        place = self._scene.place(row.record) or str(ref)
        writes = [self._write(one, link, said, awaits, place) for one in made.rows] if made else []
        settle = Settle(
            golden=link.golden,
            subject=mapping.subject.name,
            taken=(Taken(_RULE, ref.connection, ref, None, {}, said),) if said else (),
            bases=_bases(link.id, reader, row),
            links=(LinkChange(link.id, ref, link.role, "live", age=link.age),),
            owed=bool(writes),
        )
        self._note(writes)
        return Drawn(settle, writes, [(ref, reject) for reject in made.rejects] if made else [])

    @cached_property
    def _creating(self) -> Creating:
        return Creating(self._scene.targets, self._scene.create_as)

    def _write(self, row: Create, link: Link, said: Mapping[str, Value], awaits: tuple[str, ...], place: str) -> Write:
        values, mapping = row.values, row.mapping
        names = [t.name for m in mapping.fields if m.column in values for t in m.targets]
        shown = {name: said[name] for name in names if name in said}
        return Write(
            verb="create",
            connection=row.connection,
            object=mapping.object,
            golden=link.golden,
            subject=mapping.subject.name,
            role=mapping.role,
            values=values,
            key=create_key(self._around.state, link.golden, row.connection, mapping.object),
            awaits=awaits,
            said=(Said(_RULE, place, {}, shown),) if shown else (),
            label=label(said),
        )

    def _note(self, writes: Iterable[Write]) -> None:
        """Who else refers to an organisation finds its record there."""
        for write in writes:
            if write.subject == "organisation":
                self._around.made.add((write.connection, write.golden))


def _bases(link: int, reader: _Reader, row: StagedRow) -> dict[int, dict[str, Raw]]:
    """What is agreed with the record: all of it that can be read."""
    raws = row.record.values
    agreed = {column: raws[column] for column, name in reader.bases.items() if column in raws and name in row.said}
    return {link: agreed} if agreed else {}
