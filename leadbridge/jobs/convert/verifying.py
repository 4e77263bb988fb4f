"""Promise 11 on real data: whether each lead that was converted is so completely. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from leadbridge.config import ConvertJob
from leadbridge.golden import Golden, Held, Link
from leadbridge.jobs.convert.foretelling import able
from leadbridge.jobs.convert.knowing import HELD
from leadbridge.jobs.sources import Source
from leadbridge.jobs.sync.model import Watch
from leadbridge.jobs.sync.scene import Scene
from leadbridge.mapping.columns import columns
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.mapping.policy import LEAD_ROLES, ConvertPolicy
from leadbridge.records import Record, Ref
from leadbridge.state import goldens, holds, links, runs
from leadbridge.state.model import ObjectKey, StoredLink
from leadbridge.state.transactions import Snapshot
from leadbridge.values import Raw

_Linked = Mapping[int, Sequence[StoredLink]]
"""Golden record -> its links."""

EXAMPLES: Final = 10
_AT_ONCE: Final = 200
"""Leads that are looked at in one call."""


@dataclass(slots=True)
class Conversions:
    """One object with leads: those that count as converted, each once.

    Attributes:
        converted: all of them.
        whole: their contact and account are linked where the policy puts them, what they made is there, and the lead
            says so.
        reopened: whole, but somebody has given the lead other values than `on_converted` since; or what became a
            contact in its own record is none any more.
        gone: the lead is not there any more.
        undone: an undo took back what can be taken back; the CRM keeps the lead converted.
        broken: something is lacking, and nothing says why: a fault of LeadBridge or of the CRM.
        examples: a few of those that are broken, with what is lacking.
    """

    connection: str
    object: str
    converted: int = 0
    whole: int = 0
    reopened: int = 0
    gone: int = 0
    undone: int = 0
    broken: int = 0
    examples: list[tuple[Ref, str]] = field(default_factory=list)


def whole(
    scene: Scene, job: ConvertJob, policy: ConvertPolicy, snapshot: Snapshot, watch: Watch
) -> Iterator[Conversions]:
    """Look at every lead of a job that was converted, and count; objects without one are left out.

    Raises:
        ConnectionFailedError: a connection cannot be read.
    """
    looking = _Looking(scene, job, policy, snapshot)
    for source in scene.sources:
        for name in source.objects(LEAD_ROLES) if source.connection in job.convert else ():
            found = looking.object(source, name, watch)
            if found.converted:
                yield found


class _Looking:
    def __init__(self, scene: Scene, job: ConvertJob, policy: ConvertPolicy, snapshot: Snapshot) -> None:
        self._scene = scene
        self._job = job
        self._policy = policy
        self._snapshot = snapshot
        self._native = able(job, policy, scene.sources)
        self._homes = {(s.connection, role) for s in scene.sources for role in s.homes()}
        self._conversions: dict[int, bool] = {}

    def object(self, source: Source, name: str, watch: Watch) -> Conversions:
        found, after = Conversions(source.connection, name), ""
        while page := links.page(self._snapshot, source.connection, name, after, _AT_ONCE):
            after = page[-1].link.ref.id
            converted = self._standing([one.link for one in page if one.link.state == "converted"], found)
            converted += self._in_place((source.connection, name), page)
            if converted:
                self._page(source, converted, found)
                watch(source.connection, found.converted)
        return found

    def _standing(self, leads: Sequence[Link], found: Conversions) -> list[Link]:
        """Without those that were undone, which are counted."""
        held = holds.of(self._snapshot, {lead.golden for lead in leads}).values()
        undone = {hold.link for some in held for hold in some if hold.field == HELD}
        standing = [lead for lead in leads if lead.id not in undone]
        found.undone += len(leads) - len(standing)
        found.converted += len(leads) - len(standing)
        return standing

    def _in_place(self, at: ObjectKey, page: Sequence[StoredLink]) -> list[Link]:
        """Leads that a conversion made contacts in their own record; what only leads have stands in their bases."""
        as_lead, as_contact = (self._mapping(at, role) for role in ("lead", "contact"))
        if as_lead is None or as_contact is None:
            return []
        own = {name for name in columns(as_lead) if name not in columns(as_contact)}
        there = [one.link for one in page if (one.link.role, one.link.state) == ("contact", "live")]
        were = [one for one in there if (own & one.base.keys() if own else self._says(as_lead, one.base))]
        stored = goldens.load(self._snapshot, {one.golden for one in were})
        return [one for one in were if any(map(self._by_policy, stored[one.golden].golden.fields.values()))]

    def _by_policy(self, held: Held) -> bool:
        """Whether a conversion set it; an undo takes that back."""
        if not held.origin and held.run not in self._conversions:
            run = runs.get(self._snapshot, held.run)
            self._conversions[held.run] = run is not None and run.kind == "convert"
        return not held.origin and self._conversions[held.run]

    def _page(self, source: Source, leads: Sequence[Link], found: Conversions) -> None:
        refs = [lead.ref for lead in leads]
        native = self._native.get(source.connection)
        told: Sequence[Mapping[str, Ref] | None] = native.converted(refs) if native else [None for _ in refs]
        records: Sequence[Record | None] = source.provider.read(refs)
        stored = goldens.load(self._snapshot, {lead.golden for lead in leads})
        people = {number: one.golden for number, one in stored.items()}
        accounts = {account for one in people.values() if (account := _named(one)) is not None}
        linked = links.by_goldens(self._snapshot, accounts | people.keys())
        for lead, by_itself, record in zip(leads, told, records, strict=True):
            lacking = next(self._lacking(lead, people[lead.golden], by_itself, linked), "")
            _count(found, lead.ref, lacking or self._closed(lead, by_itself, record))

    def _closed(self, lead: Link, by_itself: Mapping[str, Ref] | None, record: Record | None) -> str:
        """How the lead itself stands: a count of :class:`Conversions`, or what is lacking."""
        if by_itself is not None:
            return "whole"
        if record is None:
            return "gone"
        at = (lead.ref.connection, lead.ref.object)
        mapping = self._mapping(at, "lead" if lead.role == "contact" else lead.role)
        if lead.role == "contact" and not self._is_contact(at, record):
            return "reopened"
        if not self._scene.can_write(lead.ref, mapping) or self._says(mapping, record.values):
            return "whole"
        if not self._says(mapping, lead.base):
            return f"it does not say {_words(self._policy)}"
        return "whole" if lead.role == "contact" else "reopened"

    def _is_contact(self, at: ObjectKey, record: Record) -> bool:
        mapping = self._mapping(at, "contact")
        return mapping is not None and mapping.surely_covers(record.values)

    # --- what is lacking

    def _lacking(self, lead: Link, person: Golden, told: Mapping[str, Ref] | None, linked: _Linked) -> Iterator[str]:
        """What of the policy is not there, in words; a record that went since is no fault of the conversion."""
        target = self._job.into or lead.ref.connection
        at = f"in {target}"
        contacts = [one for one in linked.get(person.id, ()) if _stands(one, "contact", target)]
        if "contact" in self._policy.parts and not contacts:
            yield f"it has no contact {at}"
        if told and "contact" in told and all(one.link.ref != told["contact"] for one in contacts):
            yield f"its contact is {told['contact']}, which is linked with somebody else, or not at all"
        account = _named(person)
        part = self._policy.parts.get("account")
        if part is not None and account is None and part.when is None:
            yield "it belongs to no account"
        if part is not None and account and not any(_stands(one, "account", target) for one in linked.get(account, ())):
            yield f"its account is not linked {at}"
        if (target, "opportunity") in self._homes and person.id in self._unmade_opportunities:
            yield f"its opportunity is not linked {at}"

    @cached_property
    def _unmade_opportunities(self) -> frozenset[int]:
        """People whose opportunity has no record anywhere, and none is owed."""
        found: set[int] = set()
        after = 0
        while page := goldens.page(self._snapshot, after, subject="opportunity"):
            after = page[-1].golden.id
            there = links.connections_of(self._snapshot, [one.golden.id for one in page])
            lost = (one for one in page if one.golden.id not in there and not one.due)
            found |= {int(said) for one in lost if (said := str(one.golden.value("contact"))).isdecimal()}
        return frozenset(found)

    # --- what the lead says

    def _mapping(self, at: ObjectKey, role: str) -> ObjectMapping | None:
        return next((mapping for mapping in self._scene.mappings(*at) if mapping.role == role), None)

    def _says(self, mapping: ObjectMapping | None, raws: Mapping[str, Raw]) -> bool:
        """Whether a lead's values say what the policy gives a converted lead, as far as they can."""
        return mapping is None or not mapping.put(self._policy.on_converted, raws)


def _count(found: Conversions, ref: Ref, said: str) -> None:
    found.converted += 1
    if said == "whole":
        found.whole += 1
    elif said == "reopened":
        found.reopened += 1
    elif said == "gone":
        found.gone += 1
    else:
        found.broken += 1
        if len(found.examples) < EXAMPLES:
            found.examples.append((ref, said))


def _words(policy: ConvertPolicy) -> str:
    return ", ".join(f"{name} {value}" for name, value in policy.on_converted.items())


def _stands(stored: StoredLink, role: str, connection: str) -> bool:
    return stored.link.role == role and stored.link.ref.connection == connection


def _named(person: Golden) -> int | None:
    """The golden record of the organisation that somebody belongs to."""
    said = str(person.value("organisation"))
    return int(said) if said.isdecimal() else None
