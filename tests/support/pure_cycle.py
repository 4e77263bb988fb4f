"""The whole pure cycle on dictionaries: identify, stand, merge, depart, create, rows; then settling and writing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pure_world import CONNECTIONS, MAPPINGS, PERSON, Capture, Crms, covering

from leadbridge.extend import Evidence, Pair
from leadbridge.golden import Golden, Held, Link
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.merge.creating import Creating, Target, create_key, owed_creates
from leadbridge.merge.departing import DeletePolicy, Departing, Departure, depart, returned
from leadbridge.merge.identity import Identified, Known, NewGolden, identify
from leadbridge.merge.model import Conflict, FieldPolicy, Merged, Side
from leadbridge.merge.record import merge
from leadbridge.merge.standing import Sights, in_play, stand
from leadbridge.merge.succession import Succession, resolve
from leadbridge.merge.uniting import inherit, unite
from leadbridge.plan import sync_drafting as drafting
from leadbridge.plan.sync_rows import Asked, PlanRow, Settle, Write, number_all
from leadbridge.records import Captured, Record, Ref
from leadbridge.values import Raw

TARGETS = tuple(Target(c, tuple(m for (at, _), m in MAPPINGS.items() if at == c)) for c in CONNECTIONS)


def judge(pairs: Sequence[Pair]) -> list[Evidence | None]:
    """An e-mail address is one person; a number alone is a question."""
    return [Evidence("same" if "email" in pair.keys else "unsure", "") for pair in pairs]


@dataclass
class State:
    """What LeadBridge remembers."""

    policies: Mapping[str, FieldPolicy]
    deletes: DeletePolicy = "park"
    goldens: dict[int, Golden] = field(default_factory=dict)
    links: dict[int, Link] = field(default_factory=dict)
    due: set[int] = field(default_factory=set)
    guarded: set[tuple[int, str]] = field(default_factory=set)
    doubts: dict[frozenset[Ref], Asked] = field(default_factory=dict)
    deleted: dict[Ref, Asked] = field(default_factory=dict)
    answers: dict[frozenset[Ref], str] = field(default_factory=dict)
    uncertain: dict[str, Write] = field(default_factory=dict)
    unheard: list[Write] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    aliases: dict[int, int] = field(default_factory=dict)
    same: list[frozenset[Ref]] = field(default_factory=list)
    runs: int = 0

    def at(self, ref: Ref) -> Link | None:
        return next((link for link in self.links.values() if link.ref == ref), None)

    def of(self, golden: int) -> list[Link]:
        return [link for link in self.links.values() if link.golden == golden]

    def root(self, golden: int) -> int:
        while golden in self.aliases:
            golden = self.aliases[golden]
        return golden

    def asked(self) -> set[int]:
        """Golden records with an open question about who they are, or about a deletion."""
        refs = {ref for refs in self.doubts for ref in refs} | set(self.deleted)
        return {link.golden for link in self.links.values() if link.ref in refs}


def known_values(link: Link, capture: Capture) -> Captured:
    raws = capture.records.get(link.ref, link.base)
    mapping = MAPPINGS[link.ref.connection, link.ref.object]
    return Captured(Record(link.ref, raws), "person", link.role, mapping.read(raws))


@dataclass
class Cycle:
    """One planning: it reads the state and a capture, and changes neither."""

    state: State
    capture: Capture
    succession: Succession = field(init=False)
    sights: Sights = field(init=False)
    covered: dict[Ref, ObjectMapping | None] = field(init=False)

    def __post_init__(self) -> None:
        self.succession = resolve(self.capture.events, self.state.same)
        self.covered = {ref: covering(ref, row) for ref, row in self.capture.records.items()}
        self.sights = Sights(self.covered, frozenset(self.capture.gone), self.succession)

    def plan(self) -> tuple[PlanRow, ...]:
        found = self._identified()
        links = self._links(found)
        united: dict[int, tuple[int, ...]] = {}
        for number, keep in found.united.items():
            united[keep] = (*united.get(keep, ()), number)
        groups: dict[int, list[Link]] = {}
        for link in links.values():
            groups.setdefault(link.golden, []).append(link)
        bodies: list[Settle | Write] = []
        for number in self._concerned(groups, united):
            bodies += self._turn(number, groups[number], found, united.get(number, ()))
        return number_all(bodies)

    def _identified(self) -> Identified:
        state, families = self.state, {ref for family in self.succession.families for ref in family}
        linked = {link.ref for link in state.links.values()}
        newcomers = [
            Captured(Record(ref, row), "person", mapping.role, mapping.read(row))
            for ref, row in self.capture.records.items()
            if ref not in linked and (mapping := self.covered[ref]) is not None
        ]
        known = [
            Known(link.golden, known_values(link, self.capture))
            for link in state.links.values()
            if in_play(link) or link.state == "suspended" or link.ref in families
        ]
        return identify(newcomers, known, judge, self.succession, state.answers)  # type: ignore[arg-type]

    def _number(self, owner: int | NewGolden) -> int:
        last = max((*self.state.goldens, *self.state.aliases), default=0)
        return last + owner.number if isinstance(owner, NewGolden) else owner

    def _links(self, found: Identified) -> dict[int, Link]:
        """Links with their golden records as they are from now on, new ones included."""
        links = {
            n: replace(link, golden=found.united.get(link.golden, link.golden)) for n, link in self.state.links.items()
        }
        last = max(links, default=0)
        by_ref = {link.ref: link for link in self.state.links.values()}
        for step, (ref, owner) in enumerate(found.owners.items(), 1):
            mapping = MAPPINGS[ref.connection, ref.object]
            leads = [by_ref[lead] for lead in self.succession.made.get(ref, ()) if lead in by_ref]
            base = inherit([(lead, MAPPINGS[lead.ref.connection, lead.ref.object]) for lead in leads], mapping)
            links[last + step] = Link(last + step, self._number(owner), ref, mapping.role, "surplus", base)
        return links

    def _concerned(self, groups: Mapping[int, Sequence[Link]], united: Iterable[int]) -> list[int]:
        """Captured or due; also where a connection has no record: a create failed, or a question was answered."""
        refs = {*self.capture.records, *self.capture.gone, *self.succession.heirs}
        due = self.state.due
        near = {
            number
            for number, links in groups.items()
            if any(link.ref in refs or link.id in due for link in links)
            or len({link.ref.connection for link in links}) < len(CONNECTIONS)
        }
        return sorted(near | set(united))

    def _turn(
        self, number: int, links: Sequence[Link], found: Identified, unites: tuple[int, ...]
    ) -> list[Settle | Write]:
        state = self.state
        was = state.goldens.get(number, Golden(number, "person"))
        golden, conflicts = self._united(number, unites) if unites else (was, ())
        before = [replace(old, golden=number) for link in links if (old := state.links.get(link.id)) is not None]
        after = stand(links, self.sights)
        merged = merge(golden, [self._side(link, unites) for link in after], state.policies, state.runs)
        merged = replace(merged, conflicts=(*conflicts, *merged.conflicts))
        departures = self._departures(merged, before, after)
        writes = self._writes(merged, after, departures, found)
        asked = tuple(
            Asked("identity", q.refs, "; ".join(q.why))
            for q in found.questions
            if min(map(self._number, q.owners)) == number and frozenset(q.refs) not in state.doubts
        )
        row = drafting.settle(
            drafting.Turn(
                version=1,
                golden=was,
                merged=merged,
                before=before,
                after=after,
                unites=unites,
                writes=writes,
                departures=departures,
                asked=asked,
                returned=returned(before, after),
                captured=self.capture.records,
            )
        )
        return [*([row] if row else []), *writes]

    def _united(self, number: int, unites: tuple[int, ...]) -> tuple[Golden, tuple[Conflict, ...]]:
        """The one that holds what the CRM kept comes first."""
        members = {number, *unites}
        heirs = {self.succession.heirs.get(link.ref) for n in members for link in self.state.of(n)}
        kept = {link.golden for ref in heirs if ref is not None and (link := self.state.at(ref))}
        first = min(kept & members, default=number)
        ordered = sorted(members, key=lambda n: (n != first, n))
        return unite(number, [self.state.goldens[n] for n in ordered], PERSON, self.state.policies, self.state.runs)

    def _side(self, link: Link, unites: tuple[int, ...]) -> Side:
        guarded = frozenset(name for number, name in self.state.guarded if number in {link.golden, *unites})
        return Side(link, self._map(link), self.capture.records.get(link.ref), guarded)

    def _departures(self, merged: Merged, before: Sequence[Link], after: Sequence[Link]) -> tuple[Departure, ...]:
        edited = any(move.new.ref is not None for move in merged.moves)
        mappings = {link.ref: self._map(link) for link in after}
        scene = Departing(before, after, mappings, edited, self.state.deletes, CONNECTIONS)
        return tuple(d for d in depart(merged.golden, scene) if d.ref not in self.succession.merged)

    def _writes(
        self, merged: Merged, after: Sequence[Link], departures: Sequence[Departure], found: Identified
    ) -> list[Write]:
        state, number = self.state, merged.golden.id
        deletes = {link.id: (link, d) for d in departures for link in d.deletes}
        open_ = {state.root(n) for n in state.asked()} | {self._number(o) for o in found.asked}
        scene = Creating(TARGETS, withheld=number in open_ or bool(departures))
        made = owed_creates(merged.golden, after, scene).rows
        return [
            *(
                drafting.delete(link, merged.golden, self._map(link), self._raws(link), d)
                for link, d in deletes.values()
            ),
            *(drafting.update(o, merged, self._map(o.link)) for o in merged.owed if o.link.id not in deletes),
            *(drafting.create(c, merged, create_key("s", number, c.connection, ""), {}) for c in made),
        ]

    def _map(self, link: Link) -> ObjectMapping:
        return MAPPINGS[link.ref.connection, link.ref.object]

    def _raws(self, link: Link) -> Mapping[str, Raw]:
        return self.capture.records.get(link.ref, link.base)


Fails = Callable[[Write], str]
"""What becomes of a write: ``""`` done, ``lost`` not done, ``unheard`` done though nobody heard."""


def settle_rows(state: State, rows: Iterable[PlanRow]) -> None:
    """Everything local; the links of each golden record, its bases and its values move together."""
    for row in rows:
        if isinstance(row.body, Settle):
            _settle(state, row.body)


def _settle(state: State, row: Settle) -> None:
    for number in row.unites:
        _absorb(state, row.golden, number)
    golden = state.goldens.get(row.golden, Golden(row.golden, row.subject))
    fields = {m.field: Held(m.new.value, m.new.connection, state.runs, m.new.stamp) for m in row.moves}
    state.goldens[row.golden] = replace(golden, fields={**golden.fields, **fields})
    for change in row.links:
        old = state.links.get(change.link) or Link(change.link, row.golden, change.ref, change.role, base=change.base)
        state.links[change.link] = replace(old, state=change.state, role=change.role)
        if change.state != "live":
            state.due.discard(change.link)
    for link, base in row.bases.items():
        state.links[link] = replace(state.links[link], base={**state.links[link].base, **base})
    state.due |= set(row.due)
    state.conflicts += row.conflicts
    state.guarded |= {(row.golden, question.field) for question in row.questions}
    for asked in row.asked:
        if asked.kind == "identity":
            state.doubts[frozenset(asked.refs)] = asked
        else:
            state.deleted[asked.refs[0]] = asked
    for ref in row.cleared:
        state.deleted.pop(ref, None)


def _absorb(state: State, golden: int, number: int) -> None:
    state.aliases[number] = golden
    state.guarded = {(golden if n == number else n, name) for n, name in state.guarded}
    for link in state.of(number):
        state.links[link.id] = replace(link, golden=golden)
    del state.goldens[number]


def write_rows(state: State, crms: Crms, rows: Iterable[PlanRow], fails: Fails) -> int:
    """Carry out the writes; how many were done."""
    done = 0
    for row in rows:
        if not isinstance(row.body, Write):
            continue
        write, fate = row.body, fails(row.body)
        if write.verb != "create" and not crms.holds(write):
            continue  # stale
        if write.verb == "create":
            state.uncertain[write.key or ""] = write
        if fate == "lost":
            continue
        ref = crms.carry_out(write)
        if fate != "unheard":
            acknowledge(state, write, ref)
            done += 1
        elif write.verb == "delete":
            state.unheard.append(write)
    return done


def acknowledge(state: State, write: Write, ref: Ref) -> None:
    if write.verb == "create":
        number = max(state.links, default=0) + 1
        del state.uncertain[write.key or ""]
        state.links[number] = Link(number, state.root(write.golden), ref, write.role, "live", dict(write.values))
        return
    link = state.links[write.link or 0]
    if write.verb == "update":
        state.links[link.id] = replace(link, base={**link.base, **write.values})
    else:
        # A twin that is left is promoted: its golden record's turn comes again.
        state.links[link.id] = replace(link, state="gone")
        state.due |= {other.id for other in state.of(link.golden) if in_play(other)}
    state.due.discard(link.id)


def resume(state: State, crms: Crms) -> None:
    """What has no outcome is looked up before anything is captured or sent: creates by their key, and deletes, whose
    own tombstones would else be read as somebody's.
    """
    for write in state.unheard:
        acknowledge(state, write, Ref(write.connection, write.object, write.id or ""))
    state.unheard.clear()
    for key, write in list(state.uncertain.items()):
        made = [ref for ref in crms.keys.get(key, []) if state.at(ref) is None]
        if made:
            acknowledge(state, write, made[0])
        else:
            del state.uncertain[key]
