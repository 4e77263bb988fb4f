"""What is counted once all is quiet."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import asdict, dataclass, fields

from benchmarks.simulation.bridge import Logged
from benchmarks.simulation.layout import EDITED, table_of
from benchmarks.simulation.ledger import Edit, Ledger
from benchmarks.simulation.world import World
from leadbridge.records import Ref


@dataclass(frozen=True, slots=True)
class Score:
    """
    Attributes:
        edits: values that people wrote.
        edits_lost: edits that nobody knowingly replaced, whose value is nowhere and in no log.
        duplicates: records that the tool made where the subject had one already, or had had one.
        noop_writes: updates that said what the record said already, and all writes of a run after which nothing was
            left to do.
        divergent_fields: fields that two CRMs disagree about after quiet.
        wrong_deletes: records that the tool deleted although nobody deleted the subject, or somebody edited it since.
        orphans: records of people whose account the tool lost.
        calls: of all methods that reach a CRM.
    """

    edits: int = 0
    edits_lost: int = 0
    duplicates: int = 0
    noop_writes: int = 0
    divergent_fields: int = 0
    wrong_deletes: int = 0
    orphans: int = 0
    calls: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Score)))

    @property
    def faults(self) -> int:
        return sum(getattr(self, name) for name in FAULTS)

    def report(self) -> dict[str, float]:
        found: dict[str, float] = asdict(self)
        calls = found.pop("calls")
        return {**found, "calls_per_change": round(calls / self.edits, 3) if self.edits else 0.0}


FAULTS = ("edits_lost", "duplicates", "noop_writes", "divergent_fields", "wrong_deletes", "orphans")


def score(world: World, logged: Iterable[Logged], late_writes: int) -> Score:
    ledger = world.ledger
    return Score(
        edits=len(ledger.edits),
        edits_lost=sum(1 for _ in lost(world, logged)),
        duplicates=ledger.made.total(),
        noop_writes=ledger.noop_writes + late_writes,
        divergent_fields=sum(1 for _ in divergent(world)),
        wrong_deletes=ledger.wrong_deletes,
        orphans=sum(1 for _ in orphans(world)),
        calls=ledger.calls,
    )


def lost(world: World, logged: Iterable[Logged]) -> Iterable[Edit]:
    """Edits of records that are still there, that no later edit replaced, and that are neither held nor logged."""
    ledger, known = world.ledger, set(logged)
    replaced = {_said(ledger.edits[edit.over]) for edit in ledger.edits if edit.over is not None}
    shown: dict[tuple[str, str], set[object]] = {}
    for tag in ledger.tags:
        for ref in _firsts(world, tag):
            at = table_of(ref.connection, ref.object)
            for name in EDITED[at.kind]:
                if name in at.columns:
                    shown.setdefault((tag, name), set()).add(world.value(ref, name))
    for edit in ledger.edits:
        if edit.field == "out":
            if _opt_out_lost(world, edit, shown):
                yield edit
            continue
        gone = ledger.records[edit.ref].gone or edit.of_twin
        if gone or _said(edit) in replaced or _said(edit) in known or _yields(edit, ledger, known):
            continue
        if edit.value in shown.get((edit.tag, edit.field), {edit.value}):
            continue
        yield edit


def _said(edit: Edit) -> Logged:
    """Two people who wrote one value are of one mind."""
    return edit.tag, edit.field, edit.value


def _yields(edit: Edit, ledger: Ledger, known: Container[Logged]) -> bool:
    """A blank says nothing where no value was agreed yet: in a new record, over a value that was overruled, and before
    a twin that takes over.
    """
    if edit.value != "":
        return False
    overruled = edit.over is not None and _said(ledger.edits[edit.over]) in known
    return edit.hasty or overruled or any(e.of_twin for e in ledger.edits if e.tag == edit.tag)


def _opt_out_lost(world: World, edit: Edit, shown: dict[tuple[str, str], set[object]]) -> bool:
    """Yes and no cannot be told apart from the same word of somebody else: only the last word counts, if it is yes,
    and was not taken back and given again before anybody saw it; nor where a run that was cut short was about to bring
    that very word, which its own author has taken back since: nobody can tell who wrote it.
    """
    ledger = world.ledger
    last = max(e.number for e in ledger.edits if (e.tag, e.field) == (edit.tag, edit.field))
    if edit.number != last or edit.value is not True or edit.hasty or edit.of_twin or ledger.records[edit.ref].gone:
        return False
    return shown.get((edit.tag, "out")) != {True} and not _was_on_its_way(ledger, edit)


def _was_on_its_way(ledger: Ledger, edit: Edit) -> bool:
    taken_back = {other.over for other in ledger.edits if other.over is not None}
    same = (e for e in ledger.edits[edit.told : edit.number] if _said(e) == _said(edit) and e.ref != edit.ref)
    return any(one.number in taken_back for one in same)


def divergent(world: World) -> Iterable[tuple[str, str, dict[Ref, object]]]:
    for tag in world.ledger.tags:
        says: dict[str, dict[Ref, object]] = {}
        for ref in _firsts(world, tag):
            at = table_of(ref.connection, ref.object)
            for name in EDITED[at.kind]:
                if name in at.columns:
                    says.setdefault(name, {})[ref] = world.value(ref, name)
        for name, found in says.items():
            if len(set(found.values())) > 1:
                yield tag, name, found


def orphans(world: World) -> Iterable[Ref]:
    """Records that name an account that is not there, or none though the person's record elsewhere names one that
    is in this CRM too."""
    for tag in world.ledger.tags:
        named = {ref: world.account_tag(ref) for ref in _firsts(world, tag)}
        accounts = {account for account in named.values() if account}
        for ref, account in named.items():
            kept = world.ledger.records[ref]
            at = table_of(ref.connection, ref.object)
            if "account" not in at.columns or not kept.by_tool:
                continue
            if account is None or (account == "" and _has(world, ref.connection, accounts)):
                yield ref


def _has(world: World, connection: str, accounts: set[str]) -> bool:
    return any(ref.connection == connection for tag in accounts for ref in world.ledger.live(tag))


def _firsts(world: World, tag: str) -> list[Ref]:
    """The oldest record of each CRM; its twins are nobody's business."""
    found: dict[str, Ref] = {}
    for ref in world.ledger.live(tag):
        found.setdefault(ref.connection, ref)
    return list(found.values())
