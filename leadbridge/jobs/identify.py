"""Who is who: leads of one person are united, and each person is matched to the records that exist."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from leadbridge.extend import Evidence, Pair
from leadbridge.jobs.outcome import Review
from leadbridge.mapping.policy import ConvertPolicy
from leadbridge.matching import Ambiguous, Index, combine, group
from leadbridge.matching.groups import Judge
from leadbridge.ordering import as_people_count
from leadbridge.plan.book import lead_beside
from leadbridge.plan.changing_role import AsContact
from leadbridge.plan.model import Match, United, label
from leadbridge.plan.uniting import order_of, unite
from leadbridge.plugins import Plugins
from leadbridge.records import Captured, Ref
from leadbridge.subjects.model import Subject
from leadbridge.values import MISSING

MATCHED_ROLES = ("contact", "account")


def people_of(
    leads: Iterable[Captured], judge: Judge, connections: Sequence[str], subject: Subject
) -> tuple[list[United], list[Review]]:
    """Every lead in exactly one person, in the order of connections and ids; and the questions that remain."""

    grouped = group(leads, judge)
    people = [unite(g.records, connections, subject, g.why) for g in grouped.groups]
    questions = [
        Review(
            refs=tuple(record.ref for record in review.records),
            label=_names(review.records),
            text=f"one person? {'; '.join(review.why)}",
        )
        for review in grouped.reviews
    ]
    return sorted(people, key=lambda person: order_of(person.members[0], connections)), questions


def judge_of(plugins: Plugins) -> Judge:
    """The plugins' evidence on each pair, made one word."""

    def judge(pairs: Sequence[Pair]) -> list[Evidence | None]:
        return [combine([[word] for word in words], 1)[0] for words in plugins.dedupe(pairs)]

    return judge


def _names(records: Sequence[Captured]) -> str:
    """The names in question, each once: all of three, else the first two and how many more."""
    names = list(dict.fromkeys(label(record.values) or str(record.ref) for record in records))
    shown = names if len(names) <= 3 else [*names[:2], f"{len(names) - 2} more"]
    return " and ".join(shown)


@dataclass(frozen=True, slots=True)
class Meant:
    """What a person said of the record that a lead belongs to.

    Attributes:
        ref: that record; None for none of those that were asked about.
        among: those.
    """

    ref: Ref | None
    among: frozenset[Ref]


Answered = Mapping[tuple[Ref, str, str], Meant]
"""(lead, connection, role) -> what was said."""


@dataclass(frozen=True, slots=True)
class Known:
    """Existing accounts and contacts, indexed by the keys of a policy.

    Attributes:
        meant: what people said where several could be meant.
        indexes: (connection, role) -> index; roles that the policy does not make are not there.
        accounts: (connection, id) -> account, for contacts that name theirs.
        prospects: (connection, id of a lead) -> the youngest prospect record that is about it.
    """

    indexes: Mapping[tuple[str, str], Index]
    accounts: Mapping[tuple[str, str], Captured]
    meant: Answered = field(default_factory=dict)
    prospects: Mapping[tuple[str, str], Captured] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        records: Iterable[Captured],
        policy: ConvertPolicy,
        connections: Iterable[str],
        meant: Answered,
    ) -> Known:
        held: dict[tuple[str, str], list[Captured]] = {
            (name, role): [] for name in connections for role in MATCHED_ROLES if role in policy.parts
        }
        prospects: dict[tuple[str, str], Captured] = {}
        for record in records:
            if (record.ref.connection, record.role) in held:
                held[record.ref.connection, record.role].append(record)
            elif "prospect" in policy.parts and (lead := lead_beside(record)):
                at = record.ref.connection, lead
                prospects[at] = max(prospects.get(at, record), record, key=lambda one: as_people_count(one.ref.id))
        indexes = {at: Index(found, policy.parts[at[1]].match) for at, found in held.items()}
        accounts = {
            (r.ref.connection, r.ref.id): r for (_, role), found in held.items() if role == "account" for r in found
        }
        return cls(indexes, accounts, meant, prospects)

    def match(
        self, lead: United, connections: Sequence[str], own: Mapping[str, AsContact]
    ) -> dict[tuple[str, str], Match] | Review:
        """What the lead belongs to in each connection, or the question that must be answered first.

        Args:
            own: connection -> the lead's record there as a contact, see :class:`Request`: it names its account.
        """
        found: dict[tuple[str, str], Match] = {}
        for connection in connections:
            for role in MATCHED_ROLES:
                contact = found[connection, "contact"].record if (connection, "contact") in found else None
                itself = own[connection].record if connection in own else None
                hit = self._find(lead, connection, role, contact or itself)
                if isinstance(hit, Ambiguous):
                    candidates = tuple(record.ref for record in hit.records)
                    text = f"which {role}? {hit.why}: {', '.join(map(str, candidates))}"
                    return Review(lead.refs, label(lead.values), text, role, candidates)
                if hit is not None:
                    found[connection, role] = hit
            for ref in lead.refs:
                beside = self.prospects.get((connection, ref.id)) if ref.connection == connection else None
                if beside is not None:
                    found.setdefault((connection, "prospect"), Match(beside, "it is about this lead"))
        return found

    def _find(self, lead: United, connection: str, role: str, contact: Captured | None) -> Match | Ambiguous | None:
        index = self.indexes.get((connection, role))
        if index is None:
            return None
        if role == "account" and contact is not None:
            named = self.accounts.get((connection, str(contact.values.get("organisation", MISSING))))
            if named is not None:
                return Match(named, "the contact's account")
        hit = index.find(lead.members[0].subject, lead.values)
        if isinstance(hit, Ambiguous):
            return self._said(lead, connection, role, hit)
        return None if hit is None else Match(hit.record, hit.why)

    def _said(self, lead: United, connection: str, role: str, hit: Ambiguous) -> Match | Ambiguous | None:
        """By what a person said of any of the lead's records, where it is about these candidates."""
        found = {record.ref: record for record in hit.records}
        for said in (self.meant.get((ref, connection, role)) for ref in lead.refs):
            if said is not None and said.ref in found:
                return Match(found[said.ref], "a person said so")
            if said is not None and said.ref is None and found.keys() <= said.among:
                return None
        return hit

    def keys(self, lead: United, connections: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Role -> the keys by which leads that match nothing share the record that is made."""
        return {
            role: index.shared_keys(lead.members[0].subject, lead.values)
            for (connection, role), index in self.indexes.items()
            if connection in connections
        }
