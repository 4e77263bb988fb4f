"""Golden records that turned out to be one, and what a contact takes over from the lead that became it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from leadbridge.golden import Golden, Held, Link
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.merge.model import Candidate, Conflict
from leadbridge.merge.record import DEFAULT, Policies
from leadbridge.merge.settling import settle
from leadbridge.subjects.model import Subject
from leadbridge.transforms.spec import UnreadableError
from leadbridge.values import MISSING, Raw, Value, is_present


def unite(
    keep: int, goldens: Sequence[Golden], subject: Subject, policies: Policies, run: int
) -> tuple[Golden, tuple[Conflict, ...]]:
    """One golden record, numbered ``keep``, of several that a CRM's own merge or conversion made one.

    The record that the CRM kept comes first in ``goldens``, the others in the order of their numbers: its values stay,
    gaps are filled from the others, and a value that yields is kept in the conflict log. Consent is settled for the
    opt-out.
    """
    fields: dict[str, Held] = {}
    conflicts: list[Conflict] = []
    for name in sorted({name for golden in goldens for name in golden.fields}):
        said = [Candidate.of(golden.fields[name]) for golden in goldens if name in golden.fields]
        winner = _winner(name, said, subject, policies)
        fields[name] = Held(winner.value, winner.connection, run, winner.stamp, winner.shows)
        losers = tuple(c for c in said if not _alike(name, c.value, winner.value, subject) and is_present(c.value))
        if losers:
            conflicts.append(Conflict(keep, name, winner, losers, "united"))
    return replace(goldens[0], id=keep, fields=fields), tuple(conflicts)


def _winner(name: str, said: Sequence[Candidate], subject: Subject, policies: Policies) -> Candidate:
    policy = policies.get(name) or policies[DEFAULT]
    if policy.kind == "restrictive" and name in subject.fields:
        return settle(said, policy, subject.fields[name].kind) or said[0]
    return next((c for c in said if is_present(c.value)), said[0])


def _alike(name: str, left: Value, right: Value, subject: Subject) -> bool:
    return subject.fields[name].kind.equivalent(left, right) if name in subject.fields else left == right


def inherit(leads: Sequence[tuple[Link, ObjectMapping]], mapping: ObjectMapping) -> dict[str, Raw]:
    """The base of a contact that a conversion made: ``encode(get(base))`` of its leads, the first that has a field.

    So an edit of the lead before its conversion, and one of the contact after it, are both changes; a field that no
    lead has a base for is a first contact.
    """
    agreed: dict[str, Value] = {}
    for link, read_by in leads:
        agreed = {**read_by.read(link.base), **agreed}
    base: dict[str, Raw] = {}
    for fieldmap in mapping.fields:
        if fieldmap.column is None or not all(target.name in agreed for target in fieldmap.targets):
            continue
        try:
            raw = fieldmap.put(agreed, MISSING)
        except UnreadableError:
            continue  # the contact's object cannot hold it: a first contact
        if raw is not MISSING:
            base[fieldmap.column] = raw
    return base
