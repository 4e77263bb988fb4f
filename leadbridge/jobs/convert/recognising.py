"""Records without a link whose subject is known all the same: a conversion makes no second golden record of anybody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from leadbridge.jobs.identify import judge_of
from leadbridge.jobs.sync.identities import refs_of
from leadbridge.jobs.sync.keying import golden_keys
from leadbridge.merge.identity import Answers, Known, identify
from leadbridge.merge.succession import resolve
from leadbridge.plugins import Plugins
from leadbridge.records import Captured, Record, Ref
from leadbridge.state import goldens, keys, links, reviews
from leadbridge.state.transactions import Snapshot


def recognised(snapshot: Snapshot, plugins: Plugins, newcomers: Iterable[Captured]) -> dict[Ref, int]:
    """Ref -> its golden record, for those that share a key with one and are surely the same."""
    said = [(refs_of(row.body), row.answer) for row in reviews.answered(snapshot, "identity")]
    answers: Answers = {refs: "different" for refs, answer in said if answer == "different" and len(refs) == 2}
    same = resolve((), [refs for refs, answer in said if answer == "same"])
    by_subject: dict[str, list[Captured]] = {}
    for one in newcomers:
        by_subject.setdefault(one.subject, []).append(one)
    found: dict[Ref, int] = {}
    for subject, some in sorted(by_subject.items()):
        near, known = _near(snapshot, subject, some)
        if known:
            owners = identify(near, known, judge_of(plugins), same, answers).owners
            found |= {ref: owner for ref, owner in owners.items() if isinstance(owner, int)}
    return found


def _near(snapshot: Snapshot, subject: str, newcomers: Sequence[Captured]) -> tuple[list[Captured], list[Known]]:
    """Newcomers that share a key with a golden record, and those golden records."""
    wanted = {one.ref: frozenset(golden_keys(subject, one.values)) for one in newcomers}
    holders = keys.find(snapshot, frozenset().union(*wanted.values()))
    near = [one for one in newcomers if not wanted[one.ref].isdisjoint(holders)]
    numbers = {number for found in holders.values() for number in found}
    return near, list(_known(snapshot, subject, numbers).values())


def _known(snapshot: Snapshot, subject: str, numbers: Iterable[int]) -> Mapping[int, Known]:
    loaded = goldens.load(snapshot, frozenset(numbers))
    first = {number: some[0].link for number, some in links.by_goldens(snapshot, loaded.keys()).items()}
    return {
        number: Known(number, Captured(Record(link.ref, {}), subject, link.role, loaded[number].golden.values))
        for number, link in sorted(first.items())
    }
