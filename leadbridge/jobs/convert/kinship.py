"""By what captured records hang together, so far as a conversion's decisions go: rather too much than too little.

====================  ==================================  ============================================================
clue                  offered by                          sought by
====================  ==================================  ============================================================
a key of its subject  every record                        every record: duplicates, and who is known already
golden record         those linked to it, newcomers that  the same: what it says, and who must be told
                      share a key with it
an answer             the records that it is about        the same
id                    every record                        whoever names it: a contact its account
key of the policy     leads, accounts, contacts           leads, by what they and their golden records say
key of a lead made    records that conversions made       the lead
a lead's id           prospects, activities that name it  the lead
====================  ==================================  ============================================================

A key of several fields counts by one of them: a lead's values may come together from several records.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from leadbridge.jobs.convert.shelf import Kept
from leadbridge.jobs.identify import MATCHED_ROLES
from leadbridge.jobs.sync.identities import refs_of
from leadbridge.jobs.sync.keying import golden_keys
from leadbridge.jobs.sync.references import References
from leadbridge.jobs.sync.scene import Scene
from leadbridge.mapping.policy import CARRIED_ROLES, LEAD_ROLES, ConvertPolicy
from leadbridge.matching.keys import Values, keys_of
from leadbridge.plan.book import lead_beside, made_key
from leadbridge.plan.writing import ORDER
from leadbridge.records import Captured, Ref
from leadbridge.state import goldens, keys, links, reviews
from leadbridge.state.model import StoredGolden, StoredLink
from leadbridge.state.transactions import Snapshot
from leadbridge.values import MISSING, is_absent

_ONE_FIELD: Final[Mapping[str, str]] = {"domain_and_name": "domain", "name_and_company": "company_name"}
"""Kind of key of several fields -> a kind of one of these."""


def id_clue(ref: Ref) -> int:
    """What every record offers."""
    return hash(("id", ref.connection, ref.id))


class Kinship:
    def __init__(self, snapshot: Snapshot, scene: Scene, policy: ConvertPolicy, sources: Collection[str]) -> None:
        """``sources``: the connections whose leads are converted."""
        self._scene = scene
        self._references = References(scene)
        self._sources = sources
        self._kinds = {
            role: tuple(dict.fromkeys(_ONE_FIELD.get(kind, kind) for kind in policy.parts[role].match))
            for role in MATCHED_ROLES
            if role in policy.parts
        }
        self._answers: dict[Ref, list[int]] = {}
        for row in reviews.answered(snapshot, "identity"):
            for ref in refs_of(row.body):
                self._answers.setdefault(ref, []).append(row.id)

    def of(self, snapshot: Snapshot, records: Sequence[Captured]) -> list[Kept]:
        """Each with its clues, in their order."""
        linked = links.by_refs(snapshot, [record.ref for record in records])
        wanted = {r.ref: frozenset(golden_keys(r.subject, r.values)) for r in records if r.ref not in linked}
        holders = keys.find(snapshot, frozenset().union(*wanted.values()))
        known = {ref: {stored.link.golden} for ref, stored in linked.items()}
        known |= {ref: {n for key in some for n in holders.get(key, ())} for ref, some in wanted.items()}
        leads = {record.ref for record in records if self._is_lead(record, linked.get(record.ref))}
        said = goldens.load(snapshot, {number for ref in leads for number in known[ref]})
        return [self._kept(r, r.ref in leads, known[r.ref], linked.get(r.ref), said) for r in records]

    def _is_lead(self, record: Captured, stored: StoredLink | None) -> bool:
        converted = stored is not None and stored.link.state == "converted"
        own = record.role in LEAD_ROLES and record.ref.connection in self._sources
        return own and not converted and not lead_beside(record)

    def _kept(
        self,
        record: Captured,
        lead: bool,
        known: Collection[int],
        stored: StoredLink | None,
        said: Mapping[int, StoredGolden],
    ) -> Kept:
        common = {_clue("key", record.subject, key) for key in golden_keys(record.subject, record.values)}
        common |= {_clue("golden", number) for number in known}
        common |= {_clue("answer", number) for number in self._answers.get(record.ref, ())}
        offers = {*common, id_clue(record.ref), *self._naming(record)}
        if stored is not None and stored.key:
            offers.add(_clue("made", stored.key))
        seeks = {*common, *self._named(record)}
        if lead:
            values = [record.values, *(said[number].golden.values for number in known if number in said)]
            matched = {clue for one in values for clue in self._matched(self._kinds, record.subject, one)}
            seeks |= matched | set(self._of_lead(record.ref))
            offers |= matched
        elif record.role in self._kinds:
            offers |= set(self._matched((record.role,), record.subject, record.values))
        return Kept(record, lead, offers, seeks)

    def _matched(self, roles: Iterable[str], subject: str, values: Values) -> Iterator[int]:
        for role in roles:
            for key in keys_of(subject, values, self._kinds[role]):
                yield _clue("match", role, key)

    def _of_lead(self, ref: Ref) -> Iterator[int]:
        yield _clue("names", ref.connection, ref.id)
        for source in self._scene.sources:
            for role in ORDER:
                yield _clue("made", made_key(role, source.connection, ref))

    def _naming(self, record: Captured) -> Iterator[int]:
        """The leads that it is about."""
        if record.role in {*CARRIED_ROLES.values(), "prospect"}:
            for connection, id_ in self._ids(record):
                yield _clue("names", connection, id_)

    def _named(self, record: Captured) -> Iterator[int]:
        for connection, id_ in self._ids(record):
            yield _clue("id", connection, id_)

    def _ids(self, record: Captured) -> Iterator[tuple[str, str]]:
        """(connection, id) of whatever its references may mean: as they were read, and as the CRM has them."""
        here = record.ref.connection
        for name, field in self._scene.subject(record.subject).fields.items():
            value = record.values.get(name, MISSING) if field.type == "reference" else MISSING
            if not is_absent(value):
                yield here, str(value)
        for mapping in self._scene.mappings(here, record.ref.object):  # a lead's own record may become a contact
            yield from ((here, ref.id) for ref in self._references.named(here, mapping, record.record.values))


def _clue(*parts: Hashable) -> int:
    return hash(parts)
